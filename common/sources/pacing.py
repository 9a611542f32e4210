"""Turns to ask a host: at most one an interval, for all instances together (S6).

Time is cut into slots as long as the interval. Who creates a slot's object may ask when the slot
begins; create-if-absent is the lock, and no name is ever written twice. One class A operation a
request; an object is of no use a minute later. Instances' clocks agree within milliseconds:
https://cloud.google.com/compute/docs/instances/configure-ntp
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import randbelow
from threading import Lock
from typing import Protocol

from common.clock import Clock
from common.cloud.ports import Storage
from common.errors import ConflictError
from common.sources.errors import NoTurnError

HEADROOM = 0.1
"""Seconds that creating an object takes; a slot that begins sooner is not tried for."""
TRIES = 60
"""Measured: of 12 at once each needs 5, the last one's turn is after 13 s; of 300, 20 and 300 s."""


class Turns(Protocol):
    """Lets callers ask a host one after the other."""

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until it is our turn.

        Raises:
            NoTurnError: there is none before the deadline (aware).
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

        Who loses a slot draws among more: a crowd spreads out, in a few tries and not too far.

        Raises:
            NoTurnError: no slot before the deadline was to be had.
        """
        for lost in range(TRIES):
            first = math.floor((self.clock.now().timestamp() + HEADROOM) / self.interval) + 1
            left = math.floor(deadline.timestamp() / self.interval) + 1 - first
            if left < 1:
                break
            number = first + self.draw(min(1 + lost * lost // 2, left))
            start = datetime.fromtimestamp(number * self.interval, UTC)
            if self._reserve(host, start) and start >= self.clock.now():
                self.clock.sleep((start - self.clock.now()).total_seconds())
                return
        raise NoTurnError(f"{host} is asked by too many at once: no turn was left for us")

    def _reserve(self, host: str, start: datetime) -> bool:
        try:
            self.storage.create(self.bucket, f"pacing/{host}/{start:%Y%m%dT%H%M%S.%f}", b"")
        except ConflictError:
            return False
        return True
