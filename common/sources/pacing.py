"""Turns to ask a host: at most one an interval, for all instances together (S6).

Time is divided into turns as long as the interval. The instance that creates the object of a turn
may ask when that turn begins; create-if-absent is the lock, and no name is ever written twice. A
request costs one class A operation; an object is of no use a minute later. The instances' clocks
agree within milliseconds: https://cloud.google.com/compute/docs/instances/configure-ntp
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Protocol

from common.sources.errors import NoTurnError
from common.state import names
from common.state.store import StateStore

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Executor

    from common.clock import Clock


HEADROOM_SECONDS = 0.1
"""How long creating an object takes; a turn that begins sooner is not drawn."""
RESERVE_HEADROOM_SECONDS = 0.5
"""The same of a task's turns, some of which are created at a time."""
RESERVE_TRIES_MAX = 8
"""How many rounds are spent on reserving turns for all calls of a task."""
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

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Reserve as many of the next turns as can be had, for calls that begin at once."""

    def stop(self) -> None:
        """Let those that still wait have no turn: what they would ask for is of no use any more."""


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

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Do nothing: no round trip is saved."""

    def stop(self) -> None:
        """Do nothing: nobody waits longer than an interval."""


@dataclass(frozen=True)
class SharedTurns:
    """The turns of all instances at the hosts of one task, which are objects of the state bucket.

    Attributes:
        state: holds the objects.
        interval: the seconds between two turns, the same for all instances.
        draw: returns a number below its argument, another one for another task.
        threads: create the objects of several turns at once.
    """

    state: StateStore
    interval: float
    draw: Callable[[int], int]
    threads: Executor
    _reserved: dict[str, deque[datetime]] = field(default_factory=dict)
    _stopped: Event = field(default_factory=Event)

    def reserve(self, host: str, number: int, deadline: datetime) -> None:
        """Reserve turns in a row in one round trip; for those that others have, take later ones.

        What cannot be had within a few rounds is left to `wait`.
        """
        turns = self._reserved.setdefault(host, deque())
        first = self._first(RESERVE_HEADROOM_SECONDS)
        for lost in range(RESERVE_TRIES_MAX):
            last = min(first + number - len(turns), self._end(deadline))
            wanted = [self._start(each) for each in range(first, last)]
            marks = self.threads.map(partial(self._take, host), wanted)
            turns.extend(start for start, is_ours in zip(wanted, marks, strict=True) if is_ours)
            if len(turns) >= number:
                return
            first = last + self.draw(1 + lost)

    def wait(self, host: str, deadline: datetime) -> None:
        """Wait until the next reserved turn begins, or reserve another one.

        An instance that loses a turn draws among more of them, so that many instances spread out
        within a few draws, and not too far into the future.

        Raises:
            NoTurnError: no turn before the deadline was free, or the turns were stopped.
        """
        clock = self.state.clock
        start = self._next_reserved(host) or self._draw(host, deadline)
        clock.sleep(max(0.0, (start - clock.now()).total_seconds()))
        if self._stopped.is_set():
            raise NoTurnError(f"{host} is not asked: another call of the task has failed")

    def stop(self) -> None:
        """Let those that still wait have no turn; see the protocol."""
        self._stopped.set()

    def _next_reserved(self, host: str) -> datetime | None:
        """Return the next turn that was reserved and has not passed."""
        turns, now = self._reserved.get(host, deque()), self.state.clock.now()
        while turns:
            if (start := turns.popleft()) >= now:
                return start
        return None

    def _draw(self, host: str, deadline: datetime) -> datetime:
        for lost in range(TURN_TRIES_MAX):
            first = self._first(HEADROOM_SECONDS)
            left = self._end(deadline) - first
            if left < 1:
                break
            start = self._start(first + self.draw(min(1 + lost * lost // 2, left)))
            if self._take(host, start) and start >= self.state.clock.now():
                return start
        raise NoTurnError(f"{host} is asked by too many tasks at once: no turn was left")

    def _take(self, host: str, start: datetime) -> bool:
        return self.state.mark(names.turn(host, start))

    def _first(self, headroom: float) -> int:
        """Number the first turn that begins later than some seconds from now."""
        return math.floor((self.state.clock.now().timestamp() + headroom) / self.interval) + 1

    def _end(self, deadline: datetime) -> int:
        """Number the first turn after a deadline."""
        return math.floor(deadline.timestamp() / self.interval) + 1

    def _start(self, number: int) -> datetime:
        return datetime.fromtimestamp(number * self.interval, UTC)
