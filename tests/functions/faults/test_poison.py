"""A poison message of each kind is given up alone, and replayed after a fix."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.entry.respond import respond
from common.errors import BadInputError
from common.scrapers import REGISTRY
from local.operate.letters import GIVEN_UP, Letter, read_letter, resent
from local.simulator.ports.memory_publisher import Published
from local.simulator.transport import Delivery
from local.simulator.world import ROUTES, World
from tests.kit.breaks import failing, tapped
from tests.kit.checks import defects
from tests.kit.payloads import wrapped
from tests.kit.world import SLOT, new_world

UUID = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
DAY = "2025-11-12"
HEALTHY = f"uploads/{DAY}/healthy.json"
UPLOAD = f"uploads/{DAY}/poison.json"
DELIVERIES_MAX = 100
"""Deliveries that the platform gives a message."""
Cause = Callable[[World], AbstractContextManager[Any]]


def broken(port: str, error: Exception) -> Cause:
    """Let every call of a port fail."""
    return lambda world: tapped(world, failing(error), port)


def set_to(**settings: Any) -> Cause:
    """Deploy the function with other settings; it reads its workflow file anew."""

    @contextmanager
    def deployed(world: World) -> Iterator[None]:
        held = world.runtime
        world.runtime = world.deployed(held.settings.model_copy(update=settings))
        try:
            yield
        finally:
            world.runtime = held

    return deployed


def without_workflow(name: str) -> Cause:
    """Remove a workflow from the configuration."""

    def lacking(world: World) -> AbstractContextManager[Any]:
        left = {key: flow for key, flow in world.runtime.workflows.items() if key != name}
        return world.with_ports(configured=left)

    return lacking


def without_scraper(name: str) -> Cause:
    """Remove a scraper from the code."""
    left = {key: scraper for key, scraper in REGISTRY.items() if key != name}
    return lambda _: patch("common.scrapers.REGISTRY", left)


def logged(path: str) -> Callable[[World], bool]:
    """Whether an object has its log row."""
    return lambda world: any(
        row["gcs_path"].endswith(path) for row in world.rows["scraper_execution_log"]
    )


def executed(world: World) -> bool:
    """Whether the poison decision's execution is completed."""
    rows = [row for row in world.rows["workflow_executions"] if row["decision_id"] == UUID]
    return [row["status"] for row in rows] == ["completed"]


def planned(world: World) -> bool:
    """Whether the plan of the poison tick's date, not of the replay's, is locked."""
    return {str(row["date"]) for row in world.rows["daily_expected_schedule"]} == {DAY}


def expired(world: World) -> bool:
    """Whether the poison tick's slot was decided as expired (rule R3)."""
    rows = [row for row in world.rows["workflow_decisions"] if row["slot"] == SLOT]
    return {(row["action"], row["reason_code"]) for row in rows} == {("SKIP", "SLOT_EXPIRED")}


def swept(world: World) -> bool:
    """Whether the poison tick's sweep has its row."""
    return any(row["slot"] == SLOT for row in world.rows["cleanup_operations"])


@dataclass(frozen=True)
class Poison:
    """A message that one function cannot handle while a cause lasts.

    Attributes:
        function: that gives it up.
        topic: where it is published; empty for the upload of an object.
        body: of the message.
        cause: what is wrong during its deliveries.
        tries: deliveries until it is given up.
        error_class: on its dead letter.
        mended: what its replay must have done.
    """

    function: str
    topic: str
    body: dict[str, Any]
    cause: Cause
    tries: int
    error_class: str
    mended: Callable[[World], bool]
    attributes: dict[str, str] = field(default_factory=dict)


TICK = {"schema": "tick", "version": 1}
DECISION = {
    "schema": "workflow-decision",
    "version": 1,
    "decision_id": UUID,
    "workflow_name": "betting_lines",
    "action": "RUN",
    "slot": SLOT.isoformat(),
    "decision_time": SLOT.isoformat(),
    "target_date": DAY,
    "scrapers": ["oddsa_events"],
}
LIST = {"schema": "scraper-request", "version": 1, "scraper": "nbac_player_list"}
BUG = LookupError("a bug")
POISONS = {
    "a workflow that is not configured": Poison(
        "workflow_executor",
        "workflow-decisions",
        DECISION,
        without_workflow("betting_lines"),
        1,
        "BadInputError",
        executed,
        {"action": "RUN"},
    ),
    "a scraper that is not there": Poison(
        "scraper_runner",
        "scraper-requests",
        LIST,
        without_scraper("nbac_player_list"),
        1,
        "BadInputError",
        lambda world: any(
            row["scraper_name"] == "nbac_player_list" and str(row["target_date"]) == DAY
            for row in world.rows["scraper_execution_log"]
        ),
    ),
    "an object of a bucket that is not set": Poison(
        "scraper_logger",
        "",
        {},
        set_to(data_bucket="another"),
        1,
        "BadInputError",
        logged(UPLOAD),
    ),
    "a row that does not fit": Poison(
        "scraper_logger",
        "",
        {},
        lambda _: patch("common.cloud.tables.TEXT_BYTES_MAX", 5),
        1,
        "RowError",
        logged(UPLOAD),
    ),
    "a bug in the logger": Poison(
        "scraper_logger", "", {}, broken("warehouse", BUG), DELIVERIES_MAX, GIVEN_UP, logged(UPLOAD)
    ),
    "a table that is away for a day": Poison(
        "scraper_logger",
        "",
        {},
        broken("warehouse", ServiceUnavailable("later")),
        DELIVERIES_MAX,
        GIVEN_UP,
        logged(UPLOAD),
    ),
    "a state store that is away for a day": Poison(
        "workflow_executor",
        "workflow-decisions",
        DECISION,
        broken("storage", ServiceUnavailable("later")),
        DELIVERIES_MAX,
        GIVEN_UP,
        executed,
        {"action": "RUN"},
    ),
    "a configuration that cannot work": Poison(
        "schedule_locker",
        "tick-schedule-locker",
        TICK,
        set_to(workflows_file=Path("/none.yaml")),
        DELIVERIES_MAX,
        GIVEN_UP,
        planned,
    ),
    "a controller's bug": Poison(
        "master_controller",
        "tick-master-controller",
        TICK,
        broken("storage", BUG),
        DELIVERIES_MAX,
        GIVEN_UP,
        expired,
    ),
    "a sweep's bug": Poison(
        "cleanup_processor",
        "tick-cleanup-processor",
        TICK,
        broken("storage", BUG),
        DELIVERIES_MAX,
        GIVEN_UP,
        swept,
    ),
}


def lay(world: World, poison: Poison) -> list[Delivery]:
    """Publish a poison whose cause holds for its deliveries; returns the deliveries so far."""
    world.clock.move(SLOT)
    tries: list[Delivery] = []

    def poisoned(delivery: Delivery, do: Callable[[], int]) -> int:
        if delivery.function != poison.function or not of(poison, delivery.message):
            return do()
        tries.append(delivery)
        with poison.cause(world):
            return do()

    world.around = poisoned
    if poison.topic:
        world.publisher.publish(poison.topic, poison.body, poison.attributes)
    else:
        world.storage.create(world.runtime.settings.data_bucket, UPLOAD, b"{}")
    return tries


def of(poison: Poison, message: Published) -> bool:
    """Whether a message is the poison, not a healthy one of its topic."""
    return message.body == poison.body or message.body.get("name") == UPLOAD


def letters(world: World) -> list[Letter]:
    """Read the dead letters."""
    return [
        read_letter(
            one.message_id,
            one.publish_time,
            json.dumps(one.body).encode(),
            one.attributes,
            world.runtime.topology,
        )
        for one in world.publisher.published
        if one.topic == "dead-letters"
    ]


def mend(world: World) -> None:
    """Remove the cause."""
    world.around = lambda _, do: do()


def replay(world: World, letter: Letter) -> None:
    """Publish what `dlq replay` publishes."""
    again = resent(letter, world.runtime.topology)
    world.publisher.publish(again.topic, again.body, again.attributes)
    world.settle()


@pytest.mark.parametrize("kind", POISONS)
def test_p1_r7_a_poison_is_given_up_within_its_tries_and_replayed_once_mended(kind: str) -> None:
    """One letter names function and error; its replay does the original's work."""
    poison = POISONS[kind]
    world = new_world()
    tries = lay(world, poison)
    world.storage.create(world.runtime.settings.data_bucket, HEALTHY, b"{}")
    world.settle()

    assert len(tries) == poison.tries
    (letter,) = letters(world)
    assert (letter.function, letter.error_class) == (poison.function, poison.error_class)
    assert letter.published == SLOT
    assert logged(HEALTHY)(world)
    assert not poison.mended(world)

    mend(world)
    replay(world, letter)
    assert poison.mended(world)
    left = [fault for fault in defects(world) if not fault.startswith("dead letter")]
    assert left == []


def test_r7_a_replay_while_the_cause_lasts_is_given_up_again() -> None:
    """It makes a second letter, and does nothing in part."""
    poison = POISONS["a workflow that is not configured"]
    world = new_world()
    lay(world, poison)
    world.settle()
    (letter,) = letters(world)
    replay(world, letter)
    first, second = letters(world)
    assert (first.function, first.error, first.original) == (
        second.function,
        second.error,
        second.original,
    )
    assert not poison.mended(world)


@pytest.mark.parametrize(
    "raw", [b"{not json", b"[1]", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000], ids=repr
)
def test_r7_an_unparseable_poison_is_kept_to_be_looked_at(raw: bytes) -> None:
    """A replay is refused with the reason, and the letter stays."""
    world = new_world()
    headers, body = wrapped("push_broker", raw)
    route = ROUTES["master_controller"]
    assert respond(world.runtime, headers, json.dumps(body).encode(), route)[1] == 200
    (letter,) = letters(world)
    assert letter.original == raw.decode("utf-8", "replace")
    with pytest.raises(BadInputError, match="its original: "):
        resent(letter, world.runtime.topology)


def test_r7_a_hundred_poisons_hold_nobody_up() -> None:
    """Each poison is one delivery, and a healthy message behind them is not delayed."""
    world = new_world()
    began = world.clock.now()
    for number in range(100):
        world.publisher.publish("scraper-requests", {"scraper": f"nope_{number}"}, {})
    world.storage.create(world.runtime.settings.data_bucket, HEALTHY, b"{}")
    world.settle()
    assert len(letters(world)) == 100
    assert logged(HEALTHY)(world)
    assert world.clock.now() == began
