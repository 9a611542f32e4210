"""What was known of a game at an instant: the object generations that the log had by then.

A prediction that was made at that instant can name them by one digest. Asked for again, however
much later, it is the same: what came later, twice or corrected changes nothing of it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.calendar.games import Game
from common.cloud.ports import Row
from common.eastern import at
from common.errors import BadInputError
from common.look.contents import games_in
from common.look.decided import ASKED_BEFORE_MAX
from common.runtime import Runtime

TABLE = "scraper_execution_log"
COLUMNS = (
    *("scraper_name", "outcome", "triggered_at", "logged_at", "target_date", "game_id"),
    *("gcs_path", "object_generation"),
)
DAYS_AFTER = timedelta(days=366)
"""How long after it: corrections and back-fills of a season."""


@dataclass(frozen=True)
class Known:
    """One object generation.

    Attributes:
        scraper: brought it.
        path: `gs://bucket/name`.
        generation: of the object.
        triggered_at: when it was asked for, aware.
        logged_at: when its log row was made, aware: from then on it was known.
        newest: whether it is the last that was known of its scraper.
    """

    scraper: str
    path: str
    generation: int
    triggered_at: datetime
    logged_at: datetime
    newest: bool


@dataclass(frozen=True)
class AsOf:
    """What was known of a game at an instant."""

    game_id: str
    instant: datetime
    known: tuple[Known, ...]

    @property
    def digest(self) -> str:
        """A SHA-256 of the generations, whatever their order in the log."""
        lines = sorted(f"{one.path}#{one.generation}\n" for one in self.known)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def as_of(place: Runtime, game_id: str, instant: datetime) -> AsOf:
    """Read what was known of a game at an instant.

    Raises:
        BadInputError: the instant has not come; the schedule does not list the game; or an object
            that may name it is gone, so that nobody can say whether it was about the game.
        TransientError: no schedule can be read.
    """
    if instant > (now := place.clock.now()):
        raise BadInputError(
            f"{instant.isoformat()} has not come: what is known then may still change; "
            f"it is {now.isoformat(timespec='seconds')}"
        )
    day, game = _game(place, game_id)
    start = at(day, time())
    rows = place.warehouse.select(
        TABLE,
        COLUMNS,
        since=start - ASKED_BEFORE_MAX,
        until=min(instant, start + DAYS_AFTER) + timedelta(microseconds=1),
    )
    candidates = [row for row in rows if _is_candidate(row, game_id, day, instant)]
    about = place.threads.map(lambda row: _is_about(place, row, game), candidates)
    kept = [row for row, is_about in zip(candidates, about, strict=True) if is_about]
    return AsOf(game_id, instant, tuple(known_of(kept)))


def known_of(rows: Iterable[Row]) -> Iterator[Known]:
    """Yield each generation once, by the row that was made first, in the order of being known."""
    first: dict[tuple[str, int], Row] = {}
    for row in sorted(rows, key=_order):
        first.setdefault((row["gcs_path"], row["object_generation"]), row)
    last = {row["scraper_name"]: key for key, row in first.items()}
    for key, row in first.items():
        yield Known(
            scraper=row["scraper_name"],
            path=row["gcs_path"],
            generation=row["object_generation"],
            triggered_at=row["triggered_at"],
            logged_at=row["logged_at"],
            newest=last[row["scraper_name"]] == key,
        )


def _order(row: Row) -> tuple[datetime, str, int]:
    return row["logged_at"], row["gcs_path"], row["object_generation"]


def _is_candidate(row: Row, game_id: str, day: date, instant: datetime) -> bool:
    """Whether a row was there by the instant, succeeded, and is for the game or for its date."""
    if row["outcome"] != "SUCCESS" or row["logged_at"] is None or row["logged_at"] > instant:
        return False
    if row["game_id"] is not None:
        return bool(row["game_id"] == game_id)
    return bool(row["target_date"] == day)


def _game(place: Runtime, game_id: str) -> tuple[date, Game]:
    """Return a game and its Eastern date."""
    calendar = place.season.read(place.clock.now()).calendar
    for day, games in calendar.items():
        for game in games:
            if game.game_id == game_id and not game.postponed:
                return day, game
    raise BadInputError(f"game {game_id!r}: the schedule does not list it; see: games DATE")


def _is_about(place: Runtime, row: Row, game: Game) -> bool:
    if row["game_id"] == game.game_id:
        return True
    bucket, _, name = row["gcs_path"].removeprefix("gs://").partition("/")
    held = place.storage.read(bucket, name)
    if held is None or held[1] != row["object_generation"]:
        raise BadInputError(
            f"{row['gcs_path']}#{row['object_generation']} is gone or overwritten: whether it was "
            f"about game {game.game_id} cannot be known, so there is no digest; restore it"
        )
    return bool(games_in(held[0], [game]))
