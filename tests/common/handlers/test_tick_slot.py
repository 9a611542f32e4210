"""A tick's slot, and whether it may be handled now."""

from datetime import datetime, timedelta

import pytest

from common.errors import BadInputError
from common.handlers.tick_slot import TickSlot, tick_slot
from common.messages.envelope import Event
from common.messages.models import INSTANT_END, INSTANT_MIN, Tick
from common.runtime import Runtime
from common.settings import Settings
from local.simulator.world import ManualClock
from tests.kit.situations import et

TOPIC = "tick-master-controller"
SLOT = et("2025-11-12 13:00")
FIVE = timedelta(minutes=5)


def asked(clock: datetime, tick: Tick, topic: str = TOPIC, **event: str | datetime) -> TickSlot:
    """Take a tick as the controller does at an instant, or another function of a topic."""
    runtime = Runtime(Settings(), new_owner=lambda: "owner", clock=ManualClock(clock))
    return tick_slot(runtime, Event(shape="push", data={}, **event), tick, topic)  # type: ignore[arg-type] # of the test's own choosing


@pytest.mark.parametrize("ahead", [-timedelta(hours=3), timedelta(0), timedelta(seconds=90), FIVE])
def test_r3_a_slot_of_the_past_or_of_jitter_is_taken(ahead: timedelta) -> None:
    """A slot up to five minutes ahead of the clock, or any time behind it, is accepted."""
    assert asked(SLOT - ahead, Tick(scheduled_time=SLOT)) == TickSlot(SLOT, SLOT, "")


def test_a_plain_tick_of_the_future_is_refused() -> None:
    """The error contains the field, the value, the clock and how to force the tick."""
    clock = SLOT - FIVE - timedelta(seconds=1)
    with pytest.raises(BadInputError) as refused:
        asked(clock, Tick(scheduled_time=SLOT))
    for part in ("scheduled_time", SLOT.isoformat(), clock.isoformat(), '"force": true'):
        assert part in str(refused.value)


def test_a_forced_tick_of_the_future_is_taken() -> None:
    """A forced tick is accepted, and its ids derive from the message id."""
    forced = Tick(scheduled_time=SLOT, force=True)
    assert asked(SLOT - timedelta(days=2), forced, message_id="17") == TickSlot(SLOT, SLOT, "17")


def test_without_a_scheduled_time_the_publish_time_counts() -> None:
    """The publish time names the slot, even if the publisher's clock is off."""
    published = SLOT + timedelta(minutes=10)
    assert asked(SLOT, Tick(), publish_time=published) == TickSlot(SLOT, published, "")


@pytest.mark.parametrize(
    ("scheduled", "topic", "taken"),
    [
        (INSTANT_END - timedelta(minutes=5), TOPIC, False),
        (INSTANT_END - timedelta(minutes=5, seconds=1), TOPIC, True),
        (INSTANT_MIN, TOPIC, True),
        (INSTANT_MIN, "tick-schedule-locker", False),
    ],
    ids=["the end itself", "the last slot", "the first slot", "the slot of the day before"],
)
def test_a_slot_outside_the_calendar_is_refused(
    scheduled: datetime, topic: str, *, taken: bool
) -> None:
    """Its decisions could not be written: no message has an instant outside the dates."""
    tick = Tick(scheduled_time=scheduled, force=True)
    if taken:
        assert INSTANT_MIN <= asked(SLOT, tick, topic).slot < INSTANT_END
        return
    with pytest.raises(BadInputError, match="slots begin between 1946-11-01 and 2100-01-01"):
        asked(SLOT, tick, topic)
