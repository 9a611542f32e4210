"""Reads the season from the newest object of `nbac_schedule_api`, or an uploaded schedule file.

Where the file could not be refreshed for a day, the last days' games come from the scoreboards of
another owner (`espn_scoreboard`), which were stored since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from common.calendar.games import Calendar, Game, parse_schedule_body
from common.calendar.owners import Listing, settle
from common.eastern import eastern_date
from common.errors import BadInputError, TransientError
from common.logs import log

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Executor

    from common.cloud.ports import Storage, StoredObject


FOLDER = "nbac-schedule-api/"
"""The folder of schedule objects in the bucket of scraped data."""
BOARDS = "espn-scoreboard/"
"""The folder of the other owner's scoreboards, one or more a date."""
LISTED_DAYS = 7
"""How many days back schedule objects are listed; only where there is none, all of them are."""
BOARD_DAYS = 4
"""How many days back scoreboards are read: catch-up's 72 hours, and today."""
REFRESHED_WITHIN = timedelta(hours=24)
"""The age up to which a schedule is used as it is; it is refreshed every six hours."""
SCHEDULE_AGE_MAX = timedelta(hours=48)
"""The age from which a schedule that lists no game is not trusted."""
OBJECTS_READ_MAX = 3
"""How many of the newest objects are read until one of them parses; then as many that
tasks wrote, so that uploads which cannot be read hide no schedule (FR7)."""
WARNINGS_SHOWN_MAX = 3


ReadListings = Callable[[bytes], Sequence[Listing]]
"""Reads a stored scoreboard; raises BadInputError for what is none."""


@dataclass(frozen=True)
class Season:
    """A season's games and the object they were read from.

    Attributes:
        calendar: games by Eastern date.
        fetched: when the schedule was fetched; aware UTC.
        name: the object's name; empty while there has never been one.
        boards: the dates whose games are as another owner's scoreboard has them.
    """

    calendar: Calendar
    fetched: datetime
    name: str
    boards: tuple[date, ...] = ()

    def is_stale(self, now: datetime) -> bool:
        """Return whether the schedule is too old to be trusted when it lists no game (X13)."""
        return now - self.fetched > SCHEDULE_AGE_MAX and eastern_date(now) not in self.boards


NEVER = datetime.min.replace(tzinfo=UTC)
NO_FILE = Season({}, NEVER, "")


def by_date(games: tuple[Game, ...]) -> Calendar:
    """Group games by the Eastern date they are listed under."""
    grouped: dict[date, list[Game]] = defaultdict(list)
    for game in games:
        grouped[game.game_date].append(game)
    return {day: tuple(listed) for day, listed in grouped.items()}


class SeasonReader:
    """Reads the newest schedule object and parses each generation once (scenario D14).

    Args:
        storage: holds the bucket.
        bucket: of scraped data.
        read_listings: reads a scoreboard of the other owner; None where there is no other.
        threads: reads scoreboards at once; None reads one after the other.
    """

    def __init__(
        self,
        storage: Storage,
        bucket: str,
        read_listings: ReadListings | None = None,
        threads: Executor | None = None,
    ) -> None:
        self._storage = storage
        self._bucket = bucket
        self._read_listings = read_listings
        self._map = threads.map if threads else map
        self._cached: tuple[str, int, Season] | None = None
        self._boards: dict[tuple[str, int], Sequence[Listing] | None] = {}

    def read(self, now: datetime) -> Season:
        """Return the season as it is known at an instant (aware).

        Raises:
            TransientError: neither a schedule nor a scoreboard of the last days can be read; the
                scheduled refresh stores new ones.
        """
        season = self._file(now)
        if season and now - season.fetched <= REFRESHED_WITHIN:
            return season
        boards = self._newer_boards(season or NO_FILE, now)
        if season is None and not boards:
            raise TransientError(
                f"no readable schedule below gs://{self._bucket}/{FOLDER}, and no scoreboard of "
                f"the last {BOARD_DAYS} days below {BOARDS}; ask for one (python -m local scrape "
                "nbac_schedule_api), or upload a season file (python -m local schedule put FILE)"
            )
        return _with_boards(season or NO_FILE, boards, now)

    def _file(self, now: datetime) -> Season | None:
        lately = f"{FOLDER}{eastern_date(now) - timedelta(days=LISTED_DAYS)}"
        for start in (lately, None):
            listed = self._storage.list(self._bucket, FOLDER, start=start)
            found = [each for each in listed if _is_good(each) and _is_credible(each, FOLDER)]
            if season := self._newest(sorted(found, key=_time, reverse=True)):
                return season
        return None

    def _newest(self, found: list[StoredObject]) -> Season | None:
        tasks = [stored for stored in found if stored.is_ours]
        tried = found[:OBJECTS_READ_MAX] + tasks[:OBJECTS_READ_MAX]
        for stored in {each.name: each for each in tried}.values():
            if self._cached and self._cached[:2] == (stored.name, stored.generation):
                return self._cached[2]
            if season := self._parse(stored):
                self._cached = (stored.name, stored.generation, season)
                return season
        return None

    def _newer_boards(self, season: Season, now: datetime) -> Mapping[date, Sequence[Listing]]:
        """Read the newest scoreboard of each of the last days that is newer than the schedule."""
        if self._read_listings is None:
            return {}
        start = f"{BOARDS}{eastern_date(now) - timedelta(days=BOARD_DAYS)}"
        newest: dict[date, StoredObject] = {}
        for stored in self._storage.list(self._bucket, BOARDS, start=start):
            day = _day_of(stored, BOARDS) if _is_board(stored) else None
            is_newer = _is_credible(stored, BOARDS) and _time(stored) > season.fetched
            if day and is_newer and (day not in newest or _time(stored) > _time(newest[day])):
                newest[day] = stored
        found = dict(zip(newest, self._map(self._board, newest.values()), strict=True))
        self._boards = {_key(newest[day]): listings for day, listings in found.items()}
        return {day: listings for day, listings in found.items() if listings is not None}

    def _board(self, stored: StoredObject) -> Sequence[Listing] | None:
        if _key(stored) in self._boards:
            return self._boards[_key(stored)]
        assert self._read_listings is not None
        held = self._storage.read(self._bucket, stored.name)
        try:
            return None if held is None else self._read_listings(held[0])
        except BadInputError as error:
            log(
                "ERROR",
                "A scoreboard cannot be read: its date is left as the schedule has it",
                object=stored.name,
                error=error,
            )
            return None

    def _parse(self, stored: StoredObject) -> Season | None:
        try:
            held = self._storage.read(self._bucket, stored.name)
            if held is None:
                return None
            schedule = parse_schedule_body(held[0])
        except BadInputError as error:
            log(
                "ERROR",
                "A schedule object cannot be read: the one before it is used",
                object=stored.name,
                error=error,
            )
            return None
        if schedule.warnings and "task_id" not in stored.metadata:  # a task has logged its own
            log(
                "WARNING",
                "Parts of an uploaded schedule are left out or not known; look at the first",
                object=stored.name,
                rows=len(schedule.warnings),
                error="; ".join(schedule.warnings[:WARNINGS_SHOWN_MAX]),
            )
        return Season(by_date(schedule.games), _time(stored), stored.name)


def _is_good(stored: StoredObject) -> bool:
    return stored.metadata.get("outcome", "SUCCESS") == "SUCCESS" and stored.size > 0


def _key(stored: StoredObject) -> tuple[str, int]:
    return stored.name, stored.generation


def _is_board(stored: StoredObject) -> bool:
    return stored.metadata.get("outcome") in ("SUCCESS", "NO_DATA")


def _is_credible(stored: StoredObject, folder: str) -> bool:
    """Return whether a task can have given an object its name: none is dated after tomorrow.

    A name of the year 9999 would be among the newest ones for ever (FR7). Held against the
    object's creation, because a forced tick reads as of an instant that is long past.
    """
    day, created = _day_of(stored, folder), stored.created
    return day is None or created is None or day <= eastern_date(created) + timedelta(days=1)


def _day_of(stored: StoredObject, folder: str) -> date | None:
    """Return the date that an object's name contains after its folder; None for other names."""
    try:
        return date.fromisoformat(stored.name.removeprefix(folder)[:10])
    except ValueError:
        return None


def _with_boards(season: Season, boards: Mapping[date, Sequence[Listing]], now: datetime) -> Season:
    """Return a season with the games of some dates as the other owner has them."""
    if not boards:
        return season
    settled = {
        day: tuple(settle(season.calendar.get(day, ()), listed, now, is_fresh=False)[0])
        for day, listed in boards.items()
    }
    calendar = {**season.calendar, **settled}
    kept = {day: games for day, games in calendar.items() if games}
    return replace(season, calendar=kept, boards=tuple(sorted(boards)))


def _time(stored: StoredObject) -> datetime:
    return stored.run_at or NEVER
