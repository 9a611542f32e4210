"""Forced ticks: a slot run again, two operators at once, and a backfill days later."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time, timedelta

import pytest

from common.eastern import at
from local.fake_sources.answers import Answer
from local.simulator.world import World
from tests.kit.losses import is_for
from tests.kit.world import DAY, run_to, slate

NIGHT, MORNING = at(DAY, time(23)), at(DAY + timedelta(days=1), time(6))
EVENING = at(DAY - timedelta(days=1), time(20, 10))
DAYS_LATER = at(DAY + timedelta(days=8), time(12))


def world_at(instant: datetime) -> World:
    """Make a world with every workflow whose schedule is stored before an instant."""
    world = World(slate(), instant - timedelta(minutes=10))
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    world.publisher.publish("scraper-requests", request, {})
    world.settle()
    world.clock.move(instant)
    return world


def send(world: World, instant: datetime, *, force: bool = True) -> None:
    """Publish a tick for an instant, without moving the clock to it."""
    tick = {"schema": "tick", "version": 1, "scheduled_time": instant.isoformat(), "force": force}
    world.publisher.publish("tick-master-controller", tick, {})


def successes(world: World) -> Counter[tuple[str, str]]:
    """Count how often each game of the night was collected, by scraper."""
    rows = [row for row in world.rows["scraper_execution_log"] if row["outcome"] == "SUCCESS"]
    games = [row for row in rows if row["target_date"] == DAY and row["game_id"]]
    return Counter((row["scraper_name"], row["game_id"]) for row in games)


def judged(world: World, name: str) -> tuple[str, str]:
    """Action and reason code of a workflow's last decision."""
    row = [row for row in world.rows["workflow_decisions"] if row["workflow_name"] == name][-1]
    return row["action"], row["reason_code"]


def test_r3_a_slot_forced_while_its_run_is_under_way_collects_nothing_twice() -> None:
    """The forced tick finds the scheduler's run under way and leaves its games to it."""
    world = world_at(MORNING)
    send(world, MORNING, force=False)
    run_to(world, is_for("scraper_runner"))
    world.clock.move(MORNING + timedelta(seconds=30))
    send(world, MORNING)
    world.settle(MORNING + timedelta(hours=1))
    assert set(successes(world).values()) == {1}


@pytest.mark.parametrize("slots", [(MORNING, MORNING), (MORNING, NIGHT), (NIGHT, MORNING)])
def test_two_users_who_force_a_night_collect_it_once(slots: tuple[datetime, datetime]) -> None:
    """The second forced tick, of the same slot or of its neighbour, collects nothing again."""
    world = world_at(DAYS_LATER)
    for slot in slots:
        send(world, slot)
    world.settle(DAYS_LATER + timedelta(hours=1))
    collected = successes(world)
    assert set(collected.values()) == {1}
    assert len(collected) == 3 * 12


def test_a_run_that_came_to_nothing_holds_its_slot_up_for_an_hour_only() -> None:
    """After an hour the slot can be forced again, as a lost run's row advises."""
    world = world_at(DAYS_LATER)
    send(world, NIGHT)
    run_to(world, is_for("workflow_executor", "post_game_window_2"))
    world.queue.clear()
    for minutes, wanted in ((59, "SKIP"), (61, "RUN")):
        world.clock.move(DAYS_LATER + timedelta(minutes=minutes))
        send(world, NIGHT)
        world.settle(world.clock.now() + timedelta(seconds=50))
        assert judged(world, "post_game_window_2")[0] == wanted


def test_a_second_backfill_sees_what_became_of_the_first() -> None:
    """Gamebooks that were refused are the only thing that the second backfill requests."""
    world, down = world_at(DAYS_LATER), True

    ask = world.ask

    def refuse_gamebooks(path: str, params: Mapping[str, str]) -> Answer:
        refused = down and path.endswith(".pdf")
        return Answer(403, {}, b"") if refused else ask(path, params)

    world.ask = refuse_gamebooks
    send(world, NIGHT)
    world.settle(DAYS_LATER + timedelta(hours=1))
    before = successes(world)
    assert {scraper for scraper, _ in before} == {"nbac_play_by_play", "nbac_boxscore"}
    down = False
    for wanted in ("RUN", "SKIP"):
        world.clock.move(world.clock.now() + timedelta(hours=20))
        send(world, MORNING)
        world.settle(world.clock.now() + timedelta(hours=1))
        assert judged(world, "post_game_window_3")[0] == wanted
    after = successes(world)
    assert set(after.values()) == {1}
    assert len(after) == 3 * 12


@pytest.mark.parametrize(
    ("began", "slot", "next_slots", "name"),
    [
        (EVENING, at(DAY, time(21)), (13, 15, 17, 19, 21), "betting_lines"),
        (EVENING, at(DAY, time(6)), (6,), "morning_operations"),
        (EVENING, at(DAY, time(12)), (11, 12), "injury_discovery"),
    ],
)
def test_a_slot_to_come_that_is_run_ahead_takes_no_other_s_place(
    began: datetime, slot: datetime, next_slots: tuple[int, ...], name: str
) -> None:
    """What is collected the evening before is not what the day's slots would have collected."""
    world = world_at(began)
    send(world, slot)
    world.settle()
    assert judged(world, name)[0] == "RUN"
    for hour in next_slots:
        world.clock.move(at(DAY, time(hour)))
        send(world, at(DAY, time(hour)), force=False)
        world.settle()
        assert judged(world, name)[0] == "RUN"


def test_box_scores_of_a_slot_to_come_are_collected_again_when_it_comes() -> None:
    """Those that were collected right after the game are early, whatever their slot."""
    world = world_at(at(DAY, time(23, 10)))
    send(world, MORNING)
    world.settle()
    early = [key for key in successes(world) if key[0] == "nbac_boxscore"]
    assert early
    world.clock.move(MORNING)
    send(world, MORNING, force=False)
    world.settle()
    collected = successes(world)
    assert {collected[key] for key in early} == {2}


def test_a_run_eight_days_ahead_is_not_under_way_when_its_slot_comes() -> None:
    """Its end is older than the history of later slots, and holds up none of them."""
    slot = at(DAY, time(13))
    world = world_at(slot - timedelta(days=8))
    send(world, slot)
    world.settle()
    assert judged(world, "betting_lines")[0] == "RUN"
    world.clock.move(slot + timedelta(hours=1))
    send(world, world.clock.now(), force=False)
    world.settle()
    assert judged(world, "betting_lines")[0] == "RUN"
