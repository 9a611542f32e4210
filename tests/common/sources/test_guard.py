"""The guard of one task: how its source may be asked, and what its scrape tells."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import MismatchError, Parsed, Target
from common.settings import Settings
from common.sources.client import Source
from common.sources.errors import CircuitOpenError, QuotaError, Verdict
from common.sources.guard import SourceGuard
from common.sources.health import SourceEvent
from common.sources.outcomes import (
    AskedSource,
    Scraped,
    mismatch,
    success,
    without_answer,
)
from common.sources.pacing import SharedTurns
from common.sources.quota import Credits, Usage
from common.sources.routes import PRIMARY, Route
from local.samples import GAME
from local.simulator.ports.inline import InlineExecutor
from local.simulator.world import ManualClock
from tests.kit.situations import DAY
from tests.kit.state import NOON, new_state

TARGET = Target("espn_scoreboard", DAY, "2025-26")


def guard(clock: ManualClock, **changes: Any) -> SourceGuard:
    """The guard of a task of ESPN's scoreboard, which began at noon."""
    settings, state = Settings(scrape_seconds=420), new_state(clock=clock)
    made = SourceGuard(
        state=state,
        source=Source(settings, clock),
        settings=settings,
        scraper=get("espn_scoreboard"),
        target=TARGET,
        task_id="0a1b2c3d-0000-4000-8000-000000000000",
        slot=None,
        events=(),
        quota=Credits(state),
        threads=InlineExecutor(),
        began=NOON,
    )
    return replace(made, **changes)


@pytest.mark.parametrize("waited", [0, 100])
def test_x9_a_task_has_its_time_once(waited: float) -> None:
    """A page that the first answer leads to is asked for in what is left of the same time."""
    clock = ManualClock(NOON)
    task = guard(clock)
    clock.sleep(waited)
    (options,) = task.choose(task.scraper.calls(TARGET, NOON))
    assert options.deadline == NOON + timedelta(seconds=420)


def answered(*asked: tuple[str, str, Verdict]) -> Scraped:
    """Return a scrape that asked sources by routes, each with what it showed."""
    every = tuple(
        AskedSource(source, route, f"{route}.host", shown) for source, route, shown in asked
    )
    return replace(success(b"{}", "application/json", Parsed([], 0)), asked=every)


def noted(verdict: Verdict, **changes: Any) -> bool:
    """Whether a task stores what an attempt by the source's own URL has shown."""
    scraped = answered(("espn_site", PRIMARY, verdict))
    return bool(guard(ManualClock(NOON), **changes).new_events(scraped))


def before(*shown: tuple[Verdict, str]) -> tuple[SourceEvent, ...]:
    """Events of the minutes before, each a verdict and its route."""
    return tuple(SourceEvent(NOON, verdict, route, "-", "x") for verdict, route in shown)


@pytest.mark.parametrize(
    ("events", "is_noted"),
    [
        (before(), False),
        (before(("failed", PRIMARY)), True),
        (before(("failed", "route-1")), False),
        (before(("changed", PRIMARY)), True),
        (before(("empty", PRIMARY)), True),
        (before(("empty", PRIMARY), ("ok", PRIMARY)), False),
        (before(("failed", PRIMARY), ("ok", PRIMARY)), False),
    ],
)
def test_data_is_noted_where_it_ends_something(
    events: tuple[SourceEvent, ...], *, is_noted: bool
) -> None:
    """A healthy source stores no event; one that was not stores the first that is well."""
    assert noted("ok", events=events) is is_noted


@pytest.mark.parametrize(
    ("slot", "due", "is_noted"),
    [
        (NOON, time(12), True),
        (NOON, time(12, 1), False),
        (NOON, None, False),
        (None, time(12), False),
    ],
)
def test_s8_what_is_empty_is_noted_once_it_was_due(
    slot: datetime | None, due: time | None, *, is_noted: bool
) -> None:
    """Only of a decision's task, and from the minute on at which data are due (Eastern)."""
    scraper = replace(get("espn_scoreboard"), due=due)
    assert noted("empty", scraper=scraper, slot=slot) is is_noted


@pytest.mark.parametrize(
    ("verdict", "is_noted"), [("failed", True), ("changed", True), ("unasked", False)]
)
def test_each_failure_is_noted_and_what_was_not_asked_is_not(
    verdict: Verdict, *, is_noted: bool
) -> None:
    """Whatever was before it."""
    assert noted(verdict) is is_noted
    assert noted(verdict, events=before(("failed", PRIMARY))) is is_noted


def test_s7_a_source_is_left_alone_until_its_first_route_may_be_asked_again() -> None:
    """The error names that instant in Eastern time, and the longer of the rows of failures."""
    routes = {"espn_site_routes": "https://other.example"}
    settings = Settings(circuit_failures=2, circuit_seconds=900, **routes)
    fell = [(PRIMARY, 0), (PRIMARY, 1), (PRIMARY, 2), ("route-1", 3), ("route-1", 4)]
    events = tuple(
        SourceEvent(NOON - timedelta(minutes=10 - minute), "failed", route, "-", "x")
        for route, minute in fell
    )
    task = guard(ManualClock(NOON), settings=settings, events=events)
    text = (
        "^espn_site was not asked: espn_scoreboard failed 3 times in a row; "
        "it is left alone until 2025-11-12 12:07 ET$"
    )
    with pytest.raises(CircuitOpenError, match=text):
        task.choose(task.scraper.calls(TARGET, NOON))
    later = replace(task, began=NOON + timedelta(minutes=7))
    assert [each.route for each in later.choose(task.scraper.calls(TARGET, NOON))] == [
        Route(PRIMARY, "https://site.api.espn.com", "", "404")
    ]


@pytest.mark.parametrize(("seconds", "is_paced"), [(0, False), (0.5, True)])
def test_s6_only_an_interval_needs_turns(seconds: float, *, is_paced: bool) -> None:
    """An interval of nothing, as a local stack has, paces nobody."""
    task = guard(ManualClock(NOON), settings=Settings(source_interval_seconds=seconds))
    (options,) = task.choose(task.scraper.calls(TARGET, NOON))
    assert options.threads is task.threads
    assert (options.turns is not None) is is_paced
    if isinstance(options.turns, SharedTurns):
        assert (options.turns.interval, options.turns.threads) == (seconds, task.threads)


@pytest.mark.parametrize(("reserve", "is_asked"), [(6, True), (7, False)])
def test_the_reserve_of_the_settings_is_kept(reserve: int, *, is_asked: bool) -> None:
    """Game lines cost three credits of the nine that are left."""
    state = new_state()
    Credits(state).keep(Usage(9, None, None, NOON))
    task = guard(
        ManualClock(NOON), settings=Settings(odds_api_reserve=reserve), quota=Credits(state)
    )
    calls = get("oddsa_game_lines").calls(replace(TARGET, scraper="oddsa_game_lines"), NOON)
    with nullcontext() if is_asked else pytest.raises(QuotaError):
        task.choose(calls)


@pytest.mark.parametrize(("left", "is_asked"), [(8, True), (7, False)])
def test_credits_must_suffice_for_all_calls_of_a_task(left: int, *, is_asked: bool) -> None:
    """The props of two events cost four credits each: half of them would be of no use."""
    state = new_state()
    Credits(state).keep(Usage(left, None, None, NOON))
    name = "oddsa_player_props"
    calls = get(name).calls(replace(TARGET, scraper=name, event_ids=("a", "b")), NOON)
    with nullcontext() if is_asked else pytest.raises(QuotaError):
        guard(ManualClock(NOON), quota=Credits(state)).choose(calls)


def test_s6_tasks_draw_their_turns_apart() -> None:
    """Each by its own id, so that those of one scraper do not meet at every turn."""
    drawn = []
    for task_id in ("a", "b", "a"):
        task = guard(ManualClock(NOON), task_id=task_id)
        (options,) = task.choose(task.scraper.calls(TARGET, NOON))
        assert isinstance(options.turns, SharedTurns)
        drawn.append(options.turns.draw(10**6))
    assert drawn[0] == drawn[2] != drawn[1]


FOUR_SINCE_DATA = before(("ok", PRIMARY), *[("failed", PRIMARY)] * 4)
EMPTY_SLOTS = tuple(
    SourceEvent(NOON, "empty", PRIMARY, f"slot{number}", "2025-11-12") for number in range(3)
)


@pytest.mark.parametrize(
    ("scraper", "verdict", "events", "code"),
    [
        ("espn_scoreboard", "ok", before(), None),
        ("espn_scoreboard", "changed", before(), "SOURCE_CHANGED"),
        ("espn_scoreboard", "empty", EMPTY_SLOTS, "SOURCE_CHANGED"),
        ("oddsa_player_props", "empty", EMPTY_SLOTS, "SOURCE_CHANGED"),
        ("nbac_boxscore", "empty", EMPTY_SLOTS, None),
        ("espn_scoreboard", "failed", EMPTY_SLOTS, None),
        ("espn_scoreboard", "failed", before(*[("failed", PRIMARY)] * 3), None),
        ("espn_scoreboard", "failed", FOUR_SINCE_DATA, "CIRCUIT_OPEN"),
        ("espn_scoreboard", "failed", before(*[("failed", "route-1")] * 4), None),
    ],
)
def test_what_is_wrong_with_a_source(
    scraper: str, verdict: Verdict, events: tuple[SourceEvent, ...], code: str | None
) -> None:
    """By this attempt and those before; of one game alone three empty slots show nothing."""
    task = guard(ManualClock(NOON), scraper=get(scraper), events=events)
    scraped = answered(("espn_site", PRIMARY, verdict))
    assert task.code(scraped, task.new_events(scraped)) == code


def test_an_answer_that_does_not_fit_is_told() -> None:
    """Of its source it shows as much as an empty one."""
    scraped = mismatch(TARGET, MismatchError("101:99"), b"", Parsed([], 0))
    task = guard(ManualClock(NOON))
    assert task.code(scraped, ()) == "ANSWER_MISMATCH"
    assert task.code(replace(scraped, outcome="CONTRACT"), ()) is None
    for error, code in ((CircuitOpenError("x"), "CIRCUIT_OPEN"), (QuotaError("x"), "QUOTA_SPENT")):
        assert task.code(without_answer(TARGET, error), ()) == code


@pytest.mark.parametrize(
    ("failed", "asked", "is_noted"),
    [("route-1", "route-1", True), (PRIMARY, "route-1", False), ("route-1", PRIMARY, False)],
)
def test_data_ends_the_failures_of_its_own_route(
    failed: str, asked: str, *, is_noted: bool
) -> None:
    """Each route has a circuit of its own."""
    task = guard(ManualClock(NOON), events=before(("failed", failed)))
    scraped = answered(("espn_site", asked, "ok"))
    assert [event.route for event in task.new_events(scraped)] == [asked] * is_noted


def test_s8_an_event_is_about_the_game_or_else_the_date() -> None:
    """Two games without data show a changed source, one game twice does not."""
    scraped = answered(("espn_site", PRIMARY, "failed"))
    for target, about in ((TARGET, "2025-11-12"), (replace(TARGET, game=GAME), GAME.game_id)):
        (event,) = guard(ManualClock(NOON), target=target).new_events(scraped)
        assert (event.about, event.at, event.slot) == (about, NOON, "-")
