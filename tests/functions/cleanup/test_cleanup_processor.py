"""The cleanup processor's sweep writes one row of what it found and resent (R8)."""

from datetime import timedelta

from google.api_core.exceptions import ServiceUnavailable

from common import ids
from common.threads import CallThreads
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from local.simulator.world import World
from tests.kit.at_once import meeting
from tests.kit.breaks import Break, raising, tapped
from tests.kit.checks import defects
from tests.kit.losses import is_for
from tests.kit.sweeps import BUCKET, TICK, sweep, upload
from tests.kit.world import LOST_UPLOAD, SLOT, SWEEP, Call, before, lose_two, run_to, tick


def test_a_healthy_chain_leaves_a_row_of_nothing(world: World, call: Call) -> None:
    """Objects are checked, none is missing, and nothing is resent."""
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
    """A second tick, at any instant of the slot, writes no row."""
    world.clock.move(SWEEP + timedelta(minutes=9))
    call("cleanup_processor", TICK)
    later = {**TICK, "scheduled_time": (SWEEP + timedelta(minutes=9)).isoformat()}
    again = call("cleanup_processor", later)
    assert (again.status, again.body["result"]) == (200, "already swept")
    assert len(world.rows["cleanup_operations"]) == 1


def test_what_was_lost_is_sent_again_and_said(world: World) -> None:
    """A lost object event and a lost decision are resent, and the row lists both."""
    lose_two(world)
    row = sweep(world)
    lost = ids.decision_id("betting_lines", SLOT)
    assert row["republished"] == [f"gs://{BUCKET}/{LOST_UPLOAD}", f"decision {lost}"]
    assert (row["missing_files_found"], row["republished_count"]) == (1, 2)
    assert defects(world) == []
    assert sweep(world, 1)["republished_count"] == 0


def test_the_tables_are_read_beside_the_bucket(world: World) -> None:
    """What is unfinished is looked up while the folders are."""
    lose_two(world)
    met = meeting("folders", "folders", "select")
    with (
        tapped(world, met, "storage", "warehouse"),
        CallThreads(2) as threads,
        world.with_ports(threads=threads),
    ):
        row = sweep(world)
    assert (row["status"], row["republished_count"]) == ("OK", 2)


def test_what_may_still_be_on_its_way_is_left_alone(world: World) -> None:
    """Objects younger than 10 minutes and RUNs younger than 20 are not resent."""
    tick(world, "tick-master-controller")
    run_to(world, is_for("workflow_executor"))
    world.settle()
    world.clock.move(SLOT + timedelta(minutes=10))
    upload(world, "notes/2025-11-12/x.json")
    assert sweep(world, -1)["republished_count"] == 0
    assert sweep(world)["republished_count"] == 2


def test_c5_a_sweep_ends_in_time_though_every_call_hangs(world: World) -> None:
    """It ends within the function's 540 s, and the next sweep resends the rest."""
    for number in range(30):
        world.storage.create(BUCKET, f"logged/2025-11-12/{number}.json", b"{}")
    world.settle()
    for number in range(30):
        upload(world, f"notes/2025-11-12/{number}.json")

    def hang(call: PortCall, do: Do) -> None:
        world.clock.sleep(30)
        raise ServiceUnavailable("Pub/Sub hangs")

    with tapped(world, hang, "publisher"):
        row = sweep(world)
    assert (row["status"], row["error_message"]) == (
        "ERROR",
        "ServiceUnavailable: 503 Pub/Sub hangs",
    )
    assert row["duration_seconds"] < 300
    assert sweep(world, 1)["republished_count"] == 30
    assert defects(world) == []


def test_c1_a_storm_sends_nothing_and_says_so(world: World) -> None:
    """When most of many objects look unlogged, the lookup is taken to be wrong."""
    lose_two(world)
    for number in range(40):
        upload(world, f"notes/2025-11-12/{number}.json")
    world.clock.move(SWEEP)
    row = sweep(world, 1)
    assert (row["status"], row["republished_count"]) == ("STORM", 0)
    assert row["missing_files_found"] == 41
    assert "41 of 43" in row["error_message"]


def test_fr6_uploads_with_labels_like_ours_make_no_storm(world: World) -> None:
    """Each of sixty gets its row, so that an event that is lost beside them is sent again."""
    for number in range(60):
        name, labels = f"notes/2025-11-12/{number}.json", {"task_id": f"build-{number}"}
        world.storage.create(BUCKET, name, b"{}", metadata=labels)
    world.settle()
    logged = [r["outcome"] for r in world.rows["scraper_execution_log"]]
    assert logged.count("UPLOADED") == 60
    upload(world, LOST_UPLOAD)
    world.clock.move(SWEEP)
    row = sweep(world, 1)
    assert (row["status"], row["republished"]) == ("OK", [f"gs://{BUCKET}/{LOST_UPLOAD}"])
    assert defects(world) == []


def test_the_row_of_a_sweep_is_raised_when_it_cannot_be_written(world: World, call: Call) -> None:
    """The answer is 503, and the redelivery does not resend what was resent."""
    delivery = before(world, "cleanup_processor")
    first = Break(1, raising(ServiceUnavailable("BigQuery is away")))
    with tapped(world, first.around, "warehouse"):
        assert call("cleanup_processor", delivery.body()).status == 503
        world.settle()
    assert call("cleanup_processor", delivery.body()).status == 200
    world.settle()
    assert len(world.rows["cleanup_operations"]) == 1
    assert defects(world) == []
