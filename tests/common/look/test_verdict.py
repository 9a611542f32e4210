"""Whether the controller and the cleanup are alive."""

from datetime import timedelta

from common.look.verdict import alive
from tests.kit.operated import gone_wrong
from tests.kit.scripted import FakeClock


def test_the_two_that_drive_the_rest_are_alive_at_midnight() -> None:
    """No slot comes at night, so that the controller is not late for having written at 23:00."""
    assert [one.is_late for one in alive(gone_wrong().runtime)] == [False, False]


def test_they_are_silent_when_nothing_was_written_since_the_morning_slot() -> None:
    """At 07:00 the slot of 06:00 is long over, and no sweep was made for hours."""
    place = gone_wrong().runtime
    clock = FakeClock()
    clock.instant = place.clock.now() + timedelta(hours=7)
    assert [one.is_late for one in alive(place.but(clock=clock))] == [True, True]
