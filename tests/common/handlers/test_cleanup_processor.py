"""A sweep: how deep it looks, what keeps it from what, and what its row tells."""

from datetime import UTC, datetime
from typing import Any

import pytest

from common.handlers.cleanup_processor import sweep
from common.incidents.tell import Telling
from common.state import names
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from local.simulator.world import World
from tests.kit.breaks import tapped
from tests.kit.losses import is_for, lose
from tests.kit.world import SWEEP, new_world, tick


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()


def swept(world: World, slot: str, at: str) -> dict[str, Any]:
    """Deliver the tick of a slot at another time of the day (UTC); return its row."""
    day = datetime(2025, 11, 12, tzinfo=UTC)
    due, now = (day.replace(hour=int(text[:2]), minute=int(text[3:])) for text in (slot, at))
    world.clock.move(now)
    body = {"schema": "tick", "version": 1, "scheduled_time": due.isoformat()}
    world.publisher.publish("tick-cleanup-processor", body, {})
    world.deliver(world.take())
    row: dict[str, Any] = world.rows["cleanup_operations"][-1]
    assert row["slot"] == due
    return row


@pytest.mark.parametrize(
    ("slot", "at", "is_deep"),
    [("18:45", "19:05", True), ("18:30", "18:50", False), ("19:00", "19:00", False)],
)
def test_the_last_slot_of_an_hour_is_deep(
    world: World, slot: str, at: str, *, is_deep: bool
) -> None:
    """However late its tick is handled: a deep sweep turns a page of the round."""
    swept(world, slot, at)
    assert (world.runtime.state.stat(names.CURSOR) is not None) is is_deep


def test_c4_a_log_that_cannot_be_read_does_not_keep_a_sweep_from_the_runs(world: World) -> None:
    """Its row says what failed, and what was sent again all the same."""
    lose(world, is_for("workflow_executor", "betting_lines"))
    world.clock.move(SWEEP)

    def no_log(call: PortCall, do: Do) -> Any:
        if (call.name, call.subject) == ("select", "scraper_execution_log"):
            raise LookupError("no log")
        return do()

    with tapped(world, no_log, "warehouse"):
        found = sweep(world.runtime, world.clock.now(), deep=False)
    assert (found.status, found.error) == ("ERROR", "LookupError: no log")
    assert [name.split()[0] for name in found.healed.republished] == ["decision"]


def test_c3_what_a_sweep_failed_of_is_cut_to_what_a_row_may_have(world: World) -> None:
    """Its class and the first of a long text, a thousand characters in all."""

    def long_story(call: PortCall, do: Do) -> Any:
        del call, do
        raise LookupError("x" * 5000)

    with tapped(world, long_story, "warehouse"):
        found = sweep(world.runtime, world.clock.now(), deep=False)
    assert found.error == "LookupError: " + "x" * (1000 - len("LookupError: "))


def test_a_row_names_the_incidents_that_people_were_told_of(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what each notice is known by."""
    monkeypatch.setattr(Telling, "tell", lambda _: ["dead-letters OPEN"])
    assert swept(world, "18:30", "18:30")["told"] == ["dead-letters OPEN"]


def test_r3_every_sweep_of_a_slot_has_a_row_of_its_own(world: World) -> None:
    """A forced one, and another forced one, count beside the slot's own; a redelivery does not."""
    for force in (False, True, True):
        tick(world, "tick-cleanup-processor", force=force)
        delivery = world.take()
        assert [world.deliver(delivery) for _ in range(2)] == [200, 200]
    rows = world.rows["cleanup_operations"]
    assert [row["slot"] for row in rows] == [SWEEP] * 3
    assert len({row["cleanup_id"] for row in rows}) == 3
