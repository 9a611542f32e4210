"""The replayed day that tests of a running stack share."""

from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall_time
from pathlib import Path

from common.eastern import at
from local.day import replay as replayed
from local.stack.config import StackConfig
from local.stack.driver import RunningStack

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
