"""Bounded tries of healing: one numbered object a try, so that no counter is ever overwritten."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from common.errors import ConflictError
from common.runtime import Runtime

T = TypeVar("T")
MAX_TRIES = 3


def attempt(runtime: Runtime, item: str, send: Callable[[], object]) -> bool:
    """Send an item, such as `objects/<log id>`, unless its tries are used up: then False.

    A try counts once it was sent: an outage of Pub/Sub must not use up what it could not deliver.
    """
    bucket = runtime.settings.state_bucket
    names = (f"cleanup/{item}/try-{number}" for number in range(1, MAX_TRIES + 1))
    free = next((name for name in names if runtime.storage.stat(bucket, name) is None), None)
    if free is None:
        return False
    send()
    with suppress(ConflictError):  # another sweep counted the same try
        runtime.storage.create(bucket, free, b"{}")
    return True


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
