"""What a lock's plan is made from; tests/functions/ holds how it is called."""

from datetime import date, timedelta

import pytest

from common import ids
from common.configuration.workflows import read_workflows
from common.eastern import eastern_date
from common.settings import ROOT
from tests.kit.world import DAY, new_world, tick


@pytest.mark.parametrize(
    ("since", "planned"), [(None, True), (DAY - timedelta(days=1), True), (DAY, False)]
)
def test_a_plan_has_no_catch_up_of_what_lies_before_the_system(
    since: date | None, *, planned: bool
) -> None:
    """A night before `collect_since` is in no row; the night of that very date is."""
    world = new_world()
    settings = world.runtime.settings.model_copy(update={"collect_since": since})
    world.runtime = world.deployed(settings)
    flows = read_workflows(ROOT / "config" / "workflows.yaml").file.enabled
    only = {"late_game_catch_up": flows["late_game_catch_up"]}
    world.runtime = world.runtime.but(configured=only)
    tick(world, "tick-schedule-locker")
    assert world.deliver(world.take()) == 200
    targets = {row["target_date"] for row in world.rows["daily_expected_schedule"]}
    assert targets == ({DAY - timedelta(days=1)} if planned else set())


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_a_plan_s_rows_are_known_by_its_date_whenever_it_is_locked(late: timedelta) -> None:
    """A tick that comes a day late writes the same ids, so that no row is there twice."""
    world = new_world()
    tick(world, "tick-schedule-locker")
    delivery, day = world.take(), eastern_date(world.clock.now())
    world.clock.sleep(late.total_seconds())
    assert world.deliver(delivery) == 200
    rows = world.rows["daily_expected_schedule"]
    assert rows
    for row in rows:
        known = (str(day), row["workflow_name"], row["expected_run_time"])
        assert (row["date"], row["plan_id"]) == (day, ids.plan_id(*known))
        assert row["locked_at"] == world.clock.now()
