"""The five tables are the trace: whoever makes it, its ids and times are the rows'."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.cloud.ports import Row
from local.traces.audit import Audit, audit_of_day, audit_of_run
from local.traces.spans import Span, spans_of
from tests.kit.operated import gone_wrong
from tests.kit.placed import row
from tests.kit.world import DAY, NOON


@pytest.fixture(scope="module")
def audit() -> Audit:
    """A date on which three scrapers failed."""
    return audit_of_day(gone_wrong().runtime, DAY)


@pytest.fixture(scope="module")
def spans(audit: Audit) -> list[Span]:
    """Its spans."""
    return [*spans_of(audit)]


def named(spans: list[Span], name: str) -> list[Span]:
    """The spans of a name."""
    return [span for span in spans if span.name == name]


def test_each_row_is_one_span(audit: Audit, spans: list[Span]) -> None:
    """Decisions that ran nothing as well; the ids of all are different."""
    rows = len(audit.decisions) + len(audit.executions) + len(audit.scrapes)
    assert rows > 250
    assert len({(span.trace, span.id) for span in spans}) == len(spans) == rows


def test_a_run_is_one_trace_from_decision_to_tasks(spans: list[Span]) -> None:
    """The execution is below its decision, and its tasks below the execution."""
    (execution,) = named(spans, "execute post_game_window_2")
    trace = [span for span in spans if span.trace == execution.trace]
    by_id = {span.id: span for span in trace}
    assert by_id[execution.parent].name == "decide post_game_window_2"
    assert by_id[execution.parent].parent == ""
    tasks = [span for span in trace if span.name.startswith("scrape ")]
    assert {span.parent for span in tasks} == {execution.id}
    assert len(tasks) == execution.attributes["nba.scrapers_triggered"] == 30
    assert all(execution.begin <= task.begin <= task.end <= execution.end for task in tasks)


def test_what_failed_has_its_error(spans: list[Span]) -> None:
    """With what the source answered, at the task and at the execution."""
    (execution,) = named(spans, "execute post_game_window_2")
    assert execution.attributes["nba.outcome"] == "PARTIAL"
    failed = named(spans, "scrape nbac_play_by_play")
    assert failed
    assert all(span.error for span in failed)
    assert "503" in failed[0].error
    assert all(span.error == "" for span in named(spans, "scrape nbac_boxscore"))


def test_the_ids_are_those_of_the_live_lines(audit: Audit, spans: list[Span]) -> None:
    """So that a trace that was made a year later shows what was logged then."""
    row = next(row for row in audit.scrapes if row["decision_id"])
    (span,) = (one for one in spans if one.attributes.get("nba.task_id") == row["task_id"])
    assert span.trace == ids.trace_id(row["decision_id"])
    assert span.id == ids.span_id(row["task_id"])


def test_a_scrape_that_no_decision_asked_for_is_a_trace_of_its_own(spans: list[Span]) -> None:
    """Such as the scheduled refresh of the schedule."""
    plain = [span for span in spans if not span.parent and span.name.startswith("scrape ")]
    assert {span.name for span in plain} >= {"scrape nbac_schedule_api"}
    assert all(span.trace.startswith(span.id) for span in plain)


def test_without_its_execution_a_task_is_below_its_decision(audit: Audit) -> None:
    """BigQuery keeps executions for 90 days, and last year's trace must not fall apart."""
    spans = [*spans_of(replace(audit, executions={}))]
    roots = {span.id for span in spans if not span.parent}
    tasks = [span for span in spans if span.parent]
    assert tasks
    assert {span.parent for span in tasks} <= roots


def test_a_second_object_of_a_task_has_a_span_of_its_own(audit: Audit) -> None:
    """The first keeps the task's."""
    row = next(row for row in audit.scrapes if row["decision_id"])
    again: Row = {**row, "execution_id": "99999999-0a1b-4c3d-8e5f-0a1b2c3d4e5f"}
    first, second = spans_of(replace(audit, decisions=[], executions={}, scrapes=[row, again]))
    assert first.id == ids.span_id(row["task_id"])
    assert second.id == "999999990a1b4c3d"


def test_a_run_alone_is_the_same_as_on_its_date(audit: Audit, spans: list[Span]) -> None:
    """Named by the beginning of its execution's id."""
    execution = next(iter(audit.executions.values()))
    alone = [*spans_of(audit_of_run(gone_wrong().runtime, execution["execution_id"][:8]))]
    trace = ids.trace_id(execution["decision_id"])
    assert alone == [span for span in spans if span.trace == trace]


SECOND = timedelta(seconds=1)
DECISION = row(
    "workflow_decisions",
    decision_id="d",
    workflow_name="betting_lines",
    slot=NOON,
    decision_time=NOON + SECOND,
    action="RUN",
    reason="why",
    game_ids=["1", "2"],
)
EXECUTION = row(
    "workflow_executions",
    execution_id="e",
    decision_id="d",
    workflow_name="betting_lines",
    execution_time=NOON,
    finished_at=NOON + 9 * SECOND,
    duration_seconds=2.0,
    status="completed",
    outcome="COMPLETED",
)
SCRAPE = row(
    "scraper_execution_log",
    execution_id="l",
    task_id="t",
    decision_id="d",
    workflow_execution_id="e",
    scraper_name="oddsa_events",
    triggered_at=NOON,
    logged_at=NOON + 5 * SECOND,
    duration_seconds=2.0,
    status="SUCCESS",
    outcome="SUCCESS",
)


def span_of(kind: str, **changes: Any) -> Span:
    """Return the span of one changed row."""
    made = {
        "decision": Audit([{**DECISION, **changes}], {}, []),
        "run": Audit([], {"d": {**EXECUTION, **changes}}, []),
        "task": Audit([], {}, [{**SCRAPE, **changes}]),
    }
    (span,) = spans_of(made[kind])
    return span


@pytest.mark.parametrize(
    ("kind", "changes", "seconds"),
    [
        ("decision", {}, (0, 1)),
        ("decision", {"slot": NOON + 9 * SECOND}, (1, 1)),  # decided ahead, by force
        ("run", {}, (0, 9)),
        ("run", {"finished_at": None}, (0, 2)),
        ("run", {"finished_at": None, "duration_seconds": None}, (0, 0)),
        ("run", {"finished_at": NOON - SECOND}, (0, 0)),
        ("task", {}, (0, 2)),
        ("task", {"duration_seconds": None}, (0, 0)),
    ],
)
def test_a_span_has_the_times_of_its_row(
    kind: str, changes: dict[str, Any], seconds: tuple[int, int]
) -> None:
    """An execution without an end has its duration's, and none ends before it begins."""
    span = span_of(kind, **changes)
    assert (span.begin, span.end) == tuple(NOON + each * SECOND for each in seconds)


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        ("decision", {}, ""),
        ("decision", {"action": "SKIP"}, ""),
        ("decision", {"action": "ABORT"}, "why"),
        ("run", {"error_message": "odd"}, ""),
        ("run", {"status": "failed", "error_message": "odd"}, "odd"),
        ("run", {"status": "failed", "outcome": "PARTIAL"}, "PARTIAL"),
        ("run", {"status": "failed", "outcome": None}, "failed"),
        ("run", {"status": "ended", "outcome": "GIVEN_UP"}, "GIVEN_UP"),
        ("task", {"error_message": "odd"}, ""),
        ("task", {"status": "FAILED", "error_message": "odd"}, "odd"),
        ("task", {"status": "FAILED", "outcome": "BLOCKED"}, "BLOCKED"),
        ("task", {"status": "FAILED", "outcome": None}, "failed"),
        ("task", {"status": "NOT_READY", "outcome": "NOT_READY"}, "NOT_READY"),
    ],
)
def test_a_span_has_the_error_of_its_row(kind: str, changes: dict[str, Any], error: str) -> None:
    """What was said, else the outcome, else the status; nothing where it did not fail."""
    assert span_of(kind, **changes).error == error


@pytest.mark.parametrize(
    ("kind", "changes", "name", "value"),
    [
        ("decision", {}, "games", 2),
        ("decision", {"game_ids": None}, "games", 0),
        ("decision", {"forced": False}, "forced", False),
        ("decision", {"target_date": DAY}, "target_date", "2025-11-12"),
        ("run", {"scrapers_failed": 0}, "scrapers_failed", 0),
        ("task", {"records_processed": 0}, "records_processed", 0),
        ("task", {"object_bytes": 5}, "object_bytes", 5),
        ("task", {"http_status": 503}, "http_status", 503),
        ("task", {"error_class": "OSError"}, "error_class", "OSError"),
        ("task", {}, "game_id", None),
    ],
)
def test_a_span_has_the_facts_of_its_row(
    kind: str, changes: dict[str, Any], name: str, value: object
) -> None:
    """Nothing counts as a fact; what the row does not have is none."""
    assert span_of(kind, **changes).attributes.get(f"nba.{name}") == value


@pytest.mark.parametrize(
    ("changes", "trace", "parent"),
    [
        ({}, "d", "d"),
        ({"workflow_execution_id": None}, "d", "d"),
        ({"workflow_execution_id": None, "decision_id": None}, "t", ""),
    ],
)
def test_a_task_belongs_to_what_asked_for_it(
    changes: dict[str, Any], trace: str, parent: str
) -> None:
    """Its execution has no row here, so that it is below its decision."""
    names = {"d": ids.decision_id("betting_lines", NOON), "t": ids.decision_id("x", NOON)}
    held = {"decision_id": names["d"], "task_id": names["t"], **changes}
    span = span_of("task", **held)
    assert span.trace == ids.trace_id(names[trace])
    assert span.parent == (ids.span_id(names[parent]) if parent else "")


def test_a_row_that_is_not_logged_yet_has_no_instant_of_it() -> None:
    """The others have when their row was made."""
    assert span_of("task").events == {"logged": NOON + 5 * SECOND}
    assert span_of("task", logged_at=None).events == {}
