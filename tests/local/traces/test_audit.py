"""The rows of a date or of one run are those that belong to its decisions, and no other's."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common import ids
from common.cloud.ports import Row
from local.traces.audit import audit_of_day, audit_of_run
from tests.kit.placed import placed, row
from tests.kit.situations import et

SUNDAY = date(2025, 11, 2)
"""It has 25 hours."""
SLOT = et("2025-11-02 13:00")
WEEK_LATER = et("2025-11-12 12:00")
SECOND = timedelta(seconds=1)


def decided(action: str = "RUN", slot: datetime = SLOT) -> Row:
    """Return a decision of a slot."""
    name = ids.decision_id("betting_lines", slot)
    made = row("workflow_decisions", decision_id=name, workflow_name="betting_lines", slot=slot)
    return {**made, "action": action, "decision_time": slot + SECOND, "game_ids": []}


def scraped(when: datetime, of: Row | None = None, **changes: Any) -> Row:
    """Return a scrape, of a decision or of none."""
    held = row("scraper_execution_log", triggered_at=when, logged_at=when, task_id="t", **changes)
    return {**held, "decision_id": of["decision_id"] if of else None}


def executed(of: Row, when: datetime) -> Row:
    """Return a decision's execution."""
    held = row("workflow_executions", execution_time=when)
    return {**held, "decision_id": of["decision_id"]}


@pytest.mark.parametrize(
    ("after", "is_read"),
    [
        (-timedelta(minutes=59), True),  # by the clock of another machine
        (timedelta(hours=1), True),
        (timedelta(days=8) - SECOND, True),
        (timedelta(days=8), False),
    ],
)
def test_a_run_s_rows_are_looked_for_through_eight_days(after: timedelta, *, is_read: bool) -> None:
    """Its execution as well as its scrapes, counted from the first decision."""
    run, later = decided(), decided(slot=SLOT + timedelta(hours=2))
    when = run["decision_time"] + after
    place, _ = placed(
        WEEK_LATER,
        workflow_decisions=[run, later],
        workflow_executions=[executed(run, when)],
        scraper_execution_log=[scraped(when, run)],
    )
    audit = audit_of_day(place, SUNDAY)
    assert [len(audit.executions), len(audit.scrapes)] == [is_read, is_read]
    assert len(audit.decisions) == 2


@pytest.mark.parametrize(
    ("when", "changes", "is_read"),
    [
        ("2025-11-02 00:00", {}, True),
        ("2025-11-02 23:30", {}, True),
        ("2025-11-03 00:00", {}, False),
        ("2025-11-01 23:59", {}, False),
        ("2025-11-02 12:00", {"task_id": None}, False),  # an upload
        ("2025-11-02 12:00", {"decision_id": "of another date"}, False),
    ],
)
def test_a_date_has_the_scrapes_that_nobody_decided(
    when: str, changes: dict[str, Any], *, is_read: bool
) -> None:
    """All of its 25 hours; without a decision nothing else is asked for."""
    scrape = {**scraped(et(when)), **changes}
    place, warehouse = placed(WEEK_LATER, scraper_execution_log=[scrape])
    assert bool(audit_of_day(place, SUNDAY).scrapes) is is_read
    assert warehouse.asked == ["workflow_decisions", "scraper_execution_log"]


def test_scrapes_are_in_the_order_of_their_beginnings() -> None:
    """Whoever asked for them, and whenever they were logged."""
    run = decided()
    times = [SLOT + timedelta(minutes=minutes) for minutes in (1, 2, 3)]
    logged = reversed(times)
    rows = [
        {**scraped(when, of), "logged_at": late}
        for when, of, late in zip(times, (run, None, run), logged, strict=True)
    ]
    place, _ = placed(WEEK_LATER, workflow_decisions=[run], scraper_execution_log=rows)
    assert [one["triggered_at"] for one in audit_of_day(place, SUNDAY).scrapes] == times


def test_a_run_of_an_older_date_is_found_by_that_date() -> None:
    """It alone: nothing of the date that it did not ask for."""
    run, other = decided(), decided(slot=SLOT + timedelta(hours=1))
    place, _ = placed(
        WEEK_LATER,
        workflow_decisions=[run, other],
        workflow_executions=[executed(one, SLOT + timedelta(hours=2)) for one in (run, other)],
        scraper_execution_log=[scraped(SLOT + timedelta(hours=2), one) for one in (run, None)],
    )
    audit = audit_of_run(place, run["decision_id"], SUNDAY)
    assert [one["decision_id"] for one in audit.decisions] == [run["decision_id"]]
    assert [*audit.executions] == [run["decision_id"]]
    assert [one["decision_id"] for one in audit.scrapes] == [run["decision_id"]]


@pytest.mark.parametrize(
    ("after", "is_read"),
    [
        (-timedelta(days=8, hours=1), True),
        (-timedelta(days=8, hours=1) - SECOND, False),
        (timedelta(days=10), True),
    ],
)
def test_rows_of_a_forced_slot_may_be_of_days_before_it_or_after(
    after: timedelta, *, is_read: bool
) -> None:
    """A slot to come as well as one that is long past can be forced."""
    run = {**decided(), "forced": True}
    when = run["decision_time"] + after
    place, _ = placed(
        WEEK_LATER,
        workflow_decisions=[run],
        workflow_executions=[executed(run, when)],
        scraper_execution_log=[scraped(when, run)],
    )
    audit = audit_of_day(place, SUNDAY)
    assert [len(audit.executions), len(audit.scrapes)] == [is_read, is_read]
