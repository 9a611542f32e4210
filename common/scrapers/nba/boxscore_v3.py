"""The third version of stats.nba.com's box scores: two teams with their players, in camel case.

Since October 2025 only this version answers; the second one is empty for every game.
"""

from collections.abc import Sequence

from common.scrapers.agreement import adds_up, distinct, same
from common.scrapers.model import (
    Call,
    ContractError,
    NotReadyError,
    Parsed,
    Record,
    Target,
    game_of,
)
from common.scrapers.shape import need, objects

TRADITIONAL = "boxScoreTraditional"
SIDES = ("awayTeam", "homeTeam")
GAME_MINUTES_MIN = 240
"""What a team's five players have played when a game without overtime is over."""
MINUTES_APART_MAX = 1
"""How far the players' minutes may be from the team's; each is rounded to a second."""
PERIOD_PARAMS = {
    "StartPeriod": "0",
    "EndPeriod": "0",
    "StartRange": "0",
    "EndRange": "0",
    "RangeType": "0",
}
"""The whole game, in the order in which the source's own pages ask."""


def calls(endpoint: str, target: Target) -> Sequence[Call]:
    """Return the one call for a game's box score of a kind, such as `boxscoreusagev3`."""
    game_id = game_of(target).game_id
    return [Call("nba_stats", f"/stats/{endpoint}", {"GameID": game_id, **PERIOD_PARAMS}, game_id)]


def read(document: object, form: str, target: Target, summed: Sequence[str] = ()) -> Parsed:
    """Read a box score into one record a team, its players in it.

    Args:
        document: the answer.
        form: the field that contains the box score, such as `boxScoreUsage`.
        target: the game that was asked for.
        summed: the players' statistics that must add up to the team's; their minutes always must.

    Raises:
        ContractError: another form or game.
        MismatchError: players that do not add up to their team.
        NotReadyError: no player yet, no figure but 0, or the game is still played.
    """
    where, asked = f"{target.scraper}: {form}", game_of(target)
    box = need(document, form, dict, where)
    same("gameId", need(box, "gameId", str, where), asked.game_id, where)
    teams: list[Record] = [need(box, side, dict, where) for side in SIDES]
    players = [objects(need(team, "players", list, where), where) for team in teams]
    if not any(players):
        raise NotReadyError(f"{where}: players is empty for both teams of game {asked.game_id}")
    for side, team, own, tricode in zip(
        SIDES, teams, players, (asked.away, asked.home), strict=True
    ):
        same("teamTricode", need(team, "teamTricode", str, where), tricode, f"{where}.{side}")
        _check(team, own, summed, f"{where}.{side}")
    return Parsed([{"gameId": asked.game_id, **team} for team in teams], len(teams))


def _check(team: Record, players: Sequence[Record], summed: Sequence[str], where: str) -> None:
    """Refuse a team whose game goes on, or whose players do not add up to it."""
    distinct("personId", (need(player, "personId", int, where) for player in players), where)
    total = need(team, "statistics", dict, where)
    parts = [need(player, "statistics", dict, where) for player in players]
    played = _minutes(total, where)
    minutes = [_minutes(part, where) for part in parts]
    if played < GAME_MINUTES_MIN - MINUTES_APART_MAX:
        raise NotReadyError(f"{where}: {played:g} of {GAME_MINUTES_MIN} minutes are played")
    adds_up("the players' minutes", minutes, played, where, within=MINUTES_APART_MAX)
    if not any(map(_has_figure, parts)):
        raise NotReadyError(f"{where}: every figure is 0 for every player")
    for field in summed:
        values = [need(part, field, int, where) for part in parts]
        if not any(values):
            raise NotReadyError(f"{where}: {field} is 0 for every player")
        adds_up(f"the players' {field}", values, need(total, field, int, where), where)


def _has_figure(statistics: Record) -> bool:
    """Return whether a statistic is another number than 0; the minutes are a text."""
    return any(isinstance(value, int | float) and value for value in statistics.values())


def _minutes(statistics: Record, where: str) -> float:
    """Return the minutes of `45:55`; 0 where a player did not play."""
    text = need(statistics, "minutes", str, where)
    minutes, _, seconds = text.partition(":")
    if not text:
        return 0.0
    if not (minutes.isdecimal() and seconds.isdecimal()):
        raise ContractError(f"{where}: minutes is {text!r:.40}, not like 45:55")
    return int(minutes) + int(seconds) / 60
