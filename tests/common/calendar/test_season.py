"""The season is read from the newest schedule object that can be read."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common.calendar.season import SeasonReader, by_date
from common.cloud.ports import StoredObject
from common.errors import TransientError
from local.simulator.ports.memory import MemoryStorage
from tests.kit.situations import DAY, et, game

BUCKET = "nba-scraped-data"
NOW = et("2025-11-12 12:00")


class Clock:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return noon."""
        return NOW

    def sleep(self, seconds: float) -> None:
        """Return at once."""


class Counting(MemoryStorage):
    """A storage that counts how many objects are read."""

    reads = 0

    def read(self, *args: Any, **kwargs: Any) -> tuple[bytes, StoredObject] | None:
        """Read as the port does, and count the read."""
        self.reads += 1
        return super().read(*args, **kwargs)


@pytest.fixture
def storage() -> Counting:
    """Return an empty storage."""
    return Counting(Clock())


def schedule(*game_ids: str) -> bytes:
    """Return a scheduleLeagueV2 document with games at 19:00 ET on the day."""
    games = [
        {
            "gameId": game_id,
            "gameStatus": 1,
            "gameStatusText": "7:00 pm ET",
            "gameDateTimeEst": "2025-11-12T19:00:00Z",
            "gameDateTimeUTC": "2025-11-13T00:00:00Z",
            "awayTeam": {"teamTricode": "MIL", "score": 0},
            "homeTeam": {"teamTricode": "CHA", "score": 0},
        }
        for game_id in game_ids
    ]
    days = [{"gameDate": "11/12/2025 00:00:00", "games": games}]
    return json.dumps({"leagueSchedule": {"seasonYear": "2025-26", "gameDates": days}}).encode()


def store(storage: MemoryStorage, fetched: datetime, body: bytes, **metadata: str) -> str:
    """Store a schedule as the scraper does."""
    metadata["task_id"] = "t"
    name = f"nbac-schedule-api/{fetched - timedelta(hours=5):%Y-%m-%d/%H%M%S}.json"
    storage.create(BUCKET, name, body, metadata=metadata, custom_time=fetched)
    return name


def test_d14_a_new_object_is_seen_by_a_warm_instance(storage: Counting) -> None:
    """Each read returns the newest object, and each generation is parsed once."""
    reader = SeasonReader(storage, BUCKET)
    store(storage, NOW - timedelta(hours=6), schedule("0022500213"))
    assert [len(reader.read(NOW).calendar[DAY]) for _ in range(3)] == [1, 1, 1]
    assert storage.reads == 1
    store(storage, NOW, schedule("0022500213", "0022500214"))
    assert len(reader.read(NOW).calendar[DAY]) == 2
    assert storage.reads == 2


def test_the_newest_object_is_found_by_its_time(storage: Counting) -> None:
    """The newest object is found by its time, even if its name has an earlier date."""
    store(storage, NOW - timedelta(hours=1), schedule("0022500213"))
    storage.create(
        BUCKET,
        "nbac-schedule-api/2025-11-11/z.json",
        schedule("0022500214"),
        metadata={"task_id": "t"},
        custom_time=NOW,
    )
    season = SeasonReader(storage, BUCKET).read(NOW)
    assert [one.game_id for one in season.calendar[DAY]] == ["0022500214"]


def test_an_upload_cannot_claim_to_be_the_newest_for_ever(storage: Counting) -> None:
    """An upload is dated by GCS's own time, not by the customTime its owner set."""
    far = NOW + timedelta(days=9999)
    name = "nbac-schedule-api/zzz.json"
    storage.create(BUCKET, name, schedule("0022500213"), custom_time=far)
    after = store(storage, NOW + timedelta(hours=6), schedule("0022500214"))
    assert SeasonReader(storage, BUCKET).read(NOW).name == after


def test_an_upload_too_large_to_read_does_not_hide_the_one_before(storage: Counting) -> None:
    """An object too large to read is ignored, and the one before it is used."""
    before = store(storage, NOW - timedelta(hours=6), schedule("0022500213"))
    store(storage, NOW, b" " * (64 * 1024 * 1024 + 1))
    assert SeasonReader(storage, BUCKET).read(NOW).name == before


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"{}", b'{"leagueSchedule": {}}', b"\xff", b"[" * 100_000),
        b'{"schema": "scraped", "records": [5]}',
        b'{"schema": "scraped", "records": [{"gameId": "0022500213", "gameDate": []}]}',
        schedule("002250021\N{SUPERSCRIPT TWO}"),
        schedule("0022500213").replace(b'"MIL"', b"5"),
        schedule("0022500213").replace(b'"MIL"', b'"MILW"'),
    ],
)
def test_a_broken_schedule_does_not_hide_the_one_before(
    storage: Counting, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """An object that does not parse is ignored and logged, and the one before it is used."""
    before = store(storage, NOW - timedelta(hours=6), schedule("0022500213"))
    broken = store(storage, NOW, body)
    assert SeasonReader(storage, BUCKET).read(NOW).name == before
    logged = json.loads(capsys.readouterr().err)
    assert (logged["severity"], logged["object"]) == ("ERROR", broken)
    assert logged["error"]


@pytest.mark.parametrize("outcome", ["NO_DATA", "BLOCKED", "FAILED", "CONTRACT"])
def test_s2_only_a_success_is_a_schedule(storage: Counting, outcome: str) -> None:
    """Objects with another outcome than SUCCESS, and empty objects, are ignored."""
    before = store(storage, NOW - timedelta(hours=6), schedule("0022500213"), outcome="SUCCESS")
    store(storage, NOW - timedelta(hours=1), schedule(), outcome=outcome)
    store(storage, NOW, b"")
    assert SeasonReader(storage, BUCKET).read(NOW).name == before


def test_empty_objects_are_not_read(storage: Counting) -> None:
    """Empty objects do not use up the three objects that are read."""
    before = store(storage, NOW - timedelta(hours=6), schedule("0022500213"))
    for hours in range(4):
        store(storage, NOW - timedelta(hours=hours), b"")
    assert SeasonReader(storage, BUCKET).read(NOW).name == before
    assert storage.reads == 1


def test_d5_no_schedule_is_an_error(storage: Counting) -> None:
    """Without a schedule an error is raised that names the request to publish."""
    with pytest.raises(TransientError, match="publish a scraper request for nbac_schedule_api"):
        SeasonReader(storage, BUCKET).read(NOW)


def test_d5_only_broken_schedules_are_an_error(storage: Counting) -> None:
    """If the newest three objects do not parse, an error is raised without reading more."""
    for hours in range(6):
        store(storage, NOW - timedelta(hours=hours), b"{")
    with pytest.raises(TransientError, match="no readable schedule"):
        SeasonReader(storage, BUCKET).read(NOW)
    assert storage.reads == 3


def test_a_constant_number_of_days_is_listed(storage: Counting) -> None:
    """Objects older than a week are neither listed nor used."""
    store(storage, NOW - timedelta(days=9), schedule("0022500213"))
    with pytest.raises(TransientError):
        SeasonReader(storage, BUCKET).read(NOW)


def test_x13_a_schedule_is_stale_after_two_days(storage: Counting) -> None:
    """A schedule is stale more than 48 hours after it was fetched."""
    store(storage, NOW, schedule("0022500213"))
    season = SeasonReader(storage, BUCKET).read(NOW)
    assert not season.is_stale(NOW + timedelta(hours=48))
    assert season.is_stale(NOW + timedelta(hours=48, seconds=1))


def test_a_read_that_fails_is_not_cached(storage: Counting) -> None:
    """A storage error is raised, and the next read succeeds."""
    store(storage, NOW, schedule("0022500213"))
    reader = SeasonReader(storage, BUCKET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "read", lambda *_: (_ for _ in ()).throw(ConnectionError("reset")))
        with pytest.raises(ConnectionError):
            reader.read(NOW)
    assert len(reader.read(NOW).calendar[DAY]) == 1


def test_games_are_grouped_by_their_date() -> None:
    """Games are grouped by the Eastern date they are listed under."""
    late, other = game(1, "2025-11-12 22:30"), game(2, "2025-11-13 19:00")
    assert by_date((late, other)) == {DAY: (late,), date(2025, 11, 13): (other,)}


def test_fs01_warnings_of_an_upload_are_logged_once(
    storage: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator's file has no task that logs for it: one line names object, count and first."""
    reader = SeasonReader(storage, BUCKET)
    body = schedule("0022500213").replace(b'"gameStatus"', b'"postponedStatus": "Z", "gameStatus"')
    storage.create(BUCKET, f"nbac-schedule-api/{DAY}/mine.json", body, custom_time=NOW)
    assert [len(reader.read(NOW).calendar[DAY]) for _ in range(3)] == [1, 1, 1]
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["severity"], line["rows"]) == ("WARNING", 1)
    assert line["object"].endswith("mine.json")
    assert "0022500213: postponedStatus is 'Z'" in line["error"]
    store(storage, NOW + timedelta(minutes=1), body)
    assert len(reader.read(NOW + timedelta(minutes=1)).calendar[DAY]) == 1
    assert capsys.readouterr().err == ""
