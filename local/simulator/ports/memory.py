"""Storage and warehouse in memory, for tests and the simulator.

`tests/common/cloud` runs the same contract against these and against Google's implementations.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from itertools import takewhile
from threading import Lock

from common.clock import Clock
from common.cloud.ports import Filter, Row, StoredObject, View
from common.cloud.tables import NAMES, build_row, table
from common.errors import BadInputError, ConfigError, ConflictError
from local.simulator.ports.memory_index import Names, Partition, days_between, partition_day
from local.simulator.ports.memory_limits import Statements, check_object, too_early


class MemoryStorage:
    """Objects in a dict, with the generations, preconditions and name order of Cloud Storage.

    Args:
        clock: gives the objects their creation times.
        buckets: the buckets that exist; None allows any name.

    Attributes:
        listeners: each is called after a write with the new object.
    """

    def __init__(self, clock: Clock, buckets: Iterable[str] | None = None) -> None:
        self.listeners: list[Callable[[StoredObject], None]] = []
        self._clock = clock
        self._buckets = None if buckets is None else frozenset(buckets)
        # In the order of the last writes, so that the oldest are found first.
        self._held: dict[str, dict[str, tuple[bytes | None, StoredObject]]] = defaultdict(dict)
        self._index: dict[str, Names[StoredObject]] = defaultdict(Names)
        self._generation = 0
        self._lock = Lock()

    def create(
        self,
        bucket: str,
        name: str,
        data: bytes,
        *,
        content_type: str = "application/json",
        metadata: Mapping[str, str] | None = None,
        custom_time: datetime | None = None,
    ) -> StoredObject:
        """Write an object that must not exist yet; see the port."""
        check_object(name, metadata or {})
        make = partial(
            StoredObject,
            content_type=content_type,
            metadata=dict(metadata or {}),
            custom_time=custom_time and custom_time.astimezone(UTC),
        )
        return self._write(bucket, name, data, make, expected=0)

    def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        """Overwrite the object if it is still at `generation`; see the port."""
        return self._write(bucket, name, data, StoredObject, expected=generation)

    def _write(
        self,
        bucket: str,
        name: str,
        data: bytes,
        make: Callable[..., StoredObject],
        *,
        expected: int,
    ) -> StoredObject:
        while (made := self._try(bucket, name, data, make, expected)) is None:
            # The client tries again by itself where a name is written too often.
            self._clock.sleep(too_early(self._written(bucket, name), self._clock.now()))
        for listener in self.listeners:
            listener(made)
        return made

    def _try(
        self, bucket: str, name: str, data: bytes, make: Callable[..., StoredObject], expected: int
    ) -> StoredObject | None:
        """Write once; None where the name was written within the last second."""
        with self._lock:
            held, now = self._bucket(bucket), self._clock.now()
            present = held[name][1].generation if name in held else 0
            if present != expected:
                raise ConflictError(
                    f"gs://{bucket}/{name} is at generation {present}, not {expected}"
                )
            if too_early(self._written(bucket, name), now):
                return None
            self._generation += 1
            made = make(bucket, name, self._generation, size=len(data), created=now)
            held.pop(name, None)
            held[name] = (data, made)
            self._index[bucket].put(name, made)
        return made

    def _written(self, bucket: str, name: str) -> datetime | None:
        held = self._held[bucket].get(name)
        return held and held[1].created

    def restore(self, bucket: str, name: str) -> StoredObject:
        """Write an object anew with the same bytes and metadata, as a restore or a rewrite does."""
        found, held = self.read(bucket, name), self.stat(bucket, name)
        assert found
        assert held
        make = partial(
            StoredObject,
            content_type=held.content_type,
            metadata=held.metadata,
            custom_time=held.custom_time,
        )
        return self._write(bucket, name, found[0], make, expected=held.generation)

    def corrupt(self, bucket: str, name: str, data: bytes) -> None:
        """Change an object's bytes behind its back: generation and description stay."""
        held = self._bucket(bucket)
        held[name] = (data, held[name][1])

    def delete(self, bucket: str, name: str) -> None:
        """Delete an object, as an operator may."""
        with self._lock:
            del self._bucket(bucket)[name]
            self._index[bucket].remove(name)

    def delete_before(self, bucket: str, instant: datetime, prefixes: tuple[str, ...]) -> None:
        """Delete what was last written before an instant and is named so, as a rule by age does."""
        for old in self._older(bucket, instant):
            if old.name.startswith(prefixes):
                self.delete(bucket, old.name)

    def empty_before(self, bucket: str, instant: datetime) -> None:
        """Keep of what was last written before an instant the description alone."""
        for old in self._older(bucket, instant):
            self._held[bucket][old.name] = (None, old)

    def _older(self, bucket: str, instant: datetime) -> list[StoredObject]:
        held = (stored for _, stored in self._bucket(bucket).values())
        return [*takewhile(lambda each: each.created and each.created < instant, held)]

    def read(
        self, bucket: str, name: str, *, max_bytes: int = 64 * 1024 * 1024
    ) -> tuple[bytes, int] | None:
        """The object's bytes and generation; see the port."""
        held = self._bucket(bucket).get(name)
        if held is None:
            return None
        if held[1].size > max_bytes:
            raise BadInputError(f"gs://{bucket}/{name} has more than {max_bytes} bytes, the limit")
        if held[0] is None:
            raise RuntimeError(f"gs://{bucket}/{name} is too old: its bytes were dropped")
        return held[0], held[1].generation

    def stat(self, bucket: str, name: str) -> StoredObject | None:
        """The object's description without its bytes; see the port."""
        held = self._bucket(bucket).get(name)
        return held and held[1]

    def list(
        self,
        bucket: str,
        prefix: str,
        *,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredObject]:
        """Objects below `prefix` in name order; see the port."""
        self._bucket(bucket)
        most = sys.maxsize if limit is None else limit
        with self._lock:
            return iter(self._index[bucket].listed(prefix, start or "", end, most))

    def folders(self, bucket: str, prefix: str = "") -> Sequence[str]:
        """The next path segments below `prefix`; see the port."""
        self._bucket(bucket)
        with self._lock:
            return self._index[bucket].folders(prefix)

    def _bucket(self, bucket: str) -> dict[str, tuple[bytes | None, StoredObject]]:
        if self._buckets is not None and bucket not in self._buckets:
            raise ConfigError(f"bucket {bucket!r} does not exist; create it or fix its name")
        return self._held[bucket]


class MemoryWarehouse:
    """The five tables as lists; a job key writes once.

    Args:
        clock: counts the statements of BigQuery's rates; None counts none.

    Attributes:
        rows: what was appended, by table.
        views: what tests have put into the views: there is no SQL here.
        statements: those of each table so far.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock
        self.statements = Statements()
        self.rows: dict[str, list[Row]] = {name: [] for name in NAMES}
        self.views: dict[str, list[Row]] = {}
        # By partition day, so that a bounded read touches a bounded number of rows here too.
        self._days: dict[tuple[str, date], Partition] = defaultdict(Partition)
        self._jobs: set[tuple[str, str]] = set()
        self._ids: dict[str, set[str]] = defaultdict(set)
        self._lock = Lock()

    def append(
        self, table_name: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append rows exactly once for a `job_key`; see the port."""
        shape = table(table_name)
        typed = [build_row(table_name, row) for row in rows]
        with self._lock:
            ids = self._ids[table_name]
            if look_first:
                typed = [row for row in typed if row[shape.id_column] not in ids]
            if not typed or (table_name, job_key) in self._jobs:
                return
        if self.clock:
            self.statements.wait(table_name, self.clock, job_key)
        with self._lock:
            if (table_name, job_key) in self._jobs:
                return
            self._jobs.add((table_name, job_key))
            ids.update(row[shape.id_column] for row in typed)
            self.rows[table_name].extend(typed)
            for row in typed:
                day = partition_day(row[shape.partition_column])
                self._days[table_name, day].rows.append(row)

    def forget_views(self) -> None:
        """Free what reads have cached; the next ones make it anew."""
        for partition in self._days.values():
            partition.forget_views()

    def adopt(self, table_name: str, row: Row) -> None:
        """Hold a row that another system wrote before: reads find it, `rows` lists only ours."""
        day = partition_day(row[table(table_name).partition_column])
        self._days[table_name, day].rows.append(row)

    def has_begun(self, table_name: str, *, job_key: str) -> bool:
        """Whether rows were appended under a job key; see the port."""
        return (table_name, job_key) in self._jobs

    def select(
        self,
        table_name: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, Filter] | None = None,
    ) -> list[Row]:
        """Rows whose partition time is in [since, until); see the port."""
        shape = table(table_name)
        first, last = shape.bounds(since, until)
        wanted = {
            shape.column(name).name: frozenset([value] if isinstance(value, str) else value)
            for name, value in (where or {}).items()
        }
        names = tuple(shape.column(name).name for name in columns)
        edges = {partition_day(first), partition_day(last)}
        found: list[Row] = []
        for day in days_between(first, last):
            if (partition := self._days.get((table_name, day))) is None:
                continue
            view = partition.view(names, wanted, shape.partition_column)
            if day in edges:
                found += [row for when, row in view if first <= when < last]
            else:
                found += [row for _, row in view]
        arrays = [name for name in names if shape.column(name).mode == "REPEATED"]
        return [_copied(row, arrays) for row in found] if arrays else found

    def view(self, name: View, columns: Sequence[str]) -> list[Row]:
        """Rows of a view; see the port."""
        return [{column: row[column] for column in columns} for row in self.views.get(name, ())]


def _copied(row: Row, arrays: Sequence[str]) -> Row:
    """Copy a row with its arrays: a reader may change them."""
    copy = dict(row)
    for name in arrays:
        copy[name] = [*row[name]]
    return copy
