"""RUN decisions without an end: when they are healed, how deep back, and how."""

import json
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.configuration.workflows import read_workflows
from common.errors import TransientError
from common.healing.attempts import Healed
from common.healing.runs import heal_runs, unfinished_runs
from common.settings import ROOT
from common.state import names
from common.state.claims import claimed
from common.state.decided import batches_of, decisions_of
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from local.simulator.world import World
from tests.kit.breaks import tapped
from tests.kit.losses import fail_to_complete, heal, is_for, spoil
from tests.kit.world import SLOT, forget, new_world, run_to, tick, unnoticed

RUN = ids.decision_id("betting_lines", SLOT)
EXECUTION = ids.execution_id(RUN)
DECISIONS = "workflow_decisions"
SECOND = timedelta(seconds=1)
AHEAD = timedelta(days=4, hours=17)
"""06:00 ET."""


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()


@pytest.fixture
def lost(world: World) -> World:
    """Make a world in which every delivery of the decision of betting_lines is lost."""
    world.transport.lose(is_for("workflow_executor", "betting_lines"))
    tick(world, "tick-master-controller")
    world.settle()
    return world


def use_up(world: World, late: timedelta = timedelta(0)) -> None:
    """Use up all resends until the run, which may be decided late, is quarantined."""
    tries = [heal(world, late + timedelta(minutes=minutes)) for minutes in (21, 31, 41, 51)]
    assert tries == [([f"decision {RUN}"], [])] * 3 + [([], [f"decision {RUN}"])]


def executions(world: World) -> list[str]:
    """List how the runs of betting_lines ended."""
    rows = world.rows["workflow_executions"]
    return [row["status"] for row in rows if row["decision_id"] == RUN]


def test_r8_a_run_is_taken_up_after_twenty_minutes(lost: World) -> None:
    """Before that its message may still be on its way."""
    assert heal(lost, timedelta(minutes=20)) == ([], [])
    assert heal(lost, timedelta(minutes=20) + SECOND) == ([f"decision {RUN}"], [])


def test_r3_a_run_is_sent_again_from_the_batch_that_has_it(lost: World) -> None:
    """A slot that was forced too has a batch for each time."""
    name = names.batch(names.tick_stamp(SLOT, "its-message"))
    lost.storage.create(lost.runtime.settings.state_bucket, name, b'{"decisions": []}')
    assert len([*batches_of(lost.runtime.state, SLOT)]) == 2
    assert heal(lost, timedelta(minutes=21)) == ([f"decision {RUN}"], [])


def test_of_a_young_run_nothing_is_read(lost: World) -> None:
    """Neither its state nor the executions: every sweep costs. Its age is that of its decision."""
    seen: list[str] = []
    for row in lost.rows["workflow_decisions"]:
        row["decision_time"] += timedelta(minutes=10)

    def note(call: PortCall, do: Do) -> Any:
        seen.append(call.subject)
        return do()

    with tapped(lost, note, "storage", "warehouse"):
        heal(lost, timedelta(minutes=30))
    assert seen == ["workflow_decisions"]


def test_r8_a_started_run_is_young_from_its_start(world: World) -> None:
    """Its age counts from its start, however late the executor got the decision."""
    tick(world, "tick-master-controller")
    decided = run_to(world, is_for("workflow_executor", "betting_lines"))
    world.clock.move(SLOT + timedelta(minutes=30))
    assert world.deliver(decided) == 200
    run_to(world, is_for("scraper_runner", "oddsa_events"))
    world.settle()
    assert heal(world, timedelta(minutes=50)) == ([], [])
    assert [sent[:4] for sent in heal(world, timedelta(minutes=50) + SECOND)[0]] == ["task"]


@pytest.mark.parametrize(("days", "deep"), [(2, False), (8, True)])
def test_r8_runs_are_looked_at_so_far_back(lost: World, days: int, *, deep: bool) -> None:
    """Every sweep looks back two days, and an hour's last one eight."""
    assert heal(lost, timedelta(days=days) + SECOND, deep=deep) == ([], [])
    lost.clock.set(SLOT)
    assert heal(lost, timedelta(days=days), deep=deep) == ([f"decision {RUN}"], [])


def test_r6_a_run_is_given_up_after_a_day(lost: World) -> None:
    """Before that Pub/Sub may still deliver its message."""
    use_up(lost)
    day = timedelta(hours=24)
    assert heal(lost, day) == ([], [])
    assert executions(lost) == []
    assert heal(lost, day + SECOND) == ([], [f"decision {RUN}"])
    assert executions(lost) == ["failed"]


def test_r6_a_run_that_was_decided_late_is_given_up_a_day_after_its_decision(lost: World) -> None:
    """Its message has been on its way since then, not since its slot."""
    late = timedelta(minutes=40)
    for row in lost.rows[DECISIONS]:
        row["decision_time"] += late
    use_up(lost, late)
    day = late + timedelta(hours=24)
    assert heal(lost, day) == ([], [])
    assert executions(lost) == []
    assert heal(lost, day + SECOND) == ([], [f"decision {RUN}"])


def test_r6_a_run_that_never_began_ends_with_the_games_of_its_batch(lost: World) -> None:
    """The row of its decision names fewer of its facts than the message that was stored."""
    state = lost.runtime.state
    (batch,) = batches_of(state, SLOT)
    (entry,) = (e for e in decisions_of(state, batch) if e["message"]["decision_id"] == RUN)
    target = {"game_id": "0022500213", "away": "MIL", "home": "CHA", "scrapers": ["nbac_boxscore"]}
    message = {**entry["message"], "targets": [target]}
    spoil(
        lost, state.bucket, batch.name, json.dumps({"decisions": [{"message": message}]}).encode()
    )
    use_up(lost)
    heal(lost, timedelta(hours=24) + SECOND)
    (row,) = (row for row in lost.rows["workflow_executions"] if row["decision_id"] == RUN)
    assert (row["game_ids"], row["outcome"]) == (["0022500213"], "FAILED")
    assert row["execution_time"] == row["finished_at"] == SLOT + timedelta(hours=24) + SECOND


def test_runs_that_a_sweep_has_no_time_for_are_left_to_the_next(lost: World) -> None:
    """It counts from the instant of the sweep."""
    lost.clock.move(SLOT + timedelta(minutes=30))
    now, healed = lost.clock.now(), Healed()
    unfinished = unfinished_runs(lost.runtime.warehouse, now, deep=False)
    began = now - timedelta(minutes=4)
    with pytest.raises(TransientError, match="not all healed"):
        heal_runs(lost.runtime, began, unfinished, healed, deep=False)
    assert healed == Healed()
    heal_runs(lost.runtime, began + SECOND, unfinished, healed, deep=False)
    assert healed == Healed(republished=[f"decision {RUN}"])


def test_r6_a_run_that_a_delivery_is_at_is_left_to_it_and_is_no_error(lost: World) -> None:
    """The next sweep sees what came of it."""
    use_up(lost)
    late = timedelta(hours=24) + SECOND
    lost.clock.move(SLOT + late)
    with claimed(lost.runtime.state, names.start_key(EXECUTION)):
        assert heal(lost, late) == ([], [])
    assert executions(lost) == []


def test_a_run_of_another_controller_is_none_of_ours(lost: World) -> None:
    """In an adopted table its rows have no slot, and nothing of it can be found."""

    def adopted(call: PortCall, do: Do) -> Any:
        foreign = {"slot": None, "decision_id": None}
        return [*do(), *({**row, **foreign} for row in do() if call.subject == DECISIONS)]

    with tapped(lost, adopted, "warehouse"):
        assert heal(lost, timedelta(minutes=21)) == ([f"decision {RUN}"], [])


def test_r6_a_run_whose_manifest_is_spoilt_ends_after_a_day(lost: World) -> None:
    """What cannot be read is as if it was not there, at each look of the sweep."""
    state = lost.runtime.settings.state_bucket
    lost.storage.create(state, names.manifest(EXECUTION), b"by hand")
    use_up(lost)
    assert heal(lost, timedelta(hours=24) + SECOND) == ([], [f"decision {RUN}"])
    assert executions(lost) == ["failed"]


def test_r6_a_run_that_has_just_ended_is_not_given_up(world: World) -> None:
    """Its row may appear minutes later; what is missing after twenty of them is lost."""
    fail_to_complete(world)
    waiting = [*world.queue]
    for minutes in (21, 31, 41, 51):
        world.queue.clear()
        heal(world, timedelta(minutes=minutes))
    day = timedelta(hours=24)
    world.clock.move(SLOT + day)
    world.queue[:] = waiting
    world.settle()
    assert executions(world) == ["completed"]

    def unseen(call: PortCall, do: Do) -> Any:
        found = do()
        late = (call.name, call.subject) == ("select", "workflow_executions")
        return [row for row in found if row["decision_id"] != RUN] if late else found

    with tapped(world, unseen, "warehouse"):
        assert heal(world, day + timedelta(minutes=19)) == ([], [])
        assert heal(world, day + timedelta(minutes=21)) == ([], [f"decision {RUN}"])
    assert executions(world) == ["completed"]


@pytest.fixture
def ahead(world: World) -> World:
    """Force the slot of a morning four days ahead, and deliver its tick."""
    flows = read_workflows(ROOT / "config" / "workflows.yaml").file.enabled
    only = {"morning_operations": flows["morning_operations"]}
    world.runtime = world.runtime.but(configured=only)
    due = SLOT + AHEAD
    body = {"schema": "tick", "version": 1, "scheduled_time": due.isoformat(), "force": True}
    world.clock.move(SLOT)
    world.publisher.publish("tick-master-controller", body, {})
    world.deliver(world.take())
    return world


def test_r8_a_slot_to_come_that_was_run_by_force_does_not_wait_for_its_instant(
    ahead: World,
) -> None:
    """The age of a forced run is that of its stored batch."""
    ahead.queue.clear()
    (row,) = ahead.rows["workflow_decisions"]
    assert heal(ahead, timedelta(minutes=20), deep=True) == ([], [])
    sent = [f"decision {row['decision_id']}"]
    assert heal(ahead, timedelta(minutes=21), deep=True) == (sent, [])


def test_r8_a_slot_to_come_that_was_run_by_force_is_left_alone_when_it_comes(ahead: World) -> None:
    """Its execution belongs to the day on which it was forced, and is not checked again."""
    ahead.settle()
    assert [row["status"] for row in ahead.rows["workflow_executions"]] == ["completed"]
    assert heal(ahead, AHEAD + timedelta(hours=1)) == ([], [])


@pytest.mark.parametrize("overwritten", [False, True])
def test_r8_a_step_is_completed_though_the_object_of_its_result_is_gone(
    world: World, *, overwritten: bool
) -> None:
    """The event that is resent is made from the stored result."""
    fail_to_complete(world)
    world.queue.clear()
    bucket = world.runtime.settings.data_bucket
    written = [stored.name for stored in world.storage.list(bucket, "oddsa-")]
    forget(world, bucket, "oddsa-")
    with unnoticed(world):
        for name in written if overwritten else ():
            world.storage.create(bucket, name, b"by hand")
    assert heal(world, timedelta(minutes=30)) == ([f"step 1 of execution {EXECUTION}"], [])
    world.settle()
    assert executions(world) == ["completed"]
