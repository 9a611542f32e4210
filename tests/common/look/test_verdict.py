"""Whether the controller and the cleanup are alive."""

from datetime import time, timedelta

import pytest

from common.eastern import at
from common.look.verdict import alive
from tests.kit.desk import AFTERNOON
from tests.kit.operated import day_gone_wrong, gone_wrong
from tests.kit.scripted import FakeClock
from tests.kit.tables import holding
from tests.kit.weekend import nothing
from tests.kit.world import DAY, tick


def test_the_two_that_drive_the_rest_are_alive_at_midnight() -> None:
    """No slot comes at night, so that the controller is not late for having written at 23:00."""
    assert [one.is_late for one in alive(gone_wrong().runtime)] == [False, False]


def test_a_forced_slot_does_not_hide_a_silent_controller() -> None:
    """The rows of 12:00 were asked for by hand; its ticks have not come since 07:00."""
    world = day_gone_wrong(at(DAY, time(7)))
    tick(world, "tick-master-controller", at(DAY, time(12)), force=True)
    world.settle()
    world.clock.move(at(DAY, time(12, 20)))
    assert world.rows["workflow_decisions"][-1]["slot"] == at(DAY, time(12))
    controller, _ = alive(world.runtime)
    assert (controller.last, controller.is_late) == (at(DAY, time(7)), True)


def test_they_are_silent_when_nothing_was_written_since_the_morning_slot() -> None:
    """At 07:00 the slot of 06:00 is long over, and no sweep was made for hours."""
    place = gone_wrong().runtime
    clock = FakeClock()
    clock.instant = place.clock.now() + timedelta(hours=7)
    assert [one.is_late for one in alive(place.but(clock=clock))] == [True, True]


def test_where_nothing_has_happened_both_are_silent() -> None:
    """There is no last row of either."""
    assert [(one.last, one.is_late) for one in alive(nothing().runtime)] == [
        (None, True),
        (None, True),
    ]


@pytest.mark.parametrize(("minutes", "late"), [(30, False), (31, True)])
def test_the_cleanup_may_miss_two_ticks(minutes: int, late: bool) -> None:  # noqa: FBT001 - a table
    """Its last row is of 12:30; half an hour later it is still patient."""
    world = day_gone_wrong(at(DAY, time(12, 30)))
    swept = max(row["cleanup_time"] for row in world.rows["cleanup_operations"])
    world.clock.set(swept + timedelta(minutes=minutes))
    assert alive(world.runtime)[1].is_late is late


@pytest.mark.parametrize(("minutes", "late"), [(15, False), (16, True)])
def test_a_slot_that_was_decided_late_puts_off_no_later_slot(minutes: int, *, late: bool) -> None:
    """The controller is awaited for the slot after its last one, whenever it decided that."""
    slot, now = AFTERNOON - timedelta(hours=1), AFTERNOON + timedelta(minutes=minutes)
    made = AFTERNOON + timedelta(minutes=5)
    row = {"at": made, "slot": slot, "workflow_name": "f", "forced": False}
    (controller, _) = alive(holding(now, workflow_decisions=[row]))
    assert (controller.last, controller.is_late) == (made, late)
