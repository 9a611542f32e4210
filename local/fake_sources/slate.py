"""The games that the fake sources know, and the state of each at an instant."""

from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from pydantic_core import from_json

from common.calendar.games import FINAL, LIVE, SCHEDULED, Game, parse_schedule
from common.eastern import at
from common.errors import BadInputError

GAME_LENGTH = timedelta(hours=2, minutes=30)
CORRECTED_AFTER = timedelta(hours=2)
"""How long after the end NBA.com rewrites a game's box score: all recorded files are stamped so."""
REFEREES_AT = time(9, 30)
TODAY_AT = time(12)
"""When NBA.com's file of today's games begins to be about today; until then it is the night's."""
REPORT_AT = time(13, 30)
REPORT_INTERVAL = timedelta(minutes=15)
_FIELDS = ("game_id", "date", "away", "home", "tipoff")


@dataclass(frozen=True)
class Slate:
    """Games in order of date and id; their state follows from the tip-off alone.

    `warnings` are those of the schedule file.
    """

    games: tuple[Game, ...]
    season: str
    warnings: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Game]:
        """The games that are played on their date, by id."""
        return {game.game_id: game for game in self.games if not game.postponed}

    def on(self, day: date) -> tuple[Game, ...]:
        """The games that are played on an Eastern date."""
        return self._days.get(day, ())

    def listed(self, day: date) -> tuple[Game, ...]:
        """The games that are listed under an Eastern date, postponed ones as well."""
        return self._listed.get(day, ())

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The dates of games, in their order."""
        return tuple(self._listed)

    def phase(self, now: datetime) -> int:
        """A number that changes whenever an answer may change."""
        return bisect_right(self._changes, now)

    @cached_property
    def _days(self) -> Mapping[date, tuple[Game, ...]]:
        played = (game for game in self.games if not game.postponed)
        return {day: tuple(games) for day, games in groupby(played, lambda game: game.game_date)}

    @cached_property
    def _listed(self) -> Mapping[date, tuple[Game, ...]]:
        days = groupby(self.games, lambda game: game.game_date)
        return {day: tuple(games) for day, games in days}

    @cached_property
    def _changes(self) -> list[datetime]:
        return sorted({instant for day in self._days for instant in self._changes_of(day)})

    def _changes_of(self, day: date) -> Iterator[datetime]:
        yield at(day, REFEREES_AT)
        yield from (at(day, TODAY_AT), at(day + timedelta(days=1), TODAY_AT))
        report, midnight = at(day, REPORT_AT), at(day + timedelta(days=1), time())
        yield midnight
        while report < midnight:
            yield report
            report += REPORT_INTERVAL
        for game in self._days[day]:
            if game.tipoff is not None:
                ended = game.tipoff + GAME_LENGTH
                yield from (game.tipoff, ended, ended + CORRECTED_AFTER)


def load(path: Path) -> Slate:
    """Read a slate file of ours, or NBA.com's scheduleLeagueV2.

    Raises:
        BadInputError: the file is missing or has neither form; the error names file and field.
    """
    try:
        document = from_json(path.read_bytes().removeprefix(BOM_UTF8), allow_inf_nan=False)
    except (OSError, ValueError) as error:
        raise BadInputError(f"slate {path}: {error}; give a JSON file of games") from error
    if not isinstance(document, dict):
        raise BadInputError(f"slate {path}: not a JSON object; give a slate or a scheduleLeagueV2")
    if "leagueSchedule" in document:
        try:
            schedule = parse_schedule(document)
        except BadInputError as error:
            raise BadInputError(f"{path}: {error}") from error
        return Slate(schedule.games, schedule.season, schedule.warnings)
    listed = document.get("games")
    games = tuple(_game(entry, path) for entry in listed) if isinstance(listed, list) else ()
    if not games:
        raise BadInputError(f"slate {path}: it has no games; list them under 'games'")
    ordered = tuple(sorted(games, key=lambda game: (game.game_date, game.game_id)))
    return Slate(ordered, ordered[0].season)


def status(game: Game, now: datetime) -> int:
    """Compute a game's status: 1 before the tip-off, 2 for two and a half hours, then 3."""
    if game.tipoff is None or now < game.tipoff:
        return SCHEDULED
    return LIVE if now < game.tipoff + GAME_LENGTH else FINAL


def final_score(game_id: str) -> tuple[int, int]:
    """Derive away and home points from the game's id; they are never equal."""
    away, home = sha256(game_id.encode()).digest()[:2]
    points = 95 + away % 36, 95 + home % 36
    return points if points[0] != points[1] else (points[0], points[1] + 3)


def score(game: Game, now: datetime) -> tuple[int, int]:
    """Compute away and home points at an instant: none, half of the final ones, or all."""
    return score_in(game, status(game, now))


def score_in(game: Game, state: int) -> tuple[int, int]:
    """Compute away and home points in a state of the game."""
    away, home = final_score(game.game_id)
    return away * (state - 1) // 2, home * (state - 1) // 2


def corrected(game_id: str) -> bool:
    """Return whether the league changes a count of this game later: one game in five."""
    return sha256(game_id.encode()).digest()[2] % 5 == 0


def is_rewritten(game: Game, now: datetime) -> bool:
    """Return whether NBA.com has written a game's box score again after its end."""
    ended = game.tipoff + GAME_LENGTH if game.tipoff else None
    return ended is not None and now >= ended + CORRECTED_AFTER


def is_corrected(game: Game, now: datetime) -> bool:
    """Return whether a game's count that the league corrects is corrected by now."""
    return corrected(game.game_id) and is_rewritten(game, now)


def status_text(game: Game, state: int, tipoff: datetime) -> str:
    """Write a state as NBA.com does; the tip-off is Eastern."""
    if game.postponed:
        return "PPD"
    if game.tipoff is None:
        return "TBD"
    if state == SCHEDULED:
        return f"{tipoff:%I:%M} {tipoff:%p} ET".lstrip("0").lower().replace(" et", " ET")
    return "Final" if state == FINAL else "Q2 6:00"


def _game(entry: object, path: Path) -> Game:
    if not isinstance(entry, dict) or sorted(entry) != sorted(_FIELDS):
        raise BadInputError(f"slate {path}: game {entry!r:.120} must have exactly {_FIELDS}")
    try:
        day = date.fromisoformat(entry["date"])
        clock = time.fromisoformat(entry["tipoff"]) if entry["tipoff"] is not None else None
        year = int(entry["game_id"][3:5])
    except (TypeError, ValueError) as error:
        raise BadInputError(f"slate {path}: game {entry['game_id']!r}: {error}") from error
    return Game(
        game_id=entry["game_id"],
        game_date=day,
        away=entry["away"],
        home=entry["home"],
        tipoff=at(day, clock) if clock else None,
        status=SCHEDULED,
        has_score=False,
        postponed=False,
        season=f"20{year:02d}-{(year + 1) % 100:02d}",
    )


def refuse_far(
    path: Path, listed: Collection[date], first: date, last: date, *, far: timedelta
) -> None:
    """Refuse dates that are far from every game of a schedule: nothing would be decided in them.

    Args:
        path: of the schedule.
        listed: the dates of its games; with none, nothing is refused.
        first: of the dates.
        last: of the dates.
        far: how far.

    Raises:
        BadInputError: all of them are farther before the first game or after the last.
    """
    if listed and (last < min(listed) - far or first > max(listed) + far):
        known = f"{min(listed)} to {max(listed)}"
        days = f"{first}" if first == last else f"{first} to {last}"
        raise BadInputError(f"{days}: no games known ({path} has {known}); pass --schedule FILE")
