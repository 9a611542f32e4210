"""Makes NBA.com's two scoreboards: the live file of today's games, and the one of any date."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from common.calendar.games import FINAL, LIVE, SCHEDULED, Game
from common.eastern import EASTERN, at, eastern_date
from common.scrapers.nba.teams import TEAMS
from local.fake_sources.counts import PERIODS, Side, box, quarters
from local.fake_sources.slate import TODAY_AT, Slate, final_score, is_corrected, status, status_text
from local.fake_sources.teams import team

Payload = dict[str, Any]
_STATIONS = 1_001_000
"""Where the invented ids of broadcasters begin."""


def todays(slate: Slate, now: datetime) -> Payload:
    """Make `todaysScoreboard_00.json`: it has the night before until noon Eastern."""
    today = eastern_date(now)
    if now < at(today, TODAY_AT):
        today -= timedelta(days=1)
    return scoreboard(slate, today, now)


def scoreboard(slate: Slate, day: date, now: datetime) -> Payload:
    """Make `/stats/scoreboardv3?GameDate=YYYY-MM-DD`."""
    request = f"http://nba.cloud/league/00/{day:%Y/%m/%d}/scoreboard?Format=json"
    games = [
        _game(game, SCHEDULED if game.postponed else status(game, now), is_corrected(game, now))
        for game in slate.listed(day)
    ]
    return {
        "meta": {
            "version": 1,
            "request": request,
            "time": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        },
        "scoreboard": {
            "gameDate": day.isoformat(),
            "leagueId": "00",
            "leagueName": "National Basketball Association",
            "games": games,
        },
    }


@lru_cache(maxsize=256)
def _game(game: Game, state: int, changed: bool) -> Payload:  # noqa: FBT001 - one key of a cache
    eastern = (game.tipoff or datetime.combine(game.game_date, time(), EASTERN)).astimezone(EASTERN)
    away, home = box(game, state, is_corrected=changed)
    finals = final_score(game.game_id)
    return {
        "gameId": game.game_id,
        "gameCode": game.code,
        "gameStatus": state,
        "gameStatusText": status_text(game, state, eastern),
        "period": {SCHEDULED: 0, LIVE: PERIODS // 2}.get(state, PERIODS),
        "gameClock": "PT06M00.00S" if state == LIVE else "",
        "gameTimeUTC": f"{eastern.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        # The source writes a Z behind this Eastern time.
        "gameEt": f"{eastern:%Y-%m-%dT%H:%M:%SZ}",
        "regulationPeriods": PERIODS,
        **dict.fromkeys(("seriesGameNumber", "gameLabel", "gameSubLabel", "seriesText"), ""),
        "ifNecessary": False,
        **dict.fromkeys(("seriesConference", "poRoundDesc", "gameSubtype"), ""),
        "isNeutral": False,
        "gameLeaders": {"homeLeaders": _leader(home), "awayLeaders": _leader(away)},
        "teamLeaders": {
            "homeLeaders": _averages(home),
            "awayLeaders": _averages(away),
            "seasonLeadersFlag": 0,
        },
        "broadcasters": _broadcasters(game),
        "homeTeam": _team(home, finals[1], state),
        "awayTeam": _team(away, finals[0], state),
    }


def _team(side: Side, final: int, state: int) -> Payload:
    about, known = team(side.tricode), TEAMS.get(side.tricode)
    return {
        "teamId": about.team_id,
        "teamName": about.name,
        "teamCity": about.city,
        "teamTricode": side.tricode,
        "teamSlug": known.slug if known else "",
        "wins": 0,
        "losses": 0,
        "score": side.points,
        "seed": 0,
        "inBonus": None,
        "timeoutsRemaining": 0 if state == FINAL else 5,
        "periods": [
            {"period": number, "periodType": "REGULAR", "score": points}
            for number, points in enumerate(quarters(final, state), 1)
        ],
    }


def _leader(side: Side) -> Payload:
    person, counts = side.players[0]
    return {
        "personId": person.person_id,
        "name": person.name,
        "playerSlug": person.slug,
        "jerseyNum": str(person.rank + 1),
        "position": "GGFFC"[person.rank],
        "teamTricode": side.tricode,
        "points": counts.points,
        "rebounds": counts.rebounds,
        "assists": counts.assists,
    }


def _averages(side: Side) -> Payload:
    """Make the team's leader of the season, with averages that no game changes."""
    return {**_leader(side), "points": 30.5, "rebounds": 5.0, "assists": 3.0}


def _broadcasters(game: Game) -> Payload:
    made: Payload = {
        "nationalBroadcasters": [],
        "nationalRadioBroadcasters": [],
        "nationalOttBroadcasters": [],
    }
    for where, tricode in (("home", game.home), ("away", game.away)):
        made[f"{where}TvBroadcasters"] = [_station(tricode, "TV", 0)]
        made[f"{where}RadioBroadcasters"] = [_station(tricode, "AM", 100)]
        made[f"{where}OttBroadcasters"] = []
    return made


def _station(tricode: str, kind: str, offset: int) -> Payload:
    team_id = team(tricode).team_id
    return {
        "broadcasterId": _STATIONS + offset + team_id % 100,
        "broadcastDisplay": f"{tricode}-{kind}",
        "broadcasterTeamId": team_id,
        "broadcasterDescription": "",
    }
