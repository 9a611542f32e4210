"""The calls of a task: at once where all answers are wanted, and ended by the first failure."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier, Event
from typing import cast

import pytest

from common.scrapers.model import Call, Parsed, Scraper, Target
from common.sources.asking import Question, ask
from common.sources.client import AskOptions, Source
from common.sources.errors import NoTurnError, PartlyBlockedError, SourceError, UnavailableError
from tests.kit.state import NOON

LABELS = ("e1", "e2", "e3")
ENOUGH = 5
"""Seconds after which a thread that waits for another one gives up, and the test fails."""


class Turns:
    """Turns of which the last is only had once the task is stopped."""

    def __init__(self) -> None:
        self.reserved: list[int] = []
        self.stopped = Event()

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Note how many were reserved."""
        del host, deadline
        self.reserved.append(number)

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until the task is stopped."""
        del deadline
        assert self.stopped.wait(ENOUGH)
        raise NoTurnError(f"{host}: stopped")

    def stop(self) -> None:
        """Let those that wait go."""
        self.stopped.set()


class Host:
    """A source whose calls meet: each waits until all have begun."""

    def __init__(self, failing: str = "", waiting: str = "") -> None:
        self.clock = self
        self.failing, self.waiting = failing, waiting
        self.met = Barrier(len(LABELS))

    def now(self) -> datetime:
        """Return an instant before the deadline."""
        return NOON

    def host(self, call: Call, options: AskOptions) -> str:
        """Return the host of a call."""
        del options
        return call.source

    def fetch(self, call: Call, options: AskOptions) -> bytes:
        """Answer once all calls have begun."""
        self.met.wait(ENOUGH)
        if call.label == self.waiting:
            assert options.turns is not None
            options.turns.wait("host", options.deadline)
        if call.label == self.failing:
            raise UnavailableError("down", 503)
        return call.label.encode()


@pytest.fixture
def threads() -> Iterator[Executor]:
    """Return threads for all calls."""
    with ThreadPoolExecutor(len(LABELS)) as pool:
        yield pool


def asked(host: Host, threads: Executor, turns: Turns) -> list[bytes]:
    """Return the bodies of three calls of one task."""
    calls = [Call("odds_api", f"/{label}", {}, label) for label in LABELS]
    scraper = Scraper("made_up", "date", lambda *_: calls, lambda *_: Parsed([], 0))
    question = Question(scraper, Target("made_up", date(2025, 11, 12), "2025-26"), calls, NOON)
    options = AskOptions(deadline=NOON + timedelta(minutes=7), turns=turns, threads=threads)
    return ask(question, cast("Source", host), [options], []).bodies


def test_calls_of_which_all_are_wanted_are_made_at_once(threads: Executor) -> None:
    """Their turns are reserved together, and the answers come in the calls' order."""
    turns = Turns()
    assert asked(Host(), threads, turns) == [b"e1", b"e2", b"e3"]
    assert turns.reserved == [3]


def test_s6_the_first_failure_ends_the_calls_that_wait_for_their_turn(threads: Executor) -> None:
    """Its error stands for theirs, and names what was not collected."""
    with pytest.raises(UnavailableError, match=r"down; got 1 of 3, missing: e1, e3") as found:
        asked(Host(failing="e3", waiting="e1"), threads, Turns())
    assert not isinstance(found.value, NoTurnError | PartlyBlockedError)
    assert isinstance(found.value, SourceError)
