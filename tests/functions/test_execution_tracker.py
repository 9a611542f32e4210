"""The execution tracker gathers results, completes steps and ends executions."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from common import ids
from common.state.own_objects import SECRET, note
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.checks import defects
from tests.kit.losses import spoil
from tests.kit.sweeps import execution
from tests.kit.world import LAST_TASK, SLOT, Call, before, forget

BUCKET = "nba-scraped-data"
EXECUTION = ids.execution_id(ids.decision_id("betting_lines", SLOT))


def step_requests(world: World, step: int) -> list[Any]:
    """List the requests published for a step of betting_lines."""
    sent = [m.body for m in world.publisher.published if m.topic == "scraper-requests"]
    mine = [body for body in sent if body.get("execution", {}).get("execution_id") == EXECUTION]
    return [body for body in mine if body["execution"]["step"] == step]


def test_the_events_bring_the_props_with_their_ids(world: World, call: Call) -> None:
    """The second step's requests carry the event ids that the first step stored."""
    delivery = before(world, "execution_tracker")
    answer = call("execution_tracker", delivery.body())
    assert (answer.status, answer.body["result"]) == (200, "step 1")
    requests = {body["scraper"]: body for body in step_requests(world, 1)}
    assert set(requests) == {"oddsa_player_props", "oddsa_game_lines"}
    assert len(requests["oddsa_player_props"]["event_ids"]) == 12
    assert world.rows["workflow_executions"] == []


def test_a_result_that_others_are_missing_beside_is_only_recorded(world: World, call: Call) -> None:
    """The first result of a step with two tasks does not complete the step."""
    before(world, LAST_TASK)
    assert any(r[2].get("result") == "recorded" for r in world.replies)
    assert "betting_lines" not in {
        row["workflow_name"] for row in world.rows["workflow_executions"]
    }


def test_the_last_task_ends_the_execution(world: World, call: Call) -> None:
    """It writes one row with counts, duration and the ids of exactly its log rows."""
    delivery = before(world, LAST_TASK)
    assert call("execution_tracker", delivery.body()).body["result"] == "finished"
    row = world.rows["workflow_executions"][-1]
    world.settle()
    assert row["execution_id"] == EXECUTION
    assert row["execution_time"] == SLOT
    assert row["scrapers_requested"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    counts = (row["scrapers_triggered"], row["scrapers_succeeded"], row["scrapers_failed"])
    assert counts == (3, 3, 0)
    assert (row["status"], row["outcome"], row["error_message"]) == ("completed", "COMPLETED", None)
    assert row["duration_seconds"] == (row["finished_at"] - SLOT).total_seconds()
    assert defects(world) == []


def test_an_object_of_no_execution_is_a_no_op(world: World, call: Call) -> None:
    """A user's upload and the scheduled refresh belong to no execution."""
    event = {"bucket": BUCKET, "name": "by-hand.json", "generation": "1"}
    assert call("execution_tracker", event).body["result"] == "not part of an execution"
    (refresh,) = world.storage.list(BUCKET, "nbac-schedule-api/")
    event = {**event, "name": refresh.name, "generation": str(refresh.generation)}
    assert call("execution_tracker", event).body["result"] == "not part of an execution"


@pytest.mark.parametrize("hours", [0, 30])
def test_r6_an_event_delivered_again_completes_nothing_twice(
    world: World, call: Call, hours: int
) -> None:
    """A second delivery, at once or a day later, is acknowledged and writes nothing."""
    delivery = before(world, LAST_TASK)
    call("execution_tracker", delivery.body())
    world.settle()
    world.clock.move(SLOT + timedelta(hours=hours))
    again = call("execution_tracker", delivery.body())
    assert (again.status, again.body["result"]) == (200, "already completed")
    world.settle()
    assert defects(world) == []


def test_x6_one_failed_task_makes_a_partial_execution(world: World, call: Call) -> None:
    """The row says failed, with counts and first error; the other results still count."""
    delivery = before(world, LAST_TASK)
    body = dict(delivery.message.body)
    failure = {
        "status": "FAILED",
        "outcome": "BLOCKED",
        "error_class": "BlockedError",
        "error_message": "403 from the-odds-api",
        "http_status": "403",
    }
    body["metadata"] = {**body["metadata"], **failure}
    assert call("execution_tracker", body).body["result"] == "finished"
    row = world.rows["workflow_executions"][-1]
    assert (row["status"], row["outcome"]) == ("failed", "PARTIAL")
    counts = (row["scrapers_triggered"], row["scrapers_succeeded"], row["scrapers_failed"])
    assert counts == (3, 2, 1)
    scraper = body["metadata"]["scraper"]
    assert row["error_message"] == f"{scraper} 2025-11-12: 403 from the-odds-api"


def test_another_bucket_s_object_is_refused(world: World, call: Call) -> None:
    """A notification of the wrong bucket records no result, however well its labels fit."""
    delivery = before(world, "execution_tracker")
    answer = call("execution_tracker", {**delivery.message.body, "bucket": "another"})
    assert answer.status == 400
    assert "'another' is not 'nba-scraped-data'" in answer.body["error"]
    assert step_requests(world, 1) == []


@pytest.mark.parametrize("label", ["execution_id", "step"])
def test_labels_without_an_execution_or_a_step_are_of_none(
    world: World, call: Call, label: str
) -> None:
    """Either label alone belongs to no execution; that is no error."""
    body = dict(before(world, "execution_tracker").message.body)
    body["metadata"] = {name: text for name, text in body["metadata"].items() if name != label}
    answer = call("execution_tracker", body)
    assert (answer.status, answer.body["result"]) == (200, "not part of an execution")


def test_a_step_that_was_not_published_has_no_results(world: World, call: Call) -> None:
    """Labels that name a later step are refused with the object's name."""
    body = dict(before(world, "execution_tracker").message.body)
    body["metadata"] = {**body["metadata"], "step": "1"}
    answer = call("execution_tracker", body)
    assert answer.status == 400
    assert body["name"] in answer.body["error"]
    assert "was never started" in answer.body["error"]


def test_a_task_that_the_step_has_not_asked_for_is_refused(world: World, call: Call) -> None:
    """Its own object, with labels of a running execution, completes no step of it."""
    body = dict(before(world, "execution_tracker").message.body)
    stranger = str(uuid4())
    held = note(world.runtime.state, stranger, [body["name"]])
    body["metadata"] = {**body["metadata"], "task_id": stranger, SECRET: held.secret}
    answer = call("execution_tracker", body)
    assert answer.status == 400
    assert f"task {stranger} of execution {EXECUTION} was never started" in answer.body["error"]
    assert step_requests(world, 1) == []


def test_a_copy_of_a_task_s_object_does_not_count_twice(world: World, call: Call) -> None:
    """A copy, or a later version, has the task's labels, but only the original is its result."""
    delivery = before(world, LAST_TASK)
    call("execution_tracker", delivery.body())
    again = {**delivery.message.body, "generation": "4711"}
    assert call("execution_tracker", again).body["result"] == "not part of an execution"
    copy = {**again, "name": "copies/x.json"}
    assert call("execution_tracker", copy).body["result"] == "not part of an execution"
    assert world.rows["workflow_executions"][-1]["scrapers_triggered"] == 3


def test_x14_a_deleted_output_blocks_what_needs_it(world: World, call: Call) -> None:
    """An output that is gone counts as a failed step, and the execution still ends."""
    delivery = before(world, "execution_tracker")
    forget(world, BUCKET, delivery.message.body["name"])
    assert_props_are_blocked(world, call, delivery)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"schema":"scraped","records":[{"id":"0a1',
        b"[]",
        b"{}",
        b'{"records":null}',
        b'{"records":[{"name":"no id"}]}',
        b'{"records":[{"id":7}]}',
        b'{"records":[{"id":"../7"}]}',
    ],
)
def test_x14_an_output_that_cannot_be_read_blocks_what_needs_it(
    world: World, call: Call, body: bytes
) -> None:
    """An unreadable output counts as a failed step; no delivery fails because of it."""
    delivery = before(world, "execution_tracker")
    spoil(world, BUCKET, delivery.message.body["name"], body)
    assert_props_are_blocked(world, call, delivery)


def test_x14_an_output_that_was_overwritten_blocks_what_needs_it(
    world: World, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another generation is not the task's output, even if readable; a warning is logged."""
    delivery = before(world, "execution_tracker")
    name, generation = (delivery.message.body[field] for field in ("name", "generation"))
    held = world.storage.read(BUCKET, name)
    assert held is not None
    world.storage.replace(BUCKET, name, held[0], generation=int(generation))
    capsys.readouterr()
    assert_props_are_blocked(world, call, delivery)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (warning,) = (line for line in lines if line["severity"] == "WARNING")
    assert (warning["object"], warning["execution_id"]) == (name, EXECUTION)
    assert "overwritten" in warning["message"]


def assert_props_are_blocked(world: World, call: Call, delivery: Delivery) -> None:
    """Assert that the step goes on without props, and that the execution's row says why."""
    assert call("execution_tracker", delivery.body()).body["result"] == "step 1"
    assert [r["scraper"] for r in step_requests(world, 1)] == ["oddsa_game_lines"]
    world.settle()
    row = execution(world)
    assert (row["status"], row["outcome"]) == ("failed", "PARTIAL")
    assert "BLOCKED_BY_DEPENDENCY" in row["error_message"]
