"""Turns to ask a host: at most one an interval, for all instances together (S6).

Time is cut into slots as long as the interval. Who creates a slot's object may ask when the slot
begins; create-if-absent is the lock, and no name is ever written twice. One class A operation a
request; an object is of no use a minute later. Instances' clocks agree within milliseconds:
https://cloud.google.com/compute/docs/instances/configure-ntp
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import randbelow
from threading import Lock
from typing import Protocol

from common.clock import Clock
from common.errors import ConflictError
from common.ports import Storage
from common.source_errors import TimedOutError

HEADROOM = 0.1
"""Seconds that creating an object takes; a slot that begins sooner is not tried for."""
TRIES = 12
"""The last one draws among 2,048 slots: twenty minutes at 0.6 s, longer than any task has."""


class Turns(Protocol):
    """Lets callers ask a host one after the other."""

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until it is our turn.

        Raises:
            TimedOutError: there is none before the deadline (aware).
        """


class LocalTurns:
    """Turns among the threads of this process, at one host."""

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._asked: float | None = None
        self._lock = Lock()

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until an interval has passed since the last turn; never longer than one."""
        del host, deadline
        clock, interval = self._clock, self._interval
        with self._lock:
            since = clock.now().timestamp() - self._asked if self._asked is not None else interval
            # A virtual clock may have been set back: then there is nothing to wait for.
            if 0 <= since < interval:
                clock.sleep(interval - since)
            self._asked = clock.now().timestamp()


@dataclass(frozen=True)
class SharedTurns:
    """Turns among all instances, kept as objects of a bucket.

    Attributes:
        storage: where they are.
        bucket: the state bucket.
        clock: of this instance.
        interval: seconds between two turns, the same for all instances.
        draw: a number below its argument.
    """

    storage: Storage
    bucket: str
    clock: Clock
    interval: float
    draw: Callable[[int], int] = randbelow

    def wait(self, host: str, deadline: datetime) -> None:
        """Reserve the next free slot, and wait until it begins.

        Who loses a slot draws among twice as many as before: a crowd spreads out in a few tries.

        Raises:
            TimedOutError: the slot would begin after the deadline.
        """
        for doubled in range(TRIES):
            start = self._start(self.draw(2**doubled))
            if start > deadline:
                break
            if self._reserve(host, start) and (left := start - self.clock.now()) >= timedelta(0):
                self.clock.sleep(left.total_seconds())
                return
        raise TimedOutError(f"{host} is asked by too many at once: no turn was left before {start}")

    def _start(self, ahead: int) -> datetime:
        """When the slot begins that lies `ahead` slots after the next one."""
        now = self.clock.now().timestamp() + HEADROOM
        number = math.floor(now / self.interval) + 1 + ahead
        return datetime.fromtimestamp(number * self.interval, UTC)

    def _reserve(self, host: str, start: datetime) -> bool:
        try:
            self.storage.create(self.bucket, f"pacing/{host}/{start:%Y%m%dT%H%M%S.%f}", b"")
        except ConflictError:
            return False
        return True
