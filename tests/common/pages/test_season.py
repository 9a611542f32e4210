"""What a season's grid counts on which day, and how bad it calls it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from common.cloud.ports import Row
from common.pages.season import Cell, SeasonPage, read_season
from tests.kit.desk import AFTERNOON
from tests.kit.situations import et
from tests.kit.tables import holding


def read(year: int = 2025, **held: Sequence[Row]) -> SeasonPage:
    """Read a season of a place whose tables hold these rows."""
    return read_season(holding(**held), year)


def planned(when: datetime, config: str | None = "one") -> Row:
    """Return a row of the plan."""
    return {"at": when, "workflow_name": "flow", "config_hash": config}


def decided(when: datetime | None, action: str = "RUN", name: str = "d") -> Row:
    """Return a decision's row."""
    about = {"workflow_name": "flow", "action": action, "decision_id": name}
    return {**about, "at": when or AFTERNOON, "slot": when}


def cells(page: SeasonPage) -> dict[str, Cell]:
    """Return the workflow's cells by day."""
    return {f"{one.day}": one.cells["flow"] for one in page.days}


def test_a_season_is_from_july_to_july() -> None:
    """An evening of Eastern time is of its own day, and what is decided now is there."""
    ends = ("2025-07-01 00:00", "2026-06-30 23:00")
    out = ("2025-06-30 23:00", "2026-07-02 00:00")
    rows = [decided(et(text), name=text) for text in (*ends, *out, "2025-11-12 23:00")]
    assert [f"{one.day}" for one in read(workflow_decisions=rows).days] == [
        *("2025-11-12", "2025-07-01")
    ]
    later = [decided(AFTERNOON + timedelta(minutes=4)), decided(None)]
    assert [*cells(read(workflow_decisions=later))] == ["2025-11-13"]
    assert read(2026, workflow_decisions=rows).days == ()
    assert (read(1999).season, read(2009).season) == ("1999-00", "2009-10")


@pytest.mark.parametrize(
    ("when", "missed"),
    [("2025-11-12 23:00", 1), ("2025-11-13 13:59", 1), ("2025-11-13 14:00", 0)],
)
def test_what_was_planned_and_is_over_was_missed(when: str, missed: int) -> None:
    """Where it has no RUN of that very slot; an ABORT is none."""
    plan, other = [planned(et(when))], decided(et(when) + timedelta(hours=-1))
    for made in ([], [other], [decided(et(when), "ABORT")]):
        found = read(daily_expected_schedule=plan, workflow_decisions=made)
        assert cells(found)[when[:10]].missed == missed
    ran = read(daily_expected_schedule=plan, workflow_decisions=[decided(et(when))])
    assert (cells(ran)[when[:10]].missed, cells(ran)[when[:10]].text) == (0, "1 of 1")


@pytest.mark.parametrize(
    ("outcome", "failed", "partial"), [("FAILED", 1, 0), ("PARTIAL", 0, 1), (None, 1, 0)]
)
def test_a_run_came_in_part_or_not_at_all(outcome: str | None, failed: int, partial: int) -> None:
    """By its execution; one that is given up has no outcome."""
    ended = {"decision_id": "d", "outcome": outcome, "status": "failed", "at": AFTERNOON}
    well = {**ended, "decision_id": "e", "outcome": "COMPLETED", "status": "completed"}
    made = [
        decided(AFTERNOON - timedelta(hours=2)),
        decided(AFTERNOON - timedelta(hours=1), name="e"),
    ]
    (found,) = cells(read(workflow_decisions=made, workflow_executions=[ended, well])).values()
    assert (found.ran, found.failed, found.partial, found.only) == (2, failed, partial, "")


@pytest.mark.parametrize(
    ("counts", "state", "text"),
    [
        ((2, 2, 0, 0, 0, 0), "there", "2 of 2"),
        ((2, 1, 0, 0, 0, 0), "there", "1 of 2"),
        ((1, 2, 0, 0, 0, 0), "there", "2 (1 planned)"),
        ((2, 0, 0, 0, 0, 0), "waiting", "0 of 2"),
        ((2, 1, 0, 0, 0, 1), "late", "1 of 2, 1 partial"),
        ((2, 1, 1, 0, 0, 1), "missing", "1 of 2, 1 not run, 1 partial"),
        ((2, 1, 0, 1, 0, 0), "missing", "1 of 2, 1 ABORT"),
        ((2, 1, 0, 0, 1, 0), "missing", "1 of 2, 1 failed"),
        ((9, 1, 2, 3, 4, 5), "missing", "1 of 9, 2 not run, 3 ABORT, 4 failed, 5 partial"),
    ],
)
def test_the_worst_of_a_day_is_its_state(counts: tuple[int, ...], state: str, text: str) -> None:
    """Each trouble alone is enough, and is told."""
    cell = Cell(*counts, only="")
    assert (cell.state, cell.text) == (state, text)


def test_the_one_decision_of_a_day_is_named() -> None:
    """Of two none is."""
    one = decided(AFTERNOON - timedelta(hours=3), name="a")
    other = decided(AFTERNOON - timedelta(hours=2), "ABORT", name="b")
    for made, only in (([one], "a"), ([other], "b"), ([one, other], "")):
        assert cells(read(workflow_decisions=made))["2025-11-13"].only == only


def test_a_changed_configuration_is_marked_on_its_first_day() -> None:
    """The season's first day changes nothing; a day without a plan has that of the day before."""
    days = [date(2025, 11, number) for number in (9, 10, 11, 12, 13)]
    plan = [
        planned(et(f"{day} 23:00"), config)
        for day, config in zip(days, ("one", "one", None, "two", "two"), strict=True)
        if day != days[1]
    ]
    made = [decided(et(f"{days[1]} 23:00"))]
    found = read(daily_expected_schedule=plan, workflow_decisions=made)
    assert [(one.day, one.config, one.changed) for one in reversed(found.days)] == [
        *((days[0], "one", False), (days[1], "one", False)),
        *((days[2], "", True), (days[3], "two", True)),
        (days[4], "two", False),
    ]


def test_a_day_has_its_own_cells_of_what_ran_or_could_not() -> None:
    """A SKIP is none, and a day before or after has none of them."""
    made = [
        decided(et("2025-11-11 12:00"), name="a"),
        decided(et("2025-11-12 12:00"), "ABORT", name="b"),
        {**decided(et("2025-11-12 13:00"), name="c"), "workflow_name": "other"},
        decided(et("2025-11-12 14:00"), "SKIP", name="d"),
    ]
    found = read(workflow_decisions=made)
    assert [{name: cell.only for name, cell in one.cells.items()} for one in found.days] == [
        {"flow": "b", "other": "c"},
        {"flow": "a"},
    ]


def test_a_season_that_is_over_ends_with_june() -> None:
    """What a later one has is not shown in it; one to come is empty."""
    ends = ("2025-06-30 23:00", "2025-07-01 00:00", "2025-07-01 12:00", "2025-09-01 12:00")
    made, plan = ([row(et(when)) for when in ends] for row in (decided, planned))
    late = {**decided(et("2025-06-30 23:00"), name="late"), "at": et("2025-07-01 00:10")}
    found = read(2024, workflow_decisions=[*made, late], daily_expected_schedule=plan)
    assert [(day, one.ran, one.planned) for day, one in cells(found).items()] == [
        ("2025-06-30", 2, 1)
    ]
    assert "2025-06-30" not in cells(read(workflow_decisions=[*made, late]))
    assert read(2030, workflow_decisions=made).days == ()
