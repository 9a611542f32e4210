"""Counts what a simulated month uses of Google Cloud, in the units that are billed.

The handlers are the deployed ones on memory ports. A meter around the ports counts what Google's
implementations in `common/cloud` would request from the services:

- a read of an object, or of its description, is one class B operation, a write and each page of a
  listing one class A, and a finalize notification one class B; what is answered 404 or 412 is
  not billed (https://cloud.google.com/storage/pricing#operations-by-class);
- an INSERT job and a SELECT are one query job over one table each; no month of these tables' rows
  comes near the 10 MB that a query is billed at least, so that minimum is what is counted;
- a message is billed when it is published, for each subscription of its topic (also where the
  filter drops it: https://cloud.google.com/pubsub/docs/filtering) and at
  each further push, with 1,000 bytes at least.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from common.cloud import limits
from common.cloud.ports import StoredObject
from common.logs import silent
from local.costs.usage import Usage
from local.costs.watching import VIEWS, tables_of
from local.fake_sources.answers import Answer
from local.fake_sources.season import load_season
from local.simulator.fault_spec import Faults
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory_publisher import Published
from local.simulator.run import live_day
from local.simulator.simulation import Simulation
from local.simulator.transport import Delivery

LISTINGS = frozenset({"list", "folders"})
LISTING_PAGE_OBJECTS = limits.LISTING_PAGE_OBJECTS.most
MESSAGE_BYTES_MIN = 1000
PUBLISH_TIME_BYTES = 20
"""Size of a publish time, as Pub/Sub counts it."""
INSTANCE_IDLE_MAX = timedelta(minutes=10)
"""An idle instance is kept for up to 15 minutes, without a promise; counted as gone after this.
https://cloud.google.com/run/docs/about-instance-autoscaling"""
INSTANCE_BUSY = timedelta(seconds=2)
"""How long a call is assumed to keep an instance, which serves one at a time (terraform/)."""
INSTANCES_MAX = 10
"""Instances of one function (terraform/)."""


class Meter:
    """Adds up a usage; requests count for the function that runs (`function`), if any."""

    def __init__(self, data_bucket: str) -> None:
        self.usage = Usage()
        self.function = ""
        self._data_bucket = data_bucket
        # When each function's instances are free, the first one first: time never goes back.
        self._free: dict[str, list[datetime]] = {}

    def call(self, function: str, now: datetime) -> None:
        """Count the beginning of a delivery to a function."""
        self.function = function
        self.asked("calls")
        self.asked("cold", int(self._is_cold(function, now)))

    def _is_cold(self, function: str, now: datetime) -> bool:
        """Whether the call starts an instance: none is idle and another one is allowed."""
        held = [free for free in self._free.get(function, []) if now - free < INSTANCE_IDLE_MAX]
        idle = [free for free in held if free <= now]
        cold = not idle and len(held) < INSTANCES_MAX
        if not cold:
            held.remove(idle[-1] if idle else held[0])
        self._free[function] = [*held, now + INSTANCE_BUSY]
        return cold

    def asked(self, what: str, times: int = 1) -> None:
        """Count requests of the running function to a service."""
        if self.function:
            self.usage.functions.setdefault(self.function, Counter())[what] += times

    def bill(self, what: str, amount: int = 1) -> None:
        """Bill an amount."""
        self.usage.amounts[what] += amount

    def message(self, message: Published, requests: int = 1) -> None:
        """A message was published or pushed, so many times in all."""
        size = len(message.data) + PUBLISH_TIME_BYTES + len(message.message_id)
        size += sum(len(key) + len(value) for key, value in message.attributes.items())
        self.bill("message_requests", requests)
        self.bill("message_bytes", requests * max(size, MESSAGE_BYTES_MIN))

    def written(self, stored: StoredObject) -> None:
        """Bill a written object, and its notification."""
        self.bill("class_a")
        if stored.bucket != self._data_bucket:
            self.bill("state_bytes", stored.size)
            return
        self.bill("class_b")  # its notification
        scraper = stored.metadata.get("scraper", "uploads")
        held = self.usage.objects.setdefault(scraper, Counter())
        held.update({"objects": 1, "bytes": stored.size})

    def query(self, kind: str, tables: int = 1) -> None:
        """Count and bill a query job over one table, or several."""
        self.asked(kind)
        self.bill("query_tables", tables)

    def storage(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Count a storage call's requests, and bill those that are answered."""
        if call.writes:
            self.asked("storage")
            stored = do()
            self.written(stored)
            return stored
        found = list(do()) if call.name == "list" else do()
        if call.name in LISTINGS:
            pages = max(1, math.ceil(len(found) / LISTING_PAGE_OBJECTS))
            self.asked("storage", pages)
            self.bill("class_a", pages)
            return iter(found) if call.name == "list" else found
        self.asked("storage")
        self.bill("class_b", 1 if found else 0)
        return found

    def warehouse(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Count a call's statements and rows; whether a job has begun is asked free of charge."""
        if call.name == "select":
            self.query("selects")
        elif call.name == "view":
            sql = (VIEWS / f"{call.subject}.sql").read_text()
            self.query("selects", len(tables_of(sql)))
        found = do()
        if call.name == "append":
            rows = call.args[1]
            if call.named.get("look_first"):
                self.query("selects")
            self.query("inserts")
            self.bill("rows", len(rows))
            self.bill("row_bytes", sum(len(json.dumps(row, default=str)) for row in rows))
        return found

    def publisher(self, _: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Count a message of a function; `measure` bills all messages as they are published."""
        self.asked("publishes")
        return do()

    def delivery(self, delivery: Delivery, now: datetime, do: Callable[[], int]) -> int:
        """Count a call, and bill the push of a second or later attempt."""
        self.call(delivery.function, now)
        if delivery.attempt > 1:
            self.message(delivery.message)
        try:
            return do()
        finally:
            self.function = ""


def measure(simulation: Simulation) -> Usage:
    """Count what a simulation uses from now on."""
    world = simulation.world
    meter = Meter(world.runtime.settings.data_bucket)
    subscriptions = world.runtime.topology.subscriptions
    around, ask = world.around, world.ask

    def deliver(delivery: Delivery, do: Callable[[], int]) -> int:
        return meter.delivery(delivery, world.clock.now(), partial(around, delivery, do))

    def request(path: str, params: Mapping[str, str]) -> Answer:
        meter.asked("requests")
        return ask(path, params)

    def publish(message: Published) -> None:
        meter.message(message, 1 + sum(each.topic == message.topic for each in subscriptions))

    world.around, world.ask = deliver, request
    world.publisher.listeners.append(publish)
    world.runtime = world.runtime.but(
        storage=intercepted(world.runtime.storage, meter.storage),
        warehouse=intercepted(world.runtime.warehouse, meter.warehouse),
        publisher=intercepted(world.runtime.publisher, meter.publisher),
    )
    return meter.usage


def count(schedule: Path, first: date, days: int) -> Usage:
    """Simulate some days and count what they use.

    Args:
        schedule: NBA.com's scheduleLeagueV2.
        first: first Eastern date.
        days: number of days.

    Raises:
        BadInputError: the schedule cannot be read.
    """
    simulation = Simulation(load_season(schedule), first, Faults(), seed=0)
    usage = measure(simulation)
    with silent():
        for number in range(days):
            live_day(simulation, first + timedelta(days=number))
    usage.days = days
    return usage
