"""The scraper of a date's games with status and scores, from ESPN's site API."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from common.scrapers.agreement import adds_up, distinct, same
from common.scrapers.espn.games import EspnGame, find, read_game
from common.scrapers.model import (
    Call,
    ContractError,
    MissingGamesError,
    Parsed,
    Record,
    Scraper,
    Target,
)
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, objects

LEAGUE = "nba"
PATH = "/apis/site/v2/sports/basketball/nba/scoreboard"


def calls(target: Target, _now: datetime) -> Sequence[Call]:
    """Return the one call for the games of the target date (Eastern)."""
    day = target.target_date
    return [Call("espn_site", PATH, {"dates": f"{day:%Y%m%d}"}, day.isoformat())]


class Board(NamedTuple):
    """What a scoreboard lists.

    Attributes:
        games: the games of the target date.
        events: the same games as served.
        warnings: one sentence for each event that is left out.
    """

    games: list[EspnGame]
    events: list[Record]
    warnings: tuple[str, ...]


def board_of(body: bytes, target: Target) -> Board:
    """Read the games of an answer, all of the target date.

    Raises:
        ContractError: the answer has another form, or most of it is of another date.
        MismatchError: a final score is not the sum of its periods.
    """
    where = target.scraper
    document = load(body, where)
    _check_league(document, where)
    rows = need(document, "events", list, where)
    found, warnings = without_odd(rows, partial(_row, target=target), where)
    distinct("event", (game.espn_id for game, _ in found), where)
    return Board([game for game, _ in found], [event for _, event in found], warnings)


def _check_league(document: Record, where: str) -> None:
    leagues = objects(need(document, "leagues", list, where), where)
    others = [league["slug"] for league in leagues if league.get("slug", LEAGUE) != LEAGUE]
    if others:
        raise ContractError(f"{where}: leagues are {others!r:.80}, asked was {LEAGUE}")


def _row(event: Record, target: Target) -> tuple[EspnGame, Record]:
    game = read_game(event, target.scraper)
    same(f"date of event {game.espn_id}", game.day, target.target_date, target.scraper)
    if game.completed:
        _check_scores(event, f"{target.scraper}: event {game.espn_id}")
    return game, event


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    board, where = board_of(bodies[0], target), target.scraper
    found = {game.game_id: find(board.games, target.target_date, game) for game in target.asked}
    if missing := [game_id for game_id, game in found.items() if game is None]:
        raise MissingGamesError(
            f"{where}: {len(missing)} of {len(found)} games asked for are not in the answer: "
            f"{', '.join(missing)}"
        )
    return Parsed(board.events, len(board.games), board.warnings)


def _check_scores(event: Record, where: str) -> None:
    for side in event["competitions"][0]["competitors"]:
        periods = objects(need(side, "linescores", list, where), where)
        values = [need(period, "value", (int, float), where) for period in periods]
        adds_up(f"the {side['homeAway']} team's linescores", values, int(side["score"]), where)


# An answer without games still describes the league and its calendar.
SCOREBOARD = Scraper(
    "espn_scoreboard",
    "date",
    calls,
    _parse,
    empty_bytes_max=None,
)
