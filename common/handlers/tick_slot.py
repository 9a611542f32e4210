"""What a tick asks for: its slot, and whether it is forced (rule R3)."""

from dataclasses import dataclass
from datetime import datetime

from common.calendar.slots import EVENT_EARLY_MAX, slot_of
from common.errors import BadInputError
from common.messages.envelope import Event
from common.messages.models import INSTANT_END, INSTANT_MIN, Tick, event_time, force_id
from common.runtime import Runtime


@dataclass(frozen=True)
class TickSlot:
    """A tick's slot.

    Attributes:
        slot: the scheduled instant, aware UTC.
        happened: when the tick says it happened, aware.
        forced_by: what a forced tick adds to its ids; empty for a plain one.
    """

    slot: datetime
    happened: datetime
    forced_by: str


def tick_slot(runtime: Runtime, event: Event, tick: Tick, topic: str) -> TickSlot:
    """The slot of a tick of one topic.

    Raises:
        BadInputError: a plain tick of the future, because the slot's own tick would find it done
            already; or a slot outside the dates that messages may have.
    """
    now = runtime.clock.now()
    _check_due(tick, now)
    happened = event_time(tick, event, now)
    slot = slot_of(runtime.cron(topic), happened)
    _check_known(slot, happened)
    return TickSlot(slot, happened, force_id(tick, event, runtime.new_owner()))


def _check_known(slot: datetime, happened: datetime) -> None:
    """Refuse the ends of the calendar: a slot begins up to a day before its tick, or just after."""
    if INSTANT_MIN <= slot < INSTANT_END:
        return
    raise BadInputError(
        f"Tick: scheduled_time: {happened.isoformat()} belongs to the slot {slot.isoformat()}; "
        f"slots begin between {INSTANT_MIN:%Y-%m-%d} and {INSTANT_END:%Y-%m-%d}"
    )


def _check_due(tick: Tick, now: datetime) -> None:
    if tick.force or tick.scheduled_time is None or tick.scheduled_time <= now + EVENT_EARLY_MAX:
        return
    raise BadInputError(
        f"Tick: scheduled_time: {tick.scheduled_time.isoformat()} is more than "
        f"{EVENT_EARLY_MAX.total_seconds() / 60:g} min ahead of the clock "
        f"({now.isoformat()}); send it when "
        'it is due, or write "force": true to have that slot judged now'
    )
