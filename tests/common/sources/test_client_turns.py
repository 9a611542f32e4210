"""How the client paces a request, and what it says of one that comes too late or is too large."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from common.sources.client import AskOptions
from common.sources.errors import SourceError, TimedOutError, TooLargeError
from tests.kit.scripted import FakeClock, Script, call, source


class Turns:
    """Notes who waits for a turn, and until when."""

    def __init__(self) -> None:
        self.waited: list[tuple[str, datetime]] = []

    def wait(self, host: str, deadline: datetime) -> None:
        """Note it, and wait for nothing."""
        self.waited.append((host, deadline))

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""


def test_s6_a_request_waits_for_the_turn_that_it_is_given() -> None:
    """At the host that is asked, until the task's deadline; none of the process's own is used."""
    clock, turns = FakeClock(), Turns()
    asked = source(
        Script(httpx.Response(200)),
        clock,
        source_interval_seconds=0.6,
        nba_cdn_url="https://cdn.example/x",
    )
    deadline = clock.now() + timedelta(minutes=7)
    for _ in range(2):
        asked.fetch(call(), AskOptions(deadline=deadline, turns=turns))
    assert (turns.waited, clock.slept) == ([("cdn.example", deadline)] * 2, [])


def test_s6_two_sources_of_one_host_are_paced_together() -> None:
    """As behind a gateway."""
    clock = FakeClock()
    gateway = dict.fromkeys(("nba_cdn_url", "nba_stats_url"), "https://gateway.example")
    asked = source(Script(httpx.Response(200)), clock, source_interval_seconds=0.6, **gateway)
    for name in ("nba_cdn", "nba_stats"):
        asked.fetch(call(name))
    assert clock.slept == pytest.approx([0.6])


class Pieces(httpx.SyncByteStream):
    """A body of three pieces, each of which takes its time."""

    def __init__(self, clock: FakeClock, seconds: float) -> None:
        self.clock, self.seconds = clock, seconds

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(3):
            self.clock.sleep(self.seconds)
            yield b"x" * 1024


@pytest.mark.parametrize(
    ("seconds", "left", "kind", "said"),
    [
        (0, 60, TooLargeError, "sends more than 2500 bytes; raise NBA_SOURCE_MAX_BYTES if that"),
        (30, 50, TimedOutError, "sends too slowly, 2048 bytes so far"),
        (None, 60, TimedOutError, "did not answer within 30 s"),
        (None, 4.5, TimedOutError, "did not answer within 4.5 s"),
    ],
)
def test_what_is_too_late_or_too_large_is_told_in_numbers(
    seconds: float | None, left: float, kind: type[SourceError], said: str
) -> None:
    """What had come by then, the limit that was exceeded, or the time that the request had."""
    clock = FakeClock()
    late = httpx.ReadTimeout("late")
    answer = late if seconds is None else httpx.Response(200, stream=Pieces(clock, seconds))
    asked = source(Script(answer), clock, source_max_bytes=2500, source_tries=1)
    with pytest.raises(SourceError) as caught:
        asked.fetch(call(), AskOptions(deadline=clock.now() + timedelta(seconds=left)))
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"nba_cdn /path {said}")
