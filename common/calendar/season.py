"""The season as last stored by `nbac_schedule_api` (or uploaded by hand)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from common.calendar.games import Calendar, Game, parse_schedule_body
from common.eastern import eastern_date
from common.errors import BadInputError, TransientError
from common.logs import log

if TYPE_CHECKING:  # annotations only: a cold start loads no port for them
    from common.cloud.ports import Storage, StoredObject


FOLDER = "nbac-schedule-api/"
LOOK_BACK_DAYS = 7
STALE_AFTER = timedelta(hours=48)
TRIES = 3
"""A newest object that does not parse must not hide the one before it."""


@dataclass(frozen=True)
class Season:
    """Games by Eastern date, and when they were fetched (aware UTC)."""

    calendar: Calendar
    fetched: datetime
    name: str

    def is_stale(self, now: datetime) -> bool:
        """Whether the schedule is too old to be believed when it lists nothing (X13)."""
        return now - self.fetched > STALE_AFTER


def by_date(games: tuple[Game, ...]) -> Calendar:
    """Games grouped by the Eastern date they are listed under."""
    grouped: dict[date, list[Game]] = defaultdict(list)
    for game in games:
        grouped[game.game_date].append(game)
    return {day: tuple(listed) for day, listed in grouped.items()}


class SeasonReader:
    """Reads the newest schedule object; parses each generation once (scenario D14)."""

    def __init__(self, storage: Storage, bucket: str) -> None:
        self._storage = storage
        self._bucket = bucket
        self._cached: tuple[str, int, Season] | None = None

    def read(self, now: datetime) -> Season:
        """The season as of the newest object of the last week.

        Raises:
            TransientError: there is none yet, or none that parses; the refresh brings one.
        """
        start = f"{FOLDER}{eastern_date(now) - timedelta(days=LOOK_BACK_DAYS)}"
        found = [
            stored
            for stored in self._storage.list(self._bucket, FOLDER, start=start)
            if _is_good(stored)
        ]
        for stored in sorted(found, key=_time, reverse=True)[:TRIES]:
            if self._cached and self._cached[:2] == (stored.name, stored.generation):
                return self._cached[2]
            if season := self._parse(stored):
                self._cached = (stored.name, stored.generation, season)
                return season
        raise TransientError(
            f"no readable schedule below gs://{self._bucket}/{FOLDER} in the last "
            f"{LOOK_BACK_DAYS} days; publish a scraper request for nbac_schedule_api"
        )

    def _parse(self, stored: StoredObject) -> Season | None:
        try:
            held = self._storage.read(self._bucket, stored.name)
            if held is None:
                return None
            schedule = parse_schedule_body(held[0])
        except BadInputError as error:
            log("ERROR", "A schedule object was passed over", object=stored.name, error=error)
            return None
        return Season(by_date(schedule.games), _time(stored), stored.name)


def _is_good(stored: StoredObject) -> bool:
    return stored.metadata.get("outcome", "SUCCESS") == "SUCCESS" and stored.size > 0


def _time(stored: StoredObject) -> datetime:
    return stored.run_at or datetime.min.replace(tzinfo=UTC)
