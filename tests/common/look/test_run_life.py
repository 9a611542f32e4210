"""The life of one run, from its decision to its rows."""

from datetime import time, timedelta
from types import SimpleNamespace

import pytest

from common import ids
from common.eastern import at
from common.look.run_life import RunLife, Step, Task, life_of, passed
from common.look.runs import Run, runs_on
from local.simulator.world import World
from tests.kit.operated import day_gone_wrong, forced_ahead, gone_wrong
from tests.kit.placed import placed
from tests.kit.world import DAY, SLOT, slate, tick


def life(world: World, workflow: str) -> RunLife:
    """Return the life of the last run of a workflow."""
    return life_of(world.runtime, run_of(world, workflow))


def run_of(world: World, workflow: str) -> Run:
    """Return the last run of a workflow."""
    found = runs_on(world.runtime, DAY)
    return next(run for run in reversed(found) if run.decision["workflow_name"] == workflow)


def test_a_run_has_its_steps_and_each_task_its_row() -> None:
    """Every task has reported, and its row ends no earlier than it began."""
    found = life(gone_wrong(), "post_game_window_2")
    assert [step.number for step in found.steps] == [1, 2]
    tasks = [task for step in found.steps for task in step.tasks]
    assert all(task.reported and task.row and task.ended for task in tasks)
    assert {task.row["outcome"] for task in tasks if task.row} == {"SUCCESS", "FAILED"}
    assert found.started == found.run.decision["decision_time"]


def at_six(deliveries: int) -> World:
    """A world in which the slot of 06:00 is being decided, so many deliveries later."""
    world = day_gone_wrong(at(DAY, time(5, 50)))
    tick(world, "tick-master-controller", at(DAY, time(6)))
    for _ in range(deliveries):
        world.deliver(world.take())
    return world


def test_a_run_starts_when_its_message_is_taken() -> None:
    """The decision may wait for its delivery; once there is a row, it has that start."""
    world = at_six(1)
    world.clock.sleep(40)
    world.deliver(world.take())
    found = life(world, "morning_operations")
    assert found.started == world.clock.now()
    assert found.started - found.run.decision["decision_time"] >= timedelta(seconds=40)


def test_a_run_that_was_not_started_has_no_step() -> None:
    """There is a decision, and nothing else."""
    world = at_six(1)
    run = run_of(world, "morning_operations")
    assert life_of(world.runtime, run) == RunLife(run, None, ())


def test_a_task_under_way_has_neither_row_nor_result() -> None:
    """The first messages were published, and nothing has come of them yet."""
    world = at_six(2)
    (step,) = life(world, "morning_operations").steps
    assert [(task.row, task.reported) for task in step.tasks] == [(None, False)] * 2


def test_each_task_of_a_step_has_reported_or_not() -> None:
    """Where one of two has, the other one is told from it, and from its row."""
    world = at_six(2)
    seen: set[tuple[bool, ...]] = set()
    while len(seen) < 3:
        (step,) = life(world, "morning_operations").steps[:1]
        seen.add(tuple(sorted(bool(task.reported) for task in step.tasks)))
        world.deliver(world.take())
    assert seen == {(False, False), (False, True), (True, True)}


def test_without_its_state_the_log_tells_the_tasks() -> None:
    """State is deleted by age; the rows stay."""
    world = gone_wrong()
    run = run_of(world, "betting_lines")
    empty = World(slate(), SLOT).storage
    found = life_of(world.runtime.but(storage=empty), run)
    (step,) = found.steps
    assert (step.number, len(step.tasks)) == (0, 3)
    assert {task.reported for task in step.tasks} == {None}
    assert run.ended
    assert found.started == run.ended["execution_time"]


def test_the_tasks_of_a_slot_to_come_have_their_rows() -> None:
    """They were made before its slot, which the time of a forced decision is."""
    place = forced_ahead().runtime
    for run in runs_on(place, DAY + timedelta(days=1)):
        found = life_of(place, run)
        tasks = [task for step in found.steps for task in step.tasks]
        assert tasks
        assert all(task.row for task in tasks)
        assert found.decided is None


def test_no_time_between_is_negative() -> None:
    """The clock of another machine may be behind."""
    now = at(DAY, time(12))
    assert passed(now, now + timedelta(seconds=2)) == timedelta(seconds=2)
    assert passed(now, now - timedelta(seconds=2)) == timedelta()


def test_a_step_that_asked_for_nothing_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that was not reached; the others keep their numbers, and whom they stand in for."""
    request = SimpleNamespace(scraper="a", execution=None, game=None, target_date=DAY)
    tasks = [None, SimpleNamespace(requests=()), SimpleNamespace(requests=(request,))]
    execution = SimpleNamespace(
        manifest=SimpleNamespace(started=SLOT, steps=[SimpleNamespace(instead_of=("b",))] * 3),
        tasks_of=tasks.__getitem__,
        results=lambda _: (),
    )
    opens = SimpleNamespace(open=lambda *_, **__: execution)
    monkeypatch.setattr("common.look.run_life.Execution", opens)
    place, _ = placed(SLOT)
    made = {"decision_id": ids.decision_id("f", SLOT), "decision_time": SLOT, "forced": False}
    found = life_of(place, Run(made, None))
    assert found.steps == (Step(3, ("b",), (Task("a", f"{DAY}", None, reported=False),)),)
