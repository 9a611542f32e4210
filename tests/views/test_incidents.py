"""`incidents`: what went wrong, from the first bad row to the next good one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.views.conftest import View, Viewed

pytestmark = pytest.mark.stack
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
PATH = "gs://nba-scraped-data/notes/2025-11-12/lost.json"
ALL = "SELECT * FROM {}.incidents ORDER BY rule, opened"


def after(minutes: float) -> datetime:
    """Return an instant by its minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def ended(minutes: float, status: str) -> dict[str, Any]:
    """Return the row of a run that ended."""
    return {
        "execution_id": f"run-{minutes}",
        "execution_time": after(minutes),
        "finished_at": after(minutes),
        "workflow_name": "betting_lines",
        "scrapers_requested": [],
        "scrapers_triggered": 1,
        "scrapers_succeeded": int(status == "completed"),
        "scrapers_failed": int(status == "failed"),
        "status": status,
        "error_message": f"error at {minutes}" if status == "failed" else None,
    }


def decided(minutes: float, action: str, level: str) -> dict[str, Any]:
    """Return the row of a decision."""
    named = {"decision_id": f"made-{minutes}", "workflow_name": "injury_discovery"}
    return {**named, "decision_time": after(minutes), "action": action} | {
        "alert_level": level,
        "reason": "budget spent",
    }


def swept(minutes: float, status: str, *quarantined: str) -> dict[str, Any]:
    """Return the row of a sweep."""
    return {"cleanup_id": f"sweep-{minutes}", "cleanup_time": after(minutes)} | {
        "status": status,
        "error_message": None if status == "OK" else "BigQuery is down",
        "quarantined": [*quarantined],
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "daily_expected_schedule": [],
    "workflow_executions": [
        ended(-10, "completed"),
        *(ended(1.8 * number, "failed") for number in range(600)),
        ended(1100, "completed"),
        ended(1200, "failed"),
    ],
    "workflow_decisions": [
        decided(0, "SKIP", "NONE"),
        decided(60, "SKIP", "WARNING"),
        decided(120, "ABORT", "ERROR"),
        decided(180, "SKIP", "INFO"),
    ],
    "cleanup_operations": [
        swept(0, "OK", PATH, "task 7"),
        swept(15, "ERROR"),
        swept(30, "OK"),
    ],
    "scraper_execution_log": [
        {"execution_id": "found", "triggered_at": after(1), "logged_at": after(500)}
        | {"scraper_name": "upload", "outcome": "UPLOADED", "gcs_path": PATH},
    ],
}


@pytest.fixture(scope="module")
def incidents(view: View) -> list[dict[str, Any]]:
    """All incidents, by rule and time."""
    viewed: Viewed = view("incidents", ROWS)
    return [dict(row) for row in viewed.ask(after(1300), ALL)]


def test_600_equal_failures_are_one_incident(incidents: list[dict[str, Any]]) -> None:
    """It opened with the first, closed with the next good run, and the next bad one is another."""
    first, second = (row for row in incidents if row["rule"] == "execution")
    assert (first["key"], first["times"], first["level"]) == ("betting_lines", 600, "ERROR")
    assert (first["opened"], first["closed"]) == (NOON, after(1100))
    assert first["last_seen"] == after(1.8 * 599)
    assert first["detail"] == f"error at {1.8 * 599}"
    assert (second["opened"], second["closed"], second["times"]) == (after(1200), None, 1)


def test_a_decision_s_level_counts_whatever_its_action(incidents: list[dict[str, Any]]) -> None:
    """A SKIP with WARNING and the ABORT after it are one incident of the worse level."""
    (row,) = (row for row in incidents if row["rule"] == "decision")
    assert (row["key"], row["level"], row["times"]) == ("injury_discovery", "ERROR", 2)
    assert (row["opened"], row["closed"]) == (after(60), after(180))


def test_what_cleanup_gave_up_closes_with_its_row(incidents: list[dict[str, Any]]) -> None:
    """An object that was logged after all is closed; a task that never reported is open."""
    closed = {row["key"]: row["closed"] for row in incidents if row["rule"] == "quarantine"}
    assert closed == {PATH: after(500), "task 7": None}


def test_a_failed_sweep_is_over_with_the_next(incidents: list[dict[str, Any]]) -> None:
    """Its rule is `cleanup`."""
    (row,) = (row for row in incidents if row["rule"] == "cleanup")
    assert (row["opened"], row["closed"]) == (after(15), after(30))
    assert row["detail"] == "ERROR: BigQuery is down"


def test_a_good_day_has_no_incident(good: Viewed) -> None:
    """The tables of days on which nothing fails."""
    assert good.ask(datetime(2025, 11, 14, 8, tzinfo=UTC), ALL) == []
