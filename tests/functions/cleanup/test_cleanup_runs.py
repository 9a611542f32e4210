"""Whatever is lost, each decided run ends in one row (R6, R8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common import ids
from local.simulator.ports.intercepted import Call, Do
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import Break, die_for_good, tapped
from tests.kit.checks import defects
from tests.kit.losses import is_for, lose
from tests.kit.sweeps import SWEEP_INTERVAL, TICK, execution, sweep
from tests.kit.world import LAST_TASK, SLOT, SWEEP, before, lose_two, run_to, tick


@pytest.mark.parametrize(
    "lost",
    [
        is_for("workflow_executor", "betting_lines"),
        is_for("scraper_runner", "oddsa_events"),
        is_for("scraper_runner", "oddsa_game_lines"),
        is_for("scraper_logger", "oddsa_events"),
        is_for("execution_tracker", "oddsa_events"),
        is_for("execution_tracker", "oddsa_game_lines"),
    ],
    ids=["decision", "request", "later request", "log event", "report", "last report"],
)
def test_r8_whichever_delivery_is_lost_the_run_ends_as_if_it_was_not(
    world: World, lost: Callable[[Delivery], bool]
) -> None:
    """Within a few sweeps the run completes, with every object logged."""
    lose(world, lost)
    for number in range(3):
        sweep(world, number)
    world.settle()
    assert defects(world) == []
    ended = {row["workflow_name"]: row["status"] for row in world.rows["workflow_executions"]}
    assert ended == {"betting_lines": "completed", "injury_discovery": "completed"}
    assert {row["status"] for row in world.rows["scraper_execution_log"]} == {"SUCCESS"}


@pytest.mark.parametrize("event", ["execution_tracker", LAST_TASK])
def test_r8_a_completion_that_died_for_good_is_taken_up(world: World, event: str) -> None:
    """The delivery dies after all tasks have reported, and its message never returns."""
    delivery = before(world, event)
    dying = Break(2, die_for_good)
    with tapped(world, dying.around, "storage"), pytest.raises(KeyboardInterrupt):
        world.deliver(delivery)
    world.settle()
    assert "RUN without an end: betting_lines" in str(defects(world))
    for number in range(2):
        sweep(world, number)
    assert defects(world) == []


@pytest.mark.parametrize("at", [1, 2, 3])
def test_r8_a_start_that_died_for_good_is_taken_up(world: World, at: int) -> None:
    """A start that dies between manifest and tasks, with its message lost, is resumed."""
    delivery = before(world, "workflow_executor")
    dying = Break(at, die_for_good)
    with tapped(world, dying.around, "storage"), pytest.raises(KeyboardInterrupt):
        world.deliver(delivery)
    world.settle()
    for number in range(4):
        sweep(world, number)
    world.settle()
    assert defects(world) == []


def test_r8_a_task_that_never_reports_is_written_off(world: World) -> None:
    """Its `failed/` object is logged and counted like any other, and the run ends."""
    world.transport.lose(is_for("scraper_runner", "oddsa_game_lines"))
    tick(world, "tick-master-controller")
    world.settle()
    rows = [sweep(world, number) for number in range(5)]
    assert [row["republished_count"] for row in rows] == [1, 1, 1, 0, 0]
    row = execution(world)
    assert (row["status"], row["outcome"]) == ("failed", "PARTIAL")
    assert "The task never ran" in row["error_message"]
    log = world.rows["scraper_execution_log"][-1]
    assert (log["outcome"], log["error_class"]) == ("FAILED", "TaskLost")
    assert defects(world) == []


def test_r8_the_late_sweeps_of_an_outage_write_off_no_task(world: World) -> None:
    """Six sweeps that run before the runner is back only resend the task."""
    with world.transport.losing(is_for("scraper_runner", "oddsa_game_lines")):
        tick(world, "tick-master-controller")
        world.settle()
    world.clock.move(SLOT + timedelta(hours=2))
    for number in range(6):
        body = {**TICK, "scheduled_time": (SWEEP + number * SWEEP_INTERVAL).isoformat()}
        world.publisher.publish("tick-cleanup-processor", body, {})
    sweeps = [d for d in world.queue if d.function == "cleanup_processor"]
    world.queue.clear()
    assert [world.deliver(delivery) for delivery in sweeps] == [200] * 6
    (again,) = world.queue
    assert again.function == "scraper_runner"
    world.settle()
    assert execution(world)["status"] == "completed"
    assert defects(world) == []


def test_one_run_that_cannot_be_healed_does_not_keep_the_others(world: World) -> None:
    """A run with unreadable state makes the sweep an ERROR; the others are healed."""
    lose_two(world)
    lost = ids.execution_id(ids.decision_id("betting_lines", SLOT))
    tick(world, "tick-master-controller", SLOT + timedelta(hours=2))
    waiting = run_to(world, is_for("workflow_executor")).message.body["decision_id"]
    world.settle()

    def refuse(call: Call, do: Do) -> Any:
        if call.name == "read" and lost in call.subject:
            raise ServiceUnavailable(f"cannot read {call.subject}")
        return do()

    with tapped(world, refuse, "storage"):
        row = sweep(world, 8)
    assert row["status"] == "ERROR"
    assert "cannot read" in row["error_message"]
    assert f"decision {waiting}" in row["republished"]
