"""Bounded tries of healing: one numbered object a try, so that no counter is ever overwritten."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
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
_QUARANTINED, _UNHEARD = "quarantined", "unheard"
"""The second says that nothing was heard of the receiver meanwhile."""
ALWAYS = datetime.max.replace(tzinfo=UTC)


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


def attempt(
    runtime: Runtime, item: str, send: Callable[[], object], heard: datetime = ALWAYS
) -> Try:
    """Send an item, such as `objects/<log id>`, unless it was just sent or its tries are used up.

    A try counts once it was sent: an outage of Pub/Sub must not use up what it could not deliver.
    Nor does an outage of the receiver tell against an item: it has its tries once more afterwards.

    Args:
        runtime: ports and settings.
        item: what the tries are counted by.
        send: sends it.
        heard: when its receiver was last seen at work; aware.
    """
    now, marks = runtime.clock.now(), _marks(runtime, item)
    unheard = marks.pop(_UNHEARD, None)
    if _QUARANTINED in marks or (unheard and heard <= unheard):
        return Try.SPENT
    tries = [when for when in marks.values() if when and (unheard is None or when > unheard)]
    if any(now - when < SPACING for when in tries):
        return Try.WAITING
    if len(tries) >= MAX_TRIES:
        in_silence = unheard is None and heard <= min(tries)
        return quarantine(runtime, item, _UNHEARD if in_silence else _QUARANTINED)
    send()
    _mark(runtime, item, f"try-{len(marks) + 1}", now)
    return Try.SENT


def quarantine(runtime: Runtime, item: str, mark: str = _QUARANTINED) -> Try:
    """Leave an item alone from now on; LAST for the first who does so, who is to tell."""
    if not _mark(runtime, item, mark, runtime.clock.now()):
        return Try.SPENT
    log("ERROR", "Quarantined: no try healed it", result=item)
    return Try.LAST


def quarantined(runtime: Runtime, kind: str, heard: datetime = ALWAYS) -> set[str]:
    """The items of a kind, such as `objects`, that are left alone; see `attempt` on `heard`."""
    found = set()
    for stored in runtime.storage.list(runtime.settings.state_bucket, f"cleanup/{kind}/"):
        item, _, mark = stored.name.removeprefix("cleanup/").rpartition("/")
        silent = mark == _UNHEARD and stored.custom_time and heard <= stored.custom_time
        if silent or mark == _QUARANTINED:
            found.add(item)
    return found


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
