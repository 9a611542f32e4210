"""The scraper of a date's games with their scores.

Today's come from NBA.com's live data files, another date's from stats.nba.com. Both hold the same
`scoreboard`.

`gameEt` is served as it comes: it ends in Z, although it is Eastern. Use `gameTimeUTC`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from common.calendar.games import FINAL
from common.eastern import eastern_date
from common.scrapers.agreement import adds_up, distinct, same
from common.scrapers.model import (
    Call,
    ContractError,
    Expectation,
    NotReadyError,
    Parsed,
    Record,
    Scraper,
    Target,
)
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, objects

LIVE_PATH = "/static/json/liveData/scoreboard/todaysScoreboard_00.json"
SIDES = ("awayTeam", "homeTeam")


def _calls(target: Target, now: datetime) -> Sequence[Call]:
    day = target.target_date.isoformat()
    if target.target_date == eastern_date(now):
        return [Call("nba_cdn", LIVE_PATH, {}, day)]
    return [Call("nba_stats", "/stats/scoreboardv3", {"GameDate": day, "LeagueID": "00"}, day)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    board = need(load(bodies[0], where), "scoreboard", dict, where)
    _check_day(need(board, "gameDate", str, where), target.target_date, where)
    rows = need(board, "games", list, where)
    games, warnings = without_odd(rows, partial(_game, target=target), where)
    distinct("gameId", (game["gameId"] for game in games), where)
    return Parsed(games, len(games), warnings)


def _game(game: Record, target: Target) -> Record:
    need(game, "gameId", str, f"{target.scraper}: {game.get('gameCode')!r:.40}")
    _check_game(game, target.target_date, f"{target.scraper}: game {game['gameId']}")
    return game


def _check_day(served: str, asked: date, where: str) -> None:
    """Refuse another date; the live file holds the night before until about noon."""
    if served == (asked - timedelta(days=1)).isoformat():
        raise NotReadyError(f"{where}: gameDate is still {served}, asked was {asked}")
    same("gameDate", served, asked.isoformat(), where)


def _check_game(game: Record, day: date, where: str) -> None:
    text = need(game, "gameTimeUTC", str, where)
    try:
        starts = datetime.fromisoformat(text)
    except ValueError as error:
        raise ContractError(f"{where}: gameTimeUTC is {text!r:.40}, not an instant") from error
    if starts.tzinfo is None or eastern_date(starts) != day:
        raise ContractError(f"{where}: gameTimeUTC is {text}, asked was {day} (Eastern)")
    if need(game, "gameStatus", int, where) == FINAL:
        for side in SIDES:
            _check_score(need(game, side, dict, where), f"{where}: {side}")


def _check_score(team: Record, where: str) -> None:
    need(team, "teamTricode", str, where)
    periods = objects(need(team, "periods", list, where), where)
    scores = [need(each, "score", int, where) for each in periods]
    adds_up("the periods", scores, need(team, "score", int, where), where)


# A scoreboard without a game is short; one with games has some kilobytes for each.
SCOREBOARD = Scraper(
    "nbac_scoreboard",
    "date",
    _calls,
    _parse,
    off="waits until a workflow asks for it; a past date needs a proxy to stats.nba.com",
    expects=Expectation(game="gameId"),
)
