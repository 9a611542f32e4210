"""ESPN's games, and which of NBA.com's games each of them is.

ESPN has ids and some tricodes of its own. A game is the same one when its Eastern date and both
teams are: no two teams meet twice on a day. Which of them is at home may differ, as it may in a
neutral arena.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from common.eastern import eastern_date
from common.messages.models import GameRef
from common.scrapers.model import ContractError, Record
from common.scrapers.shape import need, objects

POSTPONED = "STATUS_POSTPONED"
TRICODES: Mapping[str, str] = MappingProxyType(
    {"GS": "GSW", "NO": "NOP", "NY": "NYK", "SA": "SAS", "UTAH": "UTA", "WSH": "WAS"}
)
"""The abbreviations of ESPN that are not NBA.com's; the other 24 are the same."""


@dataclass(frozen=True)
class EspnGame:
    """A game as ESPN's scoreboard lists it.

    Attributes:
        espn_id: ESPN's id.
        starts: the instant of the tip-off (aware UTC).
        away, home: NBA.com's tricodes.
        status: ESPN's word, such as STATUS_FINAL or STATUS_POSTPONED.
        completed: whether the game is over.
        score: the points (away, home); None before the game has begun.
    """

    espn_id: str
    starts: datetime
    away: str
    home: str
    status: str
    completed: bool
    score: tuple[int, int] | None

    @property
    def day(self) -> date:
        """The Eastern date."""
        return eastern_date(self.starts)

    @property
    def meeting(self) -> tuple[date, frozenset[str]]:
        """The Eastern date and the two teams, by which owners' games are matched."""
        return self.day, frozenset((self.away, self.home))

    @property
    def points(self) -> dict[str, int] | None:
        """The points by tricode; None before the game has begun."""
        return dict(zip((self.away, self.home), self.score, strict=True)) if self.score else None


def tricode(abbreviation: str) -> str:
    """Return NBA.com's tricode for ESPN's abbreviation of a team."""
    return TRICODES.get(abbreviation, abbreviation)


def read_game(event: Record, where: str) -> EspnGame:
    """Read one game of a scoreboard.

    Raises:
        ContractError: the event has another form.
    """
    espn_id = need(event, "id", str, where)
    where = f"{where}: event {espn_id}"
    kind = need(need(event, "status", dict, where), "type", dict, where)
    sides = _sides(event, where)
    away, home = (
        tricode(need(need(sides[side], "team", dict, where), "abbreviation", str, where))
        for side in ("away", "home")
    )
    begun = need(kind, "state", str, where) != "pre"
    return EspnGame(
        espn_id=espn_id,
        starts=_instant(need(event, "date", str, where), where),
        away=away,
        home=home,
        status=need(kind, "name", str, where),
        completed=need(kind, "completed", bool, where),
        score=(_score(sides["away"], where), _score(sides["home"], where)) if begun else None,
    )


def find(games: Iterable[EspnGame], day: date, asked: GameRef) -> EspnGame | None:
    """Return ESPN's game of an Eastern date with the asked teams; None where it lists none.

    Of a game that was postponed and played on the same date, both listed, the played one counts.
    """
    wanted = _meeting(day, asked)
    found = [game for game in games if game.meeting == wanted]
    return max(found, key=lambda game: (game.status != POSTPONED, game.completed), default=None)


def exchanged(game: EspnGame, asked: GameRef, where: str) -> tuple[str, ...]:
    """Return a warning when ESPN has the asked game's visitors at home; else nothing."""
    if (game.away, game.home) == (asked.away, asked.home):
        return ()
    sides = f"ESPN lists it as {game.away}@{game.home}, asked was {asked.away}@{asked.home}"
    return (f"{where}: game {asked.game_id}: {sides}; its points are read by team",)


def nba_ids(games: Iterable[EspnGame], known: Iterable[tuple[date, GameRef]]) -> dict[str, str]:
    """Match ESPN's games to NBA.com's ids by date and teams.

    Args:
        games: games as ESPN lists them.
        known: NBA.com's games, each with its Eastern date.

    Returns:
        NBA.com's id by ESPN's, for the games that both list.
    """
    ids = {_meeting(day, game): game.game_id for day, game in known}
    found = {game.espn_id: ids.get(game.meeting) for game in games}
    return {espn_id: game_id for espn_id, game_id in found.items() if game_id is not None}


def _meeting(day: date, game: GameRef) -> tuple[date, frozenset[str]]:
    return day, frozenset((game.away, game.home))


def _sides(event: Record, where: str) -> dict[str, Record]:
    """Return the two competitors of an event by `away` and `home`."""
    competitions = objects(need(event, "competitions", list, where), where)
    if len(competitions) != 1:
        raise ContractError(f"{where}: {len(competitions)} competitions, not one")
    sides = objects(need(competitions[0], "competitors", list, where), where)
    found = {need(side, "homeAway", str, where): side for side in sides}
    if len(sides) != len(found) or found.keys() != {"away", "home"}:
        raise ContractError(f"{where}: competitors are {[s.get('homeAway') for s in sides]}")
    return found


def _score(side: Record, where: str) -> int:
    text: str = need(side, "score", str, where)
    if not text.isdecimal():
        raise ContractError(f"{where}: score is {text!r:.40}, no number")
    return int(text)


def _instant(text: str, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ContractError(f"{where}: date is {text!r:.40}, not an instant") from error
    if found.tzinfo is None:
        raise ContractError(f"{where}: date is {text!r:.40}, without a time zone")
    return found
