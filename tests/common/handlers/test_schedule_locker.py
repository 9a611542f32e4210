"""What a lock's plan is made from; tests/functions/ holds how it is called."""

from datetime import date, timedelta
from typing import Any

import pytest

from common import ids
from common.configuration.workflows import read_workflows
from common.eastern import eastern_date
from common.settings import ROOT
from common.state import names
from common.state.claims import claimed
from local.simulator.ports.intercepted import Call, Do
from tests.kit.breaks import tapped
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


def test_r3_of_two_forced_locks_of_one_moment_the_second_is_delivered_again() -> None:
    """Its lock was done by the other between the look and the claim; the next is then its own."""
    world = new_world()
    tick(world, "tick-schedule-locker")
    assert world.deliver(world.take()) == 200
    key = names.lock_key(eastern_date(world.clock.now()), 2)
    body = {"schema": "tick", "version": 1, "force": True}
    world.publisher.publish("tick-schedule-locker", body, {})
    delivery = world.take()

    others = iter([key])

    def overtaken(call: Call, do: Do) -> Any:
        found = do()
        if call.name == "stat" and call.args[1] == names.done(key) and next(others, None):
            with claimed(world.runtime.state, key):
                pass
        return found

    with tapped(world, overtaken, "storage"):
        assert world.deliver(delivery) == 503
    assert world.replies[-1][2]["error"] == "ClaimBusyError"
    assert world.deliver(delivery) == 200
