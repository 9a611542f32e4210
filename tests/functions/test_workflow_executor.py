"""The workflow executor turns a RUN into a manifest and its first step's requests."""

import json
from datetime import timedelta
from typing import Any

import pytest

from common import ids
from common.state import names
from common.state.claims import claimed
from local.simulator.ports.intercepted import Crash
from local.simulator.world import World
from tests.kit.breaks import Break, die_after, tapped
from tests.kit.checks import defects
from tests.kit.situations import WORKFLOWS
from tests.kit.sweeps import execution
from tests.kit.world import SLOT, Call, before

DECISION = {
    "schema": "workflow-decision",
    "version": 1,
    "decision_id": ids.decision_id("betting_lines", SLOT),
    "workflow_name": "betting_lines",
    "action": "RUN",
    "slot": SLOT.isoformat(),
    "decision_time": SLOT.isoformat(),
    "target_date": "2025-11-12",
    "scrapers": ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"],
}
EXECUTION = ids.execution_id(str(DECISION["decision_id"]))


def requests(world: World) -> list[dict[str, Any]]:
    """List the published requests of executions."""
    sent = [m for m in world.publisher.published if m.topic == "scraper-requests"]
    return [dict(m.body) for m in sent if "execution" in m.body]


def test_a_run_starts_its_first_step(world: World, call: Call) -> None:
    """Only the events are requested; props and lines wait for the event ids."""
    answer = call("workflow_executor", DECISION)
    assert (answer.status, answer.body["tasks"]) == (200, 1)
    (request,) = requests(world)
    assert (request["scraper"], request["target_date"]) == ("oddsa_events", "2025-11-12")
    assert request["execution"]["execution_id"] == EXECUTION
    held = world.storage.read(
        world.runtime.settings.state_bucket, f"executions/{EXECUTION}/manifest.json"
    )
    assert held is not None
    steps = [step["scrapers"] for step in json.loads(held[0])["steps"]]
    assert steps == [["oddsa_events"], ["oddsa_player_props", "oddsa_game_lines"]]
    assert world.rows["workflow_executions"] == []


def test_a_decision_that_does_not_run_is_a_no_op(world: World, call: Call) -> None:
    """A SKIP that passes the subscription's filter by mistake starts nothing."""
    answer = call("workflow_executor", {**DECISION, "action": "SKIP", "scrapers": []})
    assert (answer.status, answer.body["result"]) == (200, "not a RUN")
    assert requests(world) == []


def test_x4_a_decision_delivered_again_starts_nothing(world: World, call: Call) -> None:
    """A second delivery, at once or after the end, is acknowledged without work."""
    call("workflow_executor", DECISION)
    assert call("workflow_executor", DECISION).body["result"] == "already started"
    world.settle()
    assert call("workflow_executor", DECISION).body["result"] == "already started"
    assert len(world.rows["workflow_executions"]) == 1
    assert len(requests(world)) == 3
    assert len(defects(world)) == 0


def test_r6_what_was_given_up_is_not_started_by_a_late_delivery(world: World, call: Call) -> None:
    """It is acknowledged: no later delivery can bring the run on either."""
    key = names.start_key(EXECUTION)
    with claimed(world.runtime.state, key):
        world.clock.sleep(world.runtime.settings.lease_seconds + 1)
        world.runtime.state.mark(names.given_up(key))
        answer = call("workflow_executor", DECISION)
    assert (answer.status, answer.body["result"]) == (200, "given up before")
    assert requests(world) == []


def test_d9_only_the_decided_scrapers_are_asked_for(world: World, call: Call) -> None:
    """Scrapers of the workflow that were not decided are not requested."""
    call("workflow_executor", {**DECISION, "scrapers": ["oddsa_events", "oddsa_game_lines"]})
    world.settle()
    assert [r["scraper"] for r in requests(world)] == ["oddsa_events", "oddsa_game_lines"]


def test_r6_a_run_that_names_no_scraper_ends_at_once(world: World, call: Call) -> None:
    """Its terminal row says that there was nothing to do."""
    answer = call("workflow_executor", {**DECISION, "scrapers": []})
    assert (answer.status, answer.body["tasks"]) == (200, 0)
    (row,) = world.rows["workflow_executions"]
    assert (row["status"], row["outcome"]) == ("completed", "NOTHING_READY")
    assert (row["scrapers_triggered"], row["scraper_execution_ids"]) == (0, [])


def test_x11_only_the_targeted_games_are_asked_for(world: World, call: Call) -> None:
    """Of twelve games two are requested, each with the scrapers that it lacks."""
    world.runtime = world.runtime.but(configured=dict(WORKFLOWS))
    catch_up = {
        **DECISION,
        "decision_id": ids.decision_id("late_game_catch_up", SLOT),
        "workflow_name": "late_game_catch_up",
        "target_date": "2025-11-11",
        "scrapers": ["nbac_schedule_api", "nbac_boxscore", "nbac_play_by_play"],
        "targets": [
            {
                "game_id": "0022500207",
                "away": "TOR",
                "home": "BKN",
                "scrapers": ["nbac_boxscore", "nbac_play_by_play"],
            },
            {"game_id": "0022500208", "away": "MEM", "home": "NYK", "scrapers": []},
        ],
    }
    assert call("workflow_executor", catch_up).status == 200
    world.settle()
    asked = [(r["scraper"], (r.get("game") or {}).get("game_id")) for r in requests(world)]
    assert asked == [
        ("nbac_schedule_api", None),
        ("nbac_boxscore", "0022500207"),
        ("nbac_play_by_play", "0022500207"),
    ]
    assert {r["target_date"] for r in requests(world)} == {"2025-11-11"}


def test_r1_a_changed_configuration_does_not_change_a_started_execution(
    world: World, call: Call
) -> None:
    """A started execution follows its manifest, not the new configuration."""
    delivery = before(world, "workflow_executor")
    call("workflow_executor", delivery.body())
    flow = world.runtime.workflows["betting_lines"]
    fewer = flow.model_copy(update={"steps": flow.steps[:1]})
    flows = {**world.runtime.workflows, "betting_lines": fewer}
    world.runtime = world.runtime.but(configured=flows)
    world.settle()
    row = execution(world)
    assert row["scrapers_triggered"] == 3


def test_ft6_a_redelivery_publishes_what_the_first_delivery_planned(
    world: World, call: Call
) -> None:
    """A delivery died after its manifest; the tasks are the manifest's, whatever changed since."""
    with tapped(world, Break(2, die_after).around, "storage"), pytest.raises(Crash):
        call("workflow_executor", DECISION)
    assert requests(world) == []
    flow = world.runtime.workflows["betting_lines"]
    later = flow.model_copy(update={"steps": flow.steps[1:]})
    world.clock.move(SLOT + timedelta(minutes=30))
    names = {"scrapers": ["oddsa_player_props", "oddsa_game_lines"]}
    with world.with_ports(configured={**world.runtime.workflows, "betting_lines": later}):
        assert call("workflow_executor", {**DECISION, **names}).status == 200
    assert [request["scraper"] for request in requests(world)] == ["oddsa_events"]


def test_t12_the_target_date_is_the_decisions_whatever_the_workflow_is_called(
    world: World, call: Call
) -> None:
    """The decision's target date reaches every task unchanged."""
    odd = {**DECISION, "target_date": "2025-11-13"}
    assert call("workflow_executor", odd).status == 200
    world.settle()
    assert {request["target_date"] for request in requests(world)} == {"2025-11-13"}
    logged = world.rows["scraper_execution_log"]
    assert logged
    assert {str(row["target_date"]) for row in logged if row["decision_id"]} == {"2025-11-13"}
