"""Counts what a simulated month uses of Google Cloud, in the units that are billed.

The handlers are the deployed ones and run on memory ports; each port is wrapped and counts what its
Google counterpart in `common/` would ask of the service:

- a read is two class B operations (the object's description, then its bytes), a write and each page
  of a listing one class A, and a finalize notification one class B; what is answered 404 or 412 is
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
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from common.cloud.ports import Row, Storage, StoredObject, Warehouse
from common.logs import silent
from local.costs.usage import Usage
from local.fake_sources.answers import Answer
from local.fake_sources.season import load_season
from local.simulator.fault_spec import Faults
from local.simulator.memory import Published
from local.simulator.run import live_day
from local.simulator.simulation import Simulation
from local.simulator.world import Delivery

PAGE = 1000
"""Objects on a page of a listing."""
LEAST_MESSAGE_BYTES = 1000
STAMP_BYTES = 20
"""A publish time, as Pub/Sub counts it."""
IDLE = timedelta(minutes=10)
"""An idle instance is kept for up to 15 minutes, without a promise; counted as gone after this.
https://cloud.google.com/run/docs/about-instance-autoscaling"""
BUSY = timedelta(seconds=2)
"""How long a call is taken to keep an instance, which serves one at a time (terraform/)."""
INSTANCES = 10
"""Most of one function (terraform/)."""


class Meter:
    """Adds up a usage; what happens is put down to the function that is being delivered to."""

    def __init__(self, data_bucket: str) -> None:
        self.usage = Usage()
        self.function = ""
        self._data_bucket = data_bucket
        self._free: dict[str, list[datetime]] = {}

    def call(self, function: str, now: datetime) -> None:
        """A delivery to a function begins."""
        self.function = function
        self.asked("calls")
        self.asked("cold", int(self._is_cold(function, now)))

    def _is_cold(self, function: str, now: datetime) -> bool:
        """Whether the call starts an instance: none is idle, and one more is allowed."""
        held = sorted(free for free in self._free.get(function, []) if now - free < IDLE)
        idle = [free for free in held if free <= now]
        cold = not idle and len(held) < INSTANCES
        if not cold:
            held.remove(idle[-1] if idle else held[0])
        self._free[function] = [*held, now + BUSY]
        return cold

    def asked(self, what: str, times: int = 1) -> None:
        """The function asked something of a service."""
        if self.function and times:
            self.usage.functions.setdefault(self.function, Counter())[what] += times

    def bill(self, what: str, amount: int = 1) -> None:
        """Something is billed."""
        self.usage.amounts[what] += amount

    def message(self, message: Published, requests: int = 1) -> None:
        """A message was published or pushed, so many times in all."""
        size = len(message.data) + STAMP_BYTES + len(message.message_id)
        size += sum(len(key) + len(value) for key, value in message.attributes.items())
        self.bill("message_requests", requests)
        self.bill("message_bytes", requests * max(size, LEAST_MESSAGE_BYTES))

    def written(self, stored: StoredObject) -> None:
        """An object was written."""
        self.bill("class_a")
        if stored.bucket != self._data_bucket:
            self.bill("state_bytes", stored.size)
            return
        self.bill("class_b")  # its notification
        scraper = stored.metadata.get("scraper", "uploads")
        held = self.usage.objects.setdefault(scraper, Counter())
        held.update({"objects": 1, "bytes": stored.size})

    def query(self, kind: str) -> None:
        """A query job over one table."""
        self.asked(kind)
        self.bill("query_tables")


class MeteredStorage:
    """Counts the operations of a storage."""

    def __init__(self, inner: Storage, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def create(self, bucket: str, name: str, data: bytes, **options: Any) -> StoredObject:  # noqa: ANN401 - the port's own
        """Count a write."""
        self._meter.asked("storage")
        stored = self._inner.create(bucket, name, data, **options)
        self._meter.written(stored)
        return stored

    def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        """Count a write."""
        self._meter.asked("storage")
        stored = self._inner.replace(bucket, name, data, generation=generation)
        self._meter.written(stored)
        return stored

    def read(
        self, bucket: str, name: str, *, max_bytes: int = 64 * 1024 * 1024
    ) -> tuple[bytes, StoredObject] | None:
        """Count a description and a download."""
        found = self._inner.read(bucket, name, max_bytes=max_bytes)
        self._meter.asked("storage", 2 if found else 1)
        self._meter.bill("class_b", 2 if found else 0)
        return found

    def stat(self, bucket: str, name: str) -> StoredObject | None:
        """Count a description."""
        found = self._inner.stat(bucket, name)
        self._meter.asked("storage")
        self._meter.bill("class_b", 1 if found else 0)
        return found

    def list(
        self,
        bucket: str,
        prefix: str,
        *,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredObject]:
        """Count the pages."""
        found = list(self._inner.list(bucket, prefix, start=start, end=end, limit=limit))
        self._pages(len(found))
        return iter(found)

    def folders(self, bucket: str, prefix: str = "") -> Sequence[str]:
        """Count the pages."""
        found = self._inner.folders(bucket, prefix)
        self._pages(len(found))
        return found

    def _pages(self, items: int) -> None:
        pages = max(1, math.ceil(items / PAGE))
        self._meter.asked("storage", pages)
        self._meter.bill("class_a", pages)


class MeteredWarehouse:
    """Counts the jobs of a warehouse."""

    def __init__(self, inner: Warehouse, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def append(
        self, table: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Count an INSERT job and its rows; the look of a takeover is a SELECT more."""
        self._inner.append(table, rows, job_key=job_key, look_first=look_first)
        if look_first:
            self._meter.query("selects")
        self._meter.query("inserts")
        self._meter.bill("rows", len(rows))
        self._meter.bill("row_bytes", sum(len(json.dumps(row, default=str)) for row in rows))

    def has_begun(self, table: str, *, job_key: str) -> bool:
        """Not counted: looking at a job is free."""
        return self._inner.has_begun(table, job_key=job_key)

    def select(
        self,
        table: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Row]:
        """Count a SELECT."""
        self._meter.query("selects")
        return self._inner.select(table, columns, since=since, until=until, where=where)


class MeteredSimulation(Simulation):
    """A simulated season that counts what it uses."""

    def _install(self) -> None:
        super()._install()
        self.meter = Meter(self.runtime.settings.data_bucket)
        self.runtime.__dict__["storage"] = MeteredStorage(self.storage, self.meter)
        self.runtime.__dict__["warehouse"] = MeteredWarehouse(self.warehouse, self.meter)

    def deliver(self, delivery: Delivery) -> int:
        """Count a call, and a push where it is not the first."""
        self.meter.call(delivery.function, self.clock.now())
        if delivery.attempt > 1:
            self.meter.message(delivery.message)
        try:
            return super().deliver(delivery)
        finally:
            self.meter.function = ""

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """Count a request to a source."""
        self.meter.asked("requests")
        return super().answer(path, params)

    def _finalized(self, stored: StoredObject) -> None:
        # The bucket publishes its notification, not the function that wrote the object.
        function, self.meter.function = self.meter.function, ""
        super()._finalized(stored)
        self.meter.function = function

    def _published(self, message: Published) -> None:
        self.meter.asked("publishes")
        subscriptions = self.runtime.topology.subscriptions
        pushes = sum(each.topic == message.topic for each in subscriptions)
        self.meter.message(message, 1 + pushes)
        super()._published(message)


def count(schedule: Path, first: date, days: int) -> Usage:
    """Live through some days in memory and count what they use.

    Args:
        schedule: NBA.com's scheduleLeagueV2.
        first: first Eastern date.
        days: how many.

    Raises:
        BadInputError: the schedule cannot be read.
    """
    world = MeteredSimulation(load_season(schedule), first, Faults(), seed=0)
    with silent():
        for number in range(days):
            live_day(world, first + timedelta(days=number))
    usage = world.meter.usage
    usage.days = days
    return usage
