"""What the tests of a running stack share."""

from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall_time
from pathlib import Path

from common.eastern import at
from local.day import replay as replayed
from local.stack.driver import RunningStack
from local.stack.stack import StackConfig

DAY = date(2025, 11, 12)


@dataclass(frozen=True)
class Replayed:
    """A stack at the end of its day."""

    stack: RunningStack
    outcome: replayed.Outcome
    seconds: float


def config(folder: Path, pubsub: str = "embedded") -> StackConfig:
    """Make the configuration that `python -m local day` starts with."""
    return StackConfig(
        folder=folder,
        slate=replayed.OWN_SLATE,
        instant=at(DAY, wall_time()),
        pubsub=pubsub,
        collect_since=DAY - timedelta(days=1),
    )
