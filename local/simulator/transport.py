"""Pub/Sub in memory: messages become deliveries that wait, arrive and are retried with backoff."""

import base64
import json
from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Lock

from common.clock import Clock
from common.configuration.topology import Subscription, Topology
from local.simulator.ports.memory_publisher import MemoryPublisher, Published


@dataclass(order=True)
class Delivery:
    """One message on its way to one function."""

    due: datetime
    number: int
    function: str = field(compare=False)
    message: Published = field(compare=False)
    attempt: int = field(default=1, compare=False)

    def body(self) -> bytes:
        """The request body that Pub/Sub pushes."""
        return json.dumps(
            {
                "message": {
                    "data": base64.b64encode(self.message.data).decode(),
                    "attributes": dict(self.message.attributes),
                    "messageId": self.message.message_id,
                    "publishTime": self.message.publish_time.isoformat(),
                },
                "subscription": f"projects/p/subscriptions/{self.function}",
                "deliveryAttempt": self.attempt,
            }
        ).encode()


Wanted = Callable[[Delivery], bool]
Arrivals = Callable[[Delivery], Iterable[datetime]]
"""When a delivery arrives: at no instant if it is lost, at two if it is duplicated."""


def on_time(delivery: Delivery) -> Iterable[datetime]:
    """The delivery arrives once, when it is due."""
    return (delivery.due,)


class Transport:
    """Keeps the deliveries of a topology's subscriptions.

    Args:
        clock: of Pub/Sub.
        topology: subscriptions, backoff and dead-letter topic.
        publisher: its messages are delivered; dead letters are published with it.

    Attributes:
        queue: waiting deliveries, the earliest first.
        arrivals: when each delivery arrives; may be replaced.
    """

    def __init__(self, clock: Clock, topology: Topology, publisher: MemoryPublisher) -> None:
        self.queue: list[Delivery] = []
        self.arrivals: Arrivals = on_time
        self._clock, self._topology, self._publisher = clock, topology, publisher
        self._losses: list[Wanted] = []
        self._numbers = count(1)
        self._lock = Lock()
        publisher.listeners.append(self._fan_out)

    def lose(self, wanted: Wanted) -> None:
        """Lose every delivery of a kind from now on, before it arrives."""
        self._losses.append(wanted)

    @contextmanager
    def losing(self, wanted: Wanted) -> Iterator[None]:
        """Lose every delivery of a kind for a while."""
        self._losses.append(wanted)
        try:
            yield
        finally:
            self._losses.remove(wanted)

    def retry(self, delivery: Delivery) -> None:
        """Queue an unacknowledged delivery again; dead-letter it after its last attempt."""
        policy = self._topology.delivery
        if delivery.attempt >= policy.max_delivery_attempts:
            attributes = self._forwarded(delivery)
            self._publisher.publish(policy.dead_letter_topic, delivery.message.body, attributes)
            return
        wait = min(
            policy.minimum_backoff_seconds * 2 ** (delivery.attempt - 1),
            policy.maximum_backoff_seconds,
        )
        due = self._clock.now() + timedelta(seconds=wait)
        self._send(delivery.function, delivery.message, due, delivery.attempt + 1)

    def _forwarded(self, delivery: Delivery) -> dict[str, str]:
        """The attributes that Pub/Sub adds to what it dead-letters itself.

        https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
        """
        names = {s.function: s.name for s in self._topology.subscriptions}
        published = delivery.message.publish_time.isoformat()
        return {
            **delivery.message.attributes,
            "CloudPubSubDeadLetterSourceDeliveryCount": str(delivery.attempt),
            "CloudPubSubDeadLetterSourceSubscription": names[delivery.function],
            "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
            "CloudPubSubDeadLetterSourceTopicPublishTime": published,
        }

    def _fan_out(self, message: Published) -> None:
        for subscription in self._topology.subscriptions:
            if subscription.topic == message.topic and _passes(subscription, message):
                self._send(subscription.function, message, self._clock.now(), attempt=1)

    def _send(self, function: str, message: Published, due: datetime, attempt: int) -> None:
        sent = Delivery(due, 0, function, message, attempt)
        if any(is_lost(sent) for is_lost in self._losses):
            return
        with self._lock:
            for arrival in self.arrivals(sent):
                arriving = Delivery(arrival, next(self._numbers), function, message, attempt)
                insort(self.queue, arriving)


def _passes(subscription: Subscription, message: Published) -> bool:
    """Whether a message passes a filter; the only form we use is one attribute equal to a value."""
    if subscription.filter is None:
        return True
    name, _, value = subscription.filter.removeprefix("attributes.").partition(" = ")
    return message.attributes.get(name) == value.strip('"')
