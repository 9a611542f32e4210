"""What the core asks of Google Cloud: three small ports, each with two implementations.

`storage.py`, `warehouse.py` and `publisher.py` beside this file speak to Google's services, or to
their emulators; `local/simulator/memory.py` keeps all in memory, for tests and the simulator.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Row = Mapping[str, Any]
"""One table row by column name, read only.

Values are str, int, float, bool, date, aware datetime, list[str] or None.
"""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object's name and what a listing tells of it; times are aware UTC."""

    bucket: str
    name: str
    generation: int
    size: int = 0
    content_type: str = "application/json"
    metadata: Mapping[str, str] = field(default_factory=dict)
    created: datetime | None = None
    custom_time: datetime | None = None

    @property
    def is_ours(self) -> bool:
        """Whether a task of this system wrote it."""
        return "task_id" in self.metadata

    @property
    def run_at(self) -> datetime | None:
        """When its run began, or when it was written: only our own customTime tells of a run."""
        return (self.custom_time if self.is_ours else None) or self.created


class Storage(Protocol):
    """Objects with generation preconditions: create-if-absent is the lock."""

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
        """Write an object that must not exist yet.

        Raises:
            ConflictError: it exists.
        """

    def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        """Overwrite the object if it is still at `generation`.

        Raises:
            ConflictError: it is not.
        """

    def read(
        self, bucket: str, name: str, *, max_bytes: int = 64 * 1024 * 1024
    ) -> tuple[bytes, StoredObject] | None:
        """The object's bytes and description; None when it does not exist.

        Raises:
            BadInputError: it is larger than `max_bytes`; it is not read.
        """

    def stat(self, bucket: str, name: str) -> StoredObject | None:
        """The object's description without its bytes; None when it does not exist."""

    def list(
        self,
        bucket: str,
        prefix: str,
        *,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredObject]:
        """Objects below `prefix` in name order, `start` <= name < `end`, the first `limit` of them.

        A thousand are one billed operation: https://cloud.google.com/storage/pricing
        """

    def folders(self, bucket: str, prefix: str = "") -> Sequence[str]:
        """The next path segments below `prefix`, each with its trailing slash."""


class Warehouse(Protocol):
    """The five tables, append only."""

    def append(
        self, table: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append rows exactly once for a `job_key`.

        Args:
            table: one of the five names.
            rows: typed by `common.cloud.tables` before they get here; all of one table.
            job_key: derives from the rows' ids; the same key never writes twice.
            look_first: the caller took over from a delivery that may have written: rows whose id
                column already holds the value are left out.

        Raises:
            RowError: a row does not fit the table.
            TransientError (or one that `is_transient` names): not written, or not known to be.
        """

    def has_begun(self, table: str, *, job_key: str) -> bool:
        """Whether an append under a `job_key` was taken: its rows are there, or may yet be."""

    def select(
        self,
        table: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Row]:
        """Rows whose partition time is in [since, until), with equality or IN filters.

        The bound is on the partition column, so the bytes read do not grow with the table's age.
        """


class Publisher(Protocol):
    """Publishes JSON messages to topics."""

    def publish(self, topic: str, body: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one message and wait for the server to have it; returns the message id.

        Args:
            topic: the short name, such as `scraper-requests`.
            body: JSON-ready; sent as UTF-8.
            attributes: for filters and readers only; the body says it all.
        """
