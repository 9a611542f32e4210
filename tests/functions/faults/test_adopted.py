"""Rows that another system left in the tables change nothing."""

from datetime import timedelta
from typing import Any

from common.cloud.tables import table
from local.simulator.world import World
from tests.kit.checks import defects
from tests.kit.world import SLOT, tick

YESTERDAY = SLOT - timedelta(days=1)
SEEDED: dict[str, dict[str, Any]] = {
    "daily_expected_schedule": {
        "date": SLOT.date(),
        "locked_at": SLOT - timedelta(hours=8),
        "workflow_name": "betting_lines",
        "expected_run_time": SLOT,
        "reason": "Pre-game betting lines (12 games today)",
        "scrapers": ["oddsa_events"],
    },
    "workflow_decisions": {
        "decision_time": YESTERDAY,
        "workflow_name": "betting_lines",
        "action": "RUN",
        "reason": "Ready: 12 games today, 5.5h until first game",
        "priority": "CRITICAL",
        "alert_level": "NONE",
        "scrapers": ["oddsa_events"],
    },
    "cleanup_operations": {
        "cleanup_time": YESTERDAY,
        "cleanup_id": "uuid-here",
        "files_checked": 12,
        "missing_files_found": 2,
        "republished_count": 2,
        "duration_seconds": 2.15,
    },
    "scraper_execution_log": {
        "triggered_at": YESTERDAY,
        "execution_id": "exec-001",
        "scraper_name": "oddsa_events",
        "status": "SUCCESS",
        "gcs_path": "gs://nba-scraped-data/oddsa-events/2025-11-11/133045.json",
    },
    "workflow_executions": {
        "execution_id": "uuid-abc-123",
        "execution_time": YESTERDAY,
        "workflow_name": "betting_lines",
        "decision_id": "uuid-def-456",
        "scrapers_requested": ["oddsa_events"],
        "scrapers_triggered": 1,
        "scrapers_succeeded": 0,
        "scrapers_failed": 1,
        "scraper_execution_ids": ["exec-001"],
        "status": "failed",
    },
}
"""A row a table as the seed's own columns have it."""


def adopt(world: World, name: str, **changes: Any) -> None:
    """Hold a row as BigQuery returns it after our columns were added as null or empty arrays."""
    given, shape = SEEDED[name] | changes, table(name)
    row = {f.name: given.get(f.name, [] if f.mode == "REPEATED" else None) for f in shape.fields}
    world.warehouse.adopt(name, row)


def test_the_seeds_rows_of_adopted_tables_change_no_decision_and_no_sweep(world: World) -> None:
    """The controller runs what is due, and cleanup finds nothing to heal."""
    for name in SEEDED:
        adopt(world, name)
    adopt(world, "workflow_decisions", decision_id="uuid-def-457")
    adopt(world, "workflow_decisions", decision_time=SLOT - timedelta(hours=1))
    tick(world, "tick-schedule-locker")
    tick(world, "tick-master-controller")
    world.settle()
    tick(world, "tick-cleanup-processor", SLOT + timedelta(minutes=45))
    world.settle()
    ran = {r["workflow_name"] for r in world.rows["workflow_decisions"] if r["action"] == "RUN"}
    assert ran == {"betting_lines", "injury_discovery"}
    (sweep,) = world.rows["cleanup_operations"]
    assert (sweep["status"], sweep["republished_count"]) == ("OK", 0)
    assert {status for _, status, _ in world.answers} == {200}
    assert defects(world) == []
