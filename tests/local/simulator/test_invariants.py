"""Each rule that the tables can show is reported when one row of a sound day breaks it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import pytest

from common.cloud.tables import NAMES
from common.ids import decision_id
from common.logs import silent
from common.settings import ROOT
from local.simulator.invariants import InvariantError, Invariants
from local.simulator.run import SimulateOptions, live_day, make_simulation
from local.simulator.world import World

DAY = date(2025, 11, 12)
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
SWEEP = NOON + timedelta(minutes=15)
"""No slot of the controller."""
SEVEN = datetime(2025, 11, 12, 12, tzinfo=UTC)
"""07:00 ET, when nothing runs."""
SEED = 7
Tables = dict[str, list[dict[str, Any]]]
Change = Callable[[Tables], object]


@cache
def lived() -> World:
    """Live through a sound day; its rows are copied before they are changed."""
    slate = ROOT / "config" / "slates" / "2025-11.json"
    simulation = make_simulation(SimulateOptions(slate, DAY, DAY, SEED))
    with silent():
        live_day(simulation, DAY)
    return simulation.world


def check(change: Change) -> None:
    """Check a changed copy of the day, as at its end."""
    tables: Tables = {name: deepcopy(lived().rows[name]) for name in NAMES}
    change(tables)
    # Decisions stand before what is made of them, as they do in the chain.
    order = sorted(NAMES, key=lambda name: name != "workflow_decisions")
    checked = Invariants(lived().runtime, {name: tables[name] for name in order}, SEED)
    for stored in lived().storage.list(lived().runtime.settings.data_bucket, ""):
        checked.finalized(stored)
    checked.after_event(NOON)
    checked.at_rest()
    checked.day_over(DAY, as_planned=True, held_up=False, ticks_lost=False)


def first(rows: list[dict[str, Any]], **values: object) -> dict[str, Any]:
    """Find the first row with these values."""
    return next(row for row in rows if all(row[name] == want for name, want in values.items()))


def edit(table: str, changes: dict[str, Any], **values: object) -> Change:
    """Change the first row with these values."""
    return lambda tables: first(tables[table], **values).update(changes)


def drop(table: str, **values: object) -> Change:
    """Remove the first row with these values."""
    return lambda tables: tables[table].remove(first(tables[table], **values))


def repeat(table: str, **changes: object) -> Change:
    """Append a changed copy of the first row."""
    return lambda tables: tables[table].append({**tables[table][0], **changes})


def unlink(tables: Tables) -> None:
    """Let a terminal row forget one of its tasks, and count as if there were none."""
    row = first(tables[RUNS], **A_RUN)
    row["scraper_execution_ids"] = row["scraper_execution_ids"][1:]
    row["scrapers_triggered"] -= 1
    row["scrapers_succeeded"] -= 1


DECISIONS, LOG = "workflow_decisions", "scraper_execution_log"
RUNS, PLAN, SWEEPS = "workflow_executions", "daily_expected_schedule", "cleanup_operations"
A_RUN = {"workflow_name": "betting_lines"}
BROKEN: dict[str, tuple[str, Change]] = {
    "an id is there twice": ("R6", repeat(LOG)),
    "an object is logged twice": ("R6", repeat(LOG, execution_id=str(uuid4()))),
    "a log id is not the object's": ("R6", edit(LOG, {"execution_id": str(uuid4())})),
    "an object is never logged": ("R6", drop(LOG, workflow_name=None)),
    "a run has no terminal row": ("R6", drop(RUNS)),
    "a terminal row has no run": ("R6", edit(RUNS, {"decision_id": str(uuid4())})),
    "a run links a row that is not logged": ("R6", drop(LOG, **A_RUN)),
    "a scrape that its run does not link": ("R6", unlink),
    "counts do not add up": ("R6", edit(RUNS, {"scrapers_succeeded": 0})),
    "fewer links than tasks": ("R6", edit(RUNS, {"scraper_execution_ids": []})),
    "completed with a failure": ("X6", edit(RUNS, {"error_message": "one failed"})),
    "failed, but all passed": ("X6", edit(RUNS, {"status": "failed"})),
    "a failure without its words": (
        "X16",
        edit(LOG, {"status": "FAILED", "outcome": "FAILED"}, **A_RUN),
    ),
    "a success with words of a failure": ("X16", edit(LOG, {"error_message": "x"}, **A_RUN)),
    "failed, but SUCCESS": ("R7", edit(LOG, {"status": "FAILED"})),
    "records of nothing": ("S1", edit(LOG, {"outcome": "NO_DATA"})),
    "no count": ("S1", edit(LOG, {"records_processed": None})),
    **{
        f"{status} taken for no data": (
            "S2",
            edit(LOG, {"outcome": "NO_DATA", "records_processed": 0, "http_status": status}),
        )
        for status in (401, 403, 429)
    },
    "a task of another date": ("R4", edit(LOG, {"target_date": date(2025, 11, 11)}, **A_RUN)),
    "a task of another slot": ("R4", edit(LOG, {"slot": SEVEN}, **A_RUN)),
    "a run of another slot": ("R4", edit(RUNS, {"slot": SEVEN})),
    "a task of another workflow": ("R4", edit(LOG, {"workflow_name": "x"}, **A_RUN)),
    "a run of other scrapers": ("R4", edit(RUNS, {"scrapers_requested": []})),
    "a run of another date": ("R4", edit(RUNS, {"target_date": date(2025, 11, 11)})),
    "no target date": ("R4", edit(DECISIONS, {"target_date": None})),
    "a workflow without a row": ("R5", drop(DECISIONS, action="SKIP")),
    "a SKIP with scrapers": ("R5", edit(DECISIONS, {"scrapers": ["x"]}, action="SKIP")),
    "a RUN without scrapers": ("R5", edit(DECISIONS, {"scrapers": []}, action="RUN")),
    "no reason": ("R5", edit(DECISIONS, {"reason": ""})),
    "a slot without any row": (
        "R5",
        lambda tables: tables.update(
            {DECISIONS: [row for row in tables[DECISIONS] if row["slot"] != SEVEN]}
        ),
    ),
    "a sweep is missing": ("R5", drop(SWEEPS)),
    "a decision id of another slot": ("R3", edit(DECISIONS, {"decision_id": str(uuid4())})),
    "an instant that is no slot": (
        "R3",
        edit(
            DECISIONS,
            {"slot": SWEEP, "decision_id": decision_id("betting_lines", SWEEP)},
            workflow_name="betting_lines",
            action="SKIP",
        ),
    ),
    "late, but not expired": (
        "R3",
        edit(DECISIONS, {"decision_time": NOON + timedelta(days=1)}, action="SKIP"),
    ),
    "in time, but expired": ("R3", edit(DECISIONS, {"reason_code": "SLOT_EXPIRED"}, action="SKIP")),
    "a next check that is over": ("D16", edit(DECISIONS, {"next_check": SEVEN}, slot=SEVEN)),
    "planned and never run": ("R2", repeat(PLAN, plan_id="another", workflow_name="x")),
    "planned twice": ("R2", repeat(PLAN, plan_id="another")),
    "planned where no tick is": (
        "R2",
        edit(PLAN, {"expected_run_time": SWEEP}),
    ),
    "run and never planned": ("R2", drop(PLAN)),
    "a slot is swept twice": ("R6", repeat(SWEEPS, cleanup_id="another")),
    "a storm that republishes": (
        "R8",
        edit(SWEEPS, {"status": "STORM", "republished": ["x"], "republished_count": 1}),
    ),
    "sent again a fourth time": (
        "R8",
        edit(SWEEPS, {"republished": ["x"] * 4, "republished_count": 4}),
    ),
    "republished, not counted": ("R8", edit(SWEEPS, {"republished": ["x"]})),
}


def test_a_sound_day_breaks_no_rule() -> None:
    """The unchanged rows of the day pass."""
    check(lambda _: None)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named(name: str) -> None:
    """The error names rule, instant and seed on one line."""
    rule, change = BROKEN[name]
    with pytest.raises(InvariantError) as caught:
        check(change)
    text = str(caught.value)
    assert text.startswith(f"{rule} at 2025-11-12 17:00:00+00:00 (seed {SEED}): ")
    assert "\n" not in text


def test_rows_are_looked_at_once() -> None:
    """Rows that were checked are not checked again, even if they change."""
    tables: Tables = {name: deepcopy(lived().rows[name]) for name in NAMES}
    checked = Invariants(lived().runtime, {DECISIONS: tables[DECISIONS]}, SEED)
    checked.after_event(NOON)
    tables[DECISIONS][0]["reason"] = ""
    checked.after_event(NOON)
