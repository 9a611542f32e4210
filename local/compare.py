"""Compares two days' tables: everything but what a clock, a generation or a message id gives."""

from collections.abc import Mapping
from typing import Any

from local.tables import Tables

# What stays when the same day runs twice; other columns hold times or ids that derive from them.
STABLE: Mapping[str, tuple[str, ...]] = {
    "daily_expected_schedule": (
        "plan_id",
        "date",
        "workflow_name",
        "expected_run_time",
        "reason",
        "scrapers",
        "target_date",
        "game_ids",
    ),
    "workflow_decisions": (
        "decision_id",
        "workflow_name",
        "slot",
        "action",
        "reason_code",
        "alert_level",
        "scrapers",
        "target_date",
        "game_ids",
    ),
    "cleanup_operations": ("cleanup_id", "slot", "status", "quarantined"),
    "scraper_execution_log": (
        "scraper_name",
        "workflow_execution_id",
        "slot",
        "status",
        "outcome",
        "records_processed",
        "target_date",
        "game_id",
        "error_class",
    ),
    "workflow_executions": (
        "execution_id",
        "decision_id",
        "workflow_name",
        "slot",
        "scrapers_requested",
        "scrapers_triggered",
        "scrapers_succeeded",
        "scrapers_failed",
        "status",
        "outcome",
        "game_ids",
    ),
}


def stable(tables: Tables) -> dict[str, list[str]]:
    """The comparable part of every row, sorted, table by table."""
    return {
        name: sorted(_line(row, columns) for row in tables[name])
        for name, columns in STABLE.items()
    }


def differences(one: Tables, other: Tables) -> list[str]:
    """Rows that only one of two days has, each with its table and side; empty when they agree."""
    found: list[str] = []
    first, second = stable(one), stable(other)
    for name in STABLE:
        left, right = list(first[name]), list(second[name])
        for line in first[name]:
            if line in right:
                right.remove(line)
                left.remove(line)
        found += [f"{name} < {line}" for line in left] + [f"{name} > {line}" for line in right]
    return found


def _line(row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    return " | ".join(f"{column}={row[column]}" for column in columns)
