"""The sources over HTTP: what is retried, and what is refused."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta

import httpx
import pytest

from common.settings import ROOT, Settings
from common.sources.client import AskOptions, Source
from common.sources.errors import (
    SAMPLE_BYTES_MAX,
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    RefusedError,
    SourceError,
    TooLargeError,
    UnavailableError,
)
from tests.kit.scripted import DENIED, FakeClock, Script, call, source


def test_body_of_a_good_answer() -> None:
    """A 200 gives its bytes, from the source's base URL with the call's parameters."""
    script = Script(httpx.Response(200, content=b"[1]"))
    assert source(script, nba_cdn_url="https://cdn.example/").fetch(call()) == b"[1]"
    assert str(script.requests[0].url) == "https://cdn.example/path?a=1"


def test_nba_hosts_get_browser_headers() -> None:
    """NBA.com gets a browser's headers and no key."""
    script = Script(httpx.Response(200))
    source(script).fetch(call("nba_stats"))
    assert script.requests[0].headers["referer"] == "https://www.nba.com/"
    assert script.requests[0].headers["user-agent"].startswith("Mozilla/5.0")
    assert "apiKey" not in script.requests[0].url.params


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (404, NotFoundError, "NO_DATA"),
        (401, BlockedError, "BLOCKED"),
        (400, RefusedError, "FAILED"),
        (422, RefusedError, "FAILED"),
        (410, MovedError, "CONTRACT"),
    ],
)
def test_what_cannot_pass_is_not_tried_again(
    status: int, error: type[SourceError], outcome: str
) -> None:
    """Each refusal has an error of its own and is asked for once."""
    script = Script(httpx.Response(status, content=b"why"))
    with pytest.raises(error) as caught:
        source(script).fetch(call())
    assert (caught.value.outcome, caught.value.http_status) == (outcome, status)
    assert caught.value.sample == b"why"
    assert len(script.requests) == 1


@pytest.mark.parametrize("name", ["nba_cdn", "nba_stats", "nba_official", "odds_api"])
def test_s2_403_is_blocked(name: str) -> None:
    """A 403 is a block, even with a file store's body when the host is none."""
    with pytest.raises(BlockedError):
        source(Script(httpx.Response(403, content=DENIED))).fetch(call(name))


@pytest.mark.parametrize("name", ["nba_injury", "nba_gamebook"])
def test_s2_file_store_says_a_file_is_not_there_with_403(name: str) -> None:
    """A file store's AccessDenied in XML means that the file is not published yet."""
    with pytest.raises(NotPublishedError) as caught:
        source(Script(httpx.Response(403, content=DENIED))).fetch(call(name))
    assert caught.value.outcome == "NOT_READY"


@pytest.mark.parametrize("name", ["nba_injury", "nba_gamebook"])
def test_s2_file_store_behind_a_block_is_blocked(name: str) -> None:
    """An HTML refusal of the edge before a file store is a block, whatever it quotes."""
    for quoted in (b"Reference #18", b"<Code>AccessDenied</Code>"):
        page = b"<HTML><TITLE>Access Denied</TITLE>" + quoted + b"</HTML>"
        with pytest.raises(BlockedError):
            source(Script(httpx.Response(403, content=page))).fetch(call(name))


def test_s8_redirect_is_a_changed_source() -> None:
    """A redirect is not followed; the error names where it goes."""
    moved = httpx.Response(301, headers={"location": "https://new.example/x?apiKey=1"})
    with pytest.raises(MovedError, match=r"new\.example:? ?"):
        source(Script(moved)).fetch(call())


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(429),
        httpx.Response(408),
        httpx.Response(500),
        httpx.Response(503),
        httpx.Response(520),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_what_may_pass_is_tried_again(trouble: httpx.Response | Exception) -> None:
    """Two failures and a success are a success, after 1 s and 2 s."""
    clock = FakeClock()
    script = Script(trouble, trouble, httpx.Response(200, content=b"ok"))
    assert source(script, clock).fetch(call()) == b"ok"
    assert clock.slept == [1, 2]


def test_an_address_that_httpx_refuses_is_a_failure_of_the_source() -> None:
    """The setting's form allows it: no name of a host has such a dash."""
    script = Script(httpx.Response(200))
    with pytest.raises(UnavailableError, match="nba_cdn /path: InvalidURL"):
        source(script, nba_cdn_url="https://cdn\u2011nba.example").fetch(call())
    assert script.requests == []


@pytest.mark.parametrize(("status", "tries"), [(429, 3), (503, 2)])
def test_tries_are_bounded(status: int, tries: int) -> None:
    """After the last try the error is raised, with the last status."""
    script = Script(httpx.Response(status, content=b"busy"))
    with pytest.raises(UnavailableError, match="busy") as caught:
        source(script, source_tries=tries).fetch(call())
    assert caught.value.http_status == status
    assert len(script.requests) == tries


def test_the_pauses_double_up_to_eight_seconds() -> None:
    """However many tries are set."""
    clock = FakeClock()
    with pytest.raises(UnavailableError):
        source(Script(httpx.Response(503)), clock, source_tries=6).fetch(call())
    assert clock.slept == [1, 2, 4, 8, 8]


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("7", 7),
        ("Wed, 12 Nov 2025 18:30:20 GMT", 20),
        ("3600", 60),
        ("Wed, 12 Nov 2025 17:00:00 GMT", 0),
        ("soon", 1),
        ("0", 0),
        (" 7 ", 7),
    ],
)
def test_retry_after_is_honoured(header: str, waited: float) -> None:
    """Retry-After is read as seconds or a date, up to 60 s; anything else is ignored."""
    clock = FakeClock()
    busy = httpx.Response(429, headers={"retry-after": header})
    source(Script(busy, httpx.Response(200)), clock).fetch(call())
    assert clock.slept == [waited]


def test_s6_requests_to_one_host_keep_their_distance() -> None:
    """Nine requests to one host take eight intervals, and another host need not wait."""
    clock = FakeClock()
    paced = source(Script(httpx.Response(200)), clock, source_interval_seconds=0.6)
    for _ in range(9):
        paced.fetch(call("nba_cdn"))
    assert clock.slept == pytest.approx([0.6] * 8)
    paced.fetch(call("nba_stats"))
    assert len(clock.slept) == 8


def test_pacing_outlives_a_clock_set_back() -> None:
    """After the clock is set back, no request waits for the old time."""
    clock = FakeClock()
    paced = source(Script(httpx.Response(200)), clock, source_interval_seconds=0.6)
    paced.fetch(call())
    clock.instant -= timedelta(days=1)
    paced.fetch(call())
    assert clock.slept == []


class Pieces(httpx.SyncByteStream):
    """A body of 1 KiB pieces that counts how many were read."""

    def __init__(self, count: int, between: Callable[[], None] = lambda: None) -> None:
        self.count, self.between, self.read = count, between, 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.count):
            self.read += 1
            self.between()
            yield b"x" * 1024


def test_too_large_is_not_read_to_its_end() -> None:
    """Reading stops at the limit; the error names the variable, and has what was answered."""
    pieces = Pieces(1000)
    small = source(Script(httpx.Response(200, stream=pieces)), source_max_bytes=10 * 1024)
    with pytest.raises(TooLargeError, match="NBA_SOURCE_MAX_BYTES") as raised:
        small.fetch(call())
    assert pieces.read == 11
    assert (raised.value.http_status, raised.value.sample) == (200, b"x" * SAMPLE_BYTES_MAX)


@pytest.mark.parametrize(("size", "fits"), [(10240, True), (10241, False)])
def test_an_answer_may_be_as_large_as_the_limit(size: int, *, fits: bool) -> None:
    """One byte more is too much."""
    asked = source(Script(httpx.Response(200, content=b"x" * size)), source_max_bytes=10240)
    with nullcontext() if fits else pytest.raises(TooLargeError, match="more than 10240 bytes"):
        assert len(asked.fetch(call())) == size


@pytest.mark.parametrize(("left", "seconds"), [(3600, 120), (35, 35)])
@pytest.mark.parametrize("late", [False, True])
def test_a_body_may_come_until_its_last_instant(left: float, seconds: float, *, late: bool) -> None:
    """Four timeouts after it began, or at the task's deadline where that is earlier."""
    clock = FakeClock()
    pieces = Pieces(1, lambda: clock.sleep(seconds + late / 1000))
    asked = source(Script(httpx.Response(200, stream=pieces)), clock, source_tries=1)
    with pytest.raises(UnavailableError, match="slowly") if late else nullcontext():
        assert asked.fetch(call(), AskOptions(deadline=clock.now() + timedelta(seconds=left)))


def test_error_body_is_read_as_far_as_a_sample() -> None:
    """Only as much of an error page is read as a sample keeps."""
    pieces = Pieces(1000)
    with pytest.raises(NotFoundError) as caught:
        source(Script(httpx.Response(404, stream=pieces))).fetch(call())
    assert pieces.read == 5
    assert len(caught.value.sample) == 4096


def test_dripping_answer_is_given_up() -> None:
    """A body that comes slowly, but within each timeout, is abandoned."""
    clock = FakeClock()
    pieces = Pieces(1000, lambda: clock.sleep(29))
    dripping = source(Script(httpx.Response(200, stream=pieces)), clock, source_tries=1)
    with pytest.raises(UnavailableError, match="slowly"):
        dripping.fetch(call())
    assert pieces.read == 5


def test_ft7_a_body_is_read_until_the_deadline_and_no_longer() -> None:
    """A body that drips is abandoned at the task's deadline, though its own limit is later."""
    clock = FakeClock()
    pieces = Pieces(1000, lambda: clock.sleep(10))
    dripping = source(Script(httpx.Response(200, stream=pieces)), clock, source_tries=1)
    deadline = clock.now() + timedelta(seconds=35)
    with pytest.raises(UnavailableError, match="slowly"):
        dripping.fetch(call(), AskOptions(deadline=deadline))
    assert pieces.read == 4


def test_ft9_an_answer_without_credits_leaves_the_last_count() -> None:
    """The Odds API's errors report none, and what it last reported still holds."""
    counted = httpx.Response(200, headers={"x-requests-remaining": "17"})
    asked = source(Script(counted, httpx.Response(200)))
    for _ in range(2):
        asked.fetch(call("odds_api"))
        assert asked.usage is not None
        assert asked.usage.remaining == 17


def test_another_source_s_credits_are_none() -> None:
    """Whatever its gateway counts, it is not The Odds API's."""
    counted = source(Script(httpx.Response(200, headers={"x-requests-remaining": "17"})))
    counted.fetch(call("espn_site"))
    assert counted.usage is None


def test_without_a_choice_the_own_url_is_asked_and_named_without_its_login() -> None:
    """The host stands in rows and lines, where a password must not."""
    script = Script(httpx.Response(200))
    own, other = "https://user:secret-word@own.example:8443/x", "https://other.example"
    asked = source(script, nba_cdn_url=own, nba_cdn_routes=other)
    asked.fetch(call())
    assert script.requests[0].url.host == "own.example"
    assert asked.host(call(), AskOptions()) == "own.example"


@pytest.mark.parametrize(("left", "slept"), [(0.5, []), (1, []), (1.5, [1])])
def test_no_try_is_waited_for_that_would_come_too_late(left: float, slept: list[float]) -> None:
    """The second try would come after a second; without that much time the error comes at once."""
    clock = FakeClock()
    down = source(Script(httpx.Response(503)), clock)
    with pytest.raises(UnavailableError):
        down.fetch(call(), AskOptions(deadline=clock.now() + timedelta(seconds=left)))
    assert clock.slept == slept


@pytest.mark.parametrize(("left", "timeout"), [(3600, 30), (5, 5), (-1, 0.1)])
def test_a_request_is_given_the_time_that_is_left(left: float, timeout: float) -> None:
    """At most the setting's 30 s, and a tenth of a second where waiting took it all."""
    clock, script = FakeClock(), Script(httpx.Response(200))
    asked = source(script, clock, source_timeout_seconds=30)
    asked.fetch(call(), AskOptions(deadline=clock.now() + timedelta(seconds=left)))
    assert set(script.requests[0].extensions["timeout"].values()) == {timeout}


def test_close_lets_the_next_fetch_open_again() -> None:
    """A closed source can be used again."""
    asked = source(Script(httpx.Response(200, content=b"ok")))
    asked.fetch(call())
    asked.close()
    assert asked.fetch(call()) == b"ok"


def test_import_loads_no_client() -> None:
    """Importing the sources loads none of httpx, tenacity and pypdf."""
    code = (
        "import sys, common.sources.client, common.sources.scrape, common.scrapers;"
        "print([m for m in ('httpx', 'tenacity', 'pypdf') if m in sys.modules])"
    )
    root = ROOT
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


class Counted(httpx.BaseTransport):
    """A transport that counts its requests, and knows when it was closed."""

    def __init__(self) -> None:
        self.requests, self.closed = 0, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer 301."""
        del request
        self.requests += 1
        return httpx.Response(301, headers={"location": "https://elsewhere.example/x"})

    def close(self) -> None:
        """Count the end of a client."""
        self.closed += 1


def test_s8_a_redirect_is_not_followed_and_a_closed_source_opens_anew() -> None:
    """Each fetch is one request by one client, until it is closed."""
    transport = Counted()
    made = Source(Settings(source_interval_seconds=0), FakeClock(), transport)
    for closed in (0, 0, 1):
        with pytest.raises(MovedError, match=r"301 to elsewhere\.example"):
            made.fetch(call())
        assert transport.closed == closed
        if transport.requests == 2:
            made.close()
    made.close()
    made.close()
    assert (transport.requests, transport.closed) == (3, 2)
