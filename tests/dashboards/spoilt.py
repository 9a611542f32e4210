"""Two lived days of which much has failed, and what was logged a week before them."""

from copy import deepcopy
from datetime import timedelta

from tests.alerts.days import Rows

PANELS = [
    ("cleanup", "Files checked, missing and sent again"),
    ("decisions", "Reasons"),
    ("decisions", "RUN and ABORT, newest first"),
    ("executions", "From start to end"),
    ("executions", "Executions, newest first"),
    ("lineage", "Each scrape with the decision it came from"),
    ("lineage", "From decision to end"),
    ("overview", "Plan versus actual"),
    ("scrapers", "Outcomes"),
    ("scrapers", "Scrapes by hour"),
    ("scrapers", "Failures, newest first"),
]
"""Which panels tell of such days what they do not tell of good ones; the seed's are compared."""


def spoilt(days: Rows) -> Rows:
    """Return lived days whose rows have failed in turns; one RUN came to nothing."""
    rows = deepcopy(days)
    for n, row in enumerate(rows["scraper_execution_log"]):
        row["duration_seconds"] = 1.0 * n
        if n % 4 == 0:
            row |= {"status": "FAILED", "outcome": "BLOCKED", "http_status": 403}
            row |= {"error_class": "BlockedError", "error_message": f"error {n}"}
    for n, row in enumerate(rows["workflow_decisions"]):
        if n % 5 == 0:
            row |= {"action": "ABORT", "alert_level": "ERROR"}
        elif n % 7 == 0:
            row |= {"alert_level": "WARNING"}
    rows["workflow_executions"].pop(-3)
    for n, row in enumerate(rows["workflow_executions"]):
        row["duration_seconds"] = 2.0 * n
        if n % 3 == 0:
            row |= {"status": "failed", "outcome": "FAILED", "error_message": f"error {n}"}
            row |= {"scrapers_succeeded": 0, "scrapers_failed": row["scrapers_triggered"]}
    for n, row in enumerate(rows["cleanup_operations"]):
        row |= {"duration_seconds": 0.5 * n, "republished_count": n % 9}
        row |= {"missing_files_found": n % 7, "files_checked": n}
    for name, column in (
        ("scraper_execution_log", "triggered_at"),
        ("workflow_executions", "execution_time"),
    ):
        last = rows[name][-6:]
        rows[name] += [
            {**row, column: row[column] - timedelta(days=ago), "execution_id": f"{n}-{ago}"}
            for n, row in enumerate(last)
            for ago in (7, 8)
        ]
    return rows
