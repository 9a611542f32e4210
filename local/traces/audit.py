"""Reads a date's decisions with what came of them: the rows that traces are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from common.cloud.ports import Row
from common.eastern import at
from common.look.decided import decisions_on, rows_since, rows_until
from common.look.runs import find_run
from common.runtime import Runtime

EXECUTIONS, LOG = "workflow_executions", "scraper_execution_log"
EXECUTION_COLUMNS = (
    *("execution_id", "decision_id", "workflow_name", "execution_time", "finished_at"),
    *("status", "outcome", "error_message", "duration_seconds", "slot"),
    *("scrapers_triggered", "scrapers_succeeded", "scrapers_failed"),
)
LOG_COLUMNS = (
    *("execution_id", "task_id", "workflow_execution_id", "decision_id", "workflow_name"),
    *("scraper_name", "triggered_at", "duration_seconds", "status", "outcome", "slot"),
    *("records_processed", "gcs_path", "object_generation", "object_bytes", "logged_at"),
    *("game_id", "target_date", "http_status", "error_class", "error_message"),
)
RUN_DAYS_MAX = 8
"""How long after its decision a run's rows are looked for: what outages and catch-up may take."""


@dataclass(frozen=True)
class Audit:
    """Rows that belong together.

    Attributes:
        decisions: those of the slots, in order.
        executions: by decision; BigQuery keeps them for 90 days.
        scrapes: rows of the log about these decisions, the oldest first, and about none.
    """

    decisions: Sequence[Row]
    executions: Mapping[str, Row]
    scrapes: Sequence[Row]


def audit_of_day(place: Runtime, day: date) -> Audit:
    """Read the decisions of an Eastern date's slots, and the scrapes of that date without one."""
    return _of(place, decisions_on(place, day), day)


def audit_of_run(place: Runtime, beginning: str, day: date | None = None) -> Audit:
    """Read the one run whose execution's or decision's id begins so.

    Args:
        place: where to look.
        beginning: of the id.
        day: the Eastern date of its slot; None looks through the last eight days.

    Raises:
        BadInputError: there is none, or several.
    """
    return _of(place, [find_run(place, beginning, day).decision], None)


def _of(place: Runtime, decisions: Sequence[Row], day: date | None) -> Audit:
    runs = [row for row in decisions if row["action"] == "RUN"]
    executions = place.threads.submit(_about, place, EXECUTIONS, EXECUTION_COLUMNS, runs)
    plain = _plain(place, day) if day else []
    scrapes = [*_about(place, LOG, LOG_COLUMNS, runs), *plain]
    return Audit(
        decisions,
        {row["decision_id"]: row for row in executions.result()},
        sorted(scrapes, key=lambda row: row["triggered_at"]),
    )


def _about(place: Runtime, table: str, columns: Sequence[str], runs: Sequence[Row]) -> list[Row]:
    """Return a table's rows about some decisions; without one it is not asked."""
    if not runs:
        return []
    return place.warehouse.select(
        table,
        columns,
        since=rows_since(runs),
        until=rows_until(runs, RUN_DAYS_MAX, place.clock.now()),
        where={"decision_id": [row["decision_id"] for row in runs]},
    )


def _plain(place: Runtime, day: date) -> list[Row]:
    """Return the scrapes of a date that no decision asked for, such as the scheduled refresh."""
    start, end = at(day, time()), at(day + timedelta(days=1), time())
    rows = place.warehouse.select(LOG, LOG_COLUMNS, since=start, until=end)
    return [row for row in rows if row["decision_id"] is None and row["task_id"]]
