"""The push deliveries that wait until they are due, and the workers that wait for them."""

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

    At any time at least one worker is awake, or sleeps no longer than until the earliest due time:
    a worker that takes a delivery wakes another one for the rest.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._idle = threading.Condition(self._lock)
        self._taken = threading.Condition(self._lock)
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
            hold: deliver the subscription's next message first, if one is published while other
                deliveries are under way. Applies only to deliveries that are due now.
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
        """Wait for a delivery that is due; return None once closed. Call `done` for each one."""
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
        """Note that a delivery is settled; its retry, if any, has to be put before this call."""
        with self._lock:
            self._busy.remove(delivery)
            if not self._busy:
                self._idle.notify_all()

    def drop(self, subscription: Subscription) -> None:
        """Remove what waits for a deleted subscription."""
        with self._lock:
            self._held.pop(subscription, None)
            self._waiting = [
                entry for entry in self._waiting if entry[2].subscription != subscription
            ]
            heapq.heapify(self._waiting)
            self._idle.notify_all()

    def wake(self) -> None:
        """Look again at what is due; to be called when the clock was moved."""
        with self._lock:
            self._work.notify_all()
            self._idle.notify_all()

    def close(self) -> None:
        """Return None to every waiting worker."""
        with self._lock:
            self._closed = True
            self._work.notify_all()
            self._taken.notify_all()

    def under_way(self) -> list[Delivery]:
        """Return the deliveries that were taken and are not settled yet."""
        with self._lock:
            return list(self._busy)

    def wait_for_push(self, endpoints: Collection[str]) -> bool:
        """Wait until a delivery to one of these URLs is under way; return False once closed."""
        with self._lock:
            while not self._closed:
                if any(one.subscription.endpoint in endpoints for one in self._busy):
                    return True
                self._taken.wait()
            return False

    def next_due(self) -> datetime | None:
        """Return the earliest due time of the waiting deliveries, None when none waits."""
        with self._lock:
            return self._waiting[0][0] if self._waiting else None

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is under way or due; return False after `timeout` real seconds."""
        with self._lock:
            return self._idle.wait_for(self._is_idle, timeout)

    def _is_idle(self) -> bool:
        if self._busy or self._held:
            return False
        wait = self._seconds_to_due()
        return wait is None or wait > 0

    def _add(self, delivery: Delivery, due: datetime) -> None:
        heapq.heappush(self._waiting, (due, next(self._order), delivery))

    def _pop(self) -> Delivery:
        delivery = heapq.heappop(self._waiting)[2]
        self._busy.append(delivery)
        self._taken.notify_all()
        if self._waiting:
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
