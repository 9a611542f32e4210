"""A state bucket in memory for tests of what is kept in it."""

from datetime import UTC, datetime, timedelta
from itertools import count

from common.clock import Clock
from common.cloud.ports import Storage
from common.state.store import StateStore
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
BUCKET = "state"
LEASE = timedelta(seconds=660)


def new_state(
    storage: Storage | None = None, clock: Clock | None = None, now: datetime = NOON
) -> StateStore:
    """Make a state store on a bucket of its own, or on another's."""
    clock = clock or ManualClock(now)
    numbers = count(1)
    return StateStore(
        storage or MemoryStorage(clock), BUCKET, clock, LEASE, lambda: f"owner-{next(numbers)}"
    )


class Mortal:
    """A port of a process that may die: from then on it reaches nothing."""

    def __init__(self, port: object) -> None:
        self._port = port
        self._dead = False

    def die(self) -> None:
        """End the process."""
        self._dead = True

    def __getattr__(self, name: str) -> object:
        if self._dead:
            raise ConnectionError("the process is gone")
        return getattr(self._port, name)
