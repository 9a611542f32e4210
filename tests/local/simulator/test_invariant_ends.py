"""What the invariants hold at the end of a day, and what they hold when all has come to rest."""

from datetime import date, timedelta

import pytest

from local.simulator.invariants import InvariantError, Invariants
from tests.local.simulator.test_invariant_edges import MINUTE, forced
from tests.local.simulator.test_invariants import (
    DAY,
    DECISIONS,
    NOON,
    PLAN,
    SEED,
    SEVEN,
    SWEEPS,
    Change,
    Tables,
    drop,
    lived,
)


def at_end(change: Change, days: dict[date, tuple[bool, bool]], *, as_planned: bool = True) -> str:
    """Finish days, each held up or not and with ticks lost or not; return what is wrong."""
    tables: Tables = {name: [*map(dict, rows)] for name, rows in lived().rows.items()}
    change(tables)
    checked = Invariants(lived().runtime, tables, SEED)
    for stored in lived().storage.list(lived().runtime.settings.data_bucket, ""):
        checked.finalized(stored)
    try:
        checked.after_event(NOON)
        for day, (held_up, ticks_lost) in days.items():
            checked.day_over(day, as_planned=as_planned, held_up=held_up, ticks_lost=ticks_lost)
        checked.after_event(NOON + MINUTE)
        checked.at_rest()
    except InvariantError as error:
        return str(error)
    return ""


NEXT = DAY + timedelta(days=1)
UNSWEPT = "tick-cleanup-processor has 95 of 96 slots"


@pytest.mark.parametrize(
    ("days", "change", "wrong"),
    [
        ({DAY: (False, False)}, None, ""),
        ({DAY: (True, False)}, None, ""),
        ({DAY: (False, False)}, drop(SWEEPS), f"R5 at {NOON} (seed 7): {DAY}: {UNSWEPT}"),
        ({DAY: (True, False)}, drop(SWEEPS), f"R5 at {NOON + MINUTE} (seed 7): {DAY}: {UNSWEPT}"),
        ({DAY: (True, True)}, drop(SWEEPS), ""),
        (
            {DAY: (True, False), NEXT: (True, False)},
            None,
            f"R5 at {NOON + MINUTE} (seed 7): {NEXT}: tick-master-controller has 0 of 18 slots",
        ),
    ],
)
def test_the_slots_of_each_day_are_counted_when_its_ticks_were_handled(
    days: dict[date, tuple[bool, bool]], change: Change | None, wrong: str
) -> None:
    """At its end, or at rest where they may be held up; never where ticks may be lost."""
    assert at_end(change or (lambda _: None), days) == wrong


@pytest.mark.parametrize("as_planned", [True, False])
def test_a_plan_binds_only_where_decisions_cannot_differ(*, as_planned: bool) -> None:
    """Faults that change decisions leave the plan behind, and no other rule."""
    wrong = at_end(drop(PLAN), {DAY: (False, False)}, as_planned=as_planned)
    assert wrong.startswith("R2 at") is as_planned
    assert bool(wrong) is as_planned


def test_what_is_not_finished_is_each_run_and_object_that_waits_for_its_row() -> None:
    """Nothing at the end of a sound day; all runs and objects where no later row is there."""
    rows = lived().rows
    objects = [*lived().storage.list(lived().runtime.settings.data_bucket, "")]
    runs = [row for row in rows[DECISIONS] if row["action"] == "RUN"]
    for tables, left in ((rows, 0), ({DECISIONS: rows[DECISIONS]}, len(runs) + len(objects))):
        checked = Invariants(lived().runtime, tables, SEED)
        for stored in objects:
            checked.finalized(stored)
        checked.after_event(NOON)
        assert checked.unfinished == left


def test_a_forced_slot_is_none_of_the_day_s_own() -> None:
    """Where its own rows lack, those of a forced tick do not stand in for them."""

    def change(tables: Tables) -> None:
        forced()(tables)
        own = [row for row in tables[DECISIONS] if row["slot"] == SEVEN and not row["forced"]]
        tables[DECISIONS][:] = [row for row in tables[DECISIONS] if row not in own]

    wrong = at_end(change, {DAY: (False, False)})
    assert wrong.endswith("tick-master-controller has 17 of 18 slots")


def test_what_was_checked_at_rest_is_not_checked_again() -> None:
    """A second rest later in the season has only what has come since."""
    rows = lived().rows
    checked = Invariants(lived().runtime, rows, SEED)
    for stored in lived().storage.list(lived().runtime.settings.data_bucket, ""):
        checked.finalized(stored)
    checked.after_event(NOON)
    checked.day_over(DAY, as_planned=True, held_up=True, ticks_lost=False)
    checked.at_rest()
    checked.at_rest()
