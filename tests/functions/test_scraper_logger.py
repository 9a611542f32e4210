"""The scraper logger: every finalized object has its row, written from its own labels."""

from datetime import timedelta

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
    """Id, path, times, counts and links of the seed's columns and ours."""
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
    """Its labels came along; no second run is logged, and no try is charged to the scraper."""
    bucket = world.runtime.settings.data_bucket
    (ours,) = world.storage.list(bucket, "nbac-schedule-api/")
    event = upload(world, f"backup/{ours.name}", dict(ours.metadata))
    assert call("scraper_logger", event).body["outcome"] == "UPLOADED"
    assert world.rows["scraper_execution_log"][-1]["task_id"] is None


def test_a_user_s_upload_is_logged_too(world: World, call: Call) -> None:
    """Under its folder's name, as UPLOADED, with nothing claimed that is not known."""
    event = upload(world, "player-notes/2025-11-12/by-hand.json", {"owner": "someone"})
    assert call("scraper_logger", event).body["outcome"] == "UPLOADED"
    row = world.rows["scraper_execution_log"][-1]
    assert (row["scraper_name"], row["status"]) == ("player_notes", "SUCCESS")
    assert (row["records_processed"], row["workflow_name"]) == (None, None)
    assert row["triggered_at"] == world.clock.now()


def test_an_upload_without_a_folder_is_logged(world: World, call: Call) -> None:
    """Also one whose name is all that is known of it, for it is gone already."""
    event = upload(world, "loose.json")
    assert call("scraper_logger", event).status == 200
    gone = {**event, "name": "gone.json", "generation": "99"}
    assert call("scraper_logger", gone).status == 200
    rows = world.rows["scraper_execution_log"][-2:]
    assert [row["scraper_name"] for row in rows] == ["upload", "upload"]
    assert [row["gcs_path"][-9:] for row in rows] == ["oose.json", "gone.json"]


def test_an_object_logged_before_is_a_no_op(world: World, call: Call) -> None:
    """Whichever wrapping the second event has; another version of it is another row."""
    event = upload(world, "notes/x.json")
    call("scraper_logger", event)
    world.clock.move(NOON + timedelta(hours=5))
    again = call("scraper_logger", {"message": {"data": event, "messageId": "9"}})
    assert (again.status, again.body["result"]) == (200, "already logged")
    assert len(world.rows["scraper_execution_log"]) == 2
    assert call("scraper_logger", {**event, "generation": "77"}).body["result"] == "logged"
    assert len(world.rows["scraper_execution_log"]) == 3


def test_nothing_is_published(world: World, call: Call) -> None:
    """A logger that published would feed the chain it listens to."""
    event = upload(world, "notes/x.json")
    published = len(world.publisher.published)
    call("scraper_logger", event)
    assert len(world.publisher.published) == published
