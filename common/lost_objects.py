"""Objects without a log row: found by name every time, and by a round through the whole bucket.

GCS lists by name, never by time. So each sweep lists today's names and looks at what was written in
the last two hours; the last sweep of an hour lists the names of eight days and looks at all of
them, and at one page of the bucket from where the last page ended: an object of an old date, or of
no date, is found when the round comes to it. What a sweep costs does not grow with the bucket's
age; a round of 24,000 objects takes a day.
"""

import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice

from common import ids
from common.eastern import eastern_date
from common.errors import ConflictError
from common.finalized import republish_object
from common.ports import StoredObject
from common.runtime import Runtime
from common.tries import Try, attempt, heal_each, in_time, quarantined

NEAR, FAR = timedelta(hours=2), timedelta(days=8)
"""What is older than NEAR was looked at by several sweeps already, and is again once an hour; FAR
is longer than the 7 days for which Pub/Sub retries a message."""
OFF = timedelta(hours=1)
"""How much earlier than its object a log row's time may be."""
GRACE = timedelta(minutes=10)
"""An event younger than this may still be on its way."""
PAGE = 1000
"""One page of a listing is one billed operation."""
STORM_SHARE, STORM_LEAST = 0.8, 20
"""When most of many objects look unlogged, the lookup is wrong, not the world (scenario C1)."""
MOST = 500
"""Objects sent again by one sweep: it must end within the function's timeout."""
FOLDERS = 200
"""Many times our own: a bucket with a folder an upload must not cost a listing each."""
FAILED = "failed/"
CURSOR = "cleanup/cursor.json"


@dataclass
class Found:
    """What one look at the bucket came to."""

    checked: int = 0
    missing: int = 0
    storm: str | None = None
    republished: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)


def heal_objects(runtime: Runtime, now: datetime, found: Found, *, far: bool) -> None:
    """Send the finalize events of unlogged objects again.

    Args:
        runtime: ports and settings.
        now: aware.
        found: filled as it goes, so that an error loses nothing of what was done.
        far: look at eight days and the next page of the round, not only at the last two hours.
    """
    span = FAR if far else NEAR
    page = Page(runtime) if far else None
    seen = chain(_dated(runtime, now, span), page.objects if page else ())
    objects = {_path(stored): stored for stored in _due(seen, now, span)}
    logged = _logged(runtime, now, span) if objects else frozenset()
    missing = [s for path, s in objects.items() if (path, s.generation) not in logged]
    found.checked, found.missing = len(objects), len(missing)
    if len(missing) >= STORM_LEAST and len(missing) > STORM_SHARE * len(objects):
        found.storm = f"{len(missing)} of {len(objects)} objects look unlogged; nothing was sent"
        return
    if page:
        page.turn()
    left_alone = quarantined(runtime, "objects") if missing else set()
    due = [stored for stored in missing if _item(stored) not in left_alone]
    heal_each(due[:MOST], partial(_heal, runtime, found), in_time(runtime, now))


class Page:
    """A page of the whole bucket in name order; where the next one begins is a state object."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._held = runtime.storage.read(runtime.settings.state_bucket, CURSOR)
        self._start = json.loads(self._held[0])["next"] if self._held else ""
        listed = runtime.storage.list(runtime.settings.data_bucket, "", start=self._start)
        self._listed = list(islice(listed, PAGE + 1))
        self.objects = self._listed[:PAGE]

    def turn(self) -> None:
        """Let the next sweep go on behind this page, after the last one from the beginning."""
        behind = self._listed[PAGE].name if len(self._listed) > PAGE else ""
        if self._held and behind == self._start:
            return
        body, bucket = json.dumps({"next": behind}).encode(), self._runtime.settings.state_bucket
        with suppress(ConflictError):  # another sweep has turned it
            if self._held is None:
                self._runtime.storage.create(bucket, CURSOR, body)
            else:
                held = self._held[1].generation
                self._runtime.storage.replace(bucket, CURSOR, body, generation=held)


def _heal(runtime: Runtime, found: Found, stored: StoredObject) -> None:
    tried = attempt(runtime, _item(stored), partial(republish_object, runtime, stored))
    if tried is Try.SENT:
        found.republished.append(_path(stored))
    elif tried is Try.LAST:
        found.quarantined.append(_path(stored))


def _item(stored: StoredObject) -> str:
    return f"objects/{ids.log_id(stored.bucket, stored.name, stored.generation)}"


def _logged(runtime: Runtime, now: datetime, span: timedelta) -> AbstractSet[tuple[str, int]]:
    rows = runtime.warehouse.select(
        "scraper_execution_log",
        ("gcs_path", "object_generation"),
        since=now - span - OFF,
        until=now + timedelta(days=1),
    )
    return {(row["gcs_path"], row["object_generation"]) for row in rows}


def _dated(runtime: Runtime, now: datetime, span: timedelta) -> Iterator[StoredObject]:
    """Objects below FOLDER/DATE, the date within the span of today."""
    bucket, storage = runtime.settings.data_bucket, runtime.storage
    first, last = eastern_date(now - span), eastern_date(now + span)
    folders = [name for name in storage.folders(bucket) if name != FAILED]
    folders += [f"{FAILED}{name}" for name in storage.folders(bucket, FAILED)]
    for folder in folders[:FOLDERS]:
        # "~" sorts behind what a name may go on with after its date.
        yield from storage.list(bucket, folder, start=f"{folder}{first}", end=f"{folder}{last}~")


def _due(objects: Iterable[StoredObject], now: datetime, span: timedelta) -> Iterator[StoredObject]:
    """Those written long enough ago to be logged, and not before the span."""
    earliest, latest = now - span, now - GRACE
    for stored in objects:
        if stored.created and stored.created < earliest:
            continue
        # A user may give an object any customTime; we give it the time of the run.
        ours = stored.custom_time if "task_id" in stored.metadata else None
        if earliest <= (ours or stored.created or now) <= latest:
            yield stored


def _path(stored: StoredObject) -> str:
    return f"gs://{stored.bucket}/{stored.name}"
