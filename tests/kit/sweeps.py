"""Runs sweeps of the cleanup processor, and uploads for them to find."""

from datetime import timedelta
from typing import Any

from local.simulator.world import World
from tests.kit.world import SWEEP, tick, unnoticed

BUCKET = "nba-scraped-data"
SWEEP_INTERVAL = timedelta(minutes=15)
SWEEPS_A_DAY = 96
"""Sweeps."""
TICK = {"schema": "tick", "version": 1, "scheduled_time": SWEEP.isoformat()}


def sweep(world: World, number: int = 0) -> dict[str, Any]:
    """Run the sweep of 13:30, or one so many quarters of an hour later; returns its row."""
    instant = SWEEP + number * SWEEP_INTERVAL
    tick(world, "tick-cleanup-processor", instant)
    world.settle()
    row: dict[str, Any] = world.rows["cleanup_operations"][-1]
    assert row["slot"] == instant
    return row


def execution(world: World) -> dict[str, Any]:
    """Return the only execution row of betting_lines."""
    (row,) = (r for r in world.rows["workflow_executions"] if r["workflow_name"] == "betting_lines")
    return row


def upload(world: World, name: str) -> None:
    """Write a user's object whose event is lost."""
    with unnoticed(world):
        world.storage.create(BUCKET, name, b"{}")
