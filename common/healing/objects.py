"""Objects without a log row: found by name every time, and by a round through the whole bucket.

GCS lists by name, never by time. So each sweep lists the names of yesterday's and today's date and
looks at what was written in the last two hours; the last sweep of an hour lists those of eight
days and looks at a day, and at one page of the bucket from where the last page ended: an object of
an older date, or of no date, is found when the round comes to it. What a sweep costs does not grow
with the bucket's age; a round of some 24,000 objects takes a day.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import chain

from pydantic import BaseModel

from common import ids
from common.cloud.ports import Row, StoredObject
from common.eastern import at, eastern_date
from common.errors import ConflictError
from common.healing.attempts import Try, attempt, heal_each, in_time, quarantined
from common.healing.republish import republish_object
from common.messages.object_names import FAILED
from common.runtime import Runtime
from common.state.reading import read_as

NEAR, DAY, FAR = timedelta(hours=2), timedelta(hours=26), timedelta(days=8)
"""What is older than NEAR was looked at by several sweeps already, what is older than DAY by the
last ones of many hours; FAR is longer than the 7 days for which Pub/Sub retries a message."""
OFF = timedelta(hours=1)
"""How much earlier than its object a log row's time may be."""
GRACE = timedelta(minutes=10)
"""An event younger than this may still be on its way."""
PAGE = 1000
"""One page of a listing is one billed operation."""
STORM_SHARE, STORM_LEAST = 0.8, 20
"""Of all that was looked at."""
MOST = 500
"""Objects sent again by one sweep: it must end within the function's timeout."""
FOLDERS = 200
"""Many times our own: a bucket with a folder an upload must not cost a listing each."""
CURSOR = "cleanup/cursor.json"
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Found:
    """What one look at the bucket came to; `heard` is when the logger last wrote a row."""

    checked: int = 0
    heard: datetime = NEVER
    missing_objects: list[StoredObject] = field(default_factory=list)
    storm: str | None = None
    republished: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Objects without a log row."""
        return len(self.missing_objects)

    @property
    def looks_stormy(self) -> bool:
        """Whether the lookup is more likely wrong than the world (scenario C1)."""
        return self.missing >= STORM_LEAST and self.missing > STORM_SHARE * self.checked


def heal_objects(runtime: Runtime, now: datetime, found: Found, *, far: bool) -> None:
    """Send the finalize events of unlogged objects again.

    Args:
        runtime: ports and settings.
        now: aware.
        found: filled as it goes, so that an error loses nothing of what was done.
        far: look at a day, by the names of eight, and at the next page of the round; not only at
            two hours, by the names of yesterday and today.
    """
    page = Page(runtime) if far else None
    _look(runtime, now, found, page, DAY if far else NEAR, FAR if far else DAY)
    if found.looks_stormy:  # that may be one night's loss: judge by eight days
        _look(runtime, now, found, page, FAR, FAR)
    if found.looks_stormy:
        found.storm = f"{found.missing} of {found.checked} objects look unlogged; nothing was sent"
        return
    if page:
        page.turn()
    left_alone = quarantined(runtime, "objects", found.heard) if found.missing else set()
    due = [stored for stored in found.missing_objects if _item(stored) not in left_alone]
    heal_each(due[:MOST], partial(_heal, runtime, found), in_time(runtime, now))


def _look(  # noqa: PLR0917 - two spans, one of writing and one of names
    runtime: Runtime,
    now: datetime,
    found: Found,
    page: "Page | None",
    span: timedelta,
    names: timedelta,
) -> None:
    """Compare what was written in the span, by its names, and what the page holds with the log."""
    begun = _begun(runtime)
    dated = _due(_dated(runtime, now, names), now, span, begun)
    paged = _due(page.objects, now, FAR, begun) if page else []
    objects = {stored.name: stored for stored in (*paged, *dated)}
    rows = _rows(runtime, now, FAR if paged else span) if objects else ()
    logged = {(row["gcs_path"], row["object_generation"]) for row in rows}
    found.heard = max((row["logged_at"] for row in rows if row["logged_at"]), default=NEVER)
    found.checked = len(objects)
    found.missing_objects = [
        stored for stored in objects.values() if (_path(stored), stored.generation) not in logged
    ]


class _Cursor(BaseModel):
    next: str


class Page:
    """A page of the whole bucket in name order; where the next one begins is a state object."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        state = runtime.settings.state_bucket
        self._cursor, self._held = read_as(runtime, state, CURSOR, _Cursor.model_validate_json)
        start = self._cursor.next if self._cursor else ""
        bucket = runtime.settings.data_bucket
        self.objects = [*runtime.storage.list(bucket, "", start=start, limit=PAGE)]

    def turn(self) -> None:
        """Let the next sweep go on behind this page, after the last one from the beginning."""
        behind = self.objects[-1].name if len(self.objects) == PAGE else ""
        if self._cursor and behind == self._cursor.next:
            return
        body, bucket = json.dumps({"next": behind}).encode(), self._runtime.settings.state_bucket
        with suppress(ConflictError):  # another sweep has turned it
            if self._held is None:
                self._runtime.storage.create(bucket, CURSOR, body)
            else:
                held = self._held.generation
                self._runtime.storage.replace(bucket, CURSOR, body, generation=held)


def _heal(runtime: Runtime, found: Found, stored: StoredObject) -> None:
    send = partial(republish_object, runtime, stored)
    tried = attempt(runtime, _item(stored), send, found.heard)
    if tried is Try.SENT:
        found.republished.append(_path(stored))
    elif tried is Try.LAST:
        found.quarantined.append(_path(stored))


def _item(stored: StoredObject) -> str:
    return f"objects/{ids.log_id(stored.bucket, stored.name, stored.generation)}"


def _rows(runtime: Runtime, now: datetime, span: timedelta) -> Sequence[Row]:
    return runtime.warehouse.select(
        "scraper_execution_log",
        ("gcs_path", "object_generation", "logged_at"),
        since=now - span - OFF,
        until=now + timedelta(days=1),
    )


def _dated(runtime: Runtime, now: datetime, names: timedelta) -> Iterator[StoredObject]:
    """Objects below FOLDER/DATE, the date near today: runs are often for the day before."""
    bucket, storage = runtime.settings.data_bucket, runtime.storage
    first, last = eastern_date(now - names), eastern_date(now + names)
    folders = [name for name in storage.folders(bucket) if name != FAILED]
    folders += [f"{FAILED}{name}" for name in storage.folders(bucket, FAILED)]
    # "~" sorts behind what a name may go on with after its date.
    return chain.from_iterable(
        storage.list(bucket, folder, start=f"{folder}{first}", end=f"{folder}{last}~")
        for folder in folders[:FOLDERS]
    )


def _begun(runtime: Runtime) -> datetime:
    """Since when others' objects are told to us: a bucket may have been in use before."""
    since = runtime.settings.collect_since
    return at(since, time()) if since else NEVER


def _due(
    objects: Iterable[StoredObject], now: datetime, span: timedelta, begun: datetime
) -> list[StoredObject]:
    """Those written long enough ago to be logged, and not before the span (or others' `begun`)."""
    earliest, latest = now - span, now - GRACE
    told = max(earliest, begun)
    young = [
        stored
        for stored in objects
        if not stored.created or stored.created >= (earliest if stored.is_ours else told)
    ]
    return [stored for stored in young if earliest <= (stored.run_at or now) <= latest]


def _path(stored: StoredObject) -> str:
    return f"gs://{stored.bucket}/{stored.name}"
