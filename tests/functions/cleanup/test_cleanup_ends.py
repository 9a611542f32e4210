"""Runs that nothing can continue end in one failed row (R6, R8)."""

from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.eastern import eastern
from common.executions.execution import Execution
from local.simulator.ports.intercepted import Do
from local.simulator.world import World
from tests.kit.breaks import Break, deliver_through, die_after, tapped
from tests.kit.checks import defects
from tests.kit.losses import fail_to_complete, is_for
from tests.kit.sweeps import SWEEP_INTERVAL, SWEEPS_A_DAY, execution, sweep
from tests.kit.world import (
    LAST_TASK,
    SLOT,
    SWEEP,
    ForgetfulWarehouse,
    before,
    forget,
    new_world,
    run_to,
    tick,
)


def test_r6_a_decision_that_nothing_can_start_ends_in_a_failed_row(world: World) -> None:
    """It is quarantined after three resends, and after a day its RUN has a failed row (X5)."""
    delivery = before(world, "workflow_executor")
    world.transport.lose(is_for("workflow_executor", "betting_lines"))
    world.settle()
    rows = [sweep(world, number) for number in range(5)]
    lost = f"decision {ids.decision_id('betting_lines', SLOT)}"
    assert [row["republished"] for row in rows] == [[lost]] * 3 + [[]] * 2
    assert [row["quarantined"] for row in rows] == [[]] * 3 + [[lost]] + [[]]
    assert sweep(world, SWEEPS_A_DAY)["quarantined"] == [lost]
    row = execution(world)
    assert (row["status"], row["outcome"], row["scrapers_triggered"]) == ("failed", "FAILED", 0)
    assert row["error_message"].startswith("LOST: ")
    assert row["scrapers_requested"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert sweep(world, SWEEPS_A_DAY + 1)["quarantined"] == []
    assert defects(world) == []
    assert world.deliver(delivery) == 200
    assert world.replies[-1][2]["result"] == "already started"


def test_r6_a_run_whose_batch_is_gone_too_ends_in_a_failed_row(world: World) -> None:
    """With nothing left to resend, the RUN is quarantined and ends from its row alone."""
    before(world, "workflow_executor")
    world.transport.lose(is_for("workflow_executor", "betting_lines"))
    world.settle()
    forget(world, world.runtime.settings.state_bucket, "decided/")
    lost = f"decision {ids.decision_id('betting_lines', SLOT)}"
    numbers = (0, 1, SWEEPS_A_DAY, SWEEPS_A_DAY + 1)
    rows = [sweep(world, number) for number in numbers]
    assert [row["quarantined"] for row in rows] == [[lost], [], [lost], []]
    assert [row["republished"] for row in rows] == [[]] * 4
    row = execution(world)
    assert (row["status"], row["target_date"]) == ("failed", eastern(SLOT).date())
    assert row["scrapers_requested"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert defects(world) == []


def test_r8_a_run_of_long_ago_that_was_forced_just_now_is_not_given_up(world: World) -> None:
    """A forced run's age is that of its stored batch, not that of its old slot."""
    long_ago = SLOT - timedelta(days=1)
    world.clock.move(SWEEP - timedelta(minutes=1))
    body = {"schema": "tick", "version": 1, "scheduled_time": long_ago.isoformat(), "force": True}
    world.publisher.publish("tick-master-controller", body, {})
    run_to(world, is_for("workflow_executor"))
    world.settle()
    (lost,) = (row for row in world.rows["workflow_decisions"] if row["action"] == "RUN")
    assert lost["forced"]
    assert lost["decision_time"] == long_ago
    assert sweep(world)["republished_count"] == 0
    assert world.rows["workflow_executions"] == []
    assert sweep(world, 2)["republished"] == [f"decision {lost['decision_id']}"]
    assert [row["status"] for row in world.rows["workflow_executions"]] == ["completed"]


def test_r6_after_a_standstill_of_a_day_a_run_ends_as_if_there_was_none(world: World) -> None:
    """Sweeps that run before the waiting deliveries give up no run that can still end."""
    before(world, "scraper_runner")
    waiting = [*world.queue]
    world.queue.clear()
    for number in (104, 105, 106):
        row = sweep(world, number)
        assert row["quarantined"] == []
    world.queue.extend(waiting)
    world.queue.sort()
    world.settle()
    for number in range(107, 112):
        sweep(world, number)
    assert execution(world)["status"] == "completed"
    assert defects(world) == []


def test_r6_a_run_that_nothing_can_finish_ends_in_a_failed_row(world: World) -> None:
    """A run without its tracker ends after a day; its tasks' results are counted and linked."""
    before(world, LAST_TASK)
    world.transport.lose(is_for("execution_tracker", "betting_lines"))
    world.settle()
    for number in (*range(12), SWEEPS_A_DAY, SWEEPS_A_DAY + 1):
        sweep(world, number)
    row = execution(world)
    assert row["status"] == "failed"
    assert set(row["scraper_execution_ids"]) == {
        log["execution_id"]
        for log in world.rows["scraper_execution_log"]
        if log["workflow_execution_id"] == row["execution_id"]
    }
    assert row["scrapers_triggered"] == 3


def test_r6_a_run_whose_last_step_cannot_be_completed_ends_too(world: World) -> None:
    """All tasks have reported, but every completion fails."""
    fail_to_complete(world)
    world.transport.lose(is_for("execution_tracker", "betting_lines"))
    world.queue.clear()
    rows = [sweep(world, number) for number in range(4)]
    step = f"step 1 of execution {ids.execution_id(ids.decision_id('betting_lines', SLOT))}"
    assert [row["republished"][-1:] for row in rows] == [[step]] * 3 + [[]]
    assert rows[-1]["quarantined"] == [step]
    sweep(world, SWEEPS_A_DAY)
    row = execution(world)
    assert (row["status"], row["outcome"], row["scrapers_triggered"]) == ("failed", "PARTIAL", 3)


def test_r6_a_run_given_up_while_a_delivery_is_at_it_is_left_to_it(world: World) -> None:
    """A live claim wins over a sweep although all resends are used up."""
    delivery = before(world, "workflow_executor")
    world.transport.lose(is_for("workflow_executor", "betting_lines"))
    world.settle()
    for number in range(4):
        sweep(world, number)
    world.clock.move(SWEEP + SWEEPS_A_DAY * SWEEP_INTERVAL)

    def meanwhile(do: Do) -> Any:
        done = do()
        assert sweep(world, SWEEPS_A_DAY)["quarantined"] == []
        return done

    with tapped(world, Break(1, meanwhile).around, "storage"):
        assert world.deliver(delivery) == 200
    world.settle()
    assert execution(world)["status"] == "completed"
    assert defects(world) == []


@pytest.mark.parametrize(
    ("left", "error"),
    [
        ({"betting_lines": ("oddsa_events", "oddsa_player_props")}, "oddsa_game_lines not in"),
        ({}, "'betting_lines' is not configured"),
    ],
)
def test_x5_a_run_that_a_new_deployment_refuses_ends_at_the_next_sweep(
    world: World, left: dict[str, tuple[str, ...]], error: str
) -> None:
    """A RUN whose scraper or workflow was removed ends at once, not after a day."""
    tick(world, "tick-master-controller")
    world.deliver(world.take())
    flows = dict(world.runtime.workflows)
    flow = flows.pop("betting_lines")
    for name, scrapers in left.items():
        last = flow.steps[-1].model_copy(update={"scrapers": scrapers[1:]})
        flows[name] = flow.model_copy(update={"steps": (flow.steps[0], last)})
    world.runtime = world.runtime.but(configured=flows)
    world.settle()
    first, second = sweep(world), sweep(world, 1)
    assert first["quarantined"] == [f"decision {ids.decision_id('betting_lines', SLOT)}"]
    assert (first["republished"], second["quarantined"]) == ([], [])
    row = execution(world)
    assert row["status"] == "failed"
    assert error in row["error_message"]
    tick(world, "tick-master-controller", SLOT + timedelta(hours=1))
    world.settle()
    now = [r for r in world.rows["workflow_decisions"] if r["workflow_name"] == "betting_lines"]
    assert [(r["action"], len(r["scrapers"])) for r in now[1:]] == [("RUN", 2)] * len(left)


@pytest.mark.parametrize("event", ["scraper_runner", "execution_tracker"])
def test_r6_a_run_whose_state_is_deleted_under_way_ends_in_a_failed_row(
    world: World, event: str
) -> None:
    """The run is quarantined, and ends in one failed row."""
    before(world, event)
    world.queue.clear()
    forget(world, world.runtime.settings.state_bucket, "executions/")
    rows = [sweep(world, number) for number in (*range(4), SWEEPS_A_DAY, SWEEPS_A_DAY + 1)]
    run = f"decision {ids.decision_id('betting_lines', SLOT)}"
    assert [run in row["quarantined"] for row in rows] == [False] * 3 + [True, True, False]
    assert execution(world)["status"] == "failed"
    assert {row["status"] for row in rows} == {"OK"}


def test_r6_a_run_that_starts_while_a_sweep_gives_it_up_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The executor's whole delivery happens between the sweep's look and its claim."""
    delivery = before(world, "workflow_executor")
    world.transport.lose(is_for("workflow_executor", "betting_lines"))
    world.settle()
    for number in range(4):
        sweep(world, number)
    give_up = Execution.give_up

    def late(execution: Execution, *given: Any) -> bool:
        monkeypatch.undo()
        assert world.deliver(delivery) == 200
        return give_up(execution, *given)

    monkeypatch.setattr(Execution, "give_up", late)
    assert sweep(world, SWEEPS_A_DAY)["quarantined"] == []
    world.settle()
    assert execution(world)["status"] == "completed"
    assert defects(world) == []


def test_r6_two_sweeps_at_once_end_a_run_whose_state_is_gone_once() -> None:
    """A second sweep runs while the first writes its row, without help of a job key."""
    world = new_world(ForgetfulWarehouse)
    before(world, "scraper_runner")
    world.queue.clear()
    forget(world, world.runtime.settings.state_bucket, "executions/")
    for number in range(4):
        sweep(world, number)
    world.clock.move(SWEEP + (SWEEPS_A_DAY + 1) * SWEEP_INTERVAL)
    for number in (SWEEPS_A_DAY, SWEEPS_A_DAY + 1):
        tick(world, "tick-cleanup-processor", SWEEP + number * SWEEP_INTERVAL)
    first, second = world.take(), world.take()

    def meanwhile(do: Do) -> Any:
        assert world.deliver(second) == 200
        return do()

    with tapped(world, Break(1, meanwhile).around, "warehouse"):
        assert world.deliver(first) == 200
    quarantined = [
        run for row in world.rows["cleanup_operations"][-2:] for run in row["quarantined"]
    ]
    runs = {f"decision {row['decision_id']}" for row in world.rows["workflow_executions"]}
    assert sorted(quarantined) == sorted(runs)
    assert len(world.rows["workflow_executions"]) == 2


def test_x5_a_run_that_died_before_its_first_request_goes_on_though_its_workflow_is_gone(
    world: World,
) -> None:
    """Its manifest holds what is to be asked for, and later configuration does not change it."""
    deliver_through(world, before(world, "workflow_executor"), Break(2, die_after))
    flows = dict(world.runtime.workflows)
    del flows["betting_lines"]
    world.runtime = world.runtime.but(configured=flows)
    world.settle()
    sweep(world, 1)
    world.settle()
    assert execution(world)["status"] == "completed"
