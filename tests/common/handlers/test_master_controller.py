"""What the controller records with its decisions; tests/functions/ holds how it is called."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from common.calendar.slots import FORCED_AHEAD_MAX
from common.decisions import recording
from common.errors import BadInputError
from common.handlers.master_controller import control
from common.messages.envelope import Event
from common.messages.models import ControllerTick
from common.runtime import Runtime
from common.state.decided import batches_of
from local.simulator.world import World
from tests.kit.breaks import failing, tapped
from tests.kit.placed import row
from tests.kit.world import DAY, SLOT, WORKFLOW_NAMES, new_world, tick


@pytest.fixture
def world() -> World:
    """Make a world at 12:45 ET."""
    return new_world()


def decided(world: World) -> Mapping[str, Mapping[str, Any]]:
    """Run the tick of 13:00 ET alone; return its rows by workflow."""
    tick(world, "tick-master-controller")
    world.deliver(world.take())
    rows = {row["workflow_name"]: row for row in world.rows["workflow_decisions"]}
    assert set(rows) == set(WORKFLOW_NAMES)
    return rows


def test_r1_a_row_names_the_configuration_that_it_was_decided_with(world: World) -> None:
    """Its inputs hold the hash, so that it can be judged again years later."""
    inputs = [json.loads(row["inputs"]) for row in decided(world).values()]
    assert {held["config"] for held in inputs} == {world.runtime.config_hash}


def test_a_scraper_whose_source_is_off_is_not_decided_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the others goes on without it; its inputs say which was left out."""
    monkeypatch.setattr(Runtime, "off", {"oddsa_game_lines": "no key"})
    world.runtime = world.runtime.but()
    rows = decided(world)
    row = rows["betting_lines"]
    assert (row["action"], row["scrapers"]) == ("RUN", ["oddsa_events", "oddsa_player_props"])
    off = {name: json.loads(one["inputs"]).get("off") or [] for name, one in rows.items()}
    assert off.pop("betting_lines") == ["oddsa_game_lines"]
    assert not any(off.values()), "no other workflow names it"


def test_r5_a_bug_in_one_workflow_aborts_that_one_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are decided; the row has the error, cut to 500 characters."""
    decide = recording.decide_recorded

    def decide_or_fail(name: str, *given: Any, **named: Any) -> Any:
        if name == "betting_lines":
            raise LookupError("x" * 1000)
        return decide(name, *given, **named)

    monkeypatch.setattr(recording, "decide_recorded", decide_or_fail)
    rows = dict(decided(world))
    broken = rows.pop("betting_lines")
    assert (broken["action"], broken["reason_code"]) == ("ABORT", "DECISION_FAILED")
    assert (broken["alert_level"], len(broken["reason"])) == ("ERROR", 500)
    assert broken["reason"].startswith("The decision failed: LookupError: xxx")
    assert "ABORT" not in {row["action"] for row in rows.values()}


@pytest.mark.parametrize(
    ("hours", "force", "as_of"), [(0, False, 1), (0, True, 0), (-24, True, -24), (24, True, 24)]
)
def test_a_slot_is_decided_as_of_now_unless_a_forced_tick_names_another_time(
    world: World, hours: int, as_of: int, *, force: bool
) -> None:
    """An hour after it, say: then its rows, its messages and what is stored have one time."""
    slot = SLOT + timedelta(hours=hours)
    body = {"schema": "tick", "version": 1, "scheduled_time": slot.isoformat(), "force": force}
    world.clock.move(SLOT + timedelta(hours=1))
    world.publisher.publish("tick-master-controller", body, {})
    world.deliver(world.take())
    made = world.rows["workflow_decisions"]
    assert {row["decision_time"] for row in made} == {SLOT + timedelta(hours=as_of)}
    assert {row["forced"] for row in made} == {force}
    (batch,) = batches_of(world.runtime.state, made[0]["slot"])
    stored = world.runtime.state.read_once(batch.name) or {}
    assert stored["now"] == made[0]["decision_time"].isoformat()


def test_r5_a_bug_aborts_the_date_of_the_slot(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the date on which a late tick of it is handled."""

    def fail(*_: Any, **__: Any) -> Any:
        raise LookupError

    monkeypatch.setattr(recording, "decide_recorded", fail)
    tick(world, "tick-master-controller")
    world.clock.move(SLOT + timedelta(hours=20))
    world.deliver(world.take())
    made = world.rows["workflow_decisions"]
    assert {(row["reason_code"], row["target_date"]) for row in made} == {("DECISION_FAILED", DAY)}


def test_ft9_rows_that_others_wrote_in_the_same_second_are_not_a_slot_s_own(world: World) -> None:
    """A slot whose rows are lacking is decided anew beside them, as without them."""
    tick(world, "tick-master-controller")
    delivery, decided_at = world.take(), world.clock.now()
    with tapped(world, failing(ConnectionError("insert failed"), "append"), "warehouse"):
        assert world.deliver(delivery) == 503
    other = row("workflow_decisions", decision_id="other", decision_time=decided_at)
    world.warehouse.adopt("workflow_decisions", other)
    world.clock.sleep(70 * 60)
    assert world.deliver(delivery) == 200
    assert {row["reason_code"] for row in world.rows["workflow_decisions"]} == {"SLOT_EXPIRED"}


@pytest.mark.parametrize(("minutes", "anew"), [(20, False), (60, True)])
def test_what_was_decided_late_stands_until_the_next_slot(
    world: World, minutes: int, *, anew: bool
) -> None:
    """A slot that was over when it was decided is decided anew only once another has begun."""
    tick(world, "tick-master-controller")
    delivery, late = world.take(), SLOT + timedelta(minutes=65)
    world.clock.move(late)
    with tapped(world, failing(ConnectionError("insert failed"), "append"), "warehouse"):
        assert world.deliver(delivery) == 503
    world.clock.sleep(minutes * 60)
    assert world.deliver(delivery) == 200
    made = {row["decision_time"] for row in world.rows["workflow_decisions"]}
    assert {when > late + timedelta(minutes=10) for when in made} == {anew}


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_a_slot_is_forced_eight_days_ahead_at_most(world: World, late: timedelta) -> None:
    """By the time that the tick names, whatever the clock says."""
    asked = world.clock.now() + FORCED_AHEAD_MAX + late
    event = Event(shape="push", data={}, message_id="m")
    forced_tick = ControllerTick(scheduled_time=asked, force=True)
    if not late:
        assert control(world.runtime, event, forced_tick)["result"] == "decided"
        return
    with pytest.raises(BadInputError, match="more than 8 days ahead of the clock"):
        control(world.runtime, event, forced_tick)
