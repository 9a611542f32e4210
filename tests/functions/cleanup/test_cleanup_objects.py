"""Objects without a log row are resent, a bounded number of times (R8)."""

from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.errors import RowError
from common.healing import objects as lost_objects
from local.simulator.ports.intercepted import Call, Do
from local.simulator.world import World
from tests.kit.breaks import Break, failing, raising, tapped
from tests.kit.checks import defects
from tests.kit.sweeps import BUCKET, SWEEPS_A_DAY, sweep, upload
from tests.kit.world import SWEEP, lose_two, unnoticed


def poison(call: Call, do: Do) -> Any:
    """Refuse the log rows of objects named poison, as if they did not fit the table."""
    if call.name == "append" and any("poison" in str(row.get("gcs_path")) for row in call.args[1]):
        raise RowError("scraper_execution_log.gcs_path: does not fit")
    return do()


def test_a_lost_error_object_is_found_too(world: World) -> None:
    """An object below `failed/` is resent like any other."""
    upload(world, "failed/oddsa-events/2025-11-12/124500.json")
    assert sweep(world)["missing_files_found"] == 1
    assert defects(world) == []


def test_c5_a_poison_object_is_sent_three_times_and_then_quarantined(world: World) -> None:
    """Every resend of an object that cannot be logged is dead-lettered."""
    upload(world, "notes/2025-11-12/poison.json")
    with tapped(world, poison, "warehouse"):
        rows = [sweep(world, number) for number in range(5)]
    assert [row["republished_count"] for row in rows] == [1, 1, 1, 0, 0]
    left_alone = [f"gs://{BUCKET}/notes/2025-11-12/poison.json"]
    assert [row["quarantined"] for row in rows] == [[]] * 3 + [left_alone] + [[]]


def test_c3_a_lookup_that_fails_sends_nothing_and_says_so(world: World) -> None:
    """A failed lookup is not taken for an empty table."""
    lose_two(world)
    with tapped(world, failing(ServiceUnavailable("BigQuery is away"), "select"), "warehouse"):
        row = sweep(world)
    assert (row["status"], row["files_checked"], row["republished_count"]) == ("ERROR", 0, 0)
    assert "BigQuery is away" in row["error_message"]
    assert sweep(world, 1)["republished_count"] == 2
    assert defects(world) == []


def test_c3_of_three_sends_one_fails_and_two_are_told(world: World) -> None:
    """The row lists what was resent, and the next sweep resends the rest."""
    for name in "abc":
        upload(world, f"notes/2025-11-12/{name}.json")
    second = Break(2, raising(ServiceUnavailable("Pub/Sub is away")))
    with tapped(world, second.around, "publisher"):
        row = sweep(world)
    assert (row["status"], row["missing_files_found"], row["republished_count"]) == ("ERROR", 3, 2)
    assert sweep(world, 1)["republished"] == [f"gs://{BUCKET}/notes/2025-11-12/b.json"]
    assert defects(world) == []


def test_c5_an_outage_uses_up_no_try(world: World) -> None:
    """After nine hours without Pub/Sub the object is still resent."""
    upload(world, "notes/2025-11-12/x.json")
    with tapped(world, failing(ServiceUnavailable("Pub/Sub is away")), "publisher"):
        statuses = [sweep(world, number)["status"] for number in range(36)]
    assert statuses[:4] == ["ERROR"] * 4
    assert statuses[1::4] == ["ERROR"] * 9
    assert sweep(world, 37)["republished_count"] == 1
    assert defects(world) == []


def test_c5_quarantined_objects_take_no_others_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quarantined objects do not count towards the resends of a sweep."""
    monkeypatch.setattr(lost_objects, "SWEEP_OBJECTS_MAX", 2)
    for number in range(2):
        upload(world, f"a/2025-11-12/poison-{number}")
    with tapped(world, poison, "warehouse"):
        for number in range(4):
            row = sweep(world, number)
    assert len(row["quarantined"]) == 2
    upload(world, "b/2025-11-12/lost.json")
    assert sweep(world, 5)["republished"] == [f"gs://{BUCKET}/b/2025-11-12/lost.json"]
    logged = world.rows["scraper_execution_log"][-1]["gcs_path"]
    assert logged == f"gs://{BUCKET}/b/2025-11-12/lost.json"


@pytest.mark.parametrize("name", ["oddsa-events/2025-01-15/124500.json", "loose.json", "a/0.csv"])
def test_r8_an_object_that_is_not_named_by_a_recent_date_is_healed_too(
    world: World, name: str
) -> None:
    """An hour's last sweep also finds objects of old dates and of none."""
    upload(world, name)
    assert sweep(world)["missing_files_found"] == 0
    assert sweep(world, 1)["republished"] == [f"gs://{BUCKET}/{name}"]
    assert defects(world) == []


@pytest.mark.parametrize("day", ["2025-11-12", "2025-11-11"])
def test_r8_an_unlogged_object_of_last_night_is_found_by_any_sweep(world: World, day: str) -> None:
    """Objects named by yesterday's date are found, as morning runs write them."""
    name = f"nbac-gamebook-pdf/{day}/0022500213/064500.pdf"
    upload(world, name)
    assert sweep(world)["republished"] == [f"gs://{BUCKET}/{name}"]
    assert defects(world) == []


def test_r8_a_round_of_many_pages_goes_on_where_the_last_page_ended(world: World) -> None:
    """A lost object behind 1,500 others is found by the second page; then a round begins."""
    with unnoticed(world):
        for number in range(1500):
            world.storage.create(BUCKET, f"archive/{number:04}.csv", b"")
    world.clock.move(SWEEP + timedelta(days=9))
    upload(world, "archive/1999.csv")
    rows = [sweep(world, 9 * SWEEPS_A_DAY + number) for number in (1, 2, 3, 4, 5, 9)]
    found = [row["republished"] for row in rows]
    assert found == [[], [], [], [], [f"gs://{BUCKET}/archive/1999.csv"], []]
    assert world.rows["scraper_execution_log"][-1]["gcs_path"].endswith("archive/1999.csv")


def test_c3_a_page_whose_lookup_failed_is_not_turned(world: World) -> None:
    """The next sweep lists the same page again, so that no object is skipped."""
    upload(world, "loose.json")
    with tapped(world, failing(ServiceUnavailable("BigQuery is away"), "select"), "warehouse"):
        assert sweep(world, 1)["status"] == "ERROR"
    assert sweep(world, 5)["republished"] == [f"gs://{BUCKET}/loose.json"]


def test_a_user_may_give_an_object_any_custom_time(world: World) -> None:
    """The age of a user's object counts from its upload, not from its customTime."""
    long_ago = SWEEP - timedelta(days=900)
    with unnoticed(world):
        world.storage.create(BUCKET, "notes/2025-11-12/x.json", b"{}", custom_time=long_ago)
    assert sweep(world)["republished_count"] == 1
    assert defects(world) == []
