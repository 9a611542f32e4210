"""Bounded tries of healing: one numbered object a try, so that no counter is ever overwritten."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from typing import TypeVar

from common.errors import ConflictError
from common.logs import log
from common.runtime import Runtime

T = TypeVar("T")
MAX_TRIES = 3


class Try(Enum):
    """What came of an attempt.

    SENT: it was sent once more. LAST: its tries are used up, which is said now and never again.
    SPENT: used up before.
    """

    SENT = "sent"
    LAST = "last"
    SPENT = "spent"


def attempt(runtime: Runtime, item: str, send: Callable[[], object]) -> Try:
    """Send an item, such as `objects/<log id>`, unless its tries are used up.

    A try counts once it was sent: an outage of Pub/Sub must not use up what it could not deliver.
    """
    bucket = runtime.settings.state_bucket
    if runtime.storage.stat(bucket, _quarantine_of(item)) is not None:
        return Try.SPENT
    names = (f"cleanup/{item}/try-{number}" for number in range(1, MAX_TRIES + 1))
    free = next((name for name in names if runtime.storage.stat(bucket, name) is None), None)
    if free is None:
        return quarantine(runtime, item)
    send()
    _mark(runtime, free)
    return Try.SENT


def quarantine(runtime: Runtime, item: str) -> Try:
    """Leave an item alone from now on; LAST for the first who does so, who is to tell."""
    if not _mark(runtime, _quarantine_of(item)):
        return Try.SPENT
    log("ERROR", "Quarantined: no try healed it", result=item)
    return Try.LAST


def _quarantine_of(item: str) -> str:
    return f"cleanup/{item}/quarantined"


def _mark(runtime: Runtime, name: str) -> bool:
    """Write a mark; False when another sweep has written the same."""
    with suppress(ConflictError):
        runtime.storage.create(runtime.settings.state_bucket, name, b"{}")
        return True
    return False


def heal_each(items: Iterable[T], heal: Callable[[T], None]) -> None:
    """Heal every item: one that cannot be healed does not keep the others from it.

    Raises:
        Exception: the first error there was, once all had their turn.
    """
    first: Exception | None = None
    for item in items:
        try:
            heal(item)
        except Exception as error:  # noqa: BLE001 - raised below, after the others' turn
            first = first or error
    if first is not None:
        raise first
