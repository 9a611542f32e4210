"""Deliveries side by side on a virtual clock: what sleeps lets others go on meanwhile.

Each function has as many lanes as it has instances with one request each. One lane runs at a time,
from one sleep to its next, in the order of the instants at which they wake: a run is the same
every time. A delivery without a free lane waits for one, as in Pub/Sub's backlog.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from local.simulator.transport import Delivery
from local.simulator.world import World

INSTANCES = 10
"""Of every function but the runner (terraform/variables.tf), one request each."""


@dataclass(order=True)
class Lane:
    """A delivery under way, and when it goes on."""

    wakes: datetime
    number: int
    function: str = field(compare=False)
    go: threading.Event = field(default_factory=threading.Event, compare=False)


class Lanes:
    """Delivers a world's queue on lanes.

    Args:
        world: its clock's `sleep` is the lanes' from now on.
        instances: lanes a function.

    Attributes:
        statuses: the answers so far, by function and status.
    """

    def __init__(self, world: World, instances: int = INSTANCES) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._world, self._instances = world, instances
        self._busy: Counter[str] = Counter()
        self._asleep: list[Lane] = []
        self._numbers = count()
        self._current: Lane | None = None
        self._back = threading.Event()
        world.clock.sleep = self._sleep  # type: ignore[method-assign] # a stand-in of its own

    def settle(self) -> None:
        """Deliver all that is queued, and what follows from it."""
        while (step := self._next()) is not None:
            due, act = step
            self._world.clock.move(due)
            act()

    def _next(self) -> tuple[datetime, Callable[[], None]] | None:
        """What happens next, and when."""
        waiting = next((d for d in self._world.queue if self._is_free(d.function)), None)
        lane = self._asleep[0] if self._asleep else None
        if waiting is not None and (lane is None or waiting.due <= lane.wakes):
            return waiting.due, lambda: self._begin(waiting)
        return None if lane is None else (lane.wakes, lambda: self._go_on(heappop(self._asleep)))

    def _is_free(self, function: str) -> bool:
        return self._busy[function] < self._instances

    def _begin(self, delivery: Delivery) -> None:
        self._world.queue.remove(delivery)
        self._busy[delivery.function] += 1
        lane = Lane(self._world.clock.now(), next(self._numbers), delivery.function)
        threading.Thread(target=self._run, args=(lane, delivery), daemon=True).start()
        self._go_on(lane)

    def _run(self, lane: Lane, delivery: Delivery) -> None:
        lane.go.wait()
        status = self._world.deliver(delivery)
        self.statuses[lane.function, status] += 1
        self._busy[lane.function] -= 1
        self._back.set()

    def _go_on(self, lane: Lane) -> None:
        """Let a lane run until it sleeps or ends."""
        self._current = lane
        self._back.clear()
        lane.go.set()
        self._back.wait()

    def _sleep(self, seconds: float) -> None:
        lane = self._current
        assert lane is not None, "only a delivery sleeps"
        lane.wakes = self._world.clock.now() + timedelta(seconds=seconds)
        lane.go.clear()
        heappush(self._asleep, lane)
        self._back.set()
        lane.go.wait()
