"""Makes BettingPros' events of a date, with line-ups and results.

Only closed events are recorded; one that is not over is called `scheduled` or `inprogress` here and
has no results, which is an assumption.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from common.calendar.games import FINAL, LIVE, SCHEDULED, Game
from common.eastern import EASTERN
from local.fake_sources.counts import quarters
from local.fake_sources.nba.arenas import arena
from local.fake_sources.slate import Slate, final_score, status
from local.fake_sources.teams import DIVISIONS, Person, inactive, roster, team

Payload = dict[str, Any]
_STATES = {SCHEDULED: "scheduled", LIVE: "inprogress", FINAL: "closed"}
_UNASKED = [
    "season",
    "doubleheader",
    "week",
    "start",
    "season_type",
    "status",
    "end",
    "comp_id",
    "event_id",
    "event_slug",
    "team_id",
    "max_events_per_sport",
]


def events(slate: Slate, day: date, now: datetime) -> Payload:
    """Make `/v3/events?sport=NBA&date=YYYY-MM-DD`."""
    asked: Payload = {
        "sport": "NBA",
        "date": day.isoformat(),
        "direction": "asc",
        "lineups": "true",
        "park_factors": "true",
        "officials": "false",
    }
    return {
        "_parameters": {**asked, **dict.fromkeys(_UNASKED)},
        "events": [_event(game, status(game, now)) for game in slate.on(day)],
        "ts": int(now.timestamp()),
        "utc": f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
    }


@lru_cache(maxsize=256)
def _event(game: Game, state: int) -> Payload:
    starts = game.tipoff or datetime.combine(game.game_date, time(), EASTERN)
    names = "-vs-".join(_slug(side) for side in (game.home, game.away))
    made: Payload = {
        "id": int(game.game_id[2:]),
        "sr_id": f"{int(game.game_id):08x}-0000-4000-8000-{int(game.game_id):012x}",
        "sport": "NBA",
        "scheduled": f"{starts.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "season": int(game.season[:4]),
        "season_type": "REG",
        "event_name": None,
        "status": _STATES[state],
        "home": game.home,
        "visitor": game.away,
        "link": f"/nba/matchups/{names}/?date={game.game_date}",
        "series_summary": None,
        "popularity": 100 + int(game.game_id) % 50,
        "lineups": _lineups(game),
        "venue": _venue(game.home),
        "participants": [_participant(game.home), _participant(game.away)],
        "broadcasts": [{"network": "TNT", "type": "tv"}],
        "is_free": False,
    }
    return made | {"results": _results(game)} if state == FINAL else made


def _slug(tricode: str) -> str:
    return team(tricode).odds_name.lower().replace(" ", "-")


def _lineups(game: Game) -> Payload:
    return {
        "home_lineup": _lineup(game.home),
        "away_lineup": _lineup(game.away),
        "home_lineup_type": "confirmed",
        "away_lineup_type": "confirmed",
    }


def _lineup(tricode: str) -> list[Payload]:
    return [_player(person, tricode, "started") for person in roster(tricode)] + [
        _player(person, tricode, "did_not_play") for person in inactive(tricode)
    ]


def _player(person: Person, tricode: str, what: str) -> Payload:
    number = person.person_id % 10_000
    about = {
        "short_name": f"{person.first[0]}. {person.last}",
        "first_name": person.first,
        "last_name": person.last,
        "image": f"https://images.fantasypros.com/images/players/nba/{number}/headshot/210x210.webp",
        "position": "GGFFCFC"[person.rank],
        "team": tricode,
        "slug": person.slug,
        "jersey_number": person.rank + 1 if what == "started" else None,
    }
    link = f"/nba/props/{person.slug}/"
    named = {"id": str(number), "name": person.name, "link": link, "player": about}
    return {"status": what, "participant": named}


def _venue(tricode: str) -> Payload:
    place = arena(tricode)
    return {
        "name": place.name,
        "id": None,
        "city": place.city,
        "state": place.state,
        "country": "CAN" if place.country == "CA" else "USA",
        "zip": "00000",
    }


def _participant(tricode: str) -> Payload:
    about, division = team(tricode), DIVISIONS.get(tricode)
    return {
        "id": tricode,
        "name": about.name,
        "link": f"/nba/teams/{_slug(tricode)}/",
        "team": {
            "city": about.city,
            "abbreviation": tricode,
            "conference": f"{division.conference}ern" if division else "",
            "division": division.name if division else "",
            "record": {"W": 0, "L": 0, "T": 0},
            "slug": _slug(tricode),
        },
    }


def _results(game: Game) -> Payload:
    away, home = final_score(game.game_id)
    periods = zip(quarters(home, FINAL), quarters(away, FINAL), strict=True)
    outcome = {
        "label": "event",
        "winner": game.home if home > away else game.away,
        "scores": _scores(game, home, away),
    }
    return {
        "outcomes": [outcome],
        "periods": [
            {"name": "quarter", "number": number, "scores": _scores(game, *points)}
            for number, points in enumerate(periods, 1)
        ],
    }


def _scores(game: Game, home: int, away: int) -> list[Payload]:
    return [
        {"participant": game.home, "score": home},
        {"participant": game.away, "score": away},
    ]
