"""stats.nba.com's box score in its third version: two teams with their players, in camel case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.calendar.games import FINAL
from local.fake_sources.slate import Slate, score, status
from local.fake_sources.teams import Person, roster, team

Payload = dict[str, Any]
MINUTES = 48
"""How long each of a team's five players is on the court."""
_SHARES = (0.32, 0.24, 0.18, 0.14)
"""Shares of a team's points, best scorer first; the rest goes to the last player."""


def box_score(slate: Slate, params: Mapping[str, str], now: datetime) -> Payload:
    """`/stats/boxscoretraditionalv3`: both teams without a player until the game is final."""
    game_id = params.get("GameID", "")
    game = slate.by_id.get(game_id)
    box: Payload = {"gameId": game_id}
    if game is not None and status(game, now) == FINAL:
        away, home = score(game, now)
        box |= {
            "awayTeamId": team(game.away).team_id,
            "homeTeamId": team(game.home).team_id,
            "homeTeam": _side(game.home, home, away),
            "awayTeam": _side(game.away, away, home),
        }
    else:
        box |= {"homeTeam": {"players": []}, "awayTeam": {"players": []}}
    return {"meta": {"version": 1}, "boxScoreTraditional": box}


def _side(tricode: str, points: int, against: int) -> Payload:
    side = team(tricode)
    scored = [int(points * share) for share in _SHARES]
    parts = zip(roster(tricode), [*scored, points - sum(scored)], strict=True)
    return {
        "teamId": side.team_id,
        "teamCity": side.city,
        "teamName": side.name,
        "teamTricode": tricode,
        "players": [_player(person, own, points - against) for person, own in parts],
        "statistics": _statistics(points, 5 * MINUTES, points - against),
    }


def _player(person: Person, points: int, margin: int) -> Payload:
    return {
        "personId": person.person_id,
        "firstName": person.first,
        "familyName": person.last,
        "nameI": f"{person.first[0]}. {person.last}",
        "position": "GGFFC"[person.rank],
        "comment": "",
        "jerseyNum": str(person.rank + 1),
        "statistics": _statistics(points, MINUTES, margin),
    }


def _statistics(points: int, minutes: int, margin: int) -> Payload:
    """Return counts that make the points."""
    threes = points // 9
    free = (points - 3 * threes) % 2 + 2
    made = (points - 3 * threes - free) // 2 + threes
    return {
        "minutes": f"{minutes}:00",
        "fieldGoalsMade": made,
        "fieldGoalsAttempted": made * 2,
        "fieldGoalsPercentage": 0.5,
        "threePointersMade": threes,
        "threePointersAttempted": threes * 3,
        "threePointersPercentage": 0.333,
        "freeThrowsMade": free,
        "freeThrowsAttempted": free,
        "freeThrowsPercentage": 1.0,
        "reboundsOffensive": 1,
        "reboundsDefensive": 4,
        "reboundsTotal": 5,
        "assists": 3,
        "steals": 1,
        "blocks": 0,
        "turnovers": 2,
        "foulsPersonal": 2,
        "points": points,
        "plusMinusPoints": float(margin),
    }
