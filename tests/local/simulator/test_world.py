"""A day of the whole system in memory: 12 November 2025 with its twelve games."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from common.cloud.tables import NAMES, table
from common.settings import ROOT
from local.day.coverage import cover
from local.day.replay import last_window
from local.fake_sources.slate import load
from local.scheduler import ticks_of
from local.simulator.ports.intercepted import Call, Crash, Do, intercepted
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.transport import Arrivals, Delivery
from local.simulator.world import NO_ANSWER, World
from tests.kit.world import REFRESHES

DAY = date(2025, 11, 12)
MIDNIGHT = datetime(2025, 11, 12, 5, tzinfo=UTC)
SLATE = load(ROOT / "config" / "slates" / "2025-11.json")
# What differs between two orders of the same deliveries: instants, and what derives from them.
LOOSE = {
    "execution_id",
    "gcs_path",
    "object_bytes",
    "object_generation",
    "scraper_execution_ids",
    "duration_seconds",
    "files_checked",
}


def live(world: World) -> World:
    """Publish the day's ticks in order, delivering what is due before each."""
    topology = world.runtime.topology
    for tick in ticks_of(topology, DAY):
        world.settle(tick.instant)
        world.clock.move(tick.instant)
        world.publisher.publish(tick.topic, tick.body(topology), {})
    world.settle()
    return world


@cache
def lived() -> World:
    """Live through the day without trouble; the world is only read from."""
    return live(World(SLATE, MIDNIGHT))


def twice(delivery: Delivery) -> Iterable[datetime]:
    """Push every message twice; the second time at once, a second or an hour later."""
    if delivery.attempt > 1:
        return [delivery.due]
    later = timedelta(seconds=(0, 1, 3600)[int(delivery.message.message_id) % 3])
    return [delivery.due, delivery.due + later]


def shuffled(seed: int) -> Arrivals:
    """Let every message be up to five seconds late, so that they overtake each other."""
    random = Random(seed)
    return lambda delivery: [delivery.due + timedelta(seconds=random.uniform(0, 5))]


def rows_of(world: World, name: str) -> list[dict[str, Any]]:
    """Return a table's rows."""
    return world.rows[name]


def timeless(world: World) -> Mapping[str, list[str]]:
    """Reduce the five tables to sorted rows whose only instants are slots."""
    return {name: sorted(repr(_kept(name, row)) for row in world.rows[name]) for name in NAMES}


def _kept(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    loose = LOOSE | ({"reason", "inputs"} if name == "workflow_decisions" else set())
    return {
        column: value
        for column, value in row.items()
        if column not in loose and (column == "slot" or not isinstance(value, datetime))
    }


def test_every_hour_judges_every_workflow_once() -> None:
    """8 workflows at 18 ticks make 144 rows, one for each pair of workflow and slot."""
    decisions = rows_of(lived(), "workflow_decisions")
    assert len(decisions) == 144
    assert set(Counter((row["workflow_name"], row["slot"]) for row in decisions).values()) == {1}
    assert Counter(row["action"] for row in decisions) == {"RUN": 14, "SKIP": 130}


def test_every_quarter_of_an_hour_is_swept_and_finds_nothing_lost() -> None:
    """The 96 sweeps are OK and resend nothing."""
    sweeps = rows_of(lived(), "cleanup_operations")
    assert len({row["slot"] for row in sweeps}) == len(sweeps) == 96
    assert {(row["status"], row["republished_count"]) for row in sweeps} == {("OK", 0)}


def test_r2_the_plan_is_what_ran() -> None:
    """The plan has 5 to 20 rows: exactly the workflows and slots of the RUN decisions."""
    plan = rows_of(lived(), "daily_expected_schedule")
    assert 5 <= len(plan) <= 20
    planned = {(row["workflow_name"], row["expected_run_time"]) for row in plan}
    ran = {
        (row["workflow_name"], row["slot"])
        for row in rows_of(lived(), "workflow_decisions")
        if row["action"] == "RUN"
    }
    assert planned == ran


def test_r6_every_run_has_one_execution_that_links_exactly_its_log_rows() -> None:
    """`scraper_execution_ids` lists exactly the run's log rows."""
    executions = rows_of(lived(), "workflow_executions")
    assert len(executions) == 14
    runs = {
        row["decision_id"]
        for row in rows_of(lived(), "workflow_decisions")
        if row["action"] == "RUN"
    }
    assert sorted(row["decision_id"] for row in executions) == sorted(runs)
    logged: dict[str, list[str]] = {}
    for row in rows_of(lived(), "scraper_execution_log"):
        logged.setdefault(row["workflow_execution_id"], []).append(row["execution_id"])
    for row in executions:
        assert row["scraper_execution_ids"] == sorted(logged[row["execution_id"]])
        assert row["scrapers_triggered"] == len(logged[row["execution_id"]])
        assert (row["status"], row["scrapers_failed"]) == ("completed", 0)


def test_the_rest_of_the_log_is_the_scheduled_refresh() -> None:
    """Six rows belong to no workflow: the schedule every six hours, the scoreboard every twelve."""
    alone = [
        row for row in rows_of(lived(), "scraper_execution_log") if not row["workflow_execution_id"]
    ]
    assert [row["scraper_name"] for row in alone] == REFRESHES


def test_every_object_is_logged_and_no_letter_is_dead() -> None:
    """Each object of the data bucket has one row, and every delivery succeeded."""
    world = lived()
    stored = [f"gs://{s.bucket}/{s.name}" for s in world.storage.list("nba-scraped-data", "")]
    assert stored
    assert sorted(row["gcs_path"] for row in rows_of(world, "scraper_execution_log")) == stored
    assert [m for m in world.publisher.published if m.topic == "dead-letters"] == []
    assert {status for _, status, _ in world.replies} == {200}


def test_every_id_is_there_once() -> None:
    """No id repeats in any of the five tables."""
    for name in NAMES:
        ids = [row[table(name).id_column] for row in rows_of(lived(), name)]
        assert len(set(ids)) == len(ids) > 0


def test_lines_are_there_before_tip_off_and_box_scores_by_eleven() -> None:
    """All 12 games have lines, and the 9 that are final by 23:00 have box scores."""
    world = lived()

    def read(path: str) -> bytes:
        bucket, _, name = path.removeprefix("gs://").partition("/")
        held = world.storage.read(bucket, name)
        return held[0] if held else b""

    log, flows = world.rows["scraper_execution_log"], world.runtime.workflows
    found = cover(log, read, SLATE.on(DAY), flows, last_window(DAY))
    assert len(found.games) == len(found.lines_before_tipoff) == 12
    assert len(found.box_scores) == 9
    assert len(found.due_later) == 3
    assert found.missing == ()


def test_x11_the_night_s_windows_ask_only_for_finished_games() -> None:
    """Three scrapers run for each of nine games, and for no game still being played."""
    asked = Counter(
        row["scraper_name"]
        for row in rows_of(lived(), "scraper_execution_log")
        if row["workflow_name"] == "post_game_window_2" and row["game_id"]
    )
    assert set(asked.values()) == {9}
    assert len(asked) == 3


@pytest.mark.parametrize(
    "arrivals", [twice, shuffled(0), shuffled(1)], ids=["twice", "order 0", "order 1"]
)
def test_r6_duplicates_and_order_change_no_table(arrivals: Arrivals) -> None:
    """With duplicates or in another order, the day leaves the same rows."""
    world = World(SLATE, MIDNIGHT)
    world.transport.arrivals = arrivals
    live(world)
    assert timeless(world) == timeless(lived())
    assert [m for m in world.publisher.published if m.topic == "dead-letters"] == []
    assert {status for _, status, _ in world.replies} <= {200, 503}


def test_r6_a_day_lived_twice_is_the_same_to_the_second() -> None:
    """Nothing in the day depends on chance or on the wall clock."""
    assert live(World(SLATE, MIDNIGHT)).rows == lived().rows


def test_other_ports_hold_for_a_while() -> None:
    """`with_ports` changes the runtime, and puts the old one back at the end."""
    world = World(SLATE, MIDNIGHT)
    held, other = world.runtime, MemoryWarehouse()
    with world.with_ports(warehouse=other):
        assert (world.runtime.warehouse, world.runtime.storage) == (other, world.storage)
    assert world.runtime is held


def test_other_ports_end_with_an_error_too() -> None:
    """What is done after it meets the world's own ports again."""
    world = World(SLATE, MIDNIGHT)
    held = world.runtime
    with pytest.raises(Crash), world.with_ports(warehouse=MemoryWarehouse()):
        raise Crash
    assert world.runtime is held


def test_a_process_that_dies_answers_nothing_and_is_retried() -> None:
    """The delivery's status is `NO_ANSWER`, and the next attempt waits in the queue."""

    def die(call: Call, do: Do) -> None:
        raise Crash

    world = World(SLATE, MIDNIGHT)
    world.publisher.publish("tick-cleanup-processor", {"schema": "tick", "version": 1}, {})
    with world.with_ports(storage=intercepted(world.storage, die)):
        assert world.deliver(world.take()) == NO_ANSWER
    assert world.answers == []
    assert [delivery.attempt for delivery in world.queue] == [2]
    world.settle()
    assert [status for _, status, _ in world.answers] == [200]


def test_an_object_of_the_data_bucket_is_told_as_by_cloud_storage() -> None:
    """Its event names it twice, in body and attributes; other buckets tell nothing."""
    world = World(SLATE, MIDNIGHT)
    world.storage.create("nba-state", "x", b"")
    told = {"content_type": "x/y", "metadata": {"k": "v"}}
    made = world.storage.create("nba-scraped-data", "a/b", b"123", **told)  # type: ignore[arg-type] # a row of values
    (message,) = world.publisher.published
    assert (message.topic, message.body) == (
        "scraped-objects",
        {
            "kind": "storage#object",
            "bucket": "nba-scraped-data",
            "name": "a/b",
            "generation": str(made.generation),
            "size": "3",
            "contentType": "x/y",
            "timeCreated": MIDNIGHT.isoformat(),
            "metadata": {"k": "v"},
        },
    )
    assert message.attributes == {
        "eventType": "OBJECT_FINALIZE",
        "bucketId": "nba-scraped-data",
        "objectId": "a/b",
        "objectGeneration": str(made.generation),
    }


@pytest.mark.parametrize(("seconds", "left"), [(-1, 1), (0, 0)])
def test_what_is_due_at_an_instant_is_delivered_by_it(seconds: int, left: int) -> None:
    """The clock is then where the delivery was due, and not where it is settled to."""
    world = World(SLATE, MIDNIGHT)
    due = MIDNIGHT + timedelta(hours=1)
    world.transport.arrivals = lambda _: [due]
    world.around = lambda *_: 200
    world.publisher.publish("tick-cleanup-processor", {}, {})
    world.settle(due + timedelta(seconds=seconds))
    assert len(world.queue) == left
    assert world.clock.now() == (MIDNIGHT if left else due)


def test_a_tick_is_published_and_handled_at_its_instant() -> None:
    """What was due before it is delivered first; what it led to comes by then, too."""
    world, handled = World(SLATE, MIDNIGHT), list[tuple[str, datetime]]()
    due = iter([timedelta(minutes=5), timedelta(0), timedelta(0)])
    world.transport.arrivals = lambda sent: [sent.due + next(due)]

    def note(delivery: Delivery, _: object) -> int:
        handled.append((str(delivery.message.body.get("schema")), world.clock.now()))
        return 200

    world.around = note
    world.publisher.publish("scraper-requests", {"schema": "request"}, {})
    instant = MIDNIGHT + timedelta(hours=1)
    world.tick("tick-cleanup-processor", instant, forced=True)
    assert handled == [("request", MIDNIGHT + timedelta(minutes=5)), ("tick", instant)]
    message = world.publisher.published[-1]
    assert (message.publish_time, message.attributes) == (instant, {})
    tick = {"schema": "tick", "version": 1, "scheduled_time": instant.isoformat()}
    assert message.body == {**tick, "forced": True}
    assert world.queue == []


def test_each_claim_has_an_owner_of_its_own() -> None:
    """Two of one owner would both hold it."""
    new_owner = World(SLATE, MIDNIGHT).runtime.new_owner
    assert len({new_owner() for _ in range(5)}) == 5
