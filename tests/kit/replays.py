"""The replayed day that tests of a running stack share."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall_time
from pathlib import Path

from common.eastern import at
from common.logs import silent
from local.day import replay as replayed
from local.fake_sources.slate import Slate
from local.records.tables import Tables
from local.simulator.world import World
from local.stack.config import StackConfig
from local.stack.driver import RunningStack
from tests.kit.operated import live_on, refuse

DAY = date(2025, 11, 12)


@dataclass(frozen=True)
class Replayed:
    """A stack at the end of its day."""

    stack: RunningStack
    outcome: replayed.Outcome


def config(folder: Path) -> StackConfig:
    """Return the configuration of the stack that `python -m local day` would start."""
    return StackConfig(
        folder=folder,
        instant=at(DAY, wall_time()),
        collect_since=DAY - timedelta(days=1),
    )


def simulated(season: Slate, day: date, refused: Collection[str] = ()) -> Tables:
    """Return the tables that the simulator leaves of a day as `python -m local day` replays it.

    Sources refuse what has one of the parts in its path, as `--refuse` would have them.
    """
    world = World(season, at(day, wall_time()), collect_since=day - timedelta(days=1))
    refuse(world, refused)
    with silent():
        live_on(world, at(day + timedelta(days=1), wall_time()))
    return world.rows
