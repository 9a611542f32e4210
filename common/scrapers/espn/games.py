"""ESPN's games, and which of NBA.com's games each of them is.

ESPN has ids and some tricodes of its own. A game is the same one when its Eastern date and both
teams are: no two teams meet twice on a day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from common.eastern import eastern_date
from common.messages.models import GameRef
from common.scrapers.agreement import distinct
from common.scrapers.model import ContractError, Record
from common.scrapers.shape import need, objects

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


def tricode(abbreviation: str) -> str:
    """Return NBA.com's tricode for ESPN's abbreviation of a team."""
    return TRICODES.get(abbreviation, abbreviation)


def read_games(document: object, where: str) -> list[EspnGame]:
    """Read the games of a scoreboard.

    Raises:
        ContractError: the answer has another form, or a game is there twice.
    """
    events = objects(need(document, "events", list, where), where)
    games = [_game(event, where) for event in events]
    distinct("event", (game.espn_id for game in games), where)
    return games


def find(games: Iterable[EspnGame], day: date, asked: GameRef) -> EspnGame | None:
    """Return ESPN's game of an Eastern date with the asked teams; None where it lists none."""
    wanted = (day, asked.away, asked.home)
    return next((game for game in games if (game.day, game.away, game.home) == wanted), None)


def nba_ids(games: Iterable[EspnGame], known: Iterable[tuple[date, GameRef]]) -> dict[str, str]:
    """Match ESPN's games to NBA.com's ids by date and teams.

    Args:
        games: games as ESPN lists them.
        known: NBA.com's games, each with its Eastern date.

    Returns:
        NBA.com's id by ESPN's, for the games that both list.
    """
    ids = {(day, game.away, game.home): game.game_id for day, game in known}
    found = {game.espn_id: ids.get((game.day, game.away, game.home)) for game in games}
    return {espn_id: game_id for espn_id, game_id in found.items() if game_id is not None}


def _game(event: Record, where: str) -> EspnGame:
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
