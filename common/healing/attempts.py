"""Bounded re-sending of what was lost.

Each attempt is one numbered object, so that no counter is ever overwritten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TypeVar

from common.clock import Clock
from common.errors import TransientError
from common.logs import log
from common.state import names
from common.state.store import StateStore

T = TypeVar("T")
RESENDS_MAX = 3
RESEND_WAIT_MIN = timedelta(minutes=10)
"""Longer than Pub/Sub takes between two deliveries, shorter than the time between two sweeps: after
an outage of our own many late sweeps come at once, and must not use up an item's attempts."""
SWEEP_TIME_MAX = timedelta(minutes=4)
"""A sweep heals nothing more after this: where each call hangs, its last one and its row must still
fit into the function's 540 s."""
_QUARANTINED, _UNHEARD = "quarantined", "unheard"
"""The second records that the receiver did no work at all between the attempts."""
ALWAYS = datetime.max.replace(tzinfo=UTC)


class Resend(Enum):
    """What came of an attempt to send an item again.

    Attributes:
        SENT: it was sent once more.
        WAITING: the last attempt is too young to have failed.
        LAST: its attempts are used up; this is returned once, to the sweep that reports it.
        SPENT: they were used up before.
    """

    SENT = "sent"
    WAITING = "waiting"
    LAST = "last"
    SPENT = "spent"


@dataclass
class Healed:
    """What one sweep has done, by the names of the items as its row lists them."""

    republished: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)

    def note(self, name: str, resent: Resend) -> Resend:
        """Note an item that was sent again, or is left alone from now on."""
        if resent is Resend.SENT:
            self.republished.append(name)
        elif resent is Resend.LAST:
            self.quarantined.append(name)
        return resent


USED_UP = frozenset({Resend.LAST, Resend.SPENT})
"""No further attempt is made."""


def resend(
    state: StateStore, item: str, send: Callable[[], object], receiver_seen: datetime = ALWAYS
) -> Resend:
    """Send an item again, unless it was just sent or its attempts are used up.

    An attempt counts once it was sent: an outage of Pub/Sub must not use up what it could not
    deliver. An outage of the receiver does not count either: the item has its attempts once more
    afterwards.

    Args:
        state: counts the attempts.
        item: by what they are counted, such as `objects/<log id>`.
        send: sends it.
        receiver_seen: when its receiver last did any work; aware.
    """
    now, marks = state.clock.now(), _marks(state, item)
    unheard = marks.pop(_UNHEARD, None)
    if _QUARANTINED in marks or (unheard and receiver_seen <= unheard):
        return Resend.SPENT
    sent = [when for when in marks.values() if when and (unheard is None or when > unheard)]
    if any(now - when < RESEND_WAIT_MIN for when in sent):
        return Resend.WAITING
    if len(sent) >= RESENDS_MAX:
        receiver_out = unheard is None and receiver_seen <= min(sent)
        return quarantine(state, item, _UNHEARD if receiver_out else _QUARANTINED)
    send()
    state.mark(names.attempt(item, f"try-{len(marks) + 1}"), now)
    return Resend.SENT


def quarantine(state: StateStore, item: str, mark: str = _QUARANTINED) -> Resend:
    """Leave an item alone from now on; LAST for the first sweep that does so, which reports it."""
    if not state.mark(names.attempt(item, mark), state.clock.now()):
        return Resend.SPENT
    log(
        "ERROR",
        f"An item was sent again {RESENDS_MAX} times and is still not handled; cleanup leaves it "
        "alone from now on",
        item=item,
        result=mark,
    )
    return Resend.LAST


def quarantined(state: StateStore, kind: str, receiver_seen: datetime = ALWAYS) -> set[str]:
    """List the items of a kind, such as `objects`, that are left alone; see `resend`."""
    found = set()
    for stored in state.list(names.attempts(kind)):
        item, _, mark = stored.name.removeprefix("cleanup/").rpartition("/")
        when = stored.custom_time
        receiver_out = mark == _UNHEARD and when and receiver_seen <= when
        if receiver_out or mark == _QUARANTINED:
            found.add(item)
    return found


def _marks(state: StateStore, item: str) -> dict[str, datetime | None]:
    """The marks of an item, each with its instant."""
    folder = names.attempts(item)
    listed = state.list(folder)
    return {stored.name.removeprefix(folder): stored.custom_time for stored in listed}


def in_time(clock: Clock, began: datetime) -> Callable[[], bool]:
    """Return a check whether a sweep that began then (aware) may go on healing."""
    return lambda: clock.now() - began < SWEEP_TIME_MAX


def heal_each(
    items: Iterable[T], heal: Callable[[T], None], may: Callable[[], bool] = lambda: True
) -> None:
    """Heal every item; one that cannot be healed keeps none of the others from it.

    Args:
        items: one after the other.
        heal: heals one.
        may: asked before each; once it returns False the rest is left to the next sweep.

    Raises:
        Exception: the first error there was, once all had their turn.
        TransientError: there was none, but items are left.
    """
    first: Exception | None = None
    for item in items:
        if not may():
            raise first or TransientError(
                f"not all healed in {SWEEP_TIME_MAX}; the next sweep goes on"
            )
        try:
            heal(item)
        except Exception as error:  # noqa: BLE001 - raised below, after the others' turn
            first = first or error
    if first is not None:
        raise first
