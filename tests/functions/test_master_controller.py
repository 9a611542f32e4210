"""The master controller judges every workflow once a slot."""

import json
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.calendar.season import SeasonReader
from common.state.store import StateStore
from common.threads import CallThreads
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Crash, Do
from local.simulator.world import World
from tests.kit.at_once import meeting
from tests.kit.breaks import die_after, failing, tapped
from tests.kit.world import SLOT, WORKFLOW_NAMES, Call

TICK = {"schema": "tick", "version": 1, "scheduled_time": SLOT.isoformat()}


def decisions(world: World) -> dict[str, dict[str, object]]:
    """Index the slot's rows by workflow."""
    return {row["workflow_name"]: row for row in world.rows["workflow_decisions"]}


def at_slot(world: World) -> World:
    """Move the world to 13:00:15 ET, when a real tick arrives."""
    world.clock.move(SLOT + timedelta(seconds=15))
    return world


def test_each_workflow_gets_a_row_and_a_message(world: World, call: Call) -> None:
    """Each workflow gets a row and a message whose attribute `action` filters can read."""
    at_slot(world)
    answer = call("master_controller", TICK)
    assert (answer.status, answer.body["rows"]) == (200, 3)
    rows = decisions(world)
    assert set(rows) == set(WORKFLOW_NAMES)
    lines, later = rows["betting_lines"], rows["post_game_window_1"]
    assert (lines["action"], lines["priority"], lines["alert_level"]) == ("RUN", "CRITICAL", "NONE")
    assert lines["reason"] == "Ready: 12 games today, 6h until first game"
    assert lines["decision_id"] == ids.decision_id("betting_lines", SLOT)
    assert lines["decision_time"] == SLOT + timedelta(seconds=15)
    assert lines["scrapers"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert (later["action"], later["scrapers"]) == ("SKIP", [])
    assert later["reason"] == "Not in time window (20:00 ±30min)"
    sent = [m for m in world.publisher.published if m.topic == "workflow-decisions"]
    assert {m.body["decision_id"]: m.attributes["action"] for m in sent} == {
        row["decision_id"]: row["action"] for row in rows.values()
    }


def test_decisions_are_published_in_one_request_runs_first(world: World, call: Call) -> None:
    """A RUN waits for no SKIP."""
    at_slot(world)
    requests: list[list[str]] = []

    def note(made: PortCall, do: Do) -> Any:
        requests.append([attributes["action"] for _, attributes in made.args[1]])
        return do()

    with tapped(world, note, "publisher"):
        call("master_controller", TICK)
    assert requests == [["RUN", "RUN", "SKIP"]]


def test_the_schedule_is_listed_beside_the_batches(world: World, call: Call) -> None:
    """Neither waits for the other."""
    at_slot(world)
    with tapped(world, meeting("list", "list"), "storage"), CallThreads(2) as threads:
        reader = SeasonReader(world.runtime.storage, world.runtime.settings.data_bucket)
        with world.with_ports(threads=threads, season=reader):
            call("master_controller", TICK)
    assert {row["action"] for row in decisions(world).values()} == {"RUN", "SKIP"}


def test_r4_the_target_date_goes_along(world: World, call: Call) -> None:
    """The message carries the row's target date."""
    at_slot(world)
    call("master_controller", TICK)
    sent = [m.body for m in world.publisher.published if m.topic == "workflow-decisions"]
    dates = {body["workflow_name"]: body["target_date"] for body in sent}
    assert dates == {name: str(row["target_date"]) for name, row in decisions(world).items()}
    assert dates["betting_lines"] == "2025-11-12"


def test_d2_a_jittering_tick_of_a_decided_slot_is_a_no_op(world: World, call: Call) -> None:
    """A tick 20 minutes later, or 4 seconds early, belongs to the slot that is decided."""
    world.clock.move(SLOT + timedelta(minutes=20))
    call("master_controller", TICK)
    published = len(world.publisher.published)
    for instant in (SLOT + timedelta(minutes=20), SLOT - timedelta(seconds=4)):
        again = call("master_controller", {**TICK, "scheduled_time": instant.isoformat()})
        assert (again.status, again.body["result"]) == (200, "already decided")
    assert len(world.rows["workflow_decisions"]) == 3
    assert len(world.publisher.published) == published


def test_a_plain_tick_of_the_future_leaves_the_slot_to_its_own(world: World, call: Call) -> None:
    """A tick 15 minutes early is refused, and the slot's own tick decides."""
    assert call("master_controller", TICK).status == 400
    assert world.rows["workflow_decisions"] == []
    at_slot(world)
    assert call("master_controller", TICK).body["result"] == "decided"


@pytest.mark.parametrize(("late", "status"), [(timedelta(0), 200), (timedelta(seconds=1), 400)])
def test_a_slot_is_forced_eight_days_ahead_at_most(
    world: World, call: Call, late: timedelta, status: int
) -> None:
    """Nobody would look farther for what came of it."""
    at_slot(world)
    ahead = world.clock.now() + timedelta(days=8) + late
    forced = {**TICK, "force": True, "scheduled_time": ahead.isoformat()}
    assert call("master_controller", forced).status == status
    assert bool(world.rows["workflow_decisions"]) == (status == 200)


def test_r3_a_forced_tick_decides_again_and_says_so(world: World, call: Call) -> None:
    """A forced tick, also a direct call, writes rows with ids of their own."""
    at_slot(world)
    call("master_controller", TICK)
    forced = call("master_controller", {**TICK, "force": True})
    assert (forced.status, forced.body["result"]) == (200, "decided")
    rows = world.rows["workflow_decisions"]
    assert [row["forced"] for row in rows] == [False] * 3 + [True] * 3
    assert len({row["decision_id"] for row in rows}) == 6


def test_a_forced_tick_may_be_for_one_workflow(world: World, call: Call) -> None:
    """The others of its slot are left as they were decided."""
    at_slot(world)
    call("master_controller", TICK)
    forced = call("master_controller", {**TICK, "force": True, "workflow": "betting_lines"})
    assert (forced.status, forced.body["rows"]) == (200, 1)
    *_, row = world.rows["workflow_decisions"]
    assert (row["workflow_name"], row["forced"]) == ("betting_lines", True)
    assert len(world.rows["workflow_decisions"]) == 4


@pytest.mark.parametrize(
    ("function", "tick", "why"),
    [
        ("master_controller", {"workflow": "betting_lines"}, 'write "force": true beside it'),
        (
            "master_controller",
            {"force": True, "workflow": "lines"},
            "'lines' is not enabled; known",
        ),
        ("master_controller", {"force": True, "workflow": "<b>"}, "workflow: String should match"),
        ("cleanup_processor", {"force": True, "workflow": "betting_lines"}, "Extra inputs"),
    ],
    ids=["plain", "unknown", "no name", "another function"],
)
def test_a_tick_for_a_workflow_that_cannot_be_is_refused(
    world: World, call: Call, function: str, tick: dict[str, object], why: str
) -> None:
    """With what to write instead; nothing is decided."""
    refused = call(function, {**TICK, **tick})
    assert refused.status == 400
    assert why in refused.body["error"]
    assert world.rows["workflow_decisions"] == []


def test_a_forced_tick_at_the_edge_of_the_calendar_is_decided(world: World, call: Call) -> None:
    """The date of the league's first game is decided although no night precedes it."""
    first = {**TICK, "force": True, "scheduled_time": "1946-11-01T10:00:00Z"}
    reply = call("master_controller", first)
    assert reply.status == 200, reply.body
    assert len(world.rows["workflow_decisions"]) == 3


def test_r3_a_forced_tick_delivered_twice_decides_once(world: World, call: Call) -> None:
    """The id of a forced decision derives from the message id."""
    world.publisher.publish("tick-master-controller", {**TICK, "force": True}, {})
    body = world.queue.pop().body()
    assert call("master_controller", body).body["result"] == "decided"
    assert call("master_controller", body).body["result"] == "already decided"
    assert len(world.rows["workflow_decisions"]) == 3


def test_r3_a_tick_over_an_hour_late_is_skipped(world: World, call: Call) -> None:
    """Every workflow gets a SLOT_EXPIRED row, so that the slot has its rows."""
    world.clock.move(SLOT + timedelta(minutes=61))
    assert call("master_controller", TICK).status == 200
    assert {row["reason_code"] for row in world.rows["workflow_decisions"]} == {"SLOT_EXPIRED"}


def test_r5_a_history_that_cannot_be_read_aborts_and_is_not_raised(
    world: World, call: Call
) -> None:
    """The answer is 200 with ABORT rows that name the cause; the next slot decides normally."""
    began = at_slot(world).clock.now()
    with tapped(world, failing(ConnectionError("no route to BigQuery"), "select"), "warehouse"):
        assert call("master_controller", TICK).status == 200
    rows = decisions(world)
    assert {row["action"] for row in rows.values()} == {"ABORT"}
    assert "no route to BigQuery" in str(rows["betting_lines"]["reason"])
    assert timedelta(seconds=30) <= world.clock.now() - began < timedelta(seconds=40)
    world.tick("tick-master-controller", SLOT + timedelta(hours=1))
    last = world.rows["workflow_decisions"][-3:]
    assert "RUN" in {row["action"] for row in last}


def test_d6_without_rows_nothing_is_published(world: World, call: Call) -> None:
    """A failed insert raises before any message, so that nothing runs without a row."""
    published = len(at_slot(world).publisher.published)
    with tapped(world, failing(ConnectionError("insert failed"), "append"), "warehouse"):
        assert call("master_controller", TICK).status == 503
    assert len(world.publisher.published) == published
    assert call("master_controller", TICK).status == 200
    assert len(world.rows["workflow_decisions"]) == 3


def dies_before_its_rows(world: World, call: Call) -> list[str]:
    """Fail the tick after its batch is stored; returns the workflows that the batch runs."""
    at_slot(world)
    with tapped(world, failing(ConnectionError("insert failed"), "append"), "warehouse"):
        assert call("master_controller", TICK).status == 503
    body = world.storage.read(
        world.runtime.settings.state_bucket, f"decided/{ids.stamp(SLOT)}.json"
    )
    assert body is not None
    assert world.rows["workflow_decisions"] == []
    batch = [entry["message"] for entry in json.loads(body[0])["decisions"]]
    return [m["workflow_name"] for m in batch if m["action"] == "RUN"]


def test_r6_what_nobody_saw_before_the_next_slot_is_decided_anew(world: World, call: Call) -> None:
    """If the next slot began before the rows were written, the slot is decided again."""
    assert dies_before_its_rows(world, call)
    world.clock.move(SLOT + timedelta(minutes=70))
    assert call("master_controller", TICK).status == 200
    found = {(row["action"], row["reason_code"]) for row in decisions(world).values()}
    assert found == {("SKIP", "SLOT_EXPIRED")}
    sent = [m.body["action"] for m in world.publisher.published if "action" in m.body]
    assert set(sent) == {"SKIP"}


def test_r3_a_slot_of_long_ago_that_is_forced_is_stored_once(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision made just now is not decided again, however old its slot is."""
    monkeypatch.setattr(StateStore, "write_anew", None)
    world.clock.move(SLOT + timedelta(days=1))
    assert call("master_controller", {**TICK, "force": True}).body["result"] == "decided"


def test_r6_within_its_slot_a_redelivery_goes_on_with_what_was_decided(
    world: World, call: Call
) -> None:
    """Half an hour later the stored decision and its time are used."""
    runs = dies_before_its_rows(world, call)
    world.clock.move(SLOT + timedelta(minutes=30))
    assert call("master_controller", TICK).status == 200
    found = decisions(world)
    assert [name for name, row in found.items() if row["action"] == "RUN"] == runs
    assert {row["decision_time"] for row in found.values()} == {SLOT + timedelta(seconds=15)}


def test_r6_what_an_insert_job_may_still_write_stays_decided(world: World, call: Call) -> None:
    """If BigQuery has accepted the insert job, its rows remain the decision."""
    runs = dies_before_its_rows(world, call)

    def begun(call: PortCall, do: Do) -> Any:
        return True if call.name == "has_begun" else do()

    world.clock.move(SLOT + timedelta(minutes=70))
    with tapped(world, begun, "warehouse"):
        assert call("master_controller", TICK).status == 200
    sent = {m.body["workflow_name"]: m.body["action"] for m in world.publisher.published[-3:]}
    assert [name for name, action in sent.items() if action == "RUN"] == runs
    assert sent == {name: row["action"] for name, row in decisions(world).items()}


def test_r6_what_has_rows_stays_decided_in_the_next_slot_too(world: World, call: Call) -> None:
    """A redelivery publishes the missing messages of the rows that were written."""
    at_slot(world)
    with tapped(world, failing(ConnectionError("no topic")), "publisher"):
        assert call("master_controller", TICK).status == 503
    before = decisions(world)
    world.clock.move(SLOT + timedelta(minutes=70))
    assert call("master_controller", TICK).status == 200
    assert len(world.rows["workflow_decisions"]) == len(before)
    sent = {m.body["decision_id"]: m.body["action"] for m in world.publisher.published[-3:]}
    assert sent == {row["decision_id"]: row["action"] for row in before.values()}


def test_ft9_rows_whose_job_is_not_known_any_more_stay_decided(world: World, call: Call) -> None:
    """BigQuery forgets a job after 180 days and may refuse to show it; the rows are looked for."""
    at_slot(world)
    with tapped(world, failing(ConnectionError("no topic")), "publisher"):
        assert call("master_controller", TICK).status == 503
    before = decisions(world)

    def unknown(call: PortCall, do: Do) -> Any:
        return False if call.name == "has_begun" else do()

    world.clock.move(SLOT + timedelta(minutes=70))
    with tapped(world, unknown, "warehouse"):
        assert call("master_controller", TICK).status == 200
    sent = {m.body["decision_id"]: m.body["action"] for m in world.publisher.published[-3:]}
    assert sent == {row["decision_id"]: row["action"] for row in before.values()}
    assert decisions(world) == before


def test_r6_a_tick_that_died_looks_for_its_rows(world: World, call: Call) -> None:
    """The delivery that takes over leaves out what the first one may have written."""
    at_slot(world)
    looked: list[bool] = []

    def dying(call: PortCall, do: Do) -> Any:
        if call.name != "append":
            return do()
        looked.append(call.named["look_first"])
        return do() if looked[1:] else die_after(do)

    with tapped(world, dying, "warehouse"):
        with pytest.raises(Crash):
            call("master_controller", TICK)
        assert call("master_controller", TICK).status == 200
    assert looked == [False, True]
    assert len(world.rows["workflow_decisions"]) == len(WORKFLOW_NAMES)


def test_t3_a_run_is_dispatched_with_its_row(world: World, call: Call) -> None:
    """When 200 is answered, each RUN row has its message."""
    at_slot(world)
    assert call("master_controller", TICK).status == 200
    ran = [row["decision_id"] for row in decisions(world).values() if row["action"] == "RUN"]
    sent = {m.body["decision_id"]: m for m in world.publisher.published if "action" in m.body}
    assert ran
    for decision_id in ran:
        assert sent[decision_id].publish_time - SLOT < timedelta(seconds=60)


def test_d3_an_unreachable_state_store_is_never_an_empty_success(world: World, call: Call) -> None:
    """Denied access to the lock store answers 500, and the slot stays undecided."""
    at_slot(world)
    denied = PermissionError("403 storage.objects.create denied")
    with tapped(world, failing(denied, "create"), "storage"):
        assert call("master_controller", TICK).status == 500
    assert world.rows["workflow_decisions"] == []
    assert call("master_controller", TICK).status == 200
    assert len(world.rows["workflow_decisions"]) == 3
