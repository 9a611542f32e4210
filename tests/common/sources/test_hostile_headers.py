"""FR10: headers of any content lead to an outcome, and never to an exception of another kind.

The headers are made up within what HTTP allows: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
"""

from datetime import UTC, datetime

import httpx
import pytest

from common.scrapers.model import Call
from common.settings import Settings
from common.sources.client import Source
from common.sources.errors import MovedError, SourceError, UnavailableError
from local.fake_sources.overrides import switched_on
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
PASSWORD = "correct-horse-battery"
LOCATIONS = (
    *("", "[", "//[", "?", "://", "javascript:alert(1)", "\x01", "x" * 100_000),
    *("http://[::1", "http://[x]/", "http://[::1]]", "http://[v1.x]/", "http://a:x/"),
    *("http://xn--/", "http://xn--a-0000/", "http://\N{ACCOUNT OF}/", "http://a\N{ACCOUNT OF}b/"),
    *("http://a:" + "9" * 5000 + "/", "http://" + "9" * 5000 + "/", "http://a b/"),
    *(f"http://user:{PASSWORD}/w@host/", f"http://user:{PASSWORD}@[/", f"//[{PASSWORD}]"),
)


def answered(status: int, headers: dict[str, str]) -> Source:
    """Return the client of a source that gives one answer for ever."""
    sent = [(key.encode(), value.encode()) for key, value in headers.items()]
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=sent, content=b"{}"))
    return Source(Settings.model_validate(switched_on(key="k" * 32)), ManualClock(NOON), transport)


def call(source: str = "nba_cdn") -> Call:
    """Return any call of a source."""
    return Call(source, "/x", {}, "x")


@pytest.mark.parametrize("status", [301, 308, 410])
@pytest.mark.parametrize("location", LOCATIONS, ids=lambda text: ascii(text[:30]))
def test_fr10_a_malformed_location_is_a_changed_source(status: int, location: str) -> None:
    """The address is not parsed by httpx, and no part of it but a host is shown."""
    with pytest.raises(MovedError) as caught:
        answered(status, {"location": location}).fetch(call())
    assert PASSWORD not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("digits", [13, 400, 5000])
def test_fr10_a_count_of_thousands_of_digits_is_none(digits: int) -> None:
    """The answer is good, and no credits are known."""
    count = "9" * digits
    names = ("remaining", "used", "last")
    asked = answered(200, {f"x-requests-{name}": count for name in names})
    assert asked.fetch(call("odds_api")) == b"{}"
    assert asked.usage is None
    refused = answered(401, {"x-requests-remaining": count})
    with pytest.raises(SourceError, match="it refuses us"):
        refused.fetch(call("odds_api"))


def test_a_count_of_millions_is_known() -> None:
    """The largest plan's credits are far below the bound."""
    asked = answered(200, {"x-requests-remaining": "15000000"})
    asked.fetch(call("odds_api"))
    assert asked.usage is not None
    assert asked.usage.remaining == 15_000_000


@pytest.mark.parametrize(
    "given",
    [
        "9" * 5000,
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999999",
        "Mon, 99 Jan 2026 99:99:99 GMT",
        "Mon",
    ],
    ids=lambda text: text[:24],
)
def test_fr10_a_retry_after_that_is_none_is_an_outcome(given: str) -> None:
    """The source counts as down, as it does without the header."""
    with pytest.raises(UnavailableError):
        answered(503, {"retry-after": given}).fetch(call())
