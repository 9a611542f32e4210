"""Makes the two sides of a game on ESPN's scoreboard, with their line scores and leaders."""

from typing import Any

from common.calendar.games import FINAL, SCHEDULED, Game
from local.fake_sources.counts import Counts, Side, box, quarters
from local.fake_sources.espn.teams import EspnTeam, athlete_id, espn_team, player_page
from local.fake_sources.slate import final_score
from local.fake_sources.teams import Person

Payload = dict[str, Any]
_POSITIONS = ("PG", "SG", "SF", "PF", "C")


def competitors(game: Game, state: int) -> list[Payload]:
    """Make the two sides, the hosts first, as recorded."""
    away, home = box(game, state, is_corrected=False)
    finals = final_score(game.game_id)
    return [
        _competitor(home, "home", quarters(finals[1], state), state),
        _competitor(away, "away", quarters(finals[0], state), state),
    ]


def _competitor(side: Side, where: str, periods: tuple[int, ...], state: int) -> Payload:
    its = espn_team(side.tricode)
    made: Payload = {
        "id": its.espn_id,
        "uid": its.uid,
        "type": "team",
        "order": 0 if where == "home" else 1,
        "homeAway": where,
        "team": _team(its),
        "score": str(side.points),
        "statistics": _statistics(side.total),
        "leaders": _leaders(side, its),
        "records": _records(),
    }
    if state != SCHEDULED:
        made["linescores"] = [
            {"value": float(points), "displayValue": str(points), "period": number}
            for number, points in enumerate(periods, 1)
        ]
    return made | {"winner": side.margin > 0} if state == FINAL else made


def _team(its: EspnTeam) -> Payload:
    return {
        "id": its.espn_id,
        "uid": its.uid,
        "location": its.about.city,
        "name": its.about.name,
        "abbreviation": its.abbreviation,
        "displayName": its.about.full_name,
        "shortDisplayName": its.about.name,
        "color": its.colour,
        "alternateColor": its.alternate,
        "isActive": True,
        "venue": {"id": its.venue_id},
        "links": [_team_link(its, "clubhouse", "Clubhouse"), _team_link(its, "roster", "Roster")],
        "logo": its.logo,
    }


def _team_link(its: EspnTeam, kind: str, text: str) -> Payload:
    part = "" if kind == "clubhouse" else f"{kind}/"
    return {
        "rel": [kind, "desktop", "team"],
        "href": f"https://www.espn.com/nba/team/{part}_/name/{its.code}/{its.slug}",
        "text": text,
        "isExternal": False,
        "isPremium": False,
    }


def _statistics(counts: Counts) -> list[Payload]:
    shown = (
        ("rebounds", "REB", str(counts.rebounds)),
        ("assists", "AST", str(counts.assists)),
        ("fieldGoalsAttempted", "FGA", str(counts.tried)),
        ("fieldGoalsMade", "FGM", str(counts.made)),
        ("fieldGoalPct", "FG%", _percent(counts.made, counts.tried)),
        ("freeThrowPct", "FT%", _percent(counts.free, counts.free_tried)),
        ("freeThrowsAttempted", "FTA", str(counts.free_tried)),
        ("freeThrowsMade", "FTM", str(counts.free)),
        ("points", "PTS", str(counts.points)),
        ("threePointPct", "3P%", _percent(counts.threes, counts.threes_tried)),
        ("threePointFieldGoalsAttempted", "3PA", str(counts.threes_tried)),
        ("threePointFieldGoalsMade", "3PM", str(counts.threes)),
    )
    return [
        {"name": name, "abbreviation": short, "displayValue": value} for name, short, value in shown
    ]


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.1f}"


def _leaders(side: Side, its: EspnTeam) -> list[Payload]:
    shown = (("points", "Points", "Pts"), ("rebounds", "Rebounds", "Reb"))
    return [
        {
            "name": name,
            "displayName": words,
            "shortDisplayName": short,
            "abbreviation": short,
            "leaders": [_leader(*_best(side, name), its)],
        }
        for name, words, short in shown
    ]


def _best(side: Side, field: str) -> tuple[Person, int]:
    person, counts = max(side.players, key=lambda each: getattr(each[1], field))
    return person, getattr(counts, field)


def _leader(person: Person, value: int, its: EspnTeam) -> Payload:
    number = athlete_id(person)
    return {
        "displayValue": str(value),
        "value": float(value),
        "athlete": {
            "id": number,
            "fullName": person.name,
            "displayName": person.name,
            "shortName": f"{person.first[0]}. {person.last}",
            "links": [{"rel": ["playercard", "desktop", "athlete"], "href": player_page(person)}],
            "headshot": f"https://a.espncdn.com/i/headshots/nba/players/full/{number}.png",
            "jersey": str(person.rank + 1),
            "position": {"abbreviation": _POSITIONS[person.rank]},
            "team": {"id": its.espn_id},
            "active": True,
        },
        "team": {"id": its.espn_id},
    }


def _records() -> list[Payload]:
    """Make records of a season without games: a slate knows no season."""
    kinds = {"overall": "total", "Home": "home", "Road": "road"}
    return [
        {"name": name, **({"abbreviation": "Game"} if name == "overall" else {})}
        | {"type": kind, "summary": "0-0"}
        for name, kind in kinds.items()
    ]
