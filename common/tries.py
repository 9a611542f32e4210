"""Bounded tries of healing: one numbered object a try, so that no counter is ever overwritten."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from common.errors import ConflictError, TransientError
from common.logs import log
from common.runtime import Runtime

T = TypeVar("T")
MAX_TRIES = 3
SPACING = timedelta(minutes=10)
"""Longer than Pub/Sub takes between two deliveries, shorter than the time between two sweeps: after
an outage of our own many late sweeps come at once, and must not use up an item's tries."""
LONGEST = timedelta(minutes=4)
"""A sweep heals nothing more after this: where each call hangs, its last one and its row must still
fit into the function's 540 s."""
_QUARANTINED = "quarantined"


class Try(Enum):
    """What came of an attempt.

    SENT: it was sent once more. WAITING: the last try is too young to have failed. LAST: its tries
    are used up, which is said now and never again. SPENT: used up before.
    """

    SENT = "sent"
    WAITING = "waiting"
    LAST = "last"
    SPENT = "spent"


USED_UP = frozenset({Try.LAST, Try.SPENT})
"""No further try is made."""


def attempt(runtime: Runtime, item: str, send: Callable[[], object]) -> Try:
    """Send an item, such as `objects/<log id>`, unless it was just sent or its tries are used up.

    A try counts once it was sent: an outage of Pub/Sub must not use up what it could not deliver.
    """
    now, marks = runtime.clock.now(), _marks(runtime, item)
    if _QUARANTINED in marks:
        return Try.SPENT
    if any(when and now - when < SPACING for when in marks.values()):
        return Try.WAITING
    if len(marks) >= MAX_TRIES:
        return quarantine(runtime, item)
    send()
    _mark(runtime, item, f"try-{len(marks) + 1}", now)
    return Try.SENT


def quarantine(runtime: Runtime, item: str) -> Try:
    """Leave an item alone from now on; LAST for the first who does so, who is to tell."""
    if not _mark(runtime, item, _QUARANTINED, runtime.clock.now()):
        return Try.SPENT
    log("ERROR", "Quarantined: no try healed it", result=item)
    return Try.LAST


def quarantined(runtime: Runtime, kind: str) -> set[str]:
    """The items of a kind, such as `objects`, that are left alone."""
    listed = runtime.storage.list(runtime.settings.state_bucket, f"cleanup/{kind}/")
    ends = f"/{_QUARANTINED}"
    return {
        stored.name.removeprefix("cleanup/").removesuffix(ends)
        for stored in listed
        if stored.name.endswith(ends)
    }


def _marks(runtime: Runtime, item: str) -> dict[str, datetime | None]:
    """What was marked of an item, and when."""
    folder = f"cleanup/{item}/"
    listed = runtime.storage.list(runtime.settings.state_bucket, folder)
    return {stored.name.removeprefix(folder): stored.custom_time for stored in listed}


def _mark(runtime: Runtime, item: str, mark: str, now: datetime) -> bool:
    """Write a mark; False when another sweep has written the same."""
    bucket, name = runtime.settings.state_bucket, f"cleanup/{item}/{mark}"
    with suppress(ConflictError):
        runtime.storage.create(bucket, name, b"{}", custom_time=now)
        return True
    return False


def in_time(runtime: Runtime, began: datetime) -> Callable[[], bool]:
    """Tells whether a sweep that began then (aware) may go on healing."""
    return lambda: runtime.clock.now() - began < LONGEST


def heal_each(
    items: Iterable[T], heal: Callable[[T], None], may: Callable[[], bool] = lambda: True
) -> None:
    """Heal every item: one that cannot be healed does not keep the others from it.

    Args:
        items: one after the other.
        heal: heals one.
        may: asked before each; the rest is left to the next sweep once it says no.

    Raises:
        Exception: the first error there was, once all had their turn.
        TransientError: there was none, but items are left.
    """
    first: Exception | None = None
    for item in items:
        if not may():
            raise first or TransientError(f"not all healed in {LONGEST}; the next sweep goes on")
        try:
            heal(item)
        except Exception as error:  # noqa: BLE001 - raised below, after the others' turn
            first = first or error
    if first is not None:
        raise first
