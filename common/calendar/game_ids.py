"""What a game's id shows: its league, its kind and its season, such as `0022500213`.

The first two digits are the league (`00` is the NBA, `10` the WNBA, `20` the G League), the third
the kind of game, the next two the year in which its season begins.
"""

from collections.abc import Mapping
from typing import Any

from common.errors import BadInputError

NBA = "00"
OTHER_OWNER = "espn-"
"""What our ids of games begin with while no season file has NBA.com's: ESPN's id follows."""
COLLECTED = frozenset({"002", "004", "005", "006"})
"""Kinds of games that are collected: regular season, playoffs, play-in, final of the Cup."""
LEFT_OUT = frozenset({"001", "003"})
"""Preseason and All-Star games are not collected."""


def broken(game_id: str, field: str, value: object, wanted: str) -> BadInputError:
    """Return the error for a field of a listed game that has another form."""
    return BadInputError(
        f"schedule game {game_id}: {field} is {value!r:.80}, expected {wanted}; fetch it again"
    )


def is_known(game_id: str) -> bool:
    """Return whether an id is NBA.com's, and not one that stands in for it."""
    return not game_id.startswith(OTHER_OWNER)


def season_of_game(game_id: str) -> str:
    """Name the season of a game, such as `2019-20` for `0051900001`, whenever it was played."""
    year = int(game_id[3:5])
    return f"20{year:02d}-{(year + 1) % 100:02d}"


def league_of(game_id: str, game: Mapping[str, Any], league: object) -> str:
    """Return the first league that is named for a listed game and is not the NBA, else the NBA.

    Args:
        game_id: ten digits.
        game: the game as listed; it may name a league of its own.
        league: the league that the whole document names; None without one.
    """
    named = (game.get("leagueId"), league, game_id[:2])
    texts = (str(each).zfill(len(NBA)) for each in named if each is not None)
    return next((text for text in texts if text != NBA), NBA)


def why_foreign(game_id: str, game: Mapping[str, Any], league: object) -> str | None:
    """Return the warning for a game of another league or of an unknown kind; None for the others.

    Args: as of `league_of`.
    """
    found = league_of(game_id, game, league)
    if found != NBA:
        return f"game {game_id}: leagueId is {found}, not {NBA}; the game is left out"
    if game_id[:3] not in COLLECTED | LEFT_OUT:
        return f"game {game_id}: gameId begins with {game_id[:3]}, a kind of game that is not known"
    return None
