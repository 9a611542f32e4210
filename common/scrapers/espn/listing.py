"""Reads a stored scoreboard of ESPN as another owner's listing of a date's games."""

import json
import re

from common.calendar.games import FINAL, LIVE, SCHEDULED
from common.calendar.owners import Listing
from common.errors import BadInputError
from common.scrapers.espn.games import EspnGame, read_game
from common.scrapers.model import ContractError, Record
from common.scrapers.nba.teams import TEAMS

NOT_PLAYED = ("STATUS_POSTPONED", "STATUS_CANCELED", "STATUS_FORFEIT", "STATUS_ABANDONED")
"""ESPN's words for a game that is not played on its date; none of them is in a recording."""


COLLECTED_SEASONS = (2, 3, 5)
"""ESPN's numbers of the regular season, the playoffs and the play-in; preseason is 1, the summer
and All-Star games have others. Only 2 is in a recording."""
_ID = re.compile("[0-9]{1,12}")


def read_listings(body: bytes) -> list[Listing]:
    """Read the games of an object that `espn_scoreboard` has stored.

    What the schedule would leave out as well is left out: games of teams other than the thirty,
    such as a play-in's place `MIA/ATL`, and those of preseason and the All-Star weekend.

    Raises:
        BadInputError: the object is no scoreboard of ours.
    """
    try:
        records = json.loads(body)["records"]
        wanted = [record for record in records if _is_collected(record)]
        games = [read_game(record, "espn_scoreboard") for record in wanted]
    except (ValueError, KeyError, TypeError, AttributeError, ContractError) as error:
        raise BadInputError(f"no scoreboard of ESPN ({error}); it is left out") from error
    return [_listing(game) for game in games if _is_known(game)]


def _is_collected(record: Record) -> bool:
    season = record.get("season")
    kind = season.get("type") if isinstance(season, dict) else None
    return kind is None or kind in COLLECTED_SEASONS


def _is_known(game: EspnGame) -> bool:
    return {game.away, game.home} <= TEAMS.keys() and bool(_ID.fullmatch(game.espn_id))


def _listing(game: EspnGame) -> Listing:
    postponed = game.status in NOT_PLAYED
    begun = LIVE if game.score is not None else SCHEDULED
    return Listing(
        their_id=game.espn_id,
        day=game.day,
        tipoff=game.starts,
        away=game.away,
        home=game.home,
        status=FINAL if game.completed and not postponed else begun,
        postponed=postponed,
        score=game.score,
    )
