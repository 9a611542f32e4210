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


def link(tables: Tables, change: Callable[[list[str]], list[str]]) -> None:
    """Let a terminal row link other rows of the log, and count as if these were its tasks."""
    row = first(tables[RUNS], **A_RUN)
    links = change(row["scraper_execution_ids"])
    more = len(links) - len(row["scraper_execution_ids"])
    row["scraper_execution_ids"] = links
    row["scrapers_triggered"] += more
    row["scrapers_succeeded"] += more


def when(wrong: str) -> str:
    """Write how the error of a broken rule begins: instant and seed stand behind the rule."""
    rule, _, text = wrong.partition(" ")
    return f"{rule} at {NOON} (seed {SEED}): {text}"


DECISIONS, LOG = "workflow_decisions", "scraper_execution_log"
RUNS, PLAN, SWEEPS = "workflow_executions", "daily_expected_schedule", "cleanup_operations"
A_RUN = {"workflow_name": "betting_lines"}
BROKEN: dict[str, tuple[str, Change]] = {
    "an id is there twice": ("R6 scraper_execution_log: ", repeat(LOG)),
    "an object is logged twice": ("R6 id is not ", repeat(LOG, execution_id=str(uuid4()))),
    "a log id is not the object's": ("R6 id is not ", edit(LOG, {"execution_id": str(uuid4())})),
    "an object is never logged": (
        "R6 object nbac-schedule-api/2025-11-12/044500.json was finalized and never logged",
        drop(LOG, workflow_name=None),
    ),
    "a run has no terminal row": ("R6 a RUN has no terminal row", drop(RUNS)),
    "a terminal row has no run": (
        "R6 it has no RUN decision",
        edit(RUNS, {"decision_id": str(uuid4())}),
    ),
    "a run links a row that is not logged": (
        "R6 object oddsa-events/2025-11-12/130000.json was finalized and never logged",
        drop(LOG, **A_RUN),
    ),
    "a scrape that its run does not link": ("R6 the log has", lambda t: link(t, lambda i: i[1:])),
    "a link of no scrape": ("R6 the log has", lambda t: link(t, lambda i: [*i, str(uuid4())])),
    "a link of another scrape": ("R6 the log has", lambda t: link(t, lambda i: ["x", *i[1:]])),
    "counts do not add up": (
        "R6 succeeded + failed is not triggered",
        edit(RUNS, {"scrapers_succeeded": 0}),
    ),
    "fewer links than tasks": (
        "R6 scraper_execution_ids does not fit scrapers_triggered",
        edit(RUNS, {"scraper_execution_ids": []}),
    ),
    "completed with a failure": (
        "X6 status, outcome and error do not fit",
        edit(RUNS, {"error_message": "one failed"}),
    ),
    "failed, but all passed": (
        "X6 status, outcome and error do not fit",
        edit(RUNS, {"status": "failed"}),
    ),
    "a failure without its words": (
        "X16 a failure needs an error, and only a failure",
        edit(LOG, {"status": "FAILED", "outcome": "FAILED"}, **A_RUN),
    ),
    "a success with words of a failure": (
        "X16 a failure needs an error, and only a failure",
        edit(LOG, {"error_message": "x"}, **A_RUN),
    ),
    "failed, but SUCCESS": ("R7 status does not fit outcome", edit(LOG, {"status": "FAILED"})),
    "records of nothing": ("S1 an empty outcome has records", edit(LOG, {"outcome": "NO_DATA"})),
    "no count": ("S1 a run has no record count", edit(LOG, {"records_processed": None})),
    **{
        f"{status} taken for no data": (
            "S2 a refused request is no success",
            edit(LOG, {"outcome": "NO_DATA", "records_processed": 0, "http_status": status}),
        )
        for status in (401, 403, 429)
    },
    "a task of another date": (
        "R4 target_date is not the decision's",
        edit(LOG, {"target_date": date(2025, 11, 11)}, **A_RUN),
    ),
    "a task of another slot": (
        "R4 slot is not the decision's",
        edit(LOG, {"slot": SEVEN}, **A_RUN),
    ),
    "a run of another slot": ("R4 slot is not the decision's", edit(RUNS, {"slot": SEVEN})),
    "a task of another workflow": (
        "R4 workflow_name is not the decision's",
        edit(LOG, {"workflow_name": "x"}, **A_RUN),
    ),
    "a run of other scrapers": (
        "R4 asked for other scrapers than decided",
        edit(RUNS, {"scrapers_requested": []}),
    ),
    "a run of another date": (
        "R4 target_date is not the decision's",
        edit(RUNS, {"target_date": date(2025, 11, 11)}),
    ),
    "no target date": ("R4 no target date", edit(DECISIONS, {"target_date": None})),
    "a workflow without a row": (
        "R5 slot 2025-11-12 11:00:00+00:00 has rows of",
        drop(DECISIONS, action="SKIP"),
    ),
    "a SKIP with scrapers": (
        "R5 a RUN has scrapers, and nothing else has",
        edit(DECISIONS, {"scrapers": ["x"]}, action="SKIP"),
    ),
    "a RUN without scrapers": (
        "R5 a RUN has scrapers, and nothing else has",
        edit(DECISIONS, {"scrapers": []}, action="RUN"),
    ),
    "no reason": ("R5 no reason", edit(DECISIONS, {"reason": ""})),
    "a slot without any row": (
        "R5 2025-11-12: tick-master-controller has 17 of 18 slots",
        lambda tables: tables.update(
            {DECISIONS: [row for row in tables[DECISIONS] if row["slot"] != SEVEN]}
        ),
    ),
    "a sweep is missing": (
        "R5 2025-11-12: tick-cleanup-processor has 95 of 96 slots",
        drop(SWEEPS),
    ),
    "a decision id of another slot": (
        "R3 id is not ",
        edit(DECISIONS, {"decision_id": str(uuid4())}),
    ),
    "an instant that is no slot": (
        "R3 its slot is not one of the cron",
        edit(
            DECISIONS,
            {"slot": SWEEP, "decision_id": decision_id("betting_lines", SWEEP)},
            workflow_name="betting_lines",
            action="SKIP",
        ),
    ),
    "late, but not expired": (
        "R3 SLOT_EXPIRED is for ticks over 60 min late",
        edit(DECISIONS, {"decision_time": NOON + timedelta(days=1)}, action="SKIP"),
    ),
    "in time, but expired": (
        "R3 SLOT_EXPIRED is for ticks over 60 min late",
        edit(DECISIONS, {"reason_code": "SLOT_EXPIRED"}, action="SKIP"),
    ),
    "a next check that is over": (
        "D16 next_check is not in the future",
        edit(DECISIONS, {"next_check": SEVEN}, slot=SEVEN),
    ),
    "planned and never run": (
        "R2 2025-11-12: planned only x 11:00Z, ran only nothing",
        repeat(PLAN, plan_id="another", workflow_name="x"),
    ),
    "planned twice": ("R2 a run is planned twice", repeat(PLAN, plan_id="another")),
    "planned where no tick is": (
        "R2 planned where no tick is",
        edit(PLAN, {"expected_run_time": SWEEP}),
    ),
    "run and never planned": (
        "R2 2025-11-12: planned only nothing, ran only morning_operations 11:00Z",
        drop(PLAN),
    ),
    "a slot is swept twice": ("R6 a slot was swept twice", repeat(SWEEPS, cleanup_id="another")),
    "a storm that republishes": (
        "R8 a storm republished something",
        edit(SWEEPS, {"status": "STORM", "republished": ["x"], "republished_count": 1}),
    ),
    "sent again a fourth time": (
        "R8 sent again too many times:",
        edit(SWEEPS, {"republished": ["x"] * 4, "republished_count": 4}),
    ),
    "republished, not counted": ("R8 republished_count", edit(SWEEPS, {"republished": ["x"]})),
}


def test_a_sound_day_breaks_no_rule() -> None:
    """The unchanged rows of the day pass."""
    check(lambda _: None)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named(name: str) -> None:
    """The error names rule, instant, seed and what is wrong on one line."""
    wrong, change = BROKEN[name]
    with pytest.raises(InvariantError) as caught:
        check(change)
    text = str(caught.value)
    assert text.startswith(when(wrong))
    assert "\n" not in text


def test_rows_are_looked_at_once() -> None:
    """Rows that were checked are not checked again, even if they change."""
    tables: Tables = {name: deepcopy(lived().rows[name]) for name in NAMES}
    checked = Invariants(lived().runtime, {DECISIONS: tables[DECISIONS]}, SEED)
    checked.after_event(NOON)
    tables[DECISIONS][0]["reason"] = ""
    checked.after_event(NOON)
