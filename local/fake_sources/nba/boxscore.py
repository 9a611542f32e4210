"""Makes NBA.com's live box score: it grows in play, and is rewritten two hours after the end."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from common.calendar.games import FINAL, LIVE, SCHEDULED, Game
from common.eastern import EASTERN
from local.fake_sources.counts import PERIODS, Counts, Side, box, quarters
from local.fake_sources.nba.arenas import Arena, arena
from local.fake_sources.nba.live import referees
from local.fake_sources.slate import (
    CORRECTED_AFTER,
    GAME_LENGTH,
    Slate,
    corrected,
    final_score,
    is_rewritten,
    status,
    status_text,
)
from local.fake_sources.teams import Person, inactive, team

Payload = dict[str, Any]
DURATION_MINUTES = 134
"""How long a game lasts from its first to its last second, as recorded."""
_POSITIONS = ("PG", "SG", "SF", "PF", "C")


def box_score(slate: Slate, game_id: str, now: datetime) -> Payload | None:
    """Make `liveData/boxscore/boxscore_{gameId}.json`; None before the tip-off."""
    game = slate.by_id.get(game_id)
    if game is None or status(game, now) == SCHEDULED:
        return None
    return _document(game, status(game, now), is_rewritten=is_rewritten(game, now))


@lru_cache(maxsize=128)
def _document(game: Game, state: int, *, is_rewritten: bool) -> Payload:
    changed = is_rewritten and corrected(game.game_id)
    away, home = box(game, state, is_corrected=changed)
    finals = final_score(game.game_id)
    meta = {
        "version": 1,
        "code": 200,
        "request": f"http://nba.cloud/games/{game.game_id}/boxscore?Format=json",
        "time": _written(game, state, is_rewritten=is_rewritten),
    }
    teams = {
        "homeTeam": _team(home, finals[1], state),
        "awayTeam": _team(away, finals[0], state),
    }
    return {"meta": meta, "game": _about(game, state) | teams}


def _written(game: Game, state: int, *, is_rewritten: bool) -> str:
    """Return the Eastern time at which the file was written last."""
    assert game.tipoff is not None
    span = GAME_LENGTH if state == FINAL else timedelta(0)
    span += CORRECTED_AFTER if is_rewritten else timedelta(0)
    return f"{(game.tipoff + span).astimezone(EASTERN):%Y-%m-%d %H:%M:%S.%f}"


def _about(game: Game, state: int) -> Payload:
    assert game.tipoff is not None
    place, eastern = arena(game.home), game.tipoff.astimezone(EASTERN)
    at_home = game.tipoff.astimezone(place.time_zone).isoformat()
    return {
        "gameId": game.game_id,
        "gameTimeLocal": at_home,
        "gameTimeUTC": f"{game.tipoff:%Y-%m-%dT%H:%M:%SZ}",
        "gameTimeHome": at_home,
        "gameTimeAway": game.tipoff.astimezone(arena(game.away).time_zone).isoformat(),
        "gameEt": eastern.isoformat(),
        "duration": DURATION_MINUTES if state == FINAL else DURATION_MINUTES // 2,
        "gameCode": game.code,
        "gameStatusText": status_text(game, state, eastern),
        "gameStatus": state,
        "regulationPeriods": PERIODS,
        "period": PERIODS if state == FINAL else PERIODS // 2,
        "gameClock": "PT00M00.00S" if state == FINAL else "PT06M00.00S",
        "attendance": 0 if state == LIVE else 15_000 + int(game.game_id) % 4_000,
        "sellout": "0",
        "arena": _arena(place),
        "officials": [
            _official(place, code, name)
            for place, (code, name) in enumerate(referees(game.game_id), 1)
        ],
    }


def _arena(place: Arena) -> Payload:
    return {
        "arenaId": place.arena_id,
        "arenaName": place.name,
        "arenaCity": place.city,
        "arenaState": place.state,
        "arenaCountry": place.country,
        "arenaTimezone": place.zone,
    }


def _official(place: int, code: int, name: str) -> Payload:
    first, last = name.split(" ", 1)
    return {
        "personId": code,
        "name": name,
        "nameI": f"{first[0]}. {last}",
        "firstName": first,
        "familyName": last,
        "jerseyNum": str(code % 100 + 1),
        "assignment": f"OFFICIAL{place}",
    }


def _team(side: Side, final: int, state: int) -> Payload:
    about = team(side.tricode)
    played = [_player(person, counts, side, state) for person, counts in side.players]
    return {
        "teamId": about.team_id,
        "teamName": about.name,
        "teamCity": about.city,
        "teamTricode": side.tricode,
        "score": side.points,
        "inBonus": "0",
        "timeoutsRemaining": 2,
        "periods": [
            {"period": number, "periodType": "REGULAR", "score": points}
            for number, points in enumerate(quarters(final, state), 1)
        ],
        "players": played + [_inactive(person) for person in inactive(side.tricode)],
        "statistics": _team_statistics(side),
    }


def _player(person: Person, counts: Counts, side: Side, state: int) -> Payload:
    return {
        "status": "ACTIVE",
        "order": person.rank + 1,
        "personId": person.person_id,
        "jerseyNum": str(person.rank + 1),
        "position": _POSITIONS[person.rank],
        "starter": "1",
        "oncourt": "1" if state == LIVE else "0",
        "played": "1",
        "statistics": _statistics(counts, side.points, side.against),
        **_names(person),
    }


def _inactive(person: Person) -> Payload:
    """Make a player who does not play: the first by the coach's choice, the others are injured."""
    injured = person.rank % 2 == 0
    reason: Payload = {"notPlayingReason": "INACTIVE_COACH"}
    if injured:
        reason = {
            "notPlayingReason": "INACTIVE_INJURY",
            "notPlayingDescription": "Right Knee Soreness",
        }
    return {
        "status": "INACTIVE",
        **reason,
        "order": person.rank + 1,
        "personId": person.person_id,
        "jerseyNum": str(person.rank + 1),
        "starter": "0",
        "oncourt": "0",
        "played": "0",
        "statistics": _statistics(Counts(), 0, 0),
        **_names(person),
    }


def _names(person: Person) -> Payload:
    return {
        "name": person.name,
        "nameI": f"{person.first[0]}. {person.last}",
        "firstName": person.first,
        "familyName": person.last,
    }


def _statistics(counts: Counts, points: int, against: int) -> Payload:
    """Return a player's statistics, with the points for and against while on the court."""
    return {
        **_common(counts),
        "foulsOffensive": 0,
        "minus": float(against),
        "minutes": f"PT{counts.minutes:02d}M00.00S",
        "minutesCalculated": f"PT{counts.minutes:02d}M",
        "plus": float(points),
        "plusMinusPoints": float(points - against),
        "points": counts.points,
        "pointsFastBreak": 0,
        "pointsInThePaint": 2 * (counts.made - counts.threes),
        "pointsSecondChance": 0,
        "reboundsTotal": counts.rebounds,
    }


def _common(counts: Counts) -> Payload:
    """Return what a player's and a team's statistics have under the same names."""
    twos, twos_tried = counts.made - counts.threes, counts.tried - counts.threes_tried
    return {
        "assists": counts.assists,
        "blocks": counts.blocks,
        "blocksReceived": 0,
        "fieldGoalsAttempted": counts.tried,
        "fieldGoalsMade": counts.made,
        "fieldGoalsPercentage": share(counts.made, counts.tried),
        "foulsDrawn": counts.fouls,
        "foulsPersonal": counts.fouls,
        "foulsTechnical": 0,
        "freeThrowsAttempted": counts.free_tried,
        "freeThrowsMade": counts.free,
        "freeThrowsPercentage": share(counts.free, counts.free_tried),
        "reboundsDefensive": counts.defensive,
        "reboundsOffensive": counts.offensive,
        "steals": counts.steals,
        "threePointersAttempted": counts.threes_tried,
        "threePointersMade": counts.threes,
        "threePointersPercentage": share(counts.threes, counts.threes_tried),
        "turnovers": counts.turnovers,
        "twoPointersAttempted": twos_tried,
        "twoPointersMade": twos,
        "twoPointersPercentage": share(twos, twos_tried),
    }


def _team_statistics(side: Side) -> Payload:
    counts = side.total
    twos, twos_tried = counts.made - counts.threes, counts.tried - counts.threes_tried
    shots = counts.tried + 0.44 * counts.free_tried
    return {
        **_common(counts),
        **_runs(side),
        "assistsTurnoverRatio": share(counts.assists, counts.turnovers),
        "benchPoints": 0,
        "fastBreakPointsAttempted": 0,
        "fastBreakPointsMade": 0,
        "fastBreakPointsPercentage": 0.0,
        "fieldGoalsEffectiveAdjusted": share(counts.made + counts.threes / 2, counts.tried),
        "foulsOffensive": 0,
        "foulsTeam": counts.fouls,
        "foulsTeamTechnical": 0,
        "minutes": f"PT{counts.minutes}M00.00S",
        "minutesCalculated": f"PT{counts.minutes}M",
        "points": counts.points,
        "pointsAgainst": side.against,
        "pointsFastBreak": 0,
        "pointsFromTurnovers": 0,
        "pointsInThePaint": 2 * twos,
        "pointsInThePaintAttempted": twos_tried,
        "pointsInThePaintMade": twos,
        "pointsInThePaintPercentage": share(twos, twos_tried),
        "pointsSecondChance": 0,
        **_rebounds(counts),
        "secondChancePointsAttempted": 0,
        "secondChancePointsMade": 0,
        "secondChancePointsPercentage": 0.0,
        "trueShootingAttempts": round(shots, 2),
        "trueShootingPercentage": share(counts.points, 2 * shots),
        "turnoversTeam": 0,
        "turnoversTotal": counts.turnovers,
    }


def _runs(side: Side) -> Payload:
    """Return the course of a game that one side leads from its first basket."""
    ahead = max(side.margin, 0)
    return {
        "biggestLead": ahead,
        "biggestLeadScore": f"{side.points}-{side.against}",
        "biggestScoringRun": min(ahead, 11),
        "biggestScoringRunScore": f"{side.points}-{side.against}",
        "leadChanges": 0,
        "timeLeading": "PT48M00.00S" if ahead else "PT00M00.00S",
        "timesTied": 0,
    }


def _rebounds(counts: Counts) -> Payload:
    """Return the rebounds: the total has those of no player too, so it is not the players' sum."""
    own_defensive, own_offensive = 2, 6
    return {
        "reboundsPersonal": counts.rebounds,
        "reboundsTeam": own_defensive + own_offensive,
        "reboundsTeamDefensive": own_defensive,
        "reboundsTeamOffensive": own_offensive,
        "reboundsTotal": counts.rebounds + own_defensive + own_offensive,
    }


def share(part: float, whole: float) -> float:
    """Return an unrounded share; 0 of nothing."""
    return part / whole if whole else 0.0
