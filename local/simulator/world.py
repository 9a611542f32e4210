"""The whole system in one process, in memory, on a virtual clock: for tests and the simulator.

The handlers are the deployed ones; clock, ports and Pub/Sub are stand-ins (`memory.py`,
`transport.py`). docs/simulator.md says what is real and what is not.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Unpack

from common.cloud.ports import Row, StoredObject
from common.entry.respond import Route, respond
from common.handlers.cleanup_processor import clean_up
from common.handlers.execution_tracker import track
from common.handlers.master_controller import control
from common.handlers.schedule_locker import lock
from common.handlers.scraper_logger import write_log
from common.handlers.scraper_runner import run
from common.handlers.workflow_executor import execute
from common.messages.models import (
    ControllerTick,
    ObjectEvent,
    ScraperRequest,
    Tick,
    WorkflowDecision,
)
from common.runtime import Given, Runtime
from common.settings import Settings
from local.fake_sources.answers import Answer, answer
from local.fake_sources.direct import Ask, DirectSource
from local.fake_sources.overrides import switched_on
from local.fake_sources.slate import Slate
from local.simulator.ports.inline import InlineExecutor
from local.simulator.ports.intercepted import Crash
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.transport import Delivery, Transport

ROUTES: Mapping[str, Route[Any]] = {
    name: Route(name, model, handle)
    for name, model, handle in (
        ("schedule_locker", Tick, lock),
        ("master_controller", ControllerTick, control),
        ("cleanup_processor", Tick, clean_up),
        ("workflow_executor", WorkflowDecision, execute),
        ("scraper_runner", ScraperRequest, run),
        ("scraper_logger", ObjectEvent, write_log),
        ("execution_tracker", ObjectEvent, track),
    )
}
ACKNOWLEDGED = 200
NO_ANSWER = 0
"""Status of a delivery whose process died."""
SETTLE_DELIVERIES_MAX = 100_000
"""Deliveries of one `settle` above which the chain feeds itself."""
AroundDelivery = Callable[[Delivery, Callable[[], int]], int]
"""Stands between Pub/Sub and the functions: returns the status that Pub/Sub is to see."""


class ManualClock:
    """A clock that moves only when it is moved; sleeping moves it.

    Attributes:
        error: how far `now` is off, as on an instance whose clock is wrong.
    """

    def __init__(self, instant: datetime) -> None:
        self._instant = instant
        self.error = timedelta(0)

    def now(self) -> datetime:
        """The instant it was moved to."""
        return self._instant + self.error

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self._instant += timedelta(seconds=seconds)

    def move(self, instant: datetime) -> None:
        """Move to an instant; never back."""
        self._instant = max(self._instant, instant)

    def set(self, instant: datetime) -> None:
        """Set to an instant, also an earlier one."""
        self._instant = instant


class World:
    """The system in memory.

    Args:
        slate: the games that the sources know.
        instant: when it begins.
        warehouse: another one in memory.
        settings: of the functions, where they differ from the defaults.

    Attributes:
        runtime: what the functions work with; replace it by `runtime.but(...)` to change a port.
        ask: how the sources answer; may be replaced.
        around: what stands around each delivery; may be replaced.
        answers: function, status and body of each answer so far.
    """

    def __init__(
        self,
        slate: Slate,
        instant: datetime,
        *,
        warehouse: MemoryWarehouse | None = None,
        **settings: object,
    ) -> None:
        self.slate = slate
        self.clock = ManualClock(instant)
        self.storage = MemoryStorage(self.clock)
        self.warehouse = warehouse or MemoryWarehouse()
        self.warehouse.clock = self.clock
        self.publisher = MemoryPublisher(self.clock)
        self._owners = count(1)
        self.runtime = self.deployed(
            Settings.model_validate({**switched_on(key="world-key"), **settings})
        )
        self.transport = Transport(self.clock, self.runtime.topology, self.publisher)
        self.storage.listeners.append(self._notify)
        self.ask: Ask = self._answer
        self.around: AroundDelivery = lambda _, do: do()
        self.answers: list[tuple[str, int, str]] = []

    def deployed(self, settings: Settings) -> Runtime:
        """What the functions work with when they are deployed with some settings."""
        return Runtime(
            settings,
            new_owner=lambda: f"owner-{next(self._owners)}",
            elapsed=lambda: self.clock.now().timestamp(),
            clock=self.clock,
            threads=InlineExecutor(),
            storage=self.storage,
            warehouse=self.warehouse,
            publisher=self.publisher,
            source=DirectSource(settings, self.clock, self.answer),
        )

    @contextmanager
    def with_ports(self, **ports: Unpack[Given]) -> Iterator[None]:
        """Give the functions other ports for a while."""
        held = self.runtime
        self.runtime = held.but(**ports)
        try:
            yield
        finally:
            self.runtime = held

    @property
    def rows(self) -> dict[str, list[Row]]:
        """The five tables."""
        return self.warehouse.rows

    @property
    def queue(self) -> list[Delivery]:
        """The deliveries that wait, the earliest first."""
        return self.transport.queue

    @property
    def replies(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Function, status and parsed body of each answer so far."""
        return [(function, status, json.loads(text)) for function, status, text in self.answers]

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """What a source answers now."""
        return self.ask(path, params)

    def tick(self, topic: str, instant: datetime, **message: object) -> None:
        """Move to an instant, publish a scheduler's message and deliver what is due by then."""
        self.settle(instant)
        self.clock.move(instant)
        body = {"schema": "tick", "version": 1, "scheduled_time": instant.isoformat(), **message}
        self.publisher.publish(topic, body, {})
        self.settle(instant)

    def settle(self, until: datetime | None = None) -> None:
        """Deliver what is due by `until` (None: everything), moving the clock along."""
        for _ in range(SETTLE_DELIVERIES_MAX):
            if not self.queue or (until is not None and self.queue[0].due > until):
                return
            self.deliver(self.take())
        raise RuntimeError(f"more than {SETTLE_DELIVERIES_MAX} deliveries without coming to rest")

    def take(self) -> Delivery:
        """Take the first delivery off the queue and move the clock to it."""
        delivery = self.queue.pop(0)
        self.clock.move(delivery.due)
        return delivery

    def deliver(self, delivery: Delivery) -> int:
        """Deliver once, and again later unless it is acknowledged.

        Returns:
            The HTTP status; `NO_ANSWER` where the function's process died.
        """
        status = self.around(delivery, partial(self._handle, delivery))
        if status != ACKNOWLEDGED:
            self.transport.retry(delivery)
        return status

    def _handle(self, delivery: Delivery) -> int:
        headers = {"Content-Type": "application/json"}
        try:
            answered = respond(self.runtime, headers, delivery.body(), ROUTES[delivery.function])
        except Crash:
            return NO_ANSWER
        text, status, _ = answered
        self.answers.append((delivery.function, status, text))
        return status

    def _answer(self, path: str, params: Mapping[str, str]) -> Answer:
        return answer(path, params, self.slate, self.clock.now())

    def _notify(self, stored: StoredObject) -> None:
        """Publish a written object's OBJECT_FINALIZE notification, as the data bucket does."""
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
