"""The guard of one task: how its source may be asked, and what its scrape tells."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from common.scrapers import get
from common.scrapers.model import Parsed, Target
from common.settings import Settings
from common.sources.client import Source
from common.sources.errors import Verdict
from common.sources.guard import SourceGuard
from common.sources.health import SourceEvent
from common.sources.outcomes import AskedSource, success
from common.sources.quota import Credits
from common.sources.routes import PRIMARY
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


def noted(verdict: Verdict, **changes: Any) -> bool:
    """Whether a task stores what an attempt by the source's own URL has shown."""
    asked = (AskedSource("espn_site", PRIMARY, "site.api.espn.com", verdict),)
    scraped = replace(success(b"{}", "application/json", Parsed([], 0)), asked=asked)
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
