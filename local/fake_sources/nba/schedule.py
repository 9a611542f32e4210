"""Makes the season's schedule, `scheduleLeagueV2.json`."""

from datetime import UTC, datetime, time
from hashlib import sha256
from itertools import groupby
from typing import Any

from common.calendar.games import SCHEDULED, Game
from common.eastern import EASTERN
from common.scrapers.nba.teams import TEAMS
from local.fake_sources.nba.arenas import arena
from local.fake_sources.slate import Slate, score, status, status_text
from local.fake_sources.teams import team

Payload = dict[str, Any]
_LETTERS = ("N", "N", "N", "N", "A", "A", None, "N")
"""What `postponedStatus` is for a game as scheduled: a whole season came with A, and some with
null."""
_BROADCASTERS = [
    "nationalTv",
    "nationalRadio",
    "nationalOtt",
    "homeTv",
    "homeRadio",
    "homeOtt",
    "awayTv",
    "awayRadio",
    "awayOtt",
    "intlRadio",
    "intlTv",
    "intlOtt",
]


def document(slate: Slate, now: datetime) -> Payload:
    """Make the scheduleLeagueV2 document of a slate at an instant."""
    days = [
        {
            "gameDate": f"{day:%m/%d/%Y} 00:00:00",
            "games": [served(game, now) for game in games],
        }
        for day, games in groupby(slate.games, lambda game: game.game_date)
    ]
    league = {"seasonYear": slate.season, "leagueId": "00", "gameDates": days}
    return {
        "meta": meta(slate.season, now),
        "leagueSchedule": {**league, "weeks": [], "broadcasterList": []},
    }


def meta(season: str, now: datetime) -> Payload:
    """Make the document's note of when it was written."""
    return {
        "version": 1,
        "request": f"http://nba.cloud/league/00/{season}/scheduleleaguev2?Format=json",
        "time": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def letter(game: Game) -> str | None:
    """Return the letter of a game: Y where it is postponed, else N, A or null, by its id."""
    if game.postponed:
        return "Y"
    return _LETTERS[sha256(game.game_id.encode()).digest()[5] % len(_LETTERS)]


def served(game: Game, now: datetime) -> Payload:
    """Make one game's entry in the document at an instant."""
    midnight = datetime.combine(game.game_date, time(), EASTERN)
    tipoff = game.tipoff.astimezone(EASTERN) if game.tipoff else midnight
    state = SCHEDULED if game.postponed else status(game, now)
    points = (0, 0) if game.postponed else score(game, now)
    return {
        "gameId": game.game_id,
        "gameCode": game.code,
        "gameStatus": state,
        "gameStatusText": status_text(game, state, tipoff),
        "gameSequence": 1 + int(game.game_id) % 15,
        **_times(game, midnight, tipoff),
        "day": f"{game.game_date:%a}",
        "monthNum": game.game_date.month,
        "weekNumber": 0,
        "weekName": "",
        "ifNecessary": False,
        **dict.fromkeys(("seriesGameNumber", "gameLabel", "gameSubLabel", "seriesText"), ""),
        "arenaName": arena(game.home).name,
        "arenaState": arena(game.home).state,
        "arenaCity": arena(game.home).city,
        "postponedStatus": letter(game),
        "branchLink": "",
        "gameSubtype": "",
        "isNeutral": False,
        "broadcasters": {f"{name}Broadcasters": [] for name in _BROADCASTERS},
        "homeTeam": _side(game.home, points[1]),
        "awayTeam": _side(game.away, points[0]),
        "pointsLeaders": [],
    }


def _times(game: Game, midnight: datetime, tipoff: datetime) -> dict[str, str]:
    """Write the tip-off in each zone; all of them end in Z, whatever their zone is (T10)."""
    utc = tipoff.astimezone(UTC)
    return {
        "gameDateEst": _marked(midnight),
        "gameTimeEst": f"1900-01-01T{tipoff:%H:%M:%S}Z",
        "gameDateTimeEst": _marked(tipoff),
        "gameDateUTC": _marked(midnight.astimezone(UTC)),
        "gameTimeUTC": f"1900-01-01T{utc:%H:%M:%S}Z",
        "gameDateTimeUTC": _marked(utc),
        "awayTeamTime": _marked(tipoff.astimezone(arena(game.away).time_zone)),
        "homeTeamTime": _marked(tipoff.astimezone(arena(game.home).time_zone)),
    }


def _marked(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _side(tricode: str, points: int) -> Payload:
    side, known = team(tricode), TEAMS.get(tricode)
    return {
        "teamId": side.team_id,
        "teamName": side.name,
        "teamCity": side.city,
        "teamTricode": tricode if side.team_id else None,
        "teamSlug": known.slug if known else None,
        "wins": 0,
        "losses": 0,
        "score": points,
        "seed": 0,
    }
