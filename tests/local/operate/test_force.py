"""A slot is decided again, and its decisions are found."""

from datetime import time

import pytest

from common.eastern import at
from common.errors import BadInputError
from local.operate.force import force_slot
from tests.kit.operated import PatientClock, day_gone_wrong
from tests.kit.world import DAY


def test_a_forced_slot_shows_each_workflow_s_decision() -> None:
    """The rows are those of the tick that was published, and marked."""
    world = day_gone_wrong(at(DAY, time(8, 30)))
    place = world.runtime.but(clock=PatientClock(world))
    made = force_slot(place, at(DAY, time(7)), seconds_max=10)
    assert {row["workflow_name"] for row in made} == set(place.configured)
    assert all(row["forced"] and row["slot"] == at(DAY, time(7)) for row in made)


def test_an_instant_without_a_tick_is_refused() -> None:
    """The error names the slot before it, and nothing is published."""
    world = day_gone_wrong(at(DAY, time(4, 55)))
    sent = len(world.publisher.published)
    with pytest.raises(BadInputError, match=r"no tick at 2025-11-12 07:20 ET.*2025-11-12T07:00"):
        force_slot(world.runtime, at(DAY, time(7, 20)), seconds_max=10)
    assert len(world.publisher.published) == sent


def test_where_no_decision_comes_the_wait_ends() -> None:
    """Nothing handles the tick."""
    world = day_gone_wrong(at(DAY, time(4, 55)))
    assert force_slot(world.runtime, at(DAY, time(6)), seconds_max=4) == []
