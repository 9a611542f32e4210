"""Objects without a log row: found by name every time, and by a round through the whole bucket.

GCS lists by name, never by time. So each sweep lists the names of yesterday's and today's date and
looks at what was written in the last two hours. A deep sweep, the last of an hour, lists the names
of eight days and looks at a day, and at one page of the bucket from where the last page ended: an
object of an older date, or of no date, is found when the round comes to it. The cost of a sweep
does not grow with the bucket's age; a round of some 24,000 objects takes a day.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from pydantic import BaseModel

from common import ids
from common.cloud import limits
from common.cloud.ports import Row, Storage, StoredObject, Warehouse
from common.eastern import at, eastern_date
from common.healing.attempts import Healed, heal_each, in_time, quarantined, resend
from common.healing.republish import republish_object
from common.messages.object_names import FAILED
from common.runtime import Runtime
from common.state import names
from common.state.store import StateStore

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Future

HOURS_SPAN, DAY_SPAN, WEEK_SPAN = timedelta(hours=2), timedelta(hours=26), timedelta(days=8)
"""Several sweeps have looked already at what is older than HOURS_SPAN, many deep ones at what is
older than DAY_SPAN; WEEK_SPAN is longer than the 7 days for which Pub/Sub retries a message."""
LOG_ROW_LEAD_MAX = timedelta(hours=1)
"""How much earlier than its object a log row's time may be."""
EVENT_AGE_MIN = timedelta(minutes=10)
"""An event younger than this may still be on its way."""
LISTING_PAGE_OBJECTS = limits.LISTING_PAGE_OBJECTS.most
"""One page of a listing is one billed operation."""
STORM_SHARE_MIN, STORM_OBJECTS_MIN = 0.8, 20
"""When most of what was looked at seems lost, the lookup is more likely wrong than the world."""
SWEEP_OBJECTS_MAX = 500
"""Objects sent again by one sweep: it must end within the function's timeout."""
LISTED_FOLDERS_MAX = 200
"""Many times our own: a bucket with a folder an upload must not cost a listing each."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass
class ObjectSweep:
    """What one look at the bucket came to.

    Attributes:
        checked: objects that were compared with the log.
        logger_seen: when the logger last wrote a row, aware.
        missing_objects: those without a row.
        storm: why nothing was sent, where most look missing (scenario C1).
    """

    checked: int = 0
    logger_seen: datetime = LONG_AGO
    missing_objects: list[StoredObject] = field(default_factory=list)
    storm: str | None = None

    @property
    def missing(self) -> int:
        """Objects without a log row."""
        return len(self.missing_objects)

    @property
    def too_many_missing(self) -> bool:
        """Whether the lookup is more likely wrong than the world (scenario C1)."""
        return self.missing >= STORM_OBJECTS_MIN and self.missing > STORM_SHARE_MIN * self.checked


def heal_objects(
    runtime: Runtime, now: datetime, found: ObjectSweep, healed: Healed, *, deep: bool
) -> None:
    """Send the finalize events of unlogged objects again.

    Args:
        runtime: ports and settings.
        now: aware.
        found: filled as it goes, so that an error loses nothing of what was seen.
        healed: filled as it goes, likewise.
        deep: look at a day, by the names of eight, and at the next page of the round; otherwise
            at two hours, by the names of yesterday and today.
    """
    bucket = runtime.settings.data_bucket
    page = runtime.threads.submit(Page, runtime.state, runtime.storage, bucket) if deep else None
    written, named = (DAY_SPAN, WEEK_SPAN) if deep else (HOURS_SPAN, DAY_SPAN)
    _look(runtime, now, found, page, written=written, named=named)
    if found.too_many_missing:  # that may be one night's loss: judge by eight days
        _look(runtime, now, found, page, written=WEEK_SPAN, named=WEEK_SPAN)
    if found.too_many_missing:
        found.storm = f"{found.missing} of {found.checked} objects look unlogged; nothing was sent"
        return
    if page:
        page.result().turn()
    left_alone = (
        quarantined(runtime.state, "objects", found.logger_seen) if found.missing else set()
    )
    due = [stored for stored in found.missing_objects if _item(stored) not in left_alone]
    heal_each(
        due[:SWEEP_OBJECTS_MAX],
        partial(_heal, runtime, found.logger_seen, healed),
        in_time(runtime.clock, now),
    )


def _look(
    runtime: Runtime,
    now: datetime,
    found: ObjectSweep,
    page: "Future[Page] | None",
    *,
    written: timedelta,
    named: timedelta,
) -> None:
    """Compare with the log what was written in one span, by the names of another, and the page."""
    begun = _begun(runtime.settings.collect_since)
    dated = _dated(runtime, now, named, lambda listed: _due(listed, now, written, begun))
    paged = _due(page.result().objects, now, WEEK_SPAN, begun) if page else []
    objects = {stored.name: stored for stored in (*paged, *dated)}
    rows = _rows(runtime.warehouse, now, WEEK_SPAN if paged else written) if objects else ()
    logged = set(map(itemgetter("gcs_path", "object_generation"), rows))
    logged_at = filter(None, map(itemgetter("logged_at"), rows))
    found.logger_seen = max(logged_at, default=LONG_AGO)
    found.checked = len(objects)
    found.missing_objects = [
        stored for stored in objects.values() if (_path(stored), stored.generation) not in logged
    ]


class _Cursor(BaseModel):
    next: str


class Page:
    """A page of the whole bucket in name order; a state object keeps where the next one begins."""

    def __init__(self, state: StateStore, storage: Storage, data_bucket: str) -> None:
        self._state = state
        self._cursor, self._generation = state.read_as(names.CURSOR, _Cursor.model_validate_json)
        start = self._cursor.next if self._cursor else ""
        self.objects = [*storage.list(data_bucket, "", start=start, limit=LISTING_PAGE_OBJECTS)]

    def turn(self) -> None:
        """Let the next deep sweep go on behind this page; after the last one, at the beginning."""
        is_full = len(self.objects) == LISTING_PAGE_OBJECTS
        behind = self.objects[-1].name if is_full else ""
        if self._cursor and behind == self._cursor.next:
            return
        # Where another sweep has turned it meanwhile, its page is as good as ours.
        self._state.swap(names.CURSOR, {"next": behind}, self._generation)


def _heal(runtime: Runtime, logger_seen: datetime, healed: Healed, stored: StoredObject) -> None:
    send = partial(republish_object, runtime.publisher, stored)
    healed.note(_path(stored), resend(runtime.state, _item(stored), send, logger_seen))


def _item(stored: StoredObject) -> str:
    return f"objects/{ids.log_id(stored.bucket, stored.name, stored.generation)}"


def _rows(warehouse: Warehouse, now: datetime, span: timedelta) -> Sequence[Row]:
    return warehouse.select(
        "scraper_execution_log",
        ("gcs_path", "object_generation", "logged_at"),
        since=now - span - LOG_ROW_LEAD_MAX,
        until=now + timedelta(days=1),
    )


def _dated(
    runtime: Runtime,
    now: datetime,
    span: timedelta,
    due: Callable[[Iterable[StoredObject]], list[StoredObject]],
) -> list[StoredObject]:
    """Return what is due below FOLDER/DATE, the date near today: runs are often for the day before.

    All folders are listed at once, and of each listing only what is due is kept.
    """
    bucket, storage, threads = runtime.settings.data_bucket, runtime.storage, runtime.threads
    first, last = eastern_date(now - span), eastern_date(now + span)

    def listed(folder: str) -> list[StoredObject]:
        # "~" sorts behind what a name may go on with after its date.
        return due(storage.list(bucket, folder, start=f"{folder}{first}", end=f"{folder}{last}~"))

    failed = threads.submit(storage.folders, bucket, FAILED)
    folders = [name for name in storage.folders(bucket) if name != FAILED]
    folders += [f"{FAILED}{name}" for name in failed.result()]
    return [*chain.from_iterable(threads.map(listed, folders[:LISTED_FOLDERS_MAX]))]


def _begun(collect_since: date | None) -> datetime:
    """Since when others' objects are notified to us: a bucket may have been in use before."""
    return at(collect_since, time()) if collect_since else LONG_AGO


def _due(
    objects: Iterable[StoredObject], now: datetime, span: timedelta, begun: datetime
) -> list[StoredObject]:
    """Those written long enough ago to be logged, and not before the span (or others' `begun`)."""
    earliest, latest = now - span, now - EVENT_AGE_MIN
    # Nearly all of a listing is older, so this comes first.
    young = [each for each in objects if not each.created or each.created >= earliest]
    return [
        stored
        for stored in young
        if earliest <= (stored.run_at or now) <= latest
        and (not stored.created or stored.created >= begun or stored.is_ours)
    ]


def _path(stored: StoredObject) -> str:
    return f"gs://{stored.bucket}/{stored.name}"
