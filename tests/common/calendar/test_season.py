"""The season is read from the newest schedule object that can be read."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from common.calendar.owners import Listing
from common.calendar.season import BOARD_DAYS, SeasonReader, by_date
from common.cloud.ports import StoredObject
from common.eastern import at
from common.errors import TransientError
from common.scrapers.espn.listing import read_listings
from common.threads import CallThreads
from local.simulator.ports.intercepted import intercepted
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.at_once import meeting
from tests.kit.situations import DAY, et, game

BUCKET = "nba-scraped-data"
NOW = et("2025-11-12 12:00")


def listing(status: int = 1, score: tuple[int, int] | None = None) -> Listing:
    """Return the game at 19:00 ET on the day as the other owner lists it."""
    tipoff = et("2025-11-12 19:00")
    return Listing("401", DAY, tipoff, "MIL", "CHA", status, postponed=False, score=score)


class Counting(MemoryStorage):
    """A storage that counts how many objects are read."""

    reads = 0

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.clock = clock

    def read(self, *args: Any, **kwargs: Any) -> tuple[bytes, int] | None:
        """Read as the port does, and count the read."""
        self.reads += 1
        return super().read(*args, **kwargs)


@pytest.fixture
def storage() -> Counting:
    """Return an empty storage."""
    return Counting(ManualClock(NOW))


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


def store(storage: Counting, fetched: datetime, body: bytes, **metadata: str) -> str:
    """Store a schedule as the scraper does, no earlier than it was fetched."""
    metadata["task_id"] = "t"
    storage.clock.move(fetched)
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


def test_ft3_an_overwritten_schedule_is_seen_by_a_warm_instance(storage: Counting) -> None:
    """A new version under the same name is read, as an operator may upload a file again."""
    reader = SeasonReader(storage, BUCKET)
    name = store(storage, NOW, schedule("0022500213"))
    assert [one.game_id for one in reader.read(NOW).calendar[DAY]] == ["0022500213"]
    held = storage.stat(BUCKET, name)
    assert held is not None
    storage.replace(BUCKET, name, schedule("0022500214"), generation=held.generation)
    assert [one.game_id for one in reader.read(NOW).calendar[DAY]] == ["0022500214"]


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


@pytest.mark.parametrize("labels", [{}, {"task_id": "t"}], ids=["upload", "forged"])
@pytest.mark.parametrize("custom", [None, datetime(2099, 1, 1, tzinfo=UTC)])
@pytest.mark.parametrize("folder", [DAY, date(9999, 12, 31), "zzz"])
@pytest.mark.parametrize("body", [b"{", schedule()])
def test_fr7_uploads_do_not_hide_the_schedule_for_good(
    storage: Counting,
    labels: dict[str, str],
    custom: datetime | None,
    folder: date | str,
    body: bytes,
) -> None:
    """The next refresh is the newest, whatever dates three uploads before it claim."""
    for number in range(3):
        name = f"nbac-schedule-api/{folder}/{number}.json"
        storage.create(BUCKET, name, body, metadata=labels, custom_time=custom)
    after = store(storage, NOW + timedelta(hours=6), schedule("0022500213"))
    assert SeasonReader(storage, BUCKET).read(NOW + timedelta(hours=6)).name == after


def test_a_forced_tick_of_the_past_reads_the_schedule_of_today(storage: Counting) -> None:
    """A name is held against the object's own creation, not against the instant asked about."""
    name = store(storage, NOW, schedule("0022500213"))
    assert SeasonReader(storage, BUCKET).read(NOW - timedelta(days=8)).name == name


@pytest.mark.parametrize("folder", [DAY, date(9999, 12, 31), "zzz"])
def test_fr7_uploads_that_cannot_be_read_do_not_hide_the_schedule_before(
    storage: Counting, folder: date | str
) -> None:
    """With three newer ones, the schedule that a task wrote days ago is still read."""
    before = store(storage, NOW - timedelta(days=9), schedule("0022500213"))
    for number in range(3):
        storage.create(BUCKET, f"nbac-schedule-api/{folder}/{number}.json", b"{")
    assert SeasonReader(storage, BUCKET).read(NOW).name == before


def test_fr7_a_schedule_dated_after_tomorrow_is_not_read(storage: Counting) -> None:
    """The Eastern date after its creation is the last that an object's name may have."""
    tomorrow, later = DAY + timedelta(days=1), DAY + timedelta(days=2)
    storage.create(BUCKET, f"nbac-schedule-api/{tomorrow}/x.json", schedule("0022500213"))
    evening = NOW + timedelta(hours=11)
    storage.clock.move(evening)
    storage.create(BUCKET, f"nbac-schedule-api/{later}/x.json", schedule("0022500214"))
    read = SeasonReader(storage, BUCKET).read
    assert read(evening).name == f"nbac-schedule-api/{tomorrow}/x.json"
    assert read(NOW + timedelta(days=2)).name == f"nbac-schedule-api/{tomorrow}/x.json"


def test_fr7_a_scoreboard_dated_after_tomorrow_is_not_read(storage: Counting) -> None:
    """A scoreboard of the year 9999 brings no games."""
    labels = {"outcome": "SUCCESS", "task_id": "t"}
    for day in (DAY + timedelta(days=1), DAY + timedelta(days=2), date(9999, 12, 31)):
        storage.create(BUCKET, f"espn-scoreboard/{day}/x.json", b"board", metadata=labels)
    season = SeasonReader(storage, BUCKET, board(listing())).read(NOW)
    assert season.boards == (DAY + timedelta(days=1),)


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
    with pytest.raises(TransientError, match="python -m local scrape nbac_schedule_api"):
        SeasonReader(storage, BUCKET).read(NOW)


def test_d5_only_broken_schedules_are_an_error(storage: Counting) -> None:
    """If the newest three objects of a week do not parse, nor those of all, an error is raised."""
    for hours in range(6):
        store(storage, NOW - timedelta(hours=hours), b"{")
    with pytest.raises(TransientError, match="no readable schedule"):
        SeasonReader(storage, BUCKET).read(NOW)
    assert storage.reads == 6


def test_a_constant_number_of_days_is_listed(storage: Counting) -> None:
    """While the last week has a schedule, objects before it are not listed."""
    store(storage, NOW - timedelta(days=9), schedule("0022500213"))
    store(storage, NOW - timedelta(hours=9), schedule("0022500214"))
    starts: list[str | None] = []
    listing = storage.list

    def spied(bucket: str, prefix: str, *, start: str | None = None) -> Iterator[StoredObject]:
        starts.append(start)
        return listing(bucket, prefix, start=start)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "list", spied)
        SeasonReader(storage, BUCKET).read(NOW)
    assert starts == ["nbac-schedule-api/2025-11-05"]


def test_an_old_schedule_is_better_than_none(storage: Counting) -> None:
    """Where the last week has none, the newest schedule of any age is read, and is stale."""
    for days in (30, 90):
        store(storage, NOW - timedelta(days=days), schedule("0022500213"))
    season = SeasonReader(storage, BUCKET).read(NOW)
    assert season.fetched == NOW - timedelta(days=30)
    assert season.is_stale(NOW)


def board(*listings: Listing) -> Callable[[bytes], list[Listing]]:
    """Return a reader of scoreboards that finds these games in each of them."""
    return lambda body: [] if body == b"{}" else list(listings)


def put_board(
    storage: Counting, when: datetime, body: bytes = b"board", day: date = DAY, **labels: str
) -> None:
    """Store a scoreboard of a date as a task does."""
    name = f"espn-scoreboard/{day}/{when:%H%M%S}.json"
    metadata = {"outcome": "SUCCESS", "task_id": "t", **labels}
    storage.create(BUCKET, name, body, metadata=metadata, custom_time=when)


def test_an_old_schedule_is_brought_up_to_date_by_the_other_owner(storage: Counting) -> None:
    """Times, finals and scores of the date are those of its scoreboard; the ids are NBA.com's."""
    store(storage, NOW - timedelta(hours=30), schedule("0022500213"))
    put_board(storage, NOW - timedelta(hours=1))
    season = SeasonReader(storage, BUCKET, board(listing(status=3, score=(100, 111)))).read(NOW)
    (found,) = season.calendar[DAY]
    assert (found.game_id, found.is_final, found.score) == ("0022500213", True, (100, 111))
    assert season.boards == (DAY,)
    assert not season.is_stale(NOW + timedelta(hours=6))


def test_a_fresh_schedule_needs_no_other_owner(storage: Counting) -> None:
    """A schedule of less than a day is used as it is, and no scoreboard is read."""
    store(storage, NOW - timedelta(hours=23), schedule("0022500213"))
    put_board(storage, NOW - timedelta(hours=1))
    season = SeasonReader(storage, BUCKET, board(listing(status=3))).read(NOW)
    assert (season.boards, season.calendar[DAY][0].status) == ((), 1)
    assert storage.reads == 1


def test_without_a_schedule_the_other_owners_games_have_its_ids(storage: Counting) -> None:
    """A deployment that never had a season file has the games of the last days' scoreboards."""
    put_board(storage, NOW - timedelta(hours=1))
    season = SeasonReader(storage, BUCKET, board(listing())).read(NOW)
    assert [one.game_id for one in season.calendar[DAY]] == ["espn-401"]
    assert (season.name, season.boards) == ("", (DAY,))


def test_a_scoreboard_without_a_game_shows_that_none_is_played(storage: Counting) -> None:
    """An empty scoreboard of today makes an old schedule trustworthy again."""
    store(storage, NOW - timedelta(days=5), schedule())
    put_board(storage, NOW - timedelta(hours=1), b"{}", outcome="NO_DATA")
    season = SeasonReader(storage, BUCKET, board(listing())).read(NOW)
    assert DAY not in season.calendar
    assert not season.is_stale(NOW)
    assert season.is_stale(NOW + timedelta(days=1))  # of another date the board says nothing


def test_a_scoreboard_is_of_an_eastern_date(storage: Counting) -> None:
    """Late in the evening it is today's still, and the one of four days ago is read as well."""
    late = et("2025-11-12 23:00")
    for back in (0, BOARD_DAYS, BOARD_DAYS + 1):
        day = DAY - timedelta(days=back)
        put_board(storage, at(day, time(12)), day=day)
    reader = SeasonReader(storage, BUCKET, lambda _: [listing()])
    season = reader.read(late)
    assert season.boards == (DAY - timedelta(days=BOARD_DAYS), DAY)
    assert not season.is_stale(late)


@pytest.mark.parametrize(
    ("age", "board_age", "counts"),
    [(24, 1, False), (24.01, 1, True), (30, 29, True), (30, 30, False), (30, 31, False)],
)
def test_a_scoreboard_counts_beside_a_schedule_of_more_than_a_day(
    storage: Counting, age: float, board_age: float, *, counts: bool
) -> None:
    """And only one that is newer than the schedule; ages are in hours."""
    store(storage, NOW - timedelta(hours=age), schedule("0022500213"))
    put_board(storage, NOW - timedelta(hours=board_age))
    season = SeasonReader(storage, BUCKET, board(listing())).read(NOW)
    assert season.boards == ((DAY,) if counts else ())


def test_dates_of_scoreboards_come_in_their_order(storage: Counting) -> None:
    """They are recorded with each decision, whatever order storage lists them in."""
    for number, back in enumerate((1, 0, 2)):
        put_board(storage, NOW - timedelta(hours=number), day=DAY - timedelta(days=back))
    around = intercepted(storage, lambda call, do: [*do()][::-1] if call.name == "list" else do())
    season = SeasonReader(around, BUCKET, board(listing())).read(NOW)
    assert season.boards == tuple(DAY - timedelta(days=back) for back in (2, 1, 0))


@pytest.mark.parametrize("turn", [1, -1])
def test_the_newest_scoreboard_of_a_date_counts_and_is_read_once(
    storage: Counting, turn: int
) -> None:
    """In whatever order they are listed; failures are left out, and nothing is read again."""
    put_board(storage, NOW - timedelta(hours=3), b"{}")
    put_board(storage, NOW - timedelta(hours=2))
    put_board(storage, NOW - timedelta(hours=1), b"{}", outcome="CONTRACT")
    turned = intercepted(storage, lambda call, do: [*do()][::turn] if call.name == "list" else do())
    reader = SeasonReader(turned, BUCKET, board(listing()))
    assert len(reader.read(NOW).calendar[DAY]) == 1
    assert len(reader.read(NOW).calendar[DAY]) == 1
    assert storage.reads == 1


def test_scoreboards_are_read_at_once(storage: Counting) -> None:
    """Those of two dates on an instance that has read none."""
    yesterday = DAY - timedelta(days=1)
    put_board(storage, NOW, day=yesterday)
    put_board(storage, NOW)
    met = intercepted(storage, meeting("read", "read"))
    with CallThreads(2) as threads:
        season = SeasonReader(met, BUCKET, board(listing()), threads).read(NOW)
    assert season.boards == (yesterday, DAY)


def test_ft3_a_scoreboard_that_was_put_anew_is_seen_by_a_warm_instance(storage: Counting) -> None:
    """Another version under the same name is read."""
    put_board(storage, NOW, b"{}")
    reader = SeasonReader(storage, BUCKET, board(listing()))
    assert reader.read(NOW).calendar == {}
    storage.delete(BUCKET, f"espn-scoreboard/{DAY}/{NOW:%H%M%S}.json")
    put_board(storage, NOW)
    assert len(reader.read(NOW).calendar[DAY]) == 1


def test_a_scoreboard_that_cannot_be_read_is_left_out(
    storage: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names it, and the schedule stands."""
    store(storage, NOW - timedelta(hours=30), schedule("0022500213"))
    put_board(storage, NOW - timedelta(hours=1), b"not JSON")
    reader = SeasonReader(storage, BUCKET, read_listings)
    assert [reader.read(NOW).boards for _ in range(2)] == [(), ()]
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["object"].startswith("espn-scoreboard/")


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


def test_many_warnings_of_an_upload_are_one_short_line(
    storage: Counting, capsys: pytest.CaptureFixture[str]
) -> None:
    """It counts them all and shows the first three."""
    body = schedule(*(f"002250021{number}" for number in range(5)))
    body = body.replace(b'"gameStatus"', b'"postponedStatus": "Z", "gameStatus"')
    storage.create(BUCKET, f"nbac-schedule-api/{DAY}/mine.json", body, custom_time=NOW)
    SeasonReader(storage, BUCKET).read(NOW)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["rows"], line["error"].count("postponedStatus is 'Z'")) == (5, 3)
