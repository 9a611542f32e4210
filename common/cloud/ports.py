"""The three ports through which the code uses Google Cloud, each with two implementations.

`storage.py`, `warehouse.py` and `publisher.py` beside this file call Google's services, or their
emulators; `local/simulator/ports/` keeps all in memory, for tests and simulator.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

Row = Mapping[str, Any]
"""One table row by column name, read only.

A value is a str, int, float, bool, date, aware datetime, list[str] or None.
"""
Message = tuple[Mapping[str, Any], Mapping[str, str]]
"""A message's body and attributes; see `Publisher.publish`."""
Filter = str | Sequence[str] | Sequence[date]
"""What a column may hold in the rows that are read: one value, or one of several."""
View = Literal["freshness", "incidents"]
"""The views that are read as a whole: they look back 90 days."""
READ_BYTES_MAX = 64 * 1024 * 1024
"""How large an object may be to be read, unless the caller sets another limit."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object without its bytes, as a listing describes it; times are aware, in UTC."""

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
        """The start of the run that wrote it, which only our own objects carry, or its creation.

        Never later than its creation: an uploader may set any customTime (FR7).
        """
        if self.custom_time is None or not self.is_ours:
            return self.created
        return min(self.custom_time, self.created) if self.created else self.custom_time


class Storage(Protocol):
    """Stores objects with generation preconditions: create-if-absent is the lock."""

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
            ConflictError: the object exists.
        """

    def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        """Overwrite an object if it is still at `generation`.

        Raises:
            ConflictError: it is at another generation, or does not exist.
        """

    def read(
        self, bucket: str, name: str, *, max_bytes: int = READ_BYTES_MAX
    ) -> tuple[bytes, int] | None:
        """Return an object's bytes and generation; None when it does not exist.

        Raises:
            BadInputError: the object is larger than `max_bytes`.
        """

    def stat(self, bucket: str, name: str) -> StoredObject | None:
        """Return an object's description without its bytes; None when it does not exist."""

    def list(
        self,
        bucket: str,
        prefix: str,
        *,
        start: str | None = None,
        end: str | None = None,
        limit: int | None = None,
    ) -> Iterator[StoredObject]:
        """List objects below `prefix` in name order, `start` <= name < `end`, at most `limit`.

        A thousand of them are one billed operation: https://cloud.google.com/storage/pricing
        """

    def folders(self, bucket: str, prefix: str = "") -> Sequence[str]:
        """List the next path segments below `prefix`, each with its trailing slash."""


class Warehouse(Protocol):
    """Appends rows to the five tables, and reads them."""

    def append(
        self, table: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append rows exactly once for a `job_key`.

        Args:
            table: one of the five names.
            rows: rows of that table.
            job_key: derives from the rows' ids; the same key never writes twice.
            look_first: leaves out rows whose id is in the table already; for a takeover from a
                delivery that may have written some.

        Raises:
            RowError: a row does not fit the table.
            TransientError: or another error that `is_transient` knows: the rows were not written,
                or may not have been.
        """

    def has_begun(self, table: str, *, job_key: str) -> bool:
        """Return whether an append of a `job_key` has begun: its rows exist, or may yet appear."""

    def select(
        self,
        table: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, Filter] | None = None,
    ) -> list[Row]:
        """Return the rows whose partition time is in [since, until), with equality or IN filters.

        The bounds are on the partition column, so that the bytes read do not grow with the table.
        """

    def view(self, name: View, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a view of `config/views/`, which bounds what it reads itself."""


class Publisher(Protocol):
    """Publishes JSON messages to topics."""

    def publish(self, topic: str, body: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one message, wait until the server has stored it, and return its id.

        Args:
            topic: the short name, such as `scraper-requests`.
            body: JSON-ready values, which are sent as UTF-8.
            attributes: serve filters and readers; they repeat what the body contains.
        """

    def publish_all(self, topic: str, messages: Sequence[Message]) -> Sequence[str]:
        """Publish messages in one call, and return their ids in the same order.

        A call that fails may have published none or all of them.
        """
