"""The scraper of a game's box score, from NBA.com's live data files."""

from collections.abc import Sequence
from datetime import datetime, time

from common.calendar.games import FINAL
from common.scrapers.agreement import adds_up, distinct, final_score, same
from common.scrapers.model import (
    Call,
    Expectation,
    NotReadyError,
    Parsed,
    Record,
    Scraper,
    Target,
    game_of,
)
from common.scrapers.shape import load, need, objects

SIDES = ("awayTeam", "homeTeam")


def _calls(target: Target, _now: datetime) -> Sequence[Call]:
    game_id = game_of(target).game_id
    path = f"/static/json/liveData/boxscore/boxscore_{game_id}.json"
    return [Call("nba_cdn", path, {}, game_id)]


def _parse(bodies: Sequence[bytes], target: Target) -> Parsed:
    where, asked = target.scraper, game_of(target)
    game = need(load(bodies[0], where), "game", dict, where)
    same("gameId", need(game, "gameId", str, where), asked.game_id, where)
    # The file grows during the game. Half a game, once stored as a whole one, is never collected
    # again.
    if need(game, "gameStatus", int, where) != FINAL:
        text = game.get("gameStatusText")
        raise NotReadyError(f"{where}: game {asked.game_id} is not final yet, but {text!r:.40}")
    about = {field: value for field, value in game.items() if field not in SIDES}
    teams = [
        {"gameId": asked.game_id, "game": about, **_team(game, side, tricode, where)}
        for side, tricode in zip(SIDES, (asked.away, asked.home), strict=True)
    ]
    return Parsed(teams, len(teams))


def _team(game: Record, side: str, tricode: str, where: str) -> Record:
    team: Record = need(game, side, dict, where)
    where = f"{where}: {side}"
    same("teamTricode", need(team, "teamTricode", str, where), tricode, where)
    score = need(team, "score", int, where)
    adds_up("the team's points", [_points(team, where)], score, where)
    players = objects(need(team, "players", list, where), where)
    distinct("personId", (need(player, "personId", int, where) for player in players), where)
    adds_up("the players' points", (_points(player, where) for player in players), score, where)
    periods = objects(need(team, "periods", list, where), where)
    adds_up("the periods", (need(each, "score", int, where) for each in periods), score, where)
    return team


def _points(holder: Record, where: str) -> int:
    points: int = need(need(holder, "statistics", dict, where), "points", int, where)
    return points


BOXSCORE = Scraper(
    "nbac_boxscore",
    "game",
    _calls,
    _parse,
    due=time(),
    rewritten=True,
    expects=Expectation(score=final_score),
)
