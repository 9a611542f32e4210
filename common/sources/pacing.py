"""Turns to ask a host: at most one an interval, for all instances together (S6).

Time is divided into turns as long as the interval. The instance that creates the object of a turn
may ask when that turn begins; create-if-absent is the lock, and no name is ever written twice. A
request costs one class A operation; an object is of no use a minute later. The instances' clocks
agree within milliseconds: https://cloud.google.com/compute/docs/instances/configure-ntp
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from common.sources.errors import NoTurnError
from common.state import names
from common.state.store import StateStore

if TYPE_CHECKING:  # annotations only: a cold start loads no port for them
    from common.clock import Clock


HEADROOM_SECONDS = 0.1
"""How long creating an object takes; a turn that begins sooner is not drawn."""
TURN_TRIES_MAX = 60
"""How many turns are drawn before giving up.

Measured: of 12 tasks at once each draws 5, and the last one's turn comes after 13 s; of 300 tasks
each draws 20, and the last one's turn comes after 300 s.
"""


class Turns(Protocol):
    """Lets callers ask a host one after another."""

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait for the caller's turn.

        Raises:
            NoTurnError: no turn is free before the deadline (aware).
        """


class LocalTurns:
    """The turns of this process's threads at one host."""

    def __init__(self, clock: Clock, interval: float) -> None:
        self._clock = clock
        self._interval = interval
        self._asked: float | None = None
        self._lock = Lock()

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until an interval has passed since the last turn, but never longer than one."""
        del host, deadline
        clock, interval = self._clock, self._interval
        with self._lock:
            since = clock.now().timestamp() - self._asked if self._asked is not None else interval
            # A virtual clock may have been set back; then no wait is due.
            if 0 <= since < interval:
                clock.sleep(interval - since)
            self._asked = clock.now().timestamp()


@dataclass(frozen=True)
class SharedTurns:
    """The turns of all instances, which are objects of the state bucket.

    Attributes:
        state: holds the objects.
        interval: the seconds between two turns, the same for all instances.
        draw: returns a number below its argument, another one for another task.
    """

    state: StateStore
    interval: float
    draw: Callable[[int], int]

    def wait(self, host: str, deadline: datetime) -> None:
        """Reserve one of the next turns, and wait until it begins.

        An instance that loses a turn draws among more of them, so that many instances spread out
        within a few draws, and not too far into the future.

        Raises:
            NoTurnError: no turn before the deadline was free.
        """
        clock = self.state.clock
        for lost in range(TURN_TRIES_MAX):
            now = clock.now().timestamp()
            first = math.floor((now + HEADROOM_SECONDS) / self.interval) + 1
            left = math.floor(deadline.timestamp() / self.interval) + 1 - first
            if left < 1:
                break
            number = first + self.draw(min(1 + lost * lost // 2, left))
            start = datetime.fromtimestamp(number * self.interval, UTC)
            if self.state.mark(names.turn(host, start)) and start >= clock.now():
                clock.sleep((start - clock.now()).total_seconds())
                return
        raise NoTurnError(f"{host} is asked by too many tasks at once: no turn was left")
