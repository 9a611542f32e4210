"""What each function touches, noted while it runs: two days in memory on which much goes wrong."""

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from google.api_core.exceptions import ServiceUnavailable

from common.eastern import at
from common.logs import silent
from common.settings import ROOT
from local.fake_sources.slate import load
from local.scheduler import ticks_of
from local.simulator.memory import Published
from local.simulator.world import Delivery, World

Touch = tuple[str, str, str]
"""Function, what kind of thing it does, to what: `("scraper_logger", "data", "read")`."""
KINDS = {
    "create": "create",
    "replace": "replace",
    "read": "read",
    "stat": "read",
    "list": "read",
    "folders": "read",
}
"""Calls of the storage port, as rights on a bucket."""
FIRST, LAST = date(2025, 11, 11), date(2025, 11, 13)
EVERY_LOST = 29
"""Of so many deliveries one is lost."""
FAILED = frozenset({2, 5, 11, 23, 47, 95})
"""Which writes of a function fail; further and further apart, so that no retry fails for ever."""


@dataclass
class Recorder:
    """Notes what is called while a function runs, and lets some writes fail."""

    buckets: dict[str, str]
    running: str = ""
    touches: set[Touch] = field(default_factory=set)
    writes: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, what: str) -> None:
        """Note a touch of the function that runs; the world's own calls are nobody's."""
        if self.running:
            self.touches.add((self.running, kind, what))

    def storage(self, name: str, bucket: str) -> None:
        """A call of the storage port."""
        self.note(self.buckets[bucket], KINDS[name])
        if KINDS[name] != "read":
            self.fail_at_times()

    def warehouse(self, name: str, table: str) -> None:
        """A call of the warehouse port."""
        if name != "has_begun":  # one's own job is shown without any right
            self.note({"append": "appends", "select": "reads"}[name], table)
        if name == "append":
            self.fail_at_times()

    def publisher(self, name: str, topic: str) -> None:
        """A call of the publisher port."""
        assert name == "publish"
        self.note("publishes", topic)
        self.fail_at_times()

    def fail_at_times(self) -> None:
        """A claim is freed, taken over or met by its owner only when something failed."""
        self.writes[self.running] += 1
        if self.running and self.writes[self.running] in FAILED:
            raise ServiceUnavailable("down for a moment")


class Recorded:
    """A port whose calls are noted before they are made."""

    def __init__(self, inner: object, note: Callable[[str, str], None]) -> None:
        self._inner, self._note = inner, note

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, what: str, *args: Any, **kwargs: Any) -> Any:
        self._note(name, what)
        return getattr(self._inner, name)(what, *args, **kwargs)


class Troubled(World):
    """A world that loses deliveries: what is lost is for cleanup to heal, or to give up."""

    def __init__(self) -> None:
        super().__init__(load(ROOT / "config" / "slates" / "2025-11.json"), at(FIRST, time()))
        settings = self.runtime.settings
        self.recorder = Recorder({settings.data_bucket: "data", settings.state_bucket: "state"})
        for name in ("storage", "warehouse", "publisher"):
            port = Recorded(getattr(self, name), getattr(self.recorder, name))
            self.runtime.__dict__[name] = port
        source = self.runtime.__dict__["source"]
        source._key = partial(self._key, source._key)
        self._deliveries = count(1)

    def _key(self, key: Callable[[Any], str | None], call: Any) -> str | None:
        found = key(call)
        if found:
            self.recorder.note("secret", "read")
        return found

    def deliver(self, delivery: Delivery) -> int:
        """Deliver one message with the recorder on."""
        self.recorder.running = delivery.function
        try:
            return super().deliver(delivery)
        finally:
            self.recorder.running = ""

    def _published(self, message: Published) -> None:
        # A function's own write has set the world in motion: what follows is not the function's.
        held, self.recorder.running = self.recorder.running, ""
        super()._published(message)
        self.recorder.running = held

    def _queue(self, function: str, message: Published, due: Any, attempt: int = 1) -> None:
        if attempt > 1 or not self._is_lost(function, message):
            super()._queue(function, message, due, attempt)

    def _is_lost(self, function: str, message: Published) -> bool:
        body = json.dumps(message.body)
        never_starts = function == "workflow_executor" and "injury_discovery" in body
        never_runs = function == "scraper_runner" and "nbac_referee" in body
        return never_starts or never_runs or next(self._deliveries) % EVERY_LOST == 0


@contextmanager
def _no_collections() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def touched() -> set[Touch]:
    """Live through the days and hand in what is seldom seen; all that was touched."""
    world = Troubled()
    with silent(), _no_collections():
        for number in range((LAST - FIRST).days):
            for tick in ticks_of(world.runtime.topology, FIRST + timedelta(days=number)):
                world.settle(tick.instant)
                world.clock.move(tick.instant)
                world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
        for topic, body in _seldom(world):
            for _ in range(2):  # so that losing one does not lose both
                world.publisher.publish(topic, body, {"action": "RUN"})
        world.settle(world.clock.now() + timedelta(hours=1))
    return world.recorder.touches


def _seldom(world: Troubled) -> list[tuple[str, dict[str, Any]]]:
    """What no function can read, a RUN without scrapers, an event that only names its object."""
    topics = sorted({subscription.topic for subscription in world.runtime.topology.subscriptions})
    published = world.publisher.published
    decision = next(m.body for m in published if m.topic == "workflow-decisions")
    empty = {
        **decision,
        "decision_id": str(uuid5(NAMESPACE_URL, "empty")),
        "action": "RUN",
        "scrapers": [],
        "targets": [],
    }
    upload = world.storage.create(world.runtime.settings.data_bucket, "uploads/by-hand.json", b"{}")
    event = {"bucket": upload.bucket, "name": upload.name, "generation": str(upload.generation)}
    nonsense = [(topic, {"schema": "nonsense"}) for topic in topics]
    return [*nonsense, ("workflow-decisions", empty), ("scraped-objects", event)]
