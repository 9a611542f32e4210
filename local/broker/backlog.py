"""Push deliveries that wait for their time, and the workers that wait for them."""

import heapq
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import count

from common.clock import Clock
from local.broker.messages import Delivery
from local.broker.subscriptions import Subscription


class Backlog:
    """A heap of deliveries by due time on the virtual clock.

    At any time some worker is awake or sleeps no longer than to the earliest due time: whoever
    takes a delivery wakes the next one to watch over the rest.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._begun = threading.Condition(self._lock)
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._held: dict[Subscription, Delivery] = {}
        self._order = count()
        self._busy: list[Delivery] = []
        self._closed = False

    def put(self, delivery: Delivery, due: datetime, *, hold: bool = False) -> None:
        """Add a delivery, deliverable from `due` on.

        Args:
            delivery: what to deliver.
            due: aware, on the virtual clock.
            hold: let the subscription's next message pass first, if one comes while others are
                being delivered. What is due later holds nothing up and is not held itself.
        """
        with self._lock:
            due_now = due <= self._clock.now()
            if due_now and hold and delivery.subscription not in self._held:
                self._held[delivery.subscription] = delivery
            else:
                self._add(delivery, due)
                if due_now and delivery.subscription in self._held:
                    self._add(self._held.pop(delivery.subscription), due)
            self._work.notify()

    def take(self) -> Delivery | None:
        """Wait for a delivery that is due; None once closed. Every one taken ends in `done`."""
        with self._lock:
            while not self._closed:
                wait = self._seconds_to_due()
                if wait is not None and wait <= 0:
                    return self._pop()
                if self._held and not self._busy:
                    self._release_held()
                else:
                    self._work.wait(wait)
            return None

    def done(self, delivery: Delivery) -> None:
        """A delivery taken has been settled; a retry of it was put before."""
        with self._lock:
            self._busy.remove(delivery)
            if not self._busy:
                self._idle.notify_all()

    def drop(self, subscription: Subscription) -> None:
        """Forget what waits for a deleted subscription."""
        with self._lock:
            self._held.pop(subscription, None)
            self._waiting = [
                entry for entry in self._waiting if entry[2].subscription != subscription
            ]
            heapq.heapify(self._waiting)
            self._idle.notify_all()

    def wake(self) -> None:
        """The clock was moved: look again at what is due."""
        with self._lock:
            self._work.notify_all()
            self._idle.notify_all()

    def close(self) -> None:
        """Let every worker go."""
        with self._lock:
            self._closed = True
            self._work.notify_all()
            self._begun.notify_all()

    def in_flight(self) -> int:
        """Deliveries under way, or deliverable now."""
        with self._lock:
            now = self._clock.now()
            return (
                len(self._busy) + len(self._held) + sum(due <= now for due, _, _ in self._waiting)
            )

    def under_way(self) -> list[Delivery]:
        """Deliveries that were taken and not settled yet."""
        with self._lock:
            return list(self._busy)

    def wait_begun(self, endpoints: Collection[str]) -> bool:
        """Wait until a delivery to one of these URLs is under way; False once closed."""
        with self._lock:
            while not self._closed:
                if any(one.subscription.endpoint in endpoints for one in self._busy):
                    return True
                self._begun.wait()
            return False

    def next_due(self) -> datetime | None:
        """The earliest due time of what waits, None when nothing does."""
        with self._lock:
            return self._waiting[0][0] if self._waiting else None

    def wait_idle(self, timeout: float) -> bool:
        """Wait (real seconds) until nothing is in flight; False when the time ran out."""
        with self._lock:
            return self._idle.wait_for(self._at_rest, timeout)

    def _at_rest(self) -> bool:
        if self._busy or self._held:
            return False
        wait = self._seconds_to_due()
        return wait is None or wait > 0

    def _add(self, delivery: Delivery, due: datetime) -> None:
        heapq.heappush(self._waiting, (due, next(self._order), delivery))

    def _pop(self) -> Delivery:
        delivery = heapq.heappop(self._waiting)[2]
        self._busy.append(delivery)
        self._begun.notify_all()
        if self._waiting or self._held:
            self._work.notify()
        return delivery

    def _release_held(self) -> None:
        now = self._clock.now()
        for delivery in self._held.values():
            self._add(delivery, now)
        self._held.clear()

    def _seconds_to_due(self) -> float | None:
        if not self._waiting:
            return None
        left: timedelta = self._waiting[0][0] - self._clock.now()
        return left.total_seconds()
