"""The scraper logger writes one row for each finalized object, from the object's labels."""

from datetime import timedelta

import pytest

from common import ids
from common.cloud.tables import table
from local.simulator.world import World
from tests.kit.world import NOON, SLOT, Call, before, unnoticed

BUCKET = "nba-scraped-data"


def upload(world: World, name: str, metadata: dict[str, str] | None = None) -> dict[str, str]:
    """Write a user's object without delivering its event; returns the event's body."""
    with unnoticed(world):
        stored = world.storage.create(BUCKET, name, b"{}", metadata=metadata)
    return {"bucket": BUCKET, "name": name, "generation": str(stored.generation), "size": "2"}


def test_an_object_of_ours_is_logged_from_its_labels(world: World, call: Call) -> None:
    """The row has the id, path, times, counts and links that the labels state."""
    delivery = before(world, "scraper_logger")
    assert call("scraper_logger", delivery.body()).body["result"] == "logged"
    row = world.rows["scraper_execution_log"][-1]
    stored = world.storage.stat(BUCKET, delivery.message.body["name"])
    assert stored is not None
    decision = ids.decision_id("betting_lines", SLOT)
    assert row == {
        "triggered_at": SLOT,
        "execution_id": ids.log_id(BUCKET, stored.name, stored.generation),
        "scraper_name": "oddsa_events",
        "status": "SUCCESS",
        "duration_seconds": row["duration_seconds"],
        "records_processed": 12,
        "gcs_path": "gs://nba-scraped-data/oddsa-events/2025-11-12/130000.json",
        "error_message": None,
        "outcome": "SUCCESS",
        "workflow_name": "betting_lines",
        "workflow_execution_id": ids.execution_id(decision),
        "decision_id": decision,
        "task_id": ids.task_id(ids.execution_id(decision), 0, "oddsa_events", "2025-11-12"),
        "slot": SLOT,
        "target_date": row["target_date"],
        "game_id": None,
        "error_class": None,
        "http_status": 200,
        "object_generation": stored.generation,
        "object_bytes": stored.size,
        "logged_at": world.clock.now(),
    }
    assert row["duration_seconds"] >= 0
    assert str(row["target_date"]) == "2025-11-12"
    assert list(row) == list(table("scraper_execution_log").by_name)


def test_a_copy_of_ours_is_a_user_s_upload(world: World, call: Call) -> None:
    """A copy carries our labels but is no second run, and counts as no attempt."""
    bucket = world.runtime.settings.data_bucket
    (ours,) = world.storage.list(bucket, "nbac-schedule-api/")
    event = upload(world, f"backup/{ours.name}", dict(ours.metadata))
    assert call("scraper_logger", event).body["outcome"] == "UPLOADED"
    assert world.rows["scraper_execution_log"][-1]["task_id"] is None


@pytest.mark.parametrize("folder", ["player-notes", "oddsa-events", "failed"])
def test_fu7_a_user_s_upload_counts_for_no_scraper(world: World, call: Call, folder: str) -> None:
    """It is logged as UPLOADED under the name `upload`, whatever its folder."""
    event = upload(world, f"{folder}/2025-11-12/by-hand.json", {"owner": "someone"})
    assert call("scraper_logger", event).body["outcome"] == "UPLOADED"
    row = world.rows["scraper_execution_log"][-1]
    assert (row["scraper_name"], row["status"]) == ("upload", "SUCCESS")
    assert (row["records_processed"], row["workflow_name"]) == (None, None)
    assert row["triggered_at"] == world.clock.now()


@pytest.mark.parametrize(
    "metadata",
    [
        {"task_id": "build-7"},
        {"task_id": "", "status": "ok"},
        {str(number): "x" for number in range(1000)},
        {"": "", "🏀" * 500: "an icon"},
        {"note": "x" * 8188},
    ],
    ids=["foreign task", "foreign labels", "many", "odd keys", "long"],
)
@pytest.mark.parametrize("name", ["notes/x.json", "oddsa-events/2025-11-12/130000.json"])
def test_fp06_every_upload_gets_its_row(
    world: World, call: Call, name: str, metadata: dict[str, str]
) -> None:
    """Whatever metadata Cloud Storage allows, it is logged once as UPLOADED."""
    world.storage.create(BUCKET, name, b"{}", metadata=metadata)
    world.settle()
    rows = [r for r in world.rows["scraper_execution_log"] if r["gcs_path"].endswith(name)]
    assert [(row["outcome"], row["task_id"]) for row in rows] == [("UPLOADED", None)]
    assert not [m for m in world.publisher.published if m.topic == "dead-letters"]
    event = upload(world, f"{name}.again", metadata)
    assert call("execution_tracker", event).body["result"] == "not part of an execution"


def test_an_upload_without_a_folder_is_logged(world: World, call: Call) -> None:
    """An object that is already deleted is logged by its name alone."""
    event = upload(world, "loose.json")
    assert call("scraper_logger", event).status == 200
    gone = {**event, "name": "gone.json", "generation": "99"}
    assert call("scraper_logger", gone).status == 200
    rows = world.rows["scraper_execution_log"][-2:]
    assert [row["scraper_name"] for row in rows] == ["upload", "upload"]
    assert [row["gcs_path"][-9:] for row in rows] == ["oose.json", "gone.json"]


def test_ft10_an_object_logged_before_is_a_no_op(world: World, call: Call) -> None:
    """A second event in any wrapping adds no row; another generation adds one."""
    event = upload(world, "notes/x.json")
    call("scraper_logger", event)
    world.clock.move(NOON + timedelta(hours=5))
    again = call("scraper_logger", {"message": {"data": event, "messageId": "9"}})
    assert (again.status, again.body["result"]) == (200, "already logged")
    assert len(world.rows["scraper_execution_log"]) == 2
    assert call("scraper_logger", {**event, "generation": "77"}).body["result"] == "logged"
    assert len(world.rows["scraper_execution_log"]) == 3


def test_ft10_a_version_is_not_logged_as_the_one_after_it(world: World, call: Call) -> None:
    """An event of an overwritten object is logged by what it says itself."""
    event = upload(world, "notes/x.json")
    with unnoticed(world):
        later = world.storage.replace(
            BUCKET, "notes/x.json", b"longer", generation=int(event["generation"])
        )
    for generation, size in ((event["generation"], 2), (str(later.generation), 6)):
        call("scraper_logger", {**event, "generation": generation, "size": "2"})
        row = world.rows["scraper_execution_log"][-1]
        assert (row["object_generation"], row["object_bytes"]) == (int(generation), size)


def test_another_bucket_s_object_is_refused(world: World, call: Call) -> None:
    """A notification of the wrong bucket is named, and no row is written."""
    event = {"bucket": "another", "name": "a/b.json", "generation": "7"}
    rows = len(world.rows["scraper_execution_log"])
    answer = call("scraper_logger", event)
    assert answer.status == 400
    assert "'another' is not 'nba-scraped-data'" in answer.body["error"]
    assert len(world.rows["scraper_execution_log"]) == rows


def test_an_upload_is_never_dated_later_than_its_row(world: World, call: Call) -> None:
    """Storage's clock may be ahead of ours; partitions of tomorrow would hide the row."""
    ahead = world.clock.now() + timedelta(minutes=3)
    event = {**upload(world, "notes/x.json"), "timeCreated": ahead.isoformat()}
    assert call("scraper_logger", event).status == 200
    assert world.rows["scraper_execution_log"][-1]["triggered_at"] == world.clock.now()


def test_an_upload_whose_folder_has_no_name_is_logged(world: World, call: Call) -> None:
    """A name may begin with a slash; the row still names a scraper."""
    assert call("scraper_logger", upload(world, "/x.json")).status == 200
    assert world.rows["scraper_execution_log"][-1]["scraper_name"] == "upload"


def test_nothing_is_published(world: World, call: Call) -> None:
    """The logger publishes nothing, as its messages would reach itself again."""
    event = upload(world, "notes/x.json")
    published = len(world.publisher.published)
    call("scraper_logger", event)
    assert len(world.publisher.published) == published
