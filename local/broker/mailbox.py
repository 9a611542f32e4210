"""The messages of a pull subscription: those that wait and those on lease to a subscriber."""

import heapq
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count

from common.clock import Clock
from local.broker.messages import Delivery


class Mailbox:
    """Holds the deliveries of one pull subscription; thread-safe."""

    def __init__(self, clock: Clock, nack: Callable[[Delivery], None]) -> None:
        self._clock = clock
        self._nack = nack
        self._arrived = threading.Condition()
        self._waiting: list[tuple[datetime, int, Delivery]] = []
        self._leased: dict[str, tuple[datetime, Delivery]] = {}
        self._order = count()

    def put(self, delivery: Delivery, due: datetime) -> None:
        """Add a delivery that may be pulled from `due` on."""
        with self._arrived:
            heapq.heappush(self._waiting, (due, next(self._order), delivery))
            self._arrived.notify_all()

    def __len__(self) -> int:
        """Return the number of deliveries that are not acknowledged."""
        with self._arrived:
            return len(self._waiting) + len(self._leased)

    def pull(self, limit: int, wait: float) -> list[tuple[str, Delivery]]:
        """Lease up to `limit` deliveries, waiting up to `wait` real seconds for the first.

        Returns:
            Pairs of ack id and delivery.
        """
        self._return_expired()
        with self._arrived:
            self._arrived.wait_for(self._deliverable, wait)
            pulled: list[tuple[str, Delivery]] = []
            while len(pulled) < limit and self._deliverable():
                pulled.append(self._lease(heapq.heappop(self._waiting)[2]))
            return pulled

    def acknowledge(self, ack_ids: Iterable[str]) -> int:
        """Remove leased deliveries; return how many of them were still on lease."""
        with self._arrived:
            return sum(self._leased.pop(ack_id, None) is not None for ack_id in ack_ids)

    def extend(self, ack_ids: Iterable[str], seconds: int) -> None:
        """Move the end of leases to `seconds` from now; 0 ends them, for another delivery."""
        until = self._clock.now() + timedelta(seconds=seconds)
        with self._arrived:
            for ack_id in ack_ids:
                if ack_id in self._leased:
                    self._leased[ack_id] = (until, self._leased[ack_id][1])
        self._return_expired()

    def _lease(self, delivery: Delivery) -> tuple[str, Delivery]:
        ack_id = f"{delivery.message.message_id}-{delivery.attempt}-{next(self._order)}"
        until = self._clock.now() + timedelta(seconds=delivery.subscription.ack_deadline)
        self._leased[ack_id] = (until, delivery)
        return ack_id, delivery

    def _return_expired(self) -> None:
        with self._arrived:
            now = self._clock.now()
            over = [ack_id for ack_id, (until, _) in self._leased.items() if until <= now]
            returned = [self._leased.pop(ack_id)[1] for ack_id in over]
        for delivery in returned:
            self._nack(delivery)

    def _deliverable(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self._clock.now()
