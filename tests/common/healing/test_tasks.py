"""Silent tasks of an execution are resent, written off, or found to be gone."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from common import ids
from common.executions.execution import Execution
from common.healing.tasks import write_off
from common.messages.labels import Labels, read_labels
from common.messages.models import GameRef, ScraperRequest
from common.state import names
from common.state.claims import claimed
from common.state.own_objects import SECRET
from local.simulator.world import World
from tests.kit.losses import heal, is_for
from tests.kit.world import SLOT, before, forget, new_world, tick, unnoticed

RUN = ids.decision_id("betting_lines", SLOT)
EXECUTION = ids.execution_id(RUN)
SECOND = timedelta(seconds=1)
DAY = timedelta(hours=24)
GAME = GameRef(game_id="0022500213", away="MIL", home="CHA")


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()


def run_without(world: World, function: str) -> str:
    """Run the slot, losing all of its game lines before a function; returns the task."""
    world.transport.lose(is_for(function, "oddsa_game_lines"))
    tick(world, "tick-master-controller")
    world.settle()
    requested = requests(world, 1)
    (task,) = [r.execution for r in requested if r.scraper == "oddsa_game_lines"]
    assert task
    return f"task {task.task_id}"


def requests(world: World, step: int) -> Sequence[ScraperRequest]:
    """Read the requests of a step of betting_lines, whose execution began at the slot."""
    execution = Execution.open(world.runtime, EXECUTION)
    assert execution
    assert execution.manifest.started == SLOT
    tasks = execution.tasks_of(step)
    assert tasks
    return tasks.requests


def ended(world: World) -> list[tuple[str, str]]:
    """List status and outcome of the execution."""
    rows = world.rows["workflow_executions"]
    return [(r["status"], r["outcome"]) for r in rows if r["decision_id"] == RUN]


def written_off(world: World) -> list[str]:
    """List the objects of tasks that never ran."""
    listed = world.storage.list(world.runtime.settings.data_bucket, "failed/")
    return [stored.name for stored in listed]


def tries_from(world: World, first: timedelta, task: str) -> timedelta:
    """Use up a task's resends; returns when the next sweep is due."""
    for number in range(3):
        assert heal(world, first + number * timedelta(minutes=10)) == ([task], [])
    return first + timedelta(minutes=30)


def test_r8_a_task_is_written_off_after_sixty_minutes(world: World) -> None:
    """Before that it may still run, although its resends are used up."""
    task = run_without(world, "scraper_runner")
    last = tries_from(world, timedelta(minutes=21), task)
    for after in (last, timedelta(minutes=60)):
        assert heal(world, after) == ([], [])
        assert written_off(world) == []
    assert heal(world, timedelta(minutes=60) + SECOND) == ([], [])
    assert len(written_off(world)) == 1


def test_r8_a_task_that_was_just_asked_for_again_is_not_written_off(world: World) -> None:
    """However late the sweeps are: its last request has ten minutes."""
    task = run_without(world, "scraper_runner")
    for number in range(3):
        assert heal(world, DAY + number * timedelta(minutes=10)) == ([task], [])
        assert heal(world, DAY + number * timedelta(minutes=10) + SECOND) == ([], [])
        assert written_off(world) == []
    assert heal(world, DAY + timedelta(minutes=30)) == ([], [])
    assert len(written_off(world)) == 1


def test_r6_a_task_that_runs_after_all_is_not_written_off_and_is_no_error(world: World) -> None:
    """A late request may just have come."""
    task = run_without(world, "scraper_runner")
    late = tries_from(world, DAY, task)
    world.clock.move(SLOT + late)
    with claimed(world.runtime.state, names.task_key(task.removeprefix("task "))):
        assert heal(world, late) == ([], [])
    assert written_off(world) == []


def test_r6_a_run_whose_task_was_just_written_off_is_not_given_up(world: World) -> None:
    """A run older than a day waits for the task that is written off or resent."""
    last = tries_from(world, DAY + SECOND, run_without(world, "scraper_runner"))
    assert heal(world, last) == ([], [])
    assert ended(world) == []
    world.settle()
    assert ended(world) == [("failed", "PARTIAL")]


def test_r6_a_run_whose_task_was_just_reported_is_not_given_up(world: World) -> None:
    """If all events are lost, the task's object still completes the step."""
    last = tries_from(world, DAY + SECOND, run_without(world, "execution_tracker"))
    assert heal(world, last) == ([], [])
    assert ended(world) == []
    assert heal(world, last + SECOND) == ([f"step 1 of execution {EXECUTION}"], [])


def assert_given_up_after_a_day(world: World, task: str) -> None:
    """Expect that a task that has run and cannot report holds its run up to a day, not longer."""
    last = tries_from(world, timedelta(minutes=21), task)
    for after in (last, timedelta(minutes=61), DAY):
        assert heal(world, after) == ([], [])
    assert (written_off(world), ended(world)) == ([], [])
    assert heal(world, DAY + SECOND) == ([], [f"decision {RUN}"])
    assert ended(world) == [("failed", "PARTIAL")]


def test_r6_a_run_whose_task_s_labels_were_changed_is_given_up_after_a_day(world: World) -> None:
    """The object counts as an upload; its task has run, is not written off, and cannot report."""
    task = run_without(world, "execution_tracker")
    bucket = world.runtime.settings.data_bucket
    (stored,) = world.storage.list(bucket, "oddsa-game-lines/")
    forget(world, bucket, stored.name)
    with unnoticed(world):
        secret = {SECRET: stored.metadata[SECRET]}
        world.storage.create(bucket, stored.name, b"{}", metadata=secret)
    assert_given_up_after_a_day(world, task)


def test_r6_a_run_whose_task_s_object_was_deleted_is_given_up_after_a_day(world: World) -> None:
    """The task has run, so that it is not written off, but nothing reports it."""
    task = run_without(world, "execution_tracker")
    forget(world, world.runtime.settings.data_bucket, "oddsa-game-lines/")
    assert_given_up_after_a_day(world, task)


def test_r6_a_run_is_not_given_up_while_another_of_its_tasks_may_report(world: World) -> None:
    """One task's object was deleted; the other is written off at the same sweep, and counts."""
    world.transport.lose(is_for("scraper_runner", "oddsa_player_props"))
    run_without(world, "execution_tracker")
    forget(world, world.runtime.settings.data_bucket, "oddsa-game-lines/")
    for number in range(3):
        resent, _ = heal(world, DAY + SECOND + number * timedelta(minutes=10))
        assert len(resent) == 2
    last = DAY + SECOND + timedelta(minutes=30)
    assert heal(world, last) == ([], [])
    assert (len(written_off(world)), ended(world)) == (1, [])
    world.settle()
    assert heal(world, last + SECOND) == ([], [f"decision {RUN}"])


def test_r6_a_run_whose_task_s_object_was_deleted_has_its_tries(world: World) -> None:
    """It has its resends even if the first sweep comes after a day."""
    task = run_without(world, "execution_tracker")
    forget(world, world.runtime.settings.data_bucket, "oddsa-game-lines/")
    last = tries_from(world, DAY + SECOND, task)
    assert ended(world) == []
    assert heal(world, last) == ([], [f"decision {RUN}"])


def test_the_object_of_a_lost_task_says_all_that_a_run_would(world: World) -> None:
    """It is logged, counted and found like any other object."""
    before(world, "scraper_runner")
    request = requests(world, 0)[0].model_copy(update={"game": GAME})
    task = request.execution
    assert task
    now = SLOT + timedelta(hours=2)
    world.clock.move(now)
    write_off(world.runtime, request, now)
    (stored,) = world.storage.list(world.runtime.settings.data_bucket, "failed/")
    assert stored.name == (
        f"failed/oddsa-events/2025-11-12/{GAME.game_id}/150000-{task.task_id[:8]}.json"
    )
    assert stored.custom_time == now
    labels = read_labels(stored.metadata, stored.name)
    assert labels
    assert labels == Labels(
        task_id=task.task_id,
        scraper="oddsa_events",
        status="FAILED",
        outcome="FAILED",
        records=0,
        started_at=now,
        duration_seconds=0,
        target_date=SLOT.date(),
        game_id=GAME.game_id,
        execution_id=EXECUTION,
        decision_id=RUN,
        workflow_name="betting_lines",
        step=0,
        slot=SLOT,
        error_class="TaskLost",
        error_message=labels.error_message,
    )
    assert labels.error_message


def test_r6_a_task_that_has_written_is_not_written_off(world: World) -> None:
    """Its runner died between its object and the claim's end."""
    assert world.deliver(before(world, "scraper_runner")) == 200
    state = world.runtime.settings.state_bucket
    (request,) = requests(world, 0)
    assert request.execution
    forget(world, state, names.done(names.task_key(request.execution.task_id)))
    now = SLOT + timedelta(hours=2)
    world.clock.move(now)
    write_off(world.runtime, request, now)
    assert written_off(world) == []


def test_the_object_of_a_lost_task_is_named_by_the_first_claim_of_it(world: World) -> None:
    """As the runner would have named it: its claim was taken, and given back before any note."""
    before(world, "scraper_runner")
    (request,) = requests(world, 0)
    assert request.execution
    world.clock.move(SLOT + timedelta(minutes=10))
    key = names.task_key(request.execution.task_id)
    with pytest.raises(LookupError), claimed(world.runtime.state, key):
        raise LookupError
    now = SLOT + timedelta(hours=2)
    world.clock.move(now)
    write_off(world.runtime, request, now)
    (name,) = written_off(world)
    assert name.startswith("failed/oddsa-events/2025-11-12/131000-")
