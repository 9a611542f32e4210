"""Spoilt state objects: the chain continues as if nothing were known."""

from datetime import timedelta

import pytest

from common import ids
from common.state import names
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.checks import defects
from tests.kit.losses import heal, is_for
from tests.kit.sweeps import SWEEPS_A_DAY, sweep
from tests.kit.world import SLOT, before, run_to, tick

SPOILT = [b"", b'{"owner": "', b"[1]", b'{"other": 1}']
HOUR_ENDS = 1
"""The sweep of 13:45, which looks far."""


def overwrite(world: World, name: str, body: bytes) -> None:
    """Overwrite an object of the state bucket, or create it."""
    bucket = world.runtime.settings.state_bucket
    held = world.storage.stat(bucket, name)
    world.storage.replace(bucket, name, body, generation=held.generation if held else 0)


def refusals(world: World) -> list[tuple[str, int]]:
    """List the answers that did not acknowledge."""
    return [(function, status) for function, status, _ in world.answers if status != 200]


@pytest.mark.parametrize("body", SPOILT)
def test_a_task_is_begun_though_its_credits_cannot_be_read(world: World, body: bytes) -> None:
    """No delivery is refused, and the next count replaces the spoilt one."""
    overwrite(world, names.ODDS_QUOTA, body)
    tick(world, "tick-master-controller")
    world.settle()
    assert refusals(world) == []
    assert defects(world) == []
    assert {row["status"] for row in world.rows["workflow_executions"]} == {"completed"}
    held = world.storage.read(world.runtime.settings.state_bucket, names.ODDS_QUOTA)
    assert held is not None
    assert b'"remaining"' in held[0]


@pytest.mark.parametrize("body", SPOILT)
def test_r6_a_task_under_way_is_taken_over_though_its_lease_cannot_be_read(
    world: World, body: bytes
) -> None:
    """The next delivery runs the task once."""
    delivery = before(world, "scraper_runner")
    task_id = delivery.message.body["execution"]["task_id"]
    overwrite(world, f"claims/scraper_runner/{task_id}/lease", body)
    assert world.deliver(delivery) == 200
    world.settle()
    assert defects(world) == []


def test_r8_a_lost_task_is_written_off_though_its_lease_cannot_be_read(world: World) -> None:
    """Sweeps resend the task, and then end the execution without it."""
    delivery = before(world, "scraper_runner")
    execution = delivery.message.body["execution"]
    overwrite(world, f"claims/scraper_runner/{execution['task_id']}/lease", b"")
    world.transport.lose(is_for("scraper_runner", execution["task_id"]))
    world.settle()
    asked = [heal(world, timedelta(minutes=minutes))[0] for minutes in (30, 41, 52)]
    assert asked == [[f"task {execution['task_id']}"]] * 3
    heal(world, timedelta(minutes=75))
    world.settle()
    assert defects(world) == []
    ended = {row["execution_id"]: row["status"] for row in world.rows["workflow_executions"]}
    assert ended[execution["execution_id"]] == "failed"


@pytest.mark.parametrize("body", SPOILT)
@pytest.mark.parametrize(("step", "name"), [(0, "manifest.json"), (1, "steps/1/tasks.json")])
def test_r6_a_run_whose_state_cannot_be_read_ends_after_a_day(
    world: World, step: int, name: str, body: bytes
) -> None:
    """The sweeps are no ERROR meanwhile; the row says that it was lost."""
    delivery = before(world, "scraper_runner")
    if step:
        world.deliver(delivery)
        delivery = run_to(world, lambda each: _step_of(each) == step)
    execution_id = delivery.message.body["execution"]["execution_id"]
    world.queue.clear()
    overwrite(world, f"executions/{execution_id}/{name}", body)
    rows = [sweep(world, number) for number in (*range(12), SWEEPS_A_DAY, SWEEPS_A_DAY + 1)]
    assert {row["status"] for row in rows} == {"OK"}
    ended = {row["execution_id"]: row for row in world.rows["workflow_executions"]}
    assert ended[execution_id]["status"] == "failed"
    assert "LOST" in ended[execution_id]["error_message"]


def _step_of(delivery: Delivery) -> int | None:
    asked = delivery.function == "scraper_runner"
    return int(delivery.message.body["execution"]["step"]) if asked else None


@pytest.mark.parametrize("body", SPOILT)
def test_r6_a_run_whose_decision_cannot_be_read_ends_after_a_day(world: World, body: bytes) -> None:
    """It was lost on its way to the executor, and cannot be sent again."""
    delivery = before(world, "workflow_executor")
    world.queue.clear()
    overwrite(world, f"decided/{ids.stamp(SLOT)}.json", body)
    rows = [sweep(world, number) for number in (*range(4), SWEEPS_A_DAY)]
    assert {row["status"] for row in rows} == {"OK"}
    ended = {row["decision_id"]: row["status"] for row in world.rows["workflow_executions"]}
    assert ended[delivery.message.body["decision_id"]] == "failed"


@pytest.mark.parametrize("body", SPOILT)
def test_r8_an_hour_s_last_sweep_goes_on_though_its_place_cannot_be_read(
    world: World, body: bytes
) -> None:
    """The sweep is no ERROR, and sees every object."""
    world.clock.move(SLOT)
    overwrite(world, names.CURSOR, body)
    row = sweep(world, HOUR_ENDS)
    objects = len([*world.storage.list(world.runtime.settings.data_bucket, "")])
    assert (row["status"], row["files_checked"]) == ("OK", objects)
