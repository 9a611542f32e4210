"""Sweeps of the cleanup processor, and what they look at."""

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
    """Tick the sweep of 13:30 or a later quarter of an hour; its row, the chain at rest."""
    instant = SWEEP + number * SWEEP_INTERVAL
    tick(world, "tick-cleanup-processor", instant)
    world.settle()
    row: dict[str, Any] = world.rows["cleanup_operations"][-1]
    assert row["slot"] == instant
    return row


def execution(world: World) -> dict[str, Any]:
    """The one row of the slot's betting_lines."""
    (row,) = (r for r in world.rows["workflow_executions"] if r["workflow_name"] == "betting_lines")
    return row


def upload(world: World, name: str) -> None:
    """Write a user's object whose event is lost."""
    with unnoticed(world):
        world.storage.create(BUCKET, name, b"{}")
