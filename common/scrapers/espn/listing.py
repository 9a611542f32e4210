"""Reads a stored scoreboard of ESPN as another owner's listing of a date's games."""

import json

from common.calendar.games import FINAL, LIVE, SCHEDULED
from common.calendar.owners import Listing
from common.errors import BadInputError
from common.scrapers.espn.games import EspnGame, read_game
from common.scrapers.model import ContractError

NOT_PLAYED = ("STATUS_POSTPONED", "STATUS_CANCELED", "STATUS_FORFEIT", "STATUS_ABANDONED")
"""ESPN's words for a game that is not played on its date; none of them is in a recording."""


def read_listings(body: bytes) -> list[Listing]:
    """Read the games of an object that `espn_scoreboard` has stored.

    Raises:
        BadInputError: the object is no scoreboard of ours.
    """
    try:
        records = json.loads(body)["records"]
        games = [read_game(record, "espn_scoreboard") for record in records]
    except (ValueError, KeyError, TypeError, ContractError) as error:
        raise BadInputError(f"no scoreboard of ESPN ({error}); it is left out") from error
    return [_listing(game) for game in games]


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
