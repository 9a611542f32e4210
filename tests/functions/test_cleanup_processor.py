"""The cleanup processor: what a link of the chain lost is found and sent again (R8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common import ids, lost_objects
from common.eastern import eastern
from local.world import Delivery, World
from tests.functions.harness import (
    LAST_TASK,
    LOST_UPLOAD,
    SLOT,
    SWEEP,
    Break,
    Call,
    Do,
    Tap,
    before,
    faults,
    forget,
    lose_two,
    pop,
    run_to,
    tick,
)
from tests.functions.losses import fail_to_complete, is_for, lose, lose_all

BUCKET = "nba-scraped-data"
QUARTER = timedelta(minutes=15)
DAY_LATER = 96
"""Sweeps."""
TICK = {"schema": "tick", "version": 1, "scheduled_time": SWEEP.isoformat()}


def sweep(world: World, number: int = 0) -> dict[str, Any]:
    """Tick the sweep of 13:30 or a later quarter of an hour; its row, the chain at rest."""
    instant = SWEEP + number * QUARTER
    tick(world, "tick-cleanup-processor", instant)
    world.settle()
    row: dict[str, Any] = world.rows["cleanup_operations"][-1]
    assert row["slot"] == instant
    return row


def execution(world: World) -> dict[str, Any]:
    """The one row of the slot's betting_lines."""
    (row,) = (r for r in world.rows["workflow_executions"] if r["workflow_name"][0] == "b")
    return row


def upload(world: World, name: str) -> None:
    """A user's object whose event is lost."""
    world.storage.on_finalize = None
    world.storage.create(BUCKET, name, b"{}")
    world.storage.on_finalize = world._finalized


def test_a_healthy_chain_leaves_a_row_of_nothing(world: World, call: Call) -> None:
    """Objects are checked, none is missing, nothing is sent."""
    tick(world, "tick-master-controller")
    world.settle()
    published = len(world.publisher.published)
    world.clock.move(SWEEP)
    assert call("cleanup_processor", TICK).body == {
        "result": "OK",
        "slot": SWEEP.isoformat(),
        "rows": 0,
    }
    (row,) = world.rows["cleanup_operations"]
    assert row["cleanup_id"] == ids.cleanup_id(SWEEP)
    assert (row["cleanup_time"], row["status"]) == (SWEEP, "OK")
    assert (row["files_checked"], row["missing_files_found"], row["republished_count"]) == (5, 0, 0)
    assert row["duration_seconds"] >= 0
    assert len(world.publisher.published) == published


def test_a_swept_slot_is_a_no_op(world: World, call: Call) -> None:
    """Whichever instant of the slot the second tick names."""
    world.clock.move(SWEEP + timedelta(minutes=9))
    call("cleanup_processor", TICK)
    later = {**TICK, "scheduled_time": (SWEEP + timedelta(minutes=9)).isoformat()}
    again = call("cleanup_processor", later)
    assert (again.status, again.body["result"]) == (200, "already swept")
    assert len(world.rows["cleanup_operations"]) == 1


def test_what_was_lost_is_sent_again_and_said(world: World) -> None:
    """A lost object's event and a lost decision: both healed by the ordinary chain."""
    lose_two(world)
    row = sweep(world)
    lost = ids.decision_id("betting_lines", SLOT)
    assert row["republished"] == [f"gs://{BUCKET}/{LOST_UPLOAD}", f"decision {lost}"]
    assert (row["missing_files_found"], row["republished_count"]) == (1, 2)
    assert faults(world) == []
    assert sweep(world, 1)["republished_count"] == 0


def test_a_lost_error_object_is_found_too(world: World) -> None:
    """Objects below `failed/` are objects like others."""
    upload(world, "failed/oddsa-events/2025-11-12/124500.json")
    assert sweep(world)["missing_files_found"] == 1
    assert faults(world) == []


def test_what_may_still_be_on_its_way_is_left_alone(world: World) -> None:
    """An object of the last ten minutes, and a RUN of the last twenty."""
    tick(world, "tick-master-controller")
    run_to(world, is_for("workflow_executor"))
    world.settle()
    world.clock.move(SLOT + timedelta(minutes=10))
    upload(world, "notes/2025-11-12/x.json")
    assert sweep(world, -1)["republished_count"] == 0
    assert sweep(world)["republished_count"] == 2


@pytest.mark.parametrize(
    "lost",
    [
        is_for("workflow_executor", "betting_lines"),
        is_for("scraper_runner", "oddsa_events"),
        is_for("scraper_runner", "oddsa_game_lines"),
        is_for("scraper_logger", "oddsa_events"),
        is_for("execution_tracker", "oddsa_events"),
        is_for("execution_tracker", "oddsa_game_lines"),
    ],
    ids=["decision", "request", "later request", "log event", "report", "last report"],
)
def test_r8_whichever_delivery_is_lost_the_run_ends_as_if_it_was_not(
    world: World, lost: Callable[[Delivery], bool]
) -> None:
    """Completed, every object logged, no task written off: within a few sweeps."""
    lose(world, lost)
    for number in range(3):
        sweep(world, number)
    world.settle()
    assert faults(world) == []
    ended = {row["workflow_name"]: row["status"] for row in world.rows["workflow_executions"]}
    assert ended == {"betting_lines": "completed", "injury_discovery": "completed"}
    assert {row["status"] for row in world.rows["scraper_execution_log"]} == {"SUCCESS"}


@pytest.mark.parametrize("event", ["execution_tracker", LAST_TASK])
def test_r8_a_completion_that_died_for_good_is_taken_up(world: World, event: str) -> None:
    """All tasks reported, then the delivery dies, and its message is never seen again."""
    delivery = before(world, event)

    def die(breaking: Break, do: Do) -> None:
        do()
        raise KeyboardInterrupt

    held = world.storage
    world.runtime.__dict__["storage"] = Tap(held, Break(2, die))
    with pytest.raises(KeyboardInterrupt):
        world.deliver(delivery)
    world.runtime.__dict__["storage"] = held
    world.settle()
    assert "RUN without an end: betting_lines" in str(faults(world))
    for number in range(2):
        sweep(world, number)
    assert faults(world) == []


@pytest.mark.parametrize("at", [1, 2, 3])
def test_r8_a_start_that_died_for_good_is_taken_up(world: World, at: int) -> None:
    """Also between manifest and tasks, when the decision's message is lost with the process."""
    delivery = before(world, "workflow_executor")

    def die(breaking: Break, do: Do) -> None:
        do()
        raise KeyboardInterrupt

    world.runtime.__dict__["storage"] = Tap(world.storage, Break(at, die))
    with pytest.raises(KeyboardInterrupt):
        world.deliver(delivery)
    world.runtime.__dict__["storage"] = world.storage
    world.settle()
    for number in range(4):
        sweep(world, number)
    world.settle()
    assert faults(world) == []


def test_r6_a_decision_that_nothing_can_start_ends_in_a_failed_row(world: World) -> None:
    """After three tries it is quarantined, after a day its RUN has a terminal row (X5)."""
    delivery = before(world, "workflow_executor")
    lose_all(world, is_for("workflow_executor", "betting_lines"))
    world.settle()
    rows = [sweep(world, number) for number in range(5)]
    lost = f"decision {ids.decision_id('betting_lines', SLOT)}"
    assert [row["republished"] for row in rows] == [[lost]] * 3 + [[]] * 2
    assert [row["quarantined"] for row in rows] == [[]] * 3 + [[lost]] + [[]]
    assert sweep(world, DAY_LATER)["quarantined"] == [lost]
    row = execution(world)
    assert (row["status"], row["outcome"], row["scrapers_triggered"]) == ("failed", "FAILED", 0)
    assert row["error_message"].startswith("LOST: ")
    assert row["scrapers_requested"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert sweep(world, DAY_LATER + 1)["quarantined"] == []
    assert faults(world) == []
    assert world.deliver(delivery) == 200
    assert world.replies[-1][2]["result"] == "already started"


def test_r6_a_run_whose_batch_is_gone_too_ends_in_a_failed_row(world: World) -> None:
    """Nothing is left to send: its row alone tells what it was, and it is told once."""
    before(world, "workflow_executor")
    lose_all(world, is_for("workflow_executor", "betting_lines"))
    world.settle()
    forget(world, world.runtime.settings.state_bucket, "decided/")
    lost = f"decision {ids.decision_id('betting_lines', SLOT)}"
    numbers = (0, 1, DAY_LATER, DAY_LATER + 1)
    rows = [sweep(world, number) for number in numbers]
    assert [row["quarantined"] for row in rows] == [[lost], [], [lost], []]
    assert [row["republished"] for row in rows] == [[]] * 4
    row = execution(world)
    assert (row["status"], row["target_date"]) == ("failed", eastern(SLOT).date())
    assert row["scrapers_requested"] == ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    assert faults(world) == []


def test_r8_a_run_of_long_ago_that_was_forced_just_now_is_not_given_up(world: World) -> None:
    """It is decided as of its own instant, a day back; its age is that of its batch."""
    long_ago = SLOT - timedelta(days=1)
    world.clock.move(SWEEP - timedelta(minutes=1))
    body = {"schema": "tick", "version": 1, "scheduled_time": long_ago.isoformat(), "force": True}
    world.publisher.publish("tick-master-controller", body, {})
    run_to(world, is_for("workflow_executor"))
    world.settle()
    (lost,) = (row for row in world.rows["workflow_decisions"] if row["action"] == "RUN")
    assert lost["forced"]
    assert lost["decision_time"] == long_ago
    assert sweep(world)["republished_count"] == 0
    assert world.rows["workflow_executions"] == []
    assert sweep(world, 2)["republished"] == [f"decision {lost['decision_id']}"]
    assert [row["status"] for row in world.rows["workflow_executions"]] == ["completed"]


def test_r6_after_a_standstill_of_a_day_a_run_ends_as_if_there_was_none(world: World) -> None:
    """Sweeps that come before what waits for delivery give nothing up that may still run."""
    before(world, "scraper_runner")
    waiting, world.queue = world.queue, []
    for number in (104, 105, 106):
        row = sweep(world, number)
        assert row["quarantined"] == []
    world.queue = sorted([*waiting, *world.queue])
    world.settle()
    for number in range(107, 112):
        sweep(world, number)
    assert execution(world)["status"] == "completed"
    assert faults(world) == []


def test_r6_a_run_that_nothing_can_finish_ends_in_a_failed_row(world: World) -> None:
    """After a day without its tracker; what its tasks brought is counted and linked."""
    before(world, LAST_TASK)
    lose_all(world, is_for("execution_tracker", "betting_lines"))
    world.settle()
    for number in (*range(12), DAY_LATER, DAY_LATER + 1):
        sweep(world, number)
    row = execution(world)
    assert row["status"] == "failed"
    assert set(row["scraper_execution_ids"]) == {
        log["execution_id"]
        for log in world.rows["scraper_execution_log"]
        if log["workflow_execution_id"] == row["execution_id"]
    }
    assert row["scrapers_triggered"] == 3


def test_r6_a_run_whose_last_step_cannot_be_completed_ends_too(world: World) -> None:
    """All tasks reported, and yet every completion fails."""
    fail_to_complete(world)
    lose_all(world, is_for("execution_tracker", "betting_lines"))
    world.queue.clear()
    rows = [sweep(world, number) for number in range(4)]
    step = f"step 1 of execution {ids.execution_id(ids.decision_id('betting_lines', SLOT))}"
    assert [row["republished"][-1:] for row in rows] == [[step]] * 3 + [[]]
    assert rows[-1]["quarantined"] == [step]
    sweep(world, DAY_LATER)
    row = execution(world)
    assert (row["status"], row["outcome"], row["scrapers_triggered"]) == ("failed", "PARTIAL", 3)


def test_r6_a_run_given_up_while_a_delivery_is_at_it_is_left_to_it(world: World) -> None:
    """A live claim wins, though all tries are used up: nothing is told, the row is written once."""
    delivery = before(world, "workflow_executor")
    lose_all(world, is_for("workflow_executor", "betting_lines"))
    world.settle()
    for number in range(4):
        sweep(world, number)
    world.clock.move(SWEEP + DAY_LATER * QUARTER)

    def meanwhile(breaking: Break, do: Do) -> Any:
        done = do()
        assert sweep(world, DAY_LATER)["quarantined"] == []
        return done

    world.runtime.__dict__["storage"] = Tap(world.storage, Break(1, meanwhile))
    assert world.deliver(delivery) == 200
    world.runtime.__dict__["storage"] = world.storage
    world.settle()
    assert execution(world)["status"] == "completed"
    assert faults(world) == []


def test_r8_a_task_that_never_reports_is_written_off(world: World) -> None:
    """Its `failed/` object goes the ordinary way: logged, counted, and the run ends."""
    lose_all(world, is_for("scraper_runner", "oddsa_game_lines"))
    tick(world, "tick-master-controller")
    world.settle()
    rows = [sweep(world, number) for number in range(5)]
    assert [row["republished_count"] for row in rows] == [1, 1, 1, 0, 0]
    row = execution(world)
    assert (row["status"], row["outcome"]) == ("failed", "PARTIAL")
    assert "The task never ran" in row["error_message"]
    log = world.rows["scraper_execution_log"][-1]
    assert (log["outcome"], log["error_class"]) == ("FAILED", "TaskLost")
    assert faults(world) == []


def test_r8_the_late_sweeps_of_an_outage_write_off_no_task(world: World) -> None:
    """Cleanup and the runner were down for two hours: six sweeps come before the runner is back."""
    lose_all(world, is_for("scraper_runner", "oddsa_game_lines"))
    tick(world, "tick-master-controller")
    world.settle()
    world.clock.move(SLOT + timedelta(hours=2))
    del world._queue
    for number in range(6):
        body = {**TICK, "scheduled_time": (SWEEP + number * QUARTER).isoformat()}
        world.publisher.publish("tick-cleanup-processor", body, {})
    sweeps = [d for d in sorted(world.queue) if d.function == "cleanup_processor"]
    world.queue.clear()
    assert [world.deliver(delivery) for delivery in sweeps] == [200] * 6
    (again,) = world.queue
    assert again.function == "scraper_runner"
    world.settle()
    assert execution(world)["status"] == "completed"
    assert faults(world) == []


def test_c5_a_poison_object_is_sent_three_times_and_then_quarantined(world: World) -> None:
    """Labels that claim to be ours but do not fit: every copy is dead-lettered."""
    world.storage.on_finalize = None
    world.storage.create(BUCKET, "notes/2025-11-12/x.json", b"", metadata={"task_id": "7"})
    world.storage.on_finalize = world._finalized
    rows = [sweep(world, number) for number in range(5)]
    assert [row["republished_count"] for row in rows] == [1, 1, 1, 0, 0]
    left_alone = [f"gs://{BUCKET}/notes/2025-11-12/x.json"]
    assert [row["quarantined"] for row in rows] == [[]] * 3 + [left_alone] + [[]]


def test_c3_a_lookup_that_fails_sends_nothing_and_says_so(world: World) -> None:
    """An empty answer caused by an error is not an empty table."""
    lose_two(world)

    class Unreadable(Tap):
        def select(self, *args: object, **kwargs: object) -> None:
            raise ServiceUnavailable("BigQuery is away")

    world.runtime.__dict__["warehouse"] = Unreadable(world.warehouse, Break())
    row = sweep(world)
    assert (row["status"], row["files_checked"], row["republished_count"]) == ("ERROR", 0, 0)
    assert "BigQuery is away" in row["error_message"]
    world.runtime.__dict__["warehouse"] = world.warehouse
    assert sweep(world, 1)["republished_count"] == 2
    assert faults(world) == []


def test_c3_of_three_sends_one_fails_and_two_are_told(world: World) -> None:
    """What went out is listed, what did not is sent by the next sweep."""
    for name in "abc":
        upload(world, f"notes/2025-11-12/{name}.json")

    def fail(breaking: Break, do: Do) -> None:
        raise ServiceUnavailable("Pub/Sub is away")

    world.runtime.__dict__["publisher"] = Tap(world.publisher, Break(2, fail))
    row = sweep(world)
    assert (row["status"], row["missing_files_found"], row["republished_count"]) == ("ERROR", 3, 2)
    world.runtime.__dict__["publisher"] = world.publisher
    assert sweep(world, 1)["republished"] == [f"gs://{BUCKET}/notes/2025-11-12/b.json"]
    assert faults(world) == []


def test_c5_an_outage_uses_up_no_try(world: World) -> None:
    """Nine hours without Pub/Sub, then everything is recovered."""
    upload(world, "notes/2025-11-12/x.json")

    class Away(Tap):
        def publish(self, *args: object) -> None:
            raise ServiceUnavailable("Pub/Sub is away")

    world.runtime.__dict__["publisher"] = Away(world.publisher, Break())
    statuses = [sweep(world, number)["status"] for number in range(36)]
    assert statuses[:4] == ["ERROR"] * 4
    assert statuses[1::4] == ["ERROR"] * 9
    world.runtime.__dict__["publisher"] = world.publisher
    assert sweep(world, 37)["republished_count"] == 1
    assert faults(world) == []


def test_c5_a_sweep_ends_in_time_though_every_call_hangs(world: World) -> None:
    """Its row says so within the function's 540 s, and the next sweep heals what is left."""
    for number in range(30):
        world.storage.create(BUCKET, f"logged/2025-11-12/{number}.json", b"{}")
    world.settle()
    for number in range(30):
        upload(world, f"notes/2025-11-12/{number}.json")

    class Hangs(Tap):
        def publish(self, *args: object) -> None:
            world.clock.sleep(30)
            raise ServiceUnavailable("Pub/Sub hangs")

    world.runtime.__dict__["publisher"] = Hangs(world.publisher, Break())
    row = sweep(world)
    assert (row["status"], row["error_message"]) == (
        "ERROR",
        "ServiceUnavailable: 503 Pub/Sub hangs",
    )
    assert row["duration_seconds"] < 300
    world.runtime.__dict__["publisher"] = world.publisher
    assert sweep(world, 1)["republished_count"] == 30
    assert faults(world) == []


def test_c5_quarantined_objects_take_no_others_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as a sweep sends are left alone: what comes behind them by name is healed."""
    monkeypatch.setattr(lost_objects, "MOST", 2)
    world.storage.on_finalize = None
    for number in range(2):
        world.storage.create(BUCKET, f"a/2025-11-12/{number}", b"", metadata={"task_id": "7"})
    for number in range(4):
        row = sweep(world, number)
    assert len(row["quarantined"]) == 2
    upload(world, "b/2025-11-12/lost.json")
    assert sweep(world, 5)["republished"] == [f"gs://{BUCKET}/b/2025-11-12/lost.json"]
    assert world.rows["scraper_execution_log"][-1]["scraper_name"] == "b"


def test_c1_a_storm_sends_nothing_and_says_so(world: World) -> None:
    """When most of many objects look unlogged, the lookup is wrong, not the world."""
    lose_two(world)
    for number in range(40):
        upload(world, f"notes/2025-11-12/{number}.json")
    world.clock.move(SWEEP)
    row = sweep(world, 1)
    assert (row["status"], row["republished_count"]) == ("STORM", 0)
    assert row["missing_files_found"] == 41
    assert "41 of 43" in row["error_message"]


def test_one_run_that_cannot_be_read_does_not_keep_the_others(world: World) -> None:
    """Its manifest is broken: the sweep says so, and heals the rest."""
    lose_two(world)
    lost = ids.execution_id(ids.decision_id("betting_lines", SLOT))
    tick(world, "tick-master-controller", SLOT + timedelta(hours=2))
    waiting = run_to(world, is_for("workflow_executor")).message.body["decision_id"]
    world.settle()
    broken = f"executions/{lost}/manifest.json"
    world.storage.create(world.runtime.settings.state_bucket, broken, b'{"execution_id": 7}')
    row = sweep(world, 8)
    assert row["status"] == "ERROR"
    assert "Manifest" in row["error_message"]
    assert f"decision {waiting}" in row["republished"]


@pytest.mark.parametrize("name", ["oddsa-events/2025-01-15/124500.json", "loose.json", "a/0.csv"])
def test_r8_an_object_that_is_not_named_by_a_recent_date_is_healed_too(
    world: World, name: str
) -> None:
    """A backfill of an older date, and uploads of no date: by the round of an hour's last sweep."""
    upload(world, name)
    assert sweep(world)["missing_files_found"] == 0
    assert sweep(world, 1)["republished"] == [f"gs://{BUCKET}/{name}"]
    assert faults(world) == []


@pytest.mark.parametrize("day", ["2025-11-12", "2025-11-11"])
def test_r8_an_unlogged_object_of_last_night_is_found_by_any_sweep(world: World, day: str) -> None:
    """The morning's runs are for the day before: their objects are named by its date."""
    name = f"nbac-gamebook-pdf/{day}/0022500213/064500.pdf"
    upload(world, name)
    assert sweep(world)["republished"] == [f"gs://{BUCKET}/{name}"]
    assert faults(world) == []


def test_r8_a_round_of_many_pages_goes_on_where_the_last_page_ended(world: World) -> None:
    """1,500 old names and a lost one behind them: found by the second page, and then begun anew."""
    world.storage.on_finalize = None
    for number in range(1500):
        world.storage.create(BUCKET, f"archive/{number:04}.csv", b"")
    world.clock.move(SWEEP + timedelta(days=9))
    upload(world, "archive/1999.csv")
    rows = [sweep(world, 9 * DAY_LATER + number) for number in (1, 2, 3, 4, 5, 9)]
    found = [row["republished"] for row in rows]
    assert found == [[], [], [], [], [f"gs://{BUCKET}/archive/1999.csv"], []]
    assert world.rows["scraper_execution_log"][-1]["gcs_path"].endswith("archive/1999.csv")


def test_c3_a_page_whose_lookup_failed_is_not_turned(world: World) -> None:
    """The next round's page is the same one, so nothing of it is passed over."""
    upload(world, "loose.json")

    class Unreadable(Tap):
        def select(self, *args: object, **kwargs: object) -> None:
            raise ServiceUnavailable("BigQuery is away")

    world.runtime.__dict__["warehouse"] = Unreadable(world.warehouse, Break())
    assert sweep(world, 1)["status"] == "ERROR"
    world.runtime.__dict__["warehouse"] = world.warehouse
    assert sweep(world, 5)["republished"] == [f"gs://{BUCKET}/loose.json"]


def test_a_user_may_give_an_object_any_custom_time(world: World) -> None:
    """Its upload counts, not what it says of itself."""
    world.storage.on_finalize = None
    long_ago = SWEEP - timedelta(days=900)
    world.storage.create(BUCKET, "notes/2025-11-12/x.json", b"{}", custom_time=long_ago)
    world.storage.on_finalize = world._finalized
    assert sweep(world)["republished_count"] == 1
    assert faults(world) == []


def test_the_row_of_a_sweep_is_raised_when_it_cannot_be_written(world: World, call: Call) -> None:
    """503; what was sent by then is not sent again by the redelivery."""
    delivery = before(world, "cleanup_processor")

    def fail(breaking: Break, do: Do) -> None:
        raise ServiceUnavailable("BigQuery is away")

    world.runtime.__dict__["warehouse"] = Tap(world.warehouse, Break(1, fail))
    assert call("cleanup_processor", delivery.body()).status == 503
    while world.queue:
        world.deliver(pop(world))
    world.runtime.__dict__["warehouse"] = world.warehouse
    assert call("cleanup_processor", delivery.body()).status == 200
    world.settle()
    assert len(world.rows["cleanup_operations"]) == 1
    assert faults(world) == []
