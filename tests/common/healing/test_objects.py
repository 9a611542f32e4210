"""Objects without a log row: which ones a sweep checks, and when it resends none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from common.cloud.ports import StoredObject
from common.healing import objects as lost_objects
from common.healing.objects import heal_objects
from common.runtime import Runtime
from common.settings import Settings
from common.state import names
from common.threads import CallThreads
from local.simulator.ports.intercepted import intercepted
from tests.kit.at_once import meeting
from tests.kit.breaks import failing
from tests.kit.unlogged import HOUR, NOW, Swept, log, resent, runtime_with, sweep, write

OURS = {"task_id": "7"}
SECOND, MINUTE, DAY = (timedelta(seconds=n) for n in (1, 60, 86400))


@pytest.mark.parametrize(
    ("lost", "logged", "storm"),
    [(19, 0, False), (19, 1, False), (20, 0, True), (20, 5, False), (21, 5, True), (30, 70, False)],
)
def test_c1_a_storm_is_most_of_many(
    runtime: Runtime, lost: int, logged: int, *, storm: bool
) -> None:
    """At least twenty objects, more than eight in ten, are a storm; otherwise all are resent."""
    for number in range(lost + logged):
        stored = write(runtime, f"a/2025-11-12/{number:03}.json")
        if number >= lost:
            log(runtime, stored)
    found = sweep(runtime)
    assert (found.checked, found.missing) == (lost + logged, lost)
    assert len(found.republished) == (0 if storm else lost)
    told = f"{lost} of {lost + logged} objects look unlogged; nothing was sent"
    assert found.storm == (told if storm else None)


def test_c1_a_storm_of_two_hours_is_judged_by_eight_days(runtime: Runtime) -> None:
    """One evening's loss is resent when a week's log shows that the lookup works."""
    for number in range(40):
        write(runtime, f"a/2025-11-12/{number}.json")
    for number in range(20):
        log(runtime, write(runtime, f"a/2025-11-06/{number}.json", 6 * DAY))
    found = sweep(runtime)
    assert (found.storm, len(found.republished)) == (None, 40)


@pytest.mark.parametrize(
    ("ago", "near", "far"),
    [
        (10 * MINUTE, True, True),
        (10 * MINUTE - SECOND, False, False),
        (2 * HOUR, True, True),
        (2 * HOUR + SECOND, False, True),
        (8 * DAY, False, True),
        (8 * DAY + SECOND, False, False),
    ],
)
def test_r8_a_sweep_looks_back_so_far(
    runtime: Runtime, ago: timedelta, *, near: bool, far: bool
) -> None:
    """Sweeps check the span from two hours to ten minutes ago; once an hour eight days."""
    day = (NOW - ago - timedelta(hours=5)).date()
    for name, more in ((f"a/{day}/1.json", {}), (f"failed/a/{day}/2.json", {"metadata": OURS})):
        write(runtime, name, ago, **more)
    assert len(sweep(runtime).republished) == 2 * near
    assert sweep(runtime, deep=True).checked == 2 * far


def test_r8_our_own_objects_count_from_their_run(runtime: Runtime) -> None:
    """Our object's age counts from its run; a user's customTime is ignored."""
    early = {"custom_time": NOW - HOUR}
    write(runtime, "a/2025-11-12/ours.json", timedelta(0), metadata=OURS, **early)
    write(runtime, "a/2025-11-12/theirs.json", timedelta(0), **early)
    assert resent(sweep(runtime)) == ["a/2025-11-12/ours.json"]


def test_what_others_left_in_the_bucket_before_us_is_not_looked_for() -> None:
    """Files of an adopted bucket need no row; our own objects always do."""
    runtime = runtime_with(Settings(collect_since=date(2025, 11, 12)))
    midnight = NOW - datetime(2025, 11, 12, 5, tzinfo=UTC)
    write(runtime, "a/2025-11-11/before.json", midnight + SECOND)
    write(runtime, "a/2025-11-12/since.json", midnight)
    write(runtime, "a/2025-11-11/ours.json", midnight + SECOND, metadata=OURS)
    assert resent(sweep(runtime, deep=True)) == [
        "a/2025-11-11/ours.json",
        "a/2025-11-12/since.json",
    ]


def test_an_object_of_long_ago_stays_left_whatever_its_run_says(runtime: Runtime) -> None:
    """An object written before the span is not checked, even if its run is recent."""
    recent = {"metadata": OURS, "custom_time": NOW - HOUR}
    write(runtime, "a/2025-11-12/old.json", 8 * DAY + HOUR, **recent)
    assert sweep(runtime, deep=True).checked == 0


@pytest.mark.parametrize(
    ("hours", "day"), [(12.5, "2025-11-12"), (11.5, "2025-11-13"), (11.5, "2025-11-11")]
)
def test_t4_a_near_sweep_looks_over_midnight(runtime: Runtime, hours: float, day: str) -> None:
    """At 00:30 it lists yesterday's names, and at 23:30 both yesterday's and tomorrow's."""
    later = NOW + timedelta(hours=hours)
    write(runtime, f"a/{day}/1.json", timedelta(hours=1 - hours))
    assert sweep(runtime, later).checked == 1


def test_a_near_sweep_lists_only_dates_around_today(runtime: Runtime) -> None:
    """Yesterday's, today's and tomorrow's; a backfill of a season is left to the hourly round."""
    near = ("2025-11-11", "2025-11-12", "2025-11-13")
    for day in (*near, "2024-11-12", "2025-11-10", "2025-11-14", "2026-11-12"):
        write(runtime, f"a/{day}/1.json")
    assert resent(sweep(runtime)) == [f"a/{day}/1.json" for day in near]
    assert sweep(runtime, deep=True).checked == 7


def test_a_deep_sweep_lists_the_dates_of_eight_days(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after today, the first and the last of them included, without its page."""
    monkeypatch.setattr(lost_objects, "LISTING_PAGE_OBJECTS", 1)
    write(runtime, "0.csv")  # the page
    near = ("2025-11-04", "2025-11-20")
    for day in (*near, "2025-11-03", "2025-11-21"):
        write(runtime, f"a/{day}/1.json")
    assert resent(sweep(runtime, deep=True)) == ["0.csv", *(f"a/{day}/1.json" for day in near)]


def test_r8_a_round_turns_its_pages_and_begins_anew(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page begins with the last name of the one before; after the last the first."""
    monkeypatch.setattr(lost_objects, "LISTING_PAGE_OBJECTS", 3)
    pages: list[list[str]] = []
    listed = runtime.storage.list

    def listing(bucket: str, prefix: str, **more: Any) -> Iterator[StoredObject]:
        found = [*listed(bucket, prefix, **more)]
        if "limit" in more:
            pages.append([stored.name[0] for stored in found])
        return iter(found)

    monkeypatch.setattr(runtime.storage, "list", listing)
    for number in range(6):
        write(runtime, f"{number}.csv")
    for _ in range(4):
        sweep(runtime, deep=True)
    assert [*map("".join, pages)] == ["012", "234", "45", "012"]
    write(runtime, "6.csv")
    for _ in range(3):
        sweep(runtime, deep=True)
    assert [*map("".join, pages[4:])] == ["234", "456", "6"]


def test_ft5_a_page_of_a_storm_is_not_turned(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep after a storm looks at the same page again, so that no object is skipped."""
    monkeypatch.setattr(lost_objects, "LISTING_PAGE_OBJECTS", 25)
    lost = [write(runtime, f"{number:02}.csv") for number in range(30)]
    assert sweep(runtime, deep=True).storm
    assert runtime.storage.stat(runtime.settings.state_bucket, names.CURSOR) is None
    for number in range(20):
        log(runtime, write(runtime, f"a/2025-11-12/{number}.json"))
    found = sweep(runtime, deep=True)
    assert (found.storm, found.missing_objects) == (None, lost[:25])


def test_a_round_of_one_page_is_written_down_once(runtime: Runtime) -> None:
    """If the next page is the same one, the state object is not written."""
    write(runtime, "1.csv")
    generations = set()
    for _ in range(3):
        sweep(runtime, deep=True)
        cursor = runtime.storage.stat(runtime.settings.state_bucket, names.CURSOR)
        assert cursor is not None
        generations.add(cursor.generation)
    assert len(generations) == 1


@pytest.mark.parametrize("body", [b"", b'{"next": "1', b"[]", b"{}", b'{"next": 1}'])
def test_r8_a_round_whose_place_cannot_be_read_begins_anew(runtime: Runtime, body: bytes) -> None:
    """It begins with the first name and writes its place again."""
    stored = write(runtime, "1.csv")
    runtime.storage.create(runtime.settings.state_bucket, names.CURSOR, body)
    assert sweep(runtime, deep=True).missing_objects == [stored]
    held = runtime.storage.read(runtime.settings.state_bucket, names.CURSOR)
    assert held is not None
    assert held[0] == b'{"next": ""}'


@pytest.mark.parametrize("when", [NOW - 3 * HOUR, NOW + MINUTE])
def test_r8_the_log_s_time_need_not_be_the_object_s(runtime: Runtime, when: datetime) -> None:
    """A run may begin an hour before its object is written, and clocks differ."""
    log(runtime, write(runtime, "a/2025-11-12/1.json", 2 * HOUR), when)
    found = sweep(runtime)
    assert (found.checked, found.missing) == (1, 0)


def test_r8_an_object_of_the_round_is_looked_up_in_the_log_of_eight_days(runtime: Runtime) -> None:
    """A page of the round may hold objects of any of the last days."""
    log(runtime, write(runtime, "1.csv", 8 * DAY))
    found = sweep(runtime, deep=True)
    assert (found.checked, found.missing) == (1, 0)


def test_folders_are_found_and_listed_at_once(runtime: Runtime) -> None:
    """Those of failures beside the others, and all that is found together."""
    for folder in ("a", "b", "failed/a"):
        write(runtime, f"{folder}/2025-11-12/1.json")
    met = intercepted(runtime.storage, meeting(*["folders"] * 2))
    met = intercepted(met, meeting(*["list"] * 3))
    with CallThreads(3) as threads:
        assert sweep(runtime.but(storage=met, threads=threads)).checked == 3


def test_of_too_many_folders_the_first_by_name_are_listed(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder an upload must not cost a listing each; those of failures come last."""
    monkeypatch.setattr(lost_objects, "LISTED_FOLDERS_MAX", 2)
    for folder in ("c", "b", "a", "failed/a"):
        write(runtime, f"{folder}/2025-11-12/1.json")
    assert sorted(resent(sweep(runtime))) == ["a/2025-11-12/1.json", "b/2025-11-12/1.json"]


@pytest.mark.parametrize("method", ["folders", "list", "read"])
def test_r8_without_one_of_what_is_read_at_once_nothing_is_sent(
    runtime: Runtime, method: str
) -> None:
    """The first error there is goes to the sweep, which keeps it in its row."""
    write(runtime, "a/2025-11-12/1.json")
    broken = intercepted(runtime.storage, failing(OSError("no route"), method))
    found = Swept()
    with pytest.raises(OSError, match="no route"):
        heal_objects(runtime.but(storage=broken), NOW, found, found.healed, deep=True)
    assert (found.checked, found.republished) == (0, [])


def test_only_so_many_are_sent_again_by_one_sweep(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has to end in time; the next one goes on."""
    monkeypatch.setattr(lost_objects, "SWEEP_OBJECTS_MAX", 2)
    for number in range(3):
        write(runtime, f"a/2025-11-12/{number}.json")
    found = sweep(runtime)
    assert (resent(found), found.missing) == (["a/2025-11-12/0.json", "a/2025-11-12/1.json"], 3)


def test_each_version_of_an_object_has_a_row_of_its_own(runtime: Runtime) -> None:
    """One that was overwritten since its row is looked for again."""
    stored = write(runtime, "a/2025-11-12/1.json")
    log(runtime, replace(stored, generation=stored.generation - 1))
    assert resent(sweep(runtime)) == ["a/2025-11-12/1.json"]


def test_the_logger_was_last_seen_at_its_latest_row(runtime: Runtime) -> None:
    """However the rows come; a logger without a row was never seen."""
    assert sweep(runtime).logger_seen == lost_objects.LONG_AGO
    for minutes in (60, 20, 90):
        log(runtime, write(runtime, f"a/2025-11-12/{minutes}.json", minutes * MINUTE))
    assert sweep(runtime).logger_seen == NOW - 20 * MINUTE
