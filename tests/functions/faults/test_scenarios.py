"""Failures of an earlier version that concern several functions."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.settings import ROOT
from local.fake_sources.answers import Answer
from local.simulator.ports.intercepted import Call, Do
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import Break, raising, tapped
from tests.kit.checks import defects
from tests.kit.losses import is_for
from tests.kit.world import DAY, SWEEP, lose_two, run_to, tick, unnoticed

BUCKET = "nba-scraped-data"
TICK = "tick-cleanup-processor"


def of(workflow: str) -> Callable[[Delivery], bool]:
    """Select the deliveries of a workflow's decision to the executor."""
    return lambda found: found.function == "workflow_executor" and workflow in str(found.message)


def test_x1_a_run_that_nobody_executes_is_not_left_in_silence(world: World) -> None:
    """A lost decision is resent by the next sweep, whose row lists it."""
    tick(world, "tick-master-controller")
    run_to(world, of("betting_lines"))
    world.settle()
    tick(world, TICK)
    world.settle()
    (row,) = world.rows["cleanup_operations"]
    assert row["republished_count"] == 1
    assert defects(world) == []


def test_x2_a_run_that_fails_does_not_hold_up_the_others(world: World) -> None:
    """While one decision's delivery is retried, the other execution completes."""
    tick(world, "tick-master-controller")
    delivery = run_to(world, of("betting_lines"))
    first = Break(1, raising(ServiceUnavailable("storage is away")))
    with tapped(world, first.around, "storage"):
        assert world.deliver(delivery) == 503
    world.settle(delivery.due + timedelta(seconds=5))
    ended = [row["workflow_name"] for row in world.rows["workflow_executions"]]
    assert ended == ["injury_discovery"]
    world.settle()
    assert defects(world) == []


def test_x3_a_tick_only_enqueues_and_a_second_one_enqueues_nothing(world: World) -> None:
    """The controller publishes decisions, and asks no source and runs no task itself."""
    asked: list[str] = []

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        asked.append(path)
        return Answer(HTTPStatus.NOT_FOUND, {}, b"")

    world.ask = ask
    tick(world, "tick-master-controller")
    assert world.deliver(world.take()) == 200
    sent = [message.topic for message in world.publisher.published[-3:]]
    assert sent == ["workflow-decisions"] * 3
    assert [delivery.function for delivery in world.queue] == ["workflow_executor"] * 2
    assert asked == []
    tick(world, "tick-master-controller")
    (again,) = (delivery for delivery in world.queue if delivery.function == "master_controller")
    published = len(world.publisher.published)
    assert world.deliver(again) == 200
    assert len(world.publisher.published) == published


def test_x15_decisions_that_nobody_executes_are_an_alert() -> None:
    """A rule of the incidents finds RUN rows without an execution; tests/views checks its times."""
    view = (ROOT / "config" / "views" / "incidents.sql").read_text()
    assert "'run-without-execution'" in view
    assert {"workflow_decisions", "workflow_executions"} <= set(re.findall(r"\w+", view))


def test_b3_no_statement_changes_a_row() -> None:
    """Rows are only inserted: there is no UPDATE, MERGE or DELETE."""
    folders = (ROOT / "common", ROOT / "functions")
    text = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    assert "INSERT INTO" in text
    assert re.findall(r"\b(UPDATE|MERGE|DELETE|TRUNCATE)\b +[`{A-Z]", text) == []


def test_c2_a_new_version_of_a_logged_object_is_missing_until_it_is_logged(world: World) -> None:
    """Only a log row of the same generation proves that an object is logged."""
    made = world.storage.create(BUCKET, "notes/2025-11-12/x.json", b"1")
    world.settle()
    with unnoticed(world):
        world.storage.replace(BUCKET, made.name, b"2", generation=made.generation)
    world.clock.move(SWEEP)
    tick(world, TICK)
    world.settle()
    assert world.rows["cleanup_operations"][-1]["missing_files_found"] == 1
    logged = [row["gcs_path"] for row in world.rows["scraper_execution_log"]]
    assert logged.count(f"gs://{BUCKET}/{made.name}") == 2


def test_c4_a_table_that_cannot_be_read_does_not_keep_the_sweep_from_the_others(
    world: World,
) -> None:
    """The lost decision is resent although the log is unreadable; the row says ERROR."""
    lose_two(world)

    def refuse_the_log(call: Call, do: Do) -> Any:
        if (call.name, call.subject) == ("select", "scraper_execution_log"):
            raise ServiceUnavailable("that table is away")
        return do()

    tick(world, TICK)
    with tapped(world, refuse_the_log, "warehouse"):
        world.deliver(world.take())
    (row,) = world.rows["cleanup_operations"]
    assert (row["status"], row["republished_count"]) == ("ERROR", 1)
    assert row["republished"][0].startswith("decision ")


@pytest.mark.parametrize(
    ("scraper", "outcome"), [("nbac_gamebook_pdf", "NO_DATA"), ("nbac_team_boxscore", "NOT_READY")]
)
def test_c6_an_object_without_data_is_expected_in_the_log_too(
    world: World, scraper: str, outcome: str
) -> None:
    """A sweep has the unlogged object logged with its own outcome."""
    game = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
    request = {"schema": "scraper-request", "version": 1, "scraper": scraper, "game": game}
    world.publisher.publish("scraper-requests", {**request, "target_date": f"{DAY}"}, {})
    run_to(world, lambda delivery: delivery.function == "scraper_logger")
    world.settle()
    (lost,) = defects(world)
    assert lost.startswith(f"not logged: {scraper.replace('_', '-')}/")
    tick(world, TICK)
    world.settle()
    row = world.rows["scraper_execution_log"][-1]
    assert row["scraper_name"] == scraper
    assert (row["outcome"], row["status"], row["records_processed"]) == (outcome, "SUCCESS", 0)
    assert defects(world) == []


def test_p3_healing_ends_by_itself(world: World) -> None:
    """A task that never reports is resent three times and then written off."""
    tick(world, "tick-master-controller")
    world.transport.lose(is_for("scraper_runner", "oddsa_game_lines"))
    for number in range(30):
        tick(world, TICK, SWEEP + number * timedelta(minutes=15))
        world.settle()
    sent = [row["republished_count"] for row in world.rows["cleanup_operations"]]
    assert sum(sent) == 3
    assert defects(world) == []


def test_p5_a_success_names_its_object_and_version(world: World) -> None:
    """Every log row has path and generation of an existing object."""
    tick(world, "tick-master-controller")
    world.settle()
    assert world.rows["scraper_execution_log"]
    for row in world.rows["scraper_execution_log"]:
        stored = world.storage.stat(BUCKET, row["gcs_path"].removeprefix(f"gs://{BUCKET}/"))
        assert stored is not None
        assert stored.generation == row["object_generation"]
