"""The whole system in one process, in memory, on a virtual clock: for tests and the simulator.

The handlers are the deployed ones; only the ports are others. Deliveries wait in one queue in
order of time, and are tried again with backoff as Pub/Sub does.
"""

import base64
import heapq
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from common.cloud.ports import Row, StoredObject
from common.configuration.topology import Subscription
from common.entry.respond import Route, respond
from common.handlers.cleanup_processor import clean_up
from common.handlers.execution_tracker import track
from common.handlers.master_controller import control
from common.handlers.schedule_locker import lock
from common.handlers.scraper_logger import write_log
from common.handlers.scraper_runner import run
from common.handlers.workflow_executor import execute
from common.messages.models import ObjectEvent, ScraperRequest, Tick, WorkflowDecision
from common.runtime import Runtime
from common.settings import Settings
from local.fake_sources.answers import Answer, answer
from local.fake_sources.direct import DirectSource
from local.fake_sources.overrides import switched_on
from local.fake_sources.slate import Slate
from local.simulator.memory import MemoryPublisher, MemoryStorage, MemoryWarehouse, Published

ROUTES: Mapping[str, Route[Any]] = {
    name: Route(name, model, handle)
    for name, model, handle in (
        ("schedule_locker", Tick, lock),
        ("master_controller", Tick, control),
        ("cleanup_processor", Tick, clean_up),
        ("workflow_executor", WorkflowDecision, execute),
        ("scraper_runner", ScraperRequest, run),
        ("scraper_logger", ObjectEvent, write_log),
        ("execution_tracker", ObjectEvent, track),
    )
}
ACKED = 200
MOVES = 100_000
"""Deliveries of one `settle` above which the chain feeds itself."""


class ManualClock:
    """A clock that moves only when told to; sleeping moves it."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant
        self.error = timedelta(0)
        """How far the clock that is looked at is off."""

    def now(self) -> datetime:
        """The instant it was moved to."""
        return self._instant + self.error

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self._instant += timedelta(seconds=seconds)

    def move(self, instant: datetime) -> None:
        """Move to an instant; never back."""
        self._instant = max(self._instant, instant)


@dataclass(order=True)
class Delivery:
    """One message on its way to one function."""

    due: datetime
    number: int
    function: str = field(compare=False)
    message: Published = field(compare=False)
    attempt: int = field(default=1, compare=False)

    def body(self) -> bytes:
        """As Pub/Sub pushes it."""
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


class World:
    """The system in memory; `rows` are its five tables."""

    def __init__(self, slate: Slate, instant: datetime, **settings: object) -> None:
        self.clock = ManualClock(instant)
        self.slate = slate
        numbers = count(1)
        self.runtime = Runtime(
            Settings.model_validate({**switched_on(key="world-key"), **settings}),
            new_owner=lambda: f"owner-{next(numbers)}",
            elapsed=lambda: self.clock.now().timestamp(),
        )
        self.storage = MemoryStorage(self.clock, on_finalize=self._finalized)
        self.warehouse = MemoryWarehouse()
        self.publisher = MemoryPublisher(self.clock, self._published)
        self._install()
        self.queue: list[Delivery] = []
        self.answers: list[tuple[str, int, str]] = []
        self._numbers = count(1)

    def _install(self) -> None:
        ports = {
            "clock": self.clock,
            "storage": self.storage,
            "warehouse": self.warehouse,
            "publisher": self.publisher,
            "source": DirectSource(self.runtime.settings, self.clock, self.answer),
        }
        # A cached property is filled by hand, so that no client is ever built.
        self.runtime.__dict__.update(ports)

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """What a source answers now."""
        return answer(path, params, self.slate, self.clock.now())

    @property
    def rows(self) -> Mapping[str, list[Row]]:
        """The five tables."""
        return self.warehouse.rows

    @property
    def replies(self) -> list[tuple[str, int, dict[str, Any]]]:
        """What the functions answered so far: function, status and body."""
        return [(function, status, json.loads(text)) for function, status, text in self.answers]

    def tick(self, topic: str, instant: datetime, **message: object) -> None:
        """Move to an instant and publish a scheduler's message there, then let the chain rest."""
        self.settle(instant)
        self.clock.move(instant)
        body = {"schema": "tick", "version": 1, "scheduled_time": instant.isoformat(), **message}
        self.publisher.publish(topic, body, {})
        self.settle(instant)

    def settle(self, until: datetime | None = None) -> None:
        """Deliver what is due by `until` (None: everything), moving the clock along."""
        for _ in range(MOVES):
            if not self.queue or (until is not None and self.queue[0].due > until):
                return
            delivery = heapq.heappop(self.queue)
            self.clock.move(delivery.due)
            self.deliver(delivery)
        raise RuntimeError(f"more than {MOVES} deliveries without coming to rest")

    def deliver(self, delivery: Delivery) -> int:
        """Hand one delivery to its function; queue it again unless acknowledged."""
        headers = {"Content-Type": "application/json"}
        text, status, _ = respond(self.runtime, headers, delivery.body(), ROUTES[delivery.function])
        self.answers.append((delivery.function, status, text))
        if status != ACKED:
            self._again(delivery)
        return status

    def _again(self, delivery: Delivery) -> None:
        policy = self.runtime.topology.delivery
        if delivery.attempt >= policy.max_delivery_attempts:
            self.publisher.publish(
                policy.dead_letter_topic, delivery.message.body, self._forwarded(delivery)
            )
            return
        wait = min(
            policy.minimum_backoff_seconds * 2 ** (delivery.attempt - 1),
            policy.maximum_backoff_seconds,
        )
        due = self.clock.now() + timedelta(seconds=wait)
        self._queue(delivery.function, delivery.message, due, delivery.attempt + 1)

    def _forwarded(self, delivery: Delivery) -> dict[str, str]:
        """The attributes that Pub/Sub adds to what it dead-letters itself.

        https://cloud.google.com/pubsub/docs/handling-failures#dead_letter_topic
        """
        names = {s.function: s.name for s in self.runtime.topology.subscriptions}
        published = delivery.message.publish_time.isoformat()
        return {
            **delivery.message.attributes,
            "CloudPubSubDeadLetterSourceDeliveryCount": str(delivery.attempt),
            "CloudPubSubDeadLetterSourceSubscription": names[delivery.function],
            "CloudPubSubDeadLetterSourceTopicPublishTime": published,
        }

    def _published(self, message: Published) -> None:
        for subscription in self.runtime.topology.subscriptions:
            if subscription.topic == message.topic and _passes(subscription, message):
                self._queue(subscription.function, message, self.clock.now())

    def _finalized(self, stored: StoredObject) -> None:
        if stored.bucket != self.runtime.settings.data_bucket:
            return
        self.publisher.publish(
            "scraped-objects",
            {
                "kind": "storage#object",
                "bucket": stored.bucket,
                "name": stored.name,
                "generation": str(stored.generation),
                "size": str(stored.size),
                "contentType": stored.content_type,
                "timeCreated": self.clock.now().isoformat(),
                "metadata": dict(stored.metadata),
            },
            {
                "eventType": "OBJECT_FINALIZE",
                "bucketId": stored.bucket,
                "objectId": stored.name,
                "objectGeneration": str(stored.generation),
            },
        )

    def _queue(self, function: str, message: Published, due: datetime, attempt: int = 1) -> None:
        delivery = Delivery(due, next(self._numbers), function, message, attempt)
        heapq.heappush(self.queue, delivery)


def _passes(subscription: Subscription, message: Published) -> bool:
    """The only filter we use: one attribute equal to one value."""
    if subscription.filter is None:
        return True
    name, _, value = subscription.filter.removeprefix("attributes.").partition(" = ")
    return message.attributes.get(name) == value.strip('"')
