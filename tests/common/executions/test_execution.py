"""An execution as a delivery sees it: what is published, and what its terminal row counts."""

import pytest

from common import ids
from common.errors import ClaimBusyError
from common.executions.execution import Execution
from common.executions.manifest import PlannedStep
from common.executions.steps import Outputs, plan_step
from common.messages.labels import read_labels
from common.messages.models import ObjectEvent
from common.state import names
from local.simulator.world import World
from tests.kit.losses import spoil
from tests.kit.sweeps import execution
from tests.kit.world import LAST_TASK, SLOT, before, new_world

ID = ids.execution_id(ids.decision_id("betting_lines", SLOT))


def opened(world: World) -> Execution:
    """Open the execution of betting_lines anew."""
    found = Execution.open(world.runtime, ID)
    assert found is not None
    return found


def at_its_last_task() -> World:
    """Make a world whose execution waits for the last of its three tasks."""
    world = new_world()
    before(world, LAST_TASK)
    return world


def test_x14_a_step_that_is_blocked_altogether_is_kept_with_its_reason() -> None:
    """Nothing is asked for, and the row says what could not be, whoever writes it."""
    world = new_world()
    before(world, "execution_tracker")
    made = opened(world)
    asked = made.manifest.model_copy(
        update={
            "steps": (
                made.manifest.steps[0],
                made.manifest.steps[1].model_copy(update={"scrapers": ("oddsa_player_props",)}),
            )
        }
    )
    key = names.step_key(ID, 0)
    nothing = Outputs(event_ids=None)
    assert Execution(world.runtime, asked).publish_step(1, key, nothing) == 0
    other = Execution(world.runtime, asked)
    other.give_up(names.step_key(ID, 1), "LOST", lambda: False)
    row = execution(world)
    assert row["status"] == "failed"
    assert row["error_message"].startswith("LOST; oddsa_player_props: BLOCKED_BY_DEPENDENCY")
    assert other.step_reached() == 0  # nothing of it was asked for


def test_a_given_up_execution_counts_the_results_of_every_step() -> None:
    """Those of the last step too: the rows that it links are what was logged of it."""
    world = at_its_last_task()
    assert opened(world).give_up(names.step_key(ID, 1), "LOST: why", lambda: False)
    row = execution(world)
    counts = (row["scrapers_triggered"], row["scrapers_succeeded"], row["scrapers_failed"])
    assert counts == (2, 2, 0)
    assert len(row["scraper_execution_ids"]) == 2
    assert (row["status"], row["error_message"]) == ("failed", "LOST: why")


def test_a_given_up_execution_counts_what_came_since_it_was_read() -> None:
    """A result that is stored just before the claim is taken is in the row."""
    world = new_world()
    found = ObjectEvent.model_validate(dict(before(world, LAST_TASK).message.body))
    made = opened(world)
    assert len(made.results(1)) == 1
    labels = read_labels(found.metadata, found.name)
    assert labels
    opened(world).record(found, labels)
    assert made.give_up(names.step_key(ID, 1), "LOST: why", lambda: False)
    assert execution(world)["scrapers_triggered"] == 3


def test_an_execution_that_went_on_is_not_given_up() -> None:
    """Where another delivery has brought it on, no row is written and the claim is free again."""
    world = at_its_last_task()
    with pytest.raises(ClaimBusyError, match="went on"):
        opened(world).give_up(names.step_key(ID, 1), "LOST", lambda: True)
    assert not [r for r in world.rows["workflow_executions"] if r["execution_id"] == ID]


def test_it_tells_how_far_it_has_come_and_who_is_silent() -> None:
    """The last step whose tasks were asked for, and those of its tasks that have not reported."""
    made = opened(at_its_last_task())
    assert made.step_reached() == 1
    assert [len(made.silent(number)) for number in (0, 1)] == [0, 1]


def test_every_task_that_has_not_reported_is_silent() -> None:
    """They come in the order in which they were asked for."""
    world = new_world()
    assert world.deliver(before(world, "execution_tracker")) == 200
    silent = [request.scraper for request in opened(world).silent(1)]
    assert silent == ["oddsa_player_props", "oddsa_game_lines"]


def test_of_two_objects_of_one_task_the_first_that_was_recorded_counts() -> None:
    """A first step's only task needs no listing, unless its result was there already."""
    world = new_world()
    found = ObjectEvent.model_validate(dict(before(world, "execution_tracker").message.body))
    labels = read_labels(found.metadata, found.name)
    assert labels
    first, second = opened(world), opened(world)
    first.record(found, labels)
    second.record(found, labels.model_copy(update={"records": 7}))
    for made in (first, second, opened(world)):
        (result,) = made.results(0)
        assert (result.records, result.object) == (labels.records, found.name)
        assert result.generation == found.generation


def test_what_was_given_up_publishes_no_further_step() -> None:
    """Its tasks are stored before the look: one of the two gives way, and comes again."""
    world = new_world()
    before(world, "execution_tracker")
    made, key = opened(world), names.step_key(ID, 0)
    world.runtime.state.mark(names.given_up(key))
    published = len(world.publisher.published)
    with pytest.raises(ClaimBusyError, match=f"execution {ID}: given up meanwhile"):
        made.publish_step(1, key, Outputs(event_ids=("e1",)))
    assert len(world.publisher.published) == published
    assert opened(world).tasks_of(1) is not None


def test_a_step_is_published_as_it_was_first_made() -> None:
    """Another delivery has read other events since: the tasks that were stored are asked for."""
    world = new_world()
    before(world, "execution_tracker")
    made, key = opened(world), names.step_key(ID, 0)
    made.publish_step(1, key, Outputs(event_ids=("e1",)))
    again = opened(world)
    again.publish_step(1, key, Outputs(event_ids=("e2",)))
    stored = opened(world).tasks_of(1)
    assert stored is not None
    assert stored == again.tasks_of(1)
    bodies = [request.body() for request in stored.requests]
    assert [body["event_ids"] for body in bodies] == [["e1"], []]
    sent = world.publisher.published[-4:]
    assert [message.body for message in sent] == [*bodies, *bodies]
    names_ = ["oddsa_player_props", "oddsa_game_lines"] * 2
    assert [message.attributes for message in sent] == [{"scraper": name} for name in names_]


@pytest.mark.parametrize(
    ("stored", "reached"), [((), 0), ((1,), 1), ((2,), 2), ((1, 2), 2), ((3,), 0), ((2, 3), 3)]
)
def test_a_step_is_reached_though_an_alternative_before_it_was_not_needed(
    stored: tuple[int, ...], reached: int
) -> None:
    """What is not an alternative's and is not stored was not reached, nor what follows it."""
    world = new_world()
    before(world, "execution_tracker")
    first = opened(world).manifest
    lines = first.steps[1].model_copy(update={"events_from": None})
    instead = PlannedStep(scrapers=("espn_scoreboard",), instead_of=("nbac_schedule_api",))
    steps = (first.steps[0], instead, lines, lines)
    made = first.model_copy(update={"steps": steps})
    for number in stored:
        tasks = plan_step(made, 2, Outputs(event_ids=("e1",)))
        world.runtime.state.write_once(names.tasks(ID, number), tasks.body())
    assert Execution(world.runtime, made).step_reached() == reached


def test_what_no_alternative_is_needed_for_is_passed_over() -> None:
    """However many such steps follow one another, the next that has tasks is published."""
    world = new_world()
    before(world, "execution_tracker")
    first = opened(world).manifest
    instead = PlannedStep(scrapers=("espn_scoreboard",), instead_of=("oddsa_events",))
    lines = first.steps[1].model_copy(update={"scrapers": ("nbac_schedule_api",)})
    lines = lines.model_copy(update={"events_from": None})
    steps = (first.steps[0], instead, instead, lines)
    made = Execution(world.runtime, first.model_copy(update={"steps": steps}))
    assert made.advance(0, look_first=False) == "step 3"


def test_a_row_is_written_though_a_step_of_it_is_spoilt() -> None:
    """What could not be asked for in that step is not known any more."""
    world = at_its_last_task()
    made = opened(world)
    spoil(world, world.runtime.settings.state_bucket, names.tasks(ID, 1), b"no JSON")
    assert made.give_up(names.step_key(ID, 1), "LOST: why", lambda: False)
    assert execution(world)["error_message"] == "LOST: why"


def test_of_state_that_is_spoilt_a_sweep_reads_what_is_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Any other reader is stopped by it."""
    world = at_its_last_task()
    spoil(world, world.runtime.settings.state_bucket, names.tasks(ID, 1), b"no JSON")
    found = Execution.open(world.runtime, ID, tolerant=True)
    assert found is not None
    assert (found.step_reached(), found.silent(1)) == (0, [])
    assert "A stored object cannot be read" in capsys.readouterr().err
    with pytest.raises(ValueError, match="Expecting value"):
        opened(world).tasks_of(1)
    spoil(world, world.runtime.settings.state_bucket, names.manifest(ID), b"no JSON")
    assert Execution.open(world.runtime, ID, tolerant=True) is None
    with pytest.raises(ValueError, match="Expecting value"):
        Execution.open(world.runtime, ID)
