"""Spans made from rows: a trace is a decision, with its execution and its tasks below it.

Their ids derive from the rows' own (`common/ids.py`), as those of the live log lines do, so that
the same run has the same trace whenever it is made, and in whatever tool it is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from common import ids
from common.cloud.ports import Row
from local.traces.audit import Audit

Value = str | int | bool
DECISION = ("action", "reason", "reason_code", "alert_level", "target_date", "forced")
EXECUTION = (
    *("status", "outcome", "scrapers_triggered", "scrapers_succeeded", "scrapers_failed"),
    "execution_id",
)
TASK = (
    *("outcome", "records_processed", "game_id", "target_date", "http_status", "error_class"),
    *("gcs_path", "object_generation", "object_bytes", "task_id"),
)
PREFIX = "nba."
"""Of our attributes; OpenTelemetry has none for such things."""


@dataclass(frozen=True)
class Span:
    """One span; times are aware.

    Attributes:
        trace: 32 hexadecimal digits.
        id: 16 of them.
        parent: another span's id; empty for a root.
        name: short, with few different values.
        begin: when it began.
        end: when it ended.
        error: why it failed; empty where it did not.
        attributes: facts of its row.
        events: instants inside it, by name.
    """

    trace: str
    id: str
    parent: str
    name: str
    begin: datetime
    end: datetime
    error: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    events: Mapping[str, datetime] = field(default_factory=dict)


def spans_of(audit: Audit) -> Iterator[Span]:
    """Yield a span for each decision, each execution and each task, parents first."""
    for decision in audit.decisions:
        yield _decision(decision)
    known = {row["execution_id"] for row in audit.executions.values()}
    for execution in audit.executions.values():
        yield _execution(execution)
    taken: set[str] = set()
    for row in audit.scrapes:
        span = _task(row, known)
        if span.id in taken:  # a task's second object, such as a correction
            span = _task(row, known, of=row["execution_id"])
        taken.add(span.id)
        yield span


def _decision(row: Row) -> Span:
    """Return the span from the slot, for which it was decided, to the decision."""
    decision = row["decision_id"]
    failed = row["action"] == "ABORT"
    return Span(
        trace=ids.trace_id(decision),
        id=ids.span_id(decision),
        parent="",
        name=f"decide {row['workflow_name']}",
        begin=min(row["slot"], row["decision_time"]),
        end=row["decision_time"],
        error=row["reason"] if failed else "",
        attributes=_attributes(
            row, DECISION, decision_id=decision, games=len(row["game_ids"] or ())
        ),
    )


def _execution(row: Row) -> Span:
    begin = row["execution_time"]
    end = row["finished_at"] or begin + timedelta(seconds=row["duration_seconds"] or 0)
    failed = row["status"] != "completed"
    return Span(
        trace=ids.trace_id(row["decision_id"]),
        id=ids.span_id(row["execution_id"]),
        parent=ids.span_id(row["decision_id"]),
        name=f"execute {row['workflow_name']}",
        begin=begin,
        end=max(begin, end),
        error=row["error_message"] or row["outcome"] or row["status"] if failed else "",
        attributes=_attributes(row, EXECUTION),
    )


def _task(row: Row, executions: set[str], of: str = "") -> Span:
    """Return a task's span, below its execution where that has a row, else its decision."""
    execution, decision = row["workflow_execution_id"], row["decision_id"]
    above = execution if execution in executions else decision
    begin = row["triggered_at"]
    failed = row["status"] != "SUCCESS"
    logged = row["logged_at"]
    return Span(
        trace=ids.trace_id(decision or row["task_id"]),
        id=ids.span_id(of or row["task_id"]),
        parent=ids.span_id(above) if above else "",
        name=f"scrape {row['scraper_name']}",
        begin=begin,
        end=begin + timedelta(seconds=row["duration_seconds"] or 0),
        error=row["error_message"] or row["outcome"] or "failed" if failed else "",
        attributes=_attributes(row, TASK),
        events={"logged": logged} if logged else {},
    )


def _attributes(row: Row, columns: tuple[str, ...], **more: Value) -> dict[str, Value]:
    named = {name: row[name] for name in columns if row[name] is not None}
    return {f"{PREFIX}{name}": _value(value) for name, value in {**named, **more}.items()}


def _value(value: object) -> Value:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
