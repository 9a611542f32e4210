"""Which texts of an answer are hidden; what it is judged to be is held by the client's tests."""

import httpx
import pytest

from common.scrapers.model import Call
from common.sources.answers import HIDDEN, hide, judge
from common.sources.errors import BlockedError, QuotaError, SourceError
from tests.kit.state import NOON


@pytest.mark.parametrize("shown", ["pass/word+more", "pass%2Fword%2Bmore"])
def test_ft9_a_secret_is_hidden_as_it_is_and_as_a_url_has_it(shown: str) -> None:
    """A slash is `%2F` in the login of a URL, and an error may show either form."""
    secret = "pass/word+more"
    assert hide([secret], f"no host {shown}".encode()) == f"no host {HIDDEN}".encode()


def test_every_secret_is_hidden_everywhere() -> None:
    """Of two secrets each is replaced wherever it stands; other bytes stay."""
    assert hide(["one", "two"], b"one two \xff one") == b"(hidden) (hidden) \xff (hidden)"


SPENT = b'{"error_code": "OUT_OF_USAGE_CREDITS"}'


@pytest.mark.parametrize(
    ("source", "remaining", "body", "error"),
    [
        ("odds_api", "0", b"", QuotaError),
        ("odds_api", "1", b"", BlockedError),
        ("odds_api", None, b"", BlockedError),
        ("odds_api", None, SPENT, QuotaError),
        ("odds_api", "17", b"Usage quota has been reached", QuotaError),
        ("nba_stats", "0", SPENT, BlockedError),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_fs18_spent_credits_are_told_from_a_block(
    status: int, source: str, remaining: str | None, body: bytes, error: type[SourceError]
) -> None:
    """The count or the message says that The Odds API's credits are used up; no other source's."""
    headers = {"x-requests-remaining": remaining} if remaining else {}
    reply = httpx.Response(status, headers=headers)
    with pytest.raises(SourceError) as caught:
        judge(Call(source, "/x", {}, "x"), reply, body, secrets=(), now=NOON, absence="404")
    assert type(caught.value) is error
