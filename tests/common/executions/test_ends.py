"""What an execution reads and writes as it goes on and ends, call by call."""

from typing import Any

import pytest

from common import ids
from common.executions.execution import Execution
from common.messages.labels import read_labels
from common.messages.models import ObjectEvent
from common.state import names
from local.simulator.ports.intercepted import Call, Do
from local.simulator.world import World
from tests.kit.breaks import tapped
from tests.kit.world import LAST_TASK, SLOT, before, new_world

RUN = ids.decision_id("betting_lines", SLOT)
ID = ids.execution_id(RUN)


def opened(world: World, step: int = 0) -> Execution:
    """Open the execution of betting_lines anew."""
    found = Execution.open(world.runtime, ID, step=step)
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["given up", "after a takeover", "at the first try"])
def test_the_last_row_is_one_job_that_a_second_delivery_may_look_for(end: str) -> None:
    """Its key is the execution's; whoever may not be the first looks for the row."""
    world, calls = new_world(), list[Call]()
    before(world, LAST_TASK)

    def noted(call: Call, do: Do) -> Any:
        calls.extend([call] if call.writes else [])
        return do()

    with tapped(world, noted, "warehouse"):
        made = opened(world)
        if end == "given up":
            assert made.give_up(names.step_key(ID, 1), "LOST", lambda: False)
        else:
            assert made.advance(1, look_first=end == "after a takeover") == "finished"
    (call,) = calls
    assert call.args[0] == "workflow_executions"
    assert call.named == {"job_key": f"execution-{ID}", "look_first": end != "at the first try"}


def test_a_result_links_the_row_of_its_object() -> None:
    """The terminal row names the log's rows by bucket, name and generation."""
    world = new_world()
    before(world, LAST_TASK)
    assert opened(world).give_up(names.step_key(ID, 1), "LOST", lambda: False)
    bucket = world.runtime.settings.data_bucket
    written = {ids.log_id(bucket, o.name, o.generation) for o in world.storage.list(bucket, "odds")}
    (linked,) = (
        row["scraper_execution_ids"]
        for row in world.rows["workflow_executions"]
        if row["decision_id"] == RUN
    )
    assert (len(linked), len(written)) == (2, 3)
    assert {*linked} < written


def test_a_step_that_is_read_as_its_execution_is_opened_is_not_read_again() -> None:
    """The two reads are made at once, which is all that a later step's result waits for."""
    world, read = new_world(), list[str]()
    before(world, LAST_TASK)

    def noted(call: Call, do: Do) -> Any:
        read.append(call.subject)
        return do()

    with tapped(world, noted, "storage"):
        made = opened(world, step=1)
        assert made.tasks_of(1) is not None
        assert made.tasks_of(0) == made.manifest.first
    assert sorted(read) == sorted([names.manifest(ID), names.tasks(ID, 1)])


def test_an_execution_goes_on_only_once_its_switches_are_noted() -> None:
    """What keeps them from being noted brings the delivery back; no row is written before."""
    world = new_world()
    found = ObjectEvent.model_validate(dict(before(world, "execution_tracker").message.body))
    labels = read_labels(found.metadata, found.name)
    assert labels
    manifest = opened(world).manifest
    first = manifest.steps[0].model_copy(update={"alternatives": {"oddsa_events": ("x",)}})
    made = Execution(world.runtime, manifest.model_copy(update={"steps": (first,)}))
    made.record(found, labels)

    def fails(call: Call, do: Do) -> Any:
        if call.subject.startswith("switches/"):
            raise ConnectionError("no route")
        return do()

    with tapped(world, fails, "storage"):
        again = Execution(world.runtime, made.manifest)
        with pytest.raises(ConnectionError, match="no route"):
            again.advance(0, look_first=False)
    assert [row for row in world.rows["workflow_executions"] if row["decision_id"] == RUN] == []


def test_a_later_step_s_only_task_is_counted_in_its_own_step() -> None:
    """Of a first step's only task alone no listing is needed."""
    world = new_world()
    found = ObjectEvent.model_validate(dict(before(world, LAST_TASK).message.body))
    labels = read_labels(found.metadata, found.name)
    assert labels
    assert labels.step == 1
    made = opened(world)
    made.record(found, labels)
    assert [len(made.results(step)) for step in (0, 1)] == [1, 2]
    tasks = made.tasks_of(1)
    assert tasks is not None
    alone = Execution(
        world.runtime,
        made.manifest,
        tasks={1: tasks.model_copy(update={"requests": tasks.requests[:1]})},
    )
    alone.record(found, labels)
    assert [len(alone.results(step)) for step in (0, 1)] == [1, 2]
