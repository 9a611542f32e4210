"""Which games a stored object of a whole date has something about."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from common.calendar.games import Game
from common.scrapers.nba.teams import TEAMS

_QUOTED_ID = re.compile(rb'"(00[0-9]{8}|espn-[0-9]{1,12})"')
_TRICODES = {team.slug: code for code, team in TEAMS.items()} | {"76ers": "PHI"}
"""By the last word of a team's whole name, such as `bucks`."""


def games_in(body: bytes, games: Iterable[Game]) -> frozenset[str]:
    """Return the ids of the games that an object is about, out of the games of its date.

    Odds name the teams and count where a bookmaker offers something; other objects name the games
    by their ids. An object that does neither, such as a PDF, is taken to be about all of them.
    """
    offers = [*_offers(body)]
    if offers:
        return frozenset(game.game_id for game in games if (game.away, game.home, True) in offers)
    named = {found.decode() for found in _QUOTED_ID.findall(body)}
    return frozenset(game.game_id for game in games if not named or game.game_id in named)


def _offers(body: bytes) -> Iterator[tuple[str, str, bool]]:
    """Yield visitors, hosts, and whether there is an offer, for each event of an odds object."""
    if b'"home_team"' not in body:
        return
    for record in json.loads(body).get("records", ()):
        away, home = (_tricode(record.get(side, "")) for side in ("away_team", "home_team"))
        yield away, home, any(_outcomes(record))


def _outcomes(record: Mapping[str, Any]) -> Iterator[object]:
    for book in record.get("bookmakers", ()):
        for market in book.get("markets", ()):
            yield from market.get("outcomes", ())


def _tricode(name: str) -> str:
    """Return the tricode of `Milwaukee Bucks`; empty for a name that no team has."""
    return _TRICODES.get(name.lower().rpartition(" ")[2], "")
