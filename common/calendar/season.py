"""Reads the season from the newest object of `nbac_schedule_api`, or an uploaded schedule file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from common.calendar.games import Calendar, Game, parse_schedule_body
from common.eastern import eastern_date
from common.errors import BadInputError, TransientError
from common.logs import log

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Storage, StoredObject


FOLDER = "nbac-schedule-api/"
"""The folder of schedule objects in the bucket of scraped data."""
LISTED_DAYS = 7
"""How many days back schedule objects are listed."""
SCHEDULE_AGE_MAX = timedelta(hours=48)
"""The age from which a schedule that lists no game is not trusted."""
OBJECTS_READ_MAX = 3
"""How many of the newest objects are read until one of them parses."""
WARNINGS_SHOWN_MAX = 3


@dataclass(frozen=True)
class Season:
    """A season's games and the object they were read from.

    Attributes:
        calendar: games by Eastern date.
        fetched: when the schedule was fetched; aware UTC.
        name: the object's name.
    """

    calendar: Calendar
    fetched: datetime
    name: str

    def is_stale(self, now: datetime) -> bool:
        """Return whether the schedule is too old to be trusted when it lists no game (X13)."""
        return now - self.fetched > SCHEDULE_AGE_MAX


def by_date(games: tuple[Game, ...]) -> Calendar:
    """Group games by the Eastern date they are listed under."""
    grouped: dict[date, list[Game]] = defaultdict(list)
    for game in games:
        grouped[game.game_date].append(game)
    return {day: tuple(listed) for day, listed in grouped.items()}


class SeasonReader:
    """Reads the newest schedule object and parses each generation once (scenario D14)."""

    def __init__(self, storage: Storage, bucket: str) -> None:
        self._storage = storage
        self._bucket = bucket
        self._cached: tuple[str, int, Season] | None = None

    def read(self, now: datetime) -> Season:
        """Return the season from the newest readable object of the last week.

        Raises:
            TransientError: no object exists or parses; the scheduled refresh stores a new one.
        """
        start = f"{FOLDER}{eastern_date(now) - timedelta(days=LISTED_DAYS)}"
        found = [
            stored
            for stored in self._storage.list(self._bucket, FOLDER, start=start)
            if _is_good(stored)
        ]
        for stored in sorted(found, key=_time, reverse=True)[:OBJECTS_READ_MAX]:
            if self._cached and self._cached[:2] == (stored.name, stored.generation):
                return self._cached[2]
            if season := self._parse(stored):
                self._cached = (stored.name, stored.generation, season)
                return season
        raise TransientError(
            f"no readable schedule below gs://{self._bucket}/{FOLDER} in the last "
            f"{LISTED_DAYS} days; publish a scraper request for nbac_schedule_api"
        )

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


def _time(stored: StoredObject) -> datetime:
    return stored.run_at or datetime.min.replace(tzinfo=UTC)
