"""The calls of a task: at once where all answers are wanted, and ended by the first failure."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier, Event
from typing import Any, cast

import pytest

from common.messages.models import GameRef
from common.scrapers.model import Call, Parsed, Scraper, Target
from common.sources.asking import Answers, Question, ask
from common.sources.client import AskOptions, Source
from common.sources.errors import (
    BlockedError,
    MovedError,
    NotFoundError,
    NotPublishedError,
    NoTurnError,
    OverdueError,
    PartlyBlockedError,
    RefusedError,
    SourceError,
    TimedOutError,
    UnavailableError,
)
from common.sources.outcomes import AskedSource
from common.sources.routes import Route
from local.simulator.ports.inline import InlineExecutor
from tests.kit.state import NOON

LABELS = ("e1", "e2", "e3")
LATER = NOON + timedelta(minutes=7)
ENOUGH = 5
"""Seconds after which a thread that waits for another one gives up, and the test fails."""


class Turns:
    """Turns of which the last is only had once the task is stopped."""

    def __init__(self) -> None:
        self.reserved: list[tuple[str, int, datetime]] = []
        self.stopped = Event()

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Note how many were reserved, where and until when."""
        self.reserved.append((host, number, deadline))

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
        return f"host-of.{call.source}"

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
    options = AskOptions(deadline=LATER, turns=turns, threads=threads)
    return ask(question, cast("Source", host), [options], []).bodies


def test_calls_of_which_all_are_wanted_are_made_at_once(threads: Executor) -> None:
    """Their turns are reserved together, and the answers come in the calls' order."""
    turns = Turns()
    assert asked(Host(), threads, turns) == [b"e1", b"e2", b"e3"]
    assert turns.reserved == [("host-of.odds_api", 3, LATER)]


def test_s6_the_first_failure_ends_the_calls_that_wait_for_their_turn(threads: Executor) -> None:
    """Its error stands for theirs, and names what was not collected."""
    with pytest.raises(UnavailableError, match=r"down; got 1 of 3, missing: e1, e3") as found:
        asked(Host(failing="e3", waiting="e1"), threads, Turns())
    assert not isinstance(found.value, NoTurnError | PartlyBlockedError)
    assert isinstance(found.value, SourceError)


class Routes:
    """A source that is asked by route, and fails by each as it is told."""

    def __init__(self, *errors: SourceError | None) -> None:
        self.clock = self
        self.errors = dict(zip(NAMES, errors, strict=False))
        self.fetched: list[str] = []

    def now(self) -> datetime:
        """Return an instant before the deadline."""
        return NOON

    def host(self, call: Call, options: AskOptions) -> str:
        """Return the host of a route."""
        assert options.route is not None
        return f"{options.route.name}.{call.source}"

    def fetch(self, call: Call, options: AskOptions) -> bytes:
        """Answer, or fail, by a route."""
        assert options.route is not None
        self.fetched.append(options.route.name)
        if (error := self.errors[options.route.name]) is not None:
            raise error
        return call.label.encode()


NAMES = ("primary", "route-1", "route-2")


def by_routes(routes: Routes, turns: Turns | None = None) -> tuple[list[bytes], list[AskedSource]]:
    """Ask for one call by each route that there is."""
    calls = [Call("nba_cdn", "/x", {}, "x")]
    scraper = Scraper("made_up", "date", lambda *_: calls, lambda *_: Parsed([], 0))
    question = Question(scraper, Target("made_up", date(2025, 11, 12), "2025-26"), calls, NOON)
    ways = [Route(name, "https://h", "", "404") for name in routes.errors]
    options = [AskOptions(way, turns=turns) for way in ways]
    asked: list[AskedSource] = []
    try:
        return ask(question, cast("Source", routes), options, asked).bodies, asked
    except SourceError as error:
        return [str(error).encode()], asked


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (BlockedError("no", 403), "failed"),
        (MovedError("gone", 410), "changed"),
        (UnavailableError("down", 503), "failed"),
        (TimedOutError("late"), "failed"),
    ],
)
def test_s2_the_next_route_is_asked_where_it_may_help(
    error: SourceError, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What each has shown is kept in their order, and a line says which host failed."""
    bodies, asked = by_routes(Routes(error, None))
    assert bodies == [b"x"]
    assert [(each.source, each.route, each.host, each.verdict) for each in asked] == [
        ("nba_cdn", "primary", "primary.nba_cdn", verdict),
        ("nba_cdn", "route-1", "route-1.nba_cdn", "ok"),
    ]
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line == {
        "severity": "WARNING",
        "message": "A source failed; its next route is asked",
        "scraper": "made_up",
        "host": "primary.nba_cdn",
        "code": error.code,
        "error_class": type(error).__name__,
        "error": str(error),
    }


def test_s2_each_route_keeps_what_it_has_shown_itself() -> None:
    """Of three of which two failed, each in its own way, the last one is well."""
    bodies, asked = by_routes(Routes(MovedError("gone", 410), BlockedError("no", 403), None))
    assert bodies == [b"x"]
    verdicts = [(each.route, each.verdict) for each in asked]
    assert verdicts == [("primary", "changed"), ("route-1", "failed"), ("route-2", "ok")]


def test_an_error_that_each_route_would_give_ends_the_task() -> None:
    """So does the last route's, whatever it is."""
    routes = Routes(RefusedError("wrong", 400), None)
    assert by_routes(routes)[0] == [b"wrong"]
    assert routes.fetched == ["primary"]
    bodies, asked = by_routes(Routes(BlockedError("first", 403), BlockedError("second", 403)))
    assert bodies == [b"second"]
    assert [each.route for each in asked] == [*NAMES[:2]]


def test_a_single_call_reserves_no_turns(threads: Executor) -> None:
    """Only calls that are made at once need several."""
    turns = Turns()
    assert by_routes(Routes(None, None), turns)[0] == [b"x"]
    assert turns.reserved == []
    calls = [Call("odds_api", "/e1", {}, "e1")]
    scraper = Scraper("made_up", "date", lambda *_: calls, lambda *_: Parsed([], 0))
    question = Question(scraper, Target("made_up", date(2025, 11, 12), "2025-26"), calls, NOON)
    host = Host()
    host.met = Barrier(1)
    options = AskOptions(deadline=NOON, turns=turns, threads=threads)
    assert ask(question, cast("Source", host), [options], []).bodies == [b"e1"]
    assert turns.reserved == []


@pytest.mark.parametrize(("late", "is_asked"), [(0, True), (1, False)])
def test_nothing_is_asked_after_the_deadline(late: int, *, is_asked: bool) -> None:
    """At the deadline itself it still is."""
    calls = [Call("nba_cdn", "/x", {}, "x")]
    scraper = Scraper("made_up", "date", lambda *_: calls, lambda *_: Parsed([], 0))
    question = Question(scraper, Target("made_up", date(2025, 11, 12), "2025-26"), calls, NOON)
    routes = Routes(None, None)
    deadline = NOON - timedelta(seconds=late)
    options = AskOptions(Route("primary", "https://h", "", "404"), deadline)
    if is_asked:
        assert ask(question, cast("Source", routes), [options], []).bodies == [b"x"]
    else:
        with pytest.raises(TimedOutError, match="no time left for x"):
            ask(question, cast("Source", routes), [options], [])
        assert routes.fetched == []


class Labelled(Routes):
    """A source that answers each call, or fails, by its label."""

    def __init__(self, **errors: SourceError) -> None:
        super().__init__(None, None)
        self.errors = {**errors}

    def host(self, call: Call, options: AskOptions) -> str:
        """Return the host of a call."""
        del options
        return call.source

    def fetch(self, call: Call, options: AskOptions) -> bytes:
        """Answer, or fail, with what its label says."""
        del options
        self.fetched.append(call.label)
        if (error := self.errors.get(call.label)) is not None:
            raise error
        return call.label.encode()


def of_labels(
    source: Labelled, options: AskOptions, *labels: str, **about: Any
) -> tuple[Question, Answers]:
    """Ask a scraper's calls of these labels."""
    calls = [Call("odds_api", f"/{label}", {}, label) for label in labels]
    scraper = Scraper("made_up", "date", lambda *_: calls, lambda *_: Parsed([], 0), **about)
    question = Question(scraper, Target("made_up", date(2025, 11, 12), "2025-26"), calls, NOON)
    return question, ask(question, cast("Source", source), [options], [])


def test_candidates_are_asked_in_their_order_though_there_are_threads(threads: Executor) -> None:
    """The first one that exists is enough: the others are not asked, and their absence is none."""
    source = Labelled(e1=NotPublishedError("not yet", 403), e3=UnavailableError("down", 503))
    _, found = of_labels(source, AskOptions(None, LATER, None, threads), *LABELS, takes="first")
    assert (found.bodies, found.absent, source.fetched) == ([b"e2"], [], ["e1", "e2"])


def test_each_absent_answer_is_named_beside_those_that_came() -> None:
    """In the order of the calls."""
    source = Labelled(e1=NotFoundError("no e1", 404), e3=NotFoundError("no e3", 404))
    _, found = of_labels(source, AskOptions(None, LATER), *LABELS)
    assert (found.bodies, found.absent) == ([b"e2"], ["no e1", "no e3"])


def test_two_calls_are_made_at_once_and_a_failure_spares_what_has_not_begun() -> None:
    """In one thread they follow one another, so that the second finds the first's failure."""
    turns, thread = Turns(), InlineExecutor()
    _, found = of_labels(Labelled(), AskOptions(None, LATER, turns, thread), "e1", "e2")
    assert (found.bodies, len(turns.reserved)) == ([b"e1", b"e2"], 1)
    source = Labelled(e1=UnavailableError("down", 503))
    with pytest.raises(UnavailableError, match="down; got 0 of 3, missing: e1, e2, e3"):
        of_labels(source, AskOptions(None, LATER, None, thread), *LABELS)
    assert source.fetched == ["e1"]


def test_what_was_absent_before_further_calls_is_absent_after_them() -> None:
    """The answers come in the order in which they were asked for."""
    first, further = Answers([b"a"], ["no b"]), Answers([b"c"], ["no d"])
    assert first.and_then(further) == Answers([b"a", b"c"], ["no b", "no d"])


NOT_THERE, NOT_YET = NotFoundError("none", 404, b"why"), NotPublishedError("wait", 403, b"why")


@pytest.mark.parametrize(
    ("errors", "about", "kind", "text"),
    [
        ({"e2": BlockedError("no", 403, b"why")}, {}, PartlyBlockedError, "no; got 1 of 3"),
        ({"e1": BlockedError("no", 403, b"why")}, {}, BlockedError, "no; got 0 of 3"),
        (dict.fromkeys(LABELS, NOT_THERE), {"always": True}, MovedError, "none, although"),
        (
            {**dict.fromkeys(LABELS, NotFoundError("none", 404)), "e2": NOT_YET},
            {},
            NotPublishedError,
            "wait",
        ),
        (
            {**dict.fromkeys(LABELS, NotFoundError("first", 404)), "e3": NOT_THERE},
            {},
            NotFoundError,
            "none",
        ),
    ],
)
def test_s2_an_error_that_stands_for_others_keeps_what_was_answered(
    errors: dict[str, SourceError], about: dict[str, Any], kind: type[SourceError], text: str
) -> None:
    """Its status and its sample are those of the answer that it comes from."""
    with pytest.raises(SourceError, match=text) as caught:
        of_labels(Labelled(**errors), AskOptions(None, LATER), *LABELS, **about)
    wanted = 404 if kind in (MovedError, NotFoundError) else 403
    assert type(caught.value) is kind
    assert (caught.value.http_status, caught.value.sample) == (wanted, b"why")


def test_fs07_an_absence_that_is_overdue_keeps_what_was_answered() -> None:
    """The error is another one, its answer the same."""
    game = GameRef(game_id="0022500213", away="MIL", home="CHA")
    target = Target("made_up", date(2025, 11, 10), "2025-26", game=game)
    scraper = Scraper("made_up", "game", lambda *_: [], lambda *_: Parsed([], 0))
    found = Question(scraper, target, [], NOON).overdue(NOT_THERE)
    assert isinstance(found, OverdueError)
    assert (found.http_status, found.sample) == (404, b"why")
