"""How far each rule of the invariants goes: what it allows, and the last thing that it does not."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from local.simulator.invariants import InvariantError, Invariants
from tests.local.simulator.test_invariants import (
    A_RUN,
    DAY,
    DECISIONS,
    LOG,
    NOON,
    PLAN,
    RUNS,
    SEED,
    SEVEN,
    SWEEPS,
    Change,
    Tables,
    check,
    drop,
    edit,
    first,
    lived,
)

MINUTE = timedelta(minutes=1)
ALONE: dict[str, Any] = {"workflow_name": None}
FAILED = {"status": "FAILED", "error_message": "x", "records_processed": 0}


def log(outcome: str, **more: object) -> Change:
    """Change a refresh of the schedule, which is of no run."""
    return edit(LOG, {"outcome": outcome, **more}, **ALONE)


def forced(*, twice: bool = False, changes: dict[str, Any] | None = None) -> Change:
    """Add the rows of a slot that was forced, each with an id of its own."""

    def add(tables: Tables) -> None:
        rows = [row for row in tables[DECISIONS] if row["slot"] == SEVEN]
        for row in [*rows, *rows[:twice]]:
            given = {"decision_id": str(uuid4()), "forced": True, **(changes or {})}
            tables[DECISIONS].append({**row, **given})

    return add


def decided_after(minutes: int, **more: object) -> Change:
    """Change the instant of a SKIP of seven o'clock, and when it is looked at again."""
    when = SEVEN + minutes * MINUTE
    again = {"decision_time": when, "next_check": when + MINUTE}
    return edit(DECISIONS, {**again, **more}, slot=SEVEN)


def checked_again(minutes: int) -> Change:
    """Change when a SKIP is looked at again, in minutes from its decision."""

    def change(tables: Tables) -> None:
        row = first(tables[DECISIONS], action="SKIP")
        row["next_check"] = row["decision_time"] + minutes * MINUTE

    return change


def resent(number: int, what: str = "x") -> Change:
    """Let a sweep send one thing again so many times."""
    return edit(SWEEPS, {"republished": [what] * number, "republished_count": number})


ALLOWED: dict[str, Change] = {
    **{
        f"{outcome} is a failure": log(outcome, **FAILED)
        for outcome in ("FAILED", "TIMEOUT", "BLOCKED", "CONTRACT", "MISMATCH")
    },
    **{
        f"{status} is a failure": log("BLOCKED", **FAILED, http_status=status)
        for status in (401, 403, 429)
    },
    "403 of what is not ready": log("NOT_READY", records_processed=0, http_status=403),
    "404 of no data": log("NO_DATA", records_processed=0, http_status=404),
    "an upload without a count": log("UPLOADED", records_processed=None),
    "sent again three times": resent(3),
    "an object sent again six times": resent(6, "gs://x"),
    "a storm that sends nothing": edit(SWEEPS, {"status": "STORM", "republished": []}),
    "an hour late": decided_after(60),
    "more than an hour late, and expired": decided_after(61, reason_code="SLOT_EXPIRED"),
    "looked at again a minute later": checked_again(1),
    "forced beside the slot's own": forced(),
    "forced hours later": forced(changes={"decision_time": NOON, "next_check": NOON + MINUTE}),
}
REFUSED: dict[str, tuple[str, Change]] = {
    "records of what is not ready": ("S1", log("NOT_READY", records_processed=1)),
    "an object sent again a seventh time": ("R8", resent(7, "gs://x")),
    "a minute more than an hour late": ("R3", decided_after(61)),
    "an hour late, and expired": ("R3", decided_after(60, reason_code="SLOT_EXPIRED")),
    "looked at again at once": ("D16", checked_again(0)),
    "never looked at again": ("D16", edit(DECISIONS, {"next_check": None}, action="SKIP")),
    "forced with one workflow twice": ("R5", forced(twice=True)),
    "forced without a date": ("R4", forced(changes={"target_date": None})),
    "no code of a reason": ("R5", edit(DECISIONS, {"reason_code": ""})),
    "an unknown workflow": ("R5", edit(DECISIONS, {"workflow_name": "x", "forced": True})),
    "planned for no date": ("R4", edit(PLAN, {"target_date": None})),
    "swept where no tick is": ("R3", edit(SWEEPS, {"slot": NOON + MINUTE})),
    "a sweep at another slot": ("R6", edit(SWEEPS, {"slot": NOON})),
    "counted, not republished": ("R8", edit(SWEEPS, {"republished_count": 1})),
    "a run of another workflow": ("R4", edit(RUNS, {"workflow_name": "x"})),
    "a task of another execution": (
        "R6",
        edit(LOG, {"workflow_execution_id": str(uuid4())}, **A_RUN),
    ),
    "an execution of another decision": ("R6", edit(RUNS, {"execution_id": str(uuid4())})),
    "another generation was logged": ("R6", edit(LOG, {"object_generation": 1})),
    "failed counts as well": ("R6", edit(RUNS, {"scrapers_failed": 1})),
    "failed, with an outcome that passes": ("X6", edit(RUNS, {"outcome": "FAILED"})),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_rule_allows_breaks_none(name: str) -> None:
    """The last allowed value, and each outcome that a failure has."""
    check(ALLOWED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_one_step_further_breaks_its_rule(name: str) -> None:
    """The error begins with the rule."""
    rule, change = REFUSED[name]
    with pytest.raises(InvariantError, match=f"^{rule} at "):
        check(change)


@pytest.mark.parametrize("name", [DECISIONS, LOG, RUNS, PLAN, SWEEPS])
def test_an_id_is_there_once_however_far_apart(name: str) -> None:
    """The first row of each table once more as its last."""

    def repeat(tables: Tables) -> None:
        assert len(tables[name]) > 2
        tables[name].append(dict(tables[name][0]))

    with pytest.raises(InvariantError, match=f"^R6 at .*{name}: .* is there twice"):
        check(repeat)


def test_a_broken_rule_shows_its_rows() -> None:
    """Each by its values, shortened; what is empty is left out."""
    with pytest.raises(InvariantError, match="target_date is not the decision's") as caught:
        check(edit(RUNS, {"target_date": date(2025, 11, 11), "reason": "x" * 999}))
    run, decision = str(caught.value).split("decision's ", 1)[1].split(" | ")
    row = first(lived().rows[RUNS])
    assert f"'execution_id': '{row['execution_id']}'" in run
    assert f"'workflow_name': '{row['workflow_name']}', 'action': 'RUN'" in decision
    assert "None" not in run
    assert max(len(run), len(decision)) <= 300


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
