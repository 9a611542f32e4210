"""A slot is decided again, and its decisions are found."""

from datetime import date, time, timedelta

import pytest

from common.eastern import at
from common.errors import BadInputError
from local.operate.force import force_slot, slot_for
from local.simulator.world import World
from tests.kit.operated import PatientClock, day_gone_wrong
from tests.kit.situations import et
from tests.kit.world import DAY, slate

MORNING = at(DAY, time(6, 5))


def test_a_forced_slot_shows_each_workflow_s_decision() -> None:
    """The rows are those of the tick that was published, and marked."""
    world = day_gone_wrong(at(DAY, time(8, 30)))
    place = world.runtime.but(clock=PatientClock(world))
    made = force_slot(place, at(DAY, time(7)), seconds_max=10)
    assert {row["workflow_name"] for row in made} == set(place.configured)
    assert all(row["forced"] and row["slot"] == at(DAY, time(7)) for row in made)


@pytest.mark.parametrize(
    ("workflow", "now", "slot"),
    [
        ("post_game_window_1", "2025-11-12 20:00", "2025-11-12 20:00"),
        ("post_game_window_1", "2025-11-12 19:59", "2025-11-11 20:00"),
        ("post_game_window_1", "2025-11-13 01:30", "2025-11-12 20:00"),
        ("betting_lines", "2025-11-12 21:54", "2025-11-12 21:00"),
        ("betting_lines", "2025-11-12 21:00", "2025-11-12 21:00"),
        ("late_game_catch_up", "2025-11-13 01:30", "2025-11-12 23:00"),
    ],
)
def test_a_window_s_last_slot_is_its_own(workflow: str, now: str, slot: str) -> None:
    """It has one a day, from the minute at which it opens; the others have each tick."""
    place = World(slate(), et(now)).runtime
    assert slot_for(place, workflow) == et(slot)


def test_an_instant_without_a_tick_is_refused() -> None:
    """The error names the slot before it, and nothing is published."""
    world = day_gone_wrong(at(DAY, time(4, 55)))
    sent = len(world.publisher.published)
    with pytest.raises(BadInputError, match=r"no tick at 2025-11-12 07:20 ET.*2025-11-12T07:00"):
        force_slot(world.runtime, at(DAY, time(7, 20)), seconds_max=10)
    assert len(world.publisher.published) == sent


def test_a_slot_too_far_ahead_is_refused() -> None:
    """Nothing is published: it would be a dead letter."""
    world = World(slate(), at(DAY, time(6)))
    with pytest.raises(BadInputError, match="is more than 8 days ahead"):
        force_slot(world.runtime, at(date(2025, 11, 20), time(7)), seconds_max=10)
    assert not world.publisher.published


def test_without_a_wait_it_looks_once() -> None:
    """What is decided within the two seconds of a look is shown."""
    world = day_gone_wrong(at(DAY, time(6, 30)))
    place = world.runtime.but(clock=PatientClock(world))
    made = force_slot(place, at(DAY, time(6)), seconds_max=0, workflow="betting_lines")
    assert [row["workflow_name"] for row in made] == ["betting_lines"]
    forced = [row["workflow_name"] for row in world.rows["workflow_decisions"] if row["forced"]]
    assert forced == ["betting_lines"]


@pytest.mark.parametrize(("most", "waited"), [(0, 0.25), (3.7, 3.75), (3.75, 5.75), (4, 5.75)])
def test_where_no_decision_comes_the_wait_ends(most: float, waited: float) -> None:
    """Nothing handles the tick; the last look is the first one after the time is over."""
    world = World(slate(), MORNING)
    assert force_slot(world.runtime, at(DAY, time(6)), seconds_max=most) == []
    assert world.clock.now() - MORNING == timedelta(seconds=waited)
