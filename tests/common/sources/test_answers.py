"""Which texts of an answer are hidden; what it is judged to be is held by the client's tests."""

import httpx
import pytest

from common.scrapers.model import Call
from common.source_settings import Absence
from common.sources.answers import HIDDEN, MOVED_TO, hide, hide_text, judge, secrets_of
from common.sources.errors import (
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    QuotaError,
    RefusedError,
    SourceError,
    UnavailableError,
)
from tests.kit.state import NOON


@pytest.mark.parametrize("shown", ["pass/word+more", "pass%2Fword%2Bmore"])
def test_ft9_a_secret_is_hidden_as_it_is_and_as_a_url_has_it(shown: str) -> None:
    """A slash is `%2F` in the login of a URL, and an error may show either form."""
    secret = "pass/word+more"
    assert hide([secret], f"no host {shown}".encode()) == f"no host {HIDDEN}".encode()


def test_every_secret_is_hidden_everywhere() -> None:
    """Of two secrets each is replaced wherever it stands; other bytes stay."""
    assert hide(["one", "two"], b"one two \xff one") == b"(hidden) (hidden) \xff (hidden)"


@pytest.mark.parametrize("status", [200, 403, 404, 422, 503])
def test_r10_no_answer_shows_a_secret_that_its_request_had(status: int) -> None:
    """Neither the key nor the password of the way there, in a body as in a sample."""
    secrets = ("0123456789abcdef", "a-password-of-a-proxy")
    reply = httpx.Response(status)
    asked = Call("odds_api", "/x", {}, "x")
    try:
        body = " and ".join(secrets).encode()
        shown = judge(asked, reply, body, secrets=secrets, now=NOON, absence="404")
    except SourceError as error:
        shown = error.sample + str(error).encode()
    assert shown.startswith(b"(hidden) and (hidden)")
    assert not [secret for secret in secrets if secret.encode() in shown]


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
    assert (caught.value.http_status, caught.value.sample) == (status, body)
    why = "its credits are used up" if error is QuotaError else "it refuses us"
    shown = f"its body is {body.decode()!r}" if body else "its body is empty"
    assert str(caught.value) == f"{source} /x answered {status}: {why}; {shown}"


S3 = b"  <?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"
AT = "https://u:secret@new.example/x?key=secret"
Means = tuple[int, dict[str, str], bytes, Absence, type[SourceError], str]
MEANS: list[Means] = [
    (404, {}, b"", "404", NotFoundError, "404: it has nothing there"),
    (404, {}, S3, "s3", NotFoundError, "404: it has nothing there"),
    (401, {}, b"", "404", BlockedError, "401: it refuses us; its body is empty"),
    (403, {}, b" a\n b ", "404", BlockedError, "403: it refuses us; its body is 'a b'"),
    (403, {}, b"<html>", "s3", BlockedError, "403: it refuses us; its body is '<html>'"),
    (403, {}, b"<?xml?>", "s3", BlockedError, "403: it refuses us; its body is '<?xml?>'"),
    (
        403,
        {},
        b"p" + S3,
        "s3",
        BlockedError,
        f"403: it refuses us; its body is {'p ' + S3.decode().strip()!r}",
    ),
    (403, {}, S3, "404", BlockedError, f"403: it refuses us; its body is {S3.decode().strip()!r}"),
    (403, {}, S3, "s3", NotPublishedError, "403 AccessDenied: the file is not there"),
    (500, {}, S3, "s3", UnavailableError, f"500; its body is {S3.decode().strip()!r}"),
    (301, {MOVED_TO: AT}, b"", "404", MovedError, "301 to new.example: set its new base URL"),
    (301, {"location": AT}, b"", "404", MovedError, "301 to new.example: set its new base URL"),
    (410, {MOVED_TO: AT}, b"", "404", MovedError, "410 to new.example: set its new base URL"),
    (410, {"location": AT}, b"", "404", MovedError, "410 to new.example: set its new base URL"),
    (410, {}, b"", "404", MovedError, "410 to nowhere: set its new base URL"),
    (410, {"location": "http://[x"}, b"", "404", MovedError, "410 to an address that is none"),
    (301, {"location": f"//{'h' * 201}/x"}, b"", "404", MovedError, f"301 to {'h' * 200}: set"),
    (408, {}, b"", "404", UnavailableError, "408; its body is empty"),
    (429, {}, b"", "404", UnavailableError, "429; its body is empty"),
    (503, {}, b"x" * 201, "404", UnavailableError, f"503; its body is '{'x' * 200}'"),
    (599, {}, b"", "404", UnavailableError, "599; its body is empty"),
    (400, {}, b"\xff", "404", RefusedError, "400; its body is '\N{REPLACEMENT CHARACTER}'"),
    (422, {}, b"", "404", RefusedError, "422; its body is empty"),
]


@pytest.mark.parametrize("means", MEANS)
def test_every_status_means_one_failure(means: Means) -> None:
    """The class says what it means, the text names source, path and status, and no secret."""
    status, headers, body, absence, error, text = means
    reply = httpx.Response(status, headers=headers)
    with pytest.raises(SourceError) as caught:
        judge(Call("nba_injury", "/x", {}, "x"), reply, body, secrets=(), now=NOON, absence=absence)
    assert type(caught.value) is error
    assert str(caught.value).startswith(f"nba_injury /x answered {text}")
    assert (caught.value.http_status, caught.value.sample) == (status, body)


def test_a_route_that_lacks_a_file_is_not_the_source_that_has_none() -> None:
    """An S3 mirror of a source that answers 404 itself says what the source would."""
    with pytest.raises(NotFoundError):
        judge(
            *(Call("nba_cdn", "/x", {}, "x"), httpx.Response(403), S3),
            secrets=(),
            now=NOON,
            absence="s3",
        )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("-7", None),
        ("", None),
        ("soon", None),
        (f"{NOON:%a, %d %b %Y} 17:01:00 GMT", 60.0),
        ("Wed, 12 Nov 9999999999 17:46:00 GMT", None),
        ("Wed, 12 Nov 2025 17:46:00", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    """What is neither asks for nothing."""
    reply = httpx.Response(503, headers={"retry-after": header})
    with pytest.raises(UnavailableError) as caught:
        judge(Call("nba_cdn", "/x", {}, "x"), reply, b"", secrets=(), now=NOON, absence="404")
    assert caught.value.wait == seconds


@pytest.mark.parametrize(("key", "is_hidden"), [("k" * 15, False), ("k" * 16, True)])
def test_a_short_key_does_not_garble_the_data(key: str, *, is_hidden: bool) -> None:
    """A real key is hidden in a good answer too; a made-up one of a few letters only in errors."""
    call, body = Call("nba_cdn", "/x", {}, "x"), f'"{key}"'.encode()
    answer = judge(call, httpx.Response(200), body, secrets=[key], now=NOON, absence="404")
    assert answer == (b'"(hidden)"' if is_hidden else body)
    with pytest.raises(RefusedError, match="hidden"):
        judge(call, httpx.Response(400), body, secrets=[key], now=NOON, absence="404")


def test_the_secrets_of_a_request_are_its_key_and_its_login() -> None:
    """A password stands in the URL, and as base64 in the header that is made of it."""
    assert secrets_of("", "https://h/x") == ()
    assert secrets_of("a-key", "https://u:pw@h/x") == ("a-key", "pw", "dTpwdw==")
    assert hide_text(["a-key"], "a-key of https://u:pw@h") == f"{HIDDEN} of https://{HIDDEN}@h"
