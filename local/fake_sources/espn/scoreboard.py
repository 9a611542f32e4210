"""Makes ESPN's scoreboard of a date, in the form of the recording of 2024-01-15."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from common.calendar.games import FINAL, SCHEDULED, Game
from common.eastern import EASTERN
from local.fake_sources.counts import PERIODS
from local.fake_sources.espn.sides import competitors
from local.fake_sources.espn.status import instant, told_status
from local.fake_sources.espn.teams import EspnTeam, espn_game_id, espn_team
from local.fake_sources.nba.arenas import arena
from local.fake_sources.slate import Slate, final_score, status

Payload = dict[str, Any]
_PACIFIC = ZoneInfo("America/Los_Angeles")
_KINDS = {
    "001": (1, "preseason"),
    "002": (2, "regular-season"),
    "004": (3, "post-season"),
    "005": (5, "play-in-season"),
    "006": (2, "regular-season"),
}
"""ESPN's number and name of a kind of games, by the first three digits of NBA.com's id."""


def scoreboard(slate: Slate, day: date, now: datetime) -> Payload:
    """Make `/apis/site/v2/sports/basketball/nba/scoreboard?dates=YYYYMMDD`."""
    events = [event(game, status(game, now)) for game in slate.listed(day)]
    return {"leagues": [_league(slate)], "events": events}


def _league(slate: Slate) -> Payload:
    first = int(slate.season[:4])
    days = slate.days or (date(first, 10, 1),)
    calendar = [instant(datetime.combine(day, time(), _PACIFIC)) for day in days]
    span = {"startDate": calendar[0], "endDate": calendar[-1]}
    kind = {"id": "2", "type": 2, "name": "Regular Season", "abbreviation": "reg"}
    return {
        "id": "46",
        "uid": "s:40~l:46",
        "name": "National Basketball Association",
        "abbreviation": "NBA",
        "slug": "nba",
        "season": {"year": first + 1, **span, "displayName": slate.season, "type": kind},
        "logos": [
            {
                "href": "https://a.espncdn.com/i/teamlogos/leagues/500/nba.png",
                "width": 500,
                "height": 500,
                "alt": "",
                "rel": ["full", "default"],
                "lastUpdated": "2018-06-05T12:07Z",
            }
        ],
        "calendarType": "day",
        "calendarIsWhitelist": True,
        "calendarStartDate": calendar[0],
        "calendarEndDate": calendar[-1],
        "calendar": calendar,
    }


@lru_cache(maxsize=256)
def event(game: Game, state: int) -> Payload:
    """Make one game of a scoreboard in a state."""
    away, home = espn_team(game.away), espn_team(game.home)
    espn_id, starts = espn_game_id(game.game_id), _starts(game)
    kind, slug = _KINDS.get(game.game_id[:3], _KINDS["002"])
    told = told_status(game, state)
    return {
        "id": espn_id,
        "uid": f"s:40~l:46~e:{espn_id}",
        "date": starts,
        "name": f"{away.about.full_name} at {home.about.full_name}",
        "shortName": f"{away.abbreviation} @ {home.abbreviation}",
        "season": {"year": int(game.season[:4]) + 1, "type": kind, "slug": slug},
        "competitions": [_competition(game, state, told)],
        "links": _links(espn_id, away, home),
        "status": told,
    }


def _competition(game: Game, state: int, told: Payload) -> Payload:
    espn_id, begun = espn_game_id(game.game_id), state != SCHEDULED and not game.postponed
    about = {
        "id": espn_id,
        "uid": f"s:40~l:46~e:{espn_id}~c:{espn_id}",
        "date": _starts(game),
        "attendance": 15_000 + int(game.game_id) % 4_000 if state == FINAL and begun else 0,
        "type": {"id": "1", "abbreviation": "STD"},
        "timeValid": game.tipoff is not None,
        "neutralSite": False,
        "conferenceCompetition": False,
        "playByPlayAvailable": begun,
        "recent": False,
        "venue": _venue(game.home),
        "competitors": competitors(game, SCHEDULED if game.postponed else state),
        "notes": [],
        "status": told,
        "broadcasts": [{"market": "national", "names": ["NBA TV"]}],
        "format": {"regulation": {"periods": PERIODS}},
        "startDate": _starts(game),
        "broadcast": "NBA TV",
        "geoBroadcasts": [_broadcast()],
        "highlights": [],
    }
    return about | {"headlines": [_recap(game)]} if begun and state == FINAL else about


def _venue(tricode: str) -> Payload:
    place = arena(tricode)
    return {
        "id": espn_team(tricode).venue_id,
        "fullName": place.name,
        "address": {"city": place.city, "state": place.state},
        "indoor": True,
    }


def _broadcast() -> Payload:
    return {
        "type": {"id": "1", "shortName": "TV"},
        "market": {"id": "1", "type": "National"},
        "media": {"shortName": "NBA TV"},
        "lang": "en",
        "region": "us",
    }


def _recap(game: Game) -> Payload:
    away, home = final_score(game.game_id)
    text = f"{game.away} {away}, {game.home} {home}"
    return {"type": "Recap", "description": f"— {text}", "shortLinkText": text}


def _links(espn_id: str, away: EspnTeam, home: EspnTeam) -> list[Payload]:
    site = "https://www.espn.com/nba"
    names = f"{away.about.name}-{home.about.name}".lower().replace(" ", "-")
    shown = (
        ("summary", f"{site}/game/_/gameId/{espn_id}/{names}", "Gamecast"),
        ("boxscore", f"{site}/boxscore/_/gameId/{espn_id}", "Box Score"),
        ("pbp", f"{site}/playbyplay/_/gameId/{espn_id}", "Play-by-Play"),
    )
    return [
        {
            "language": "en-US",
            "rel": [kind, "desktop", "event"],
            "href": address,
            "text": text,
            "shortText": text,
            "isExternal": False,
            "isPremium": False,
        }
        for kind, address, text in shown
    ]


def _starts(game: Game) -> str:
    """Return the tip-off; midnight Eastern while it is to be determined."""
    return instant(game.tipoff or datetime.combine(game.game_date, time(), EASTERN))
