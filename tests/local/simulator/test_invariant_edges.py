"""How far each rule of the invariants goes: what it allows, and the last thing that it does not."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from common.ids import log_id
from local.simulator.invariants import InvariantError
from tests.local.simulator.test_invariants import (
    A_RUN,
    DECISIONS,
    LOG,
    NOON,
    PLAN,
    RUNS,
    SEVEN,
    SWEEPS,
    Change,
    Tables,
    check,
    edit,
    first,
    lived,
    when,
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


def resent_twice(tables: Tables) -> None:
    """Let the first sweep send one thing again twice, the second another, the third both."""
    for row, sent in zip(tables[SWEEPS], (["x", "x"], ["y"], ["x", "x", "y"]), strict=False):
        row.update(republished=sent, republished_count=len(sent))


def log_again(tables: Tables) -> None:
    """Log one more generation of an object, under the id that it would have."""
    row = first(tables[LOG], **A_RUN)
    bucket, _, name = row["gcs_path"].removeprefix("gs://").partition("/")
    of_next = {"object_generation": 1, "execution_id": log_id(bucket, name, 1)}
    tables[LOG].append({**row, **of_next})


def fail_one(*tables_changed: str) -> Change:
    """Let a task of a run fail, for which nothing stands in; in the run's row too, if asked for."""

    def change(tables: Tables) -> None:
        task = first(tables[LOG], scraper_name="oddsa_game_lines")
        task.update(FAILED, outcome="FAILED")
        if RUNS in tables_changed:
            run = first(tables[RUNS], execution_id=task["workflow_execution_id"])
            run.update(status="failed", outcome="FAILED", error_message="x")
            run["scrapers_succeeded"] -= 1
            run["scrapers_failed"] += 1

    return change


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
    "failed with one of its data": fail_one(LOG, RUNS),
    "forced hours later": forced(changes={"decision_time": NOON, "next_check": NOON + MINUTE}),
}
REFUSED: dict[str, tuple[str, Change]] = {
    "records of what is not ready": (
        "S1 an empty outcome has records",
        log("NOT_READY", records_processed=1),
    ),
    "an object sent again a seventh time": ("R8 sent again too many times:", resent(7, "gs://x")),
    "a minute more than an hour late": (
        "R3 SLOT_EXPIRED is for ticks over 60 min late",
        decided_after(61),
    ),
    "an hour late, and expired": (
        "R3 SLOT_EXPIRED is for ticks over 60 min late",
        decided_after(60, reason_code="SLOT_EXPIRED"),
    ),
    "looked at again at once": ("D16 next_check is not in the future", checked_again(0)),
    "never looked at again": (
        "D16 next_check is not in the future",
        edit(DECISIONS, {"next_check": None}, action="SKIP"),
    ),
    "forced with one workflow twice": (
        "R5 slot 2025-11-12 12:00:00+00:00 has rows of",
        forced(twice=True),
    ),
    "forced without a date": ("R4 no target date", forced(changes={"target_date": None})),
    "sent again a fourth time by another sweep": (
        "R8 sent again too many times: ['x']",
        resent_twice,
    ),
    "a message that names an object in its middle": (
        "R8 sent again too many times: ['a://x']",
        resent(4, "a://x"),
    ),
    "an object that nobody stored": ("R6 logs no object, or one that is logged", log_again),
    "completed without one of its data": (
        "X6 completed, and yet a task failed for good",
        fail_one(LOG),
    ),
    "no code of a reason": ("R5 no reason", edit(DECISIONS, {"reason_code": ""})),
    "an unknown workflow": (
        "R5 the workflow is not enabled",
        edit(DECISIONS, {"workflow_name": "x", "forced": True}),
    ),
    "planned for no date": ("R4 no target date", edit(PLAN, {"target_date": None})),
    "swept where no tick is": (
        "R3 its slot is not one of the cron",
        edit(SWEEPS, {"slot": NOON + MINUTE}),
    ),
    "a sweep at another slot": ("R6 a slot was swept twice", edit(SWEEPS, {"slot": NOON})),
    "counted, not republished": ("R8 republished_count", edit(SWEEPS, {"republished_count": 1})),
    "a run of another workflow": (
        "R4 workflow_name is not the decision's",
        edit(RUNS, {"workflow_name": "x"}),
    ),
    "a task of another execution": (
        "R6 execution is not ",
        edit(LOG, {"workflow_execution_id": str(uuid4())}, **A_RUN),
    ),
    "an execution of another decision": (
        "R6 execution is not ",
        edit(RUNS, {"execution_id": str(uuid4())}),
    ),
    "another generation was logged": ("R6 id is not ", edit(LOG, {"object_generation": 1})),
    "failed counts as well": (
        "R6 succeeded + failed is not triggered",
        edit(RUNS, {"scrapers_failed": 1}),
    ),
    "failed, with an outcome that passes": (
        "X6 status, outcome and error do not fit",
        edit(RUNS, {"outcome": "FAILED"}),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_a_rule_allows_breaks_none(name: str) -> None:
    """The last allowed value, and each outcome that a failure has."""
    check(ALLOWED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_one_step_further_breaks_its_rule(name: str) -> None:
    """The error begins with the rule, and says what is wrong."""
    wrong, change = REFUSED[name]
    with pytest.raises(InvariantError, match="^" + re.escape(when(wrong))):
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


def test_an_empty_list_of_a_row_is_not_shown() -> None:
    """What a row lacks says nothing."""
    with pytest.raises(InvariantError, match="a RUN has scrapers") as caught:
        check(edit(DECISIONS, {"scrapers": []}, action="RUN"))
    assert "[]" not in str(caught.value)


def test_a_run_of_other_scrapers_is_told_beside_its_decision() -> None:
    """Both rows are shown."""
    with pytest.raises(InvariantError, match="asked for other scrapers") as caught:
        check(edit(RUNS, {"scrapers_requested": []}))
    assert str(caught.value).count(" | ") == 1


def test_another_id_is_told_beside_the_one_that_it_should_be() -> None:
    """The derived one: of workflow and slot, of an object, of a decision."""
    rows = lived().rows
    decided, logged = rows[DECISIONS][0], first(rows[LOG], **A_RUN)
    run = rows[RUNS][0]
    for column, table, row in (
        ("decision_id", DECISIONS, decided),
        ("execution_id", LOG, logged),
        ("execution_id", RUNS, run),
    ):
        with pytest.raises(InvariantError, match=f"(id|execution) is not {row[column]} "):
            check(edit(table, {column: str(uuid4())}, **{column: row[column]}))
