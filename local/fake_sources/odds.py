"""The Odds API v4: events, game lines and player props.

Source: https://the-odds-api.com/liveapi/guides/v4/
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from common.calendar.games import FINAL, SCHEDULED, Game
from common.eastern import eastern_date
from local.fake_sources.slate import Slate, status
from local.fake_sources.teams import Person, roster, team

ODDS_AHEAD_MAX = timedelta(days=14)
"""The real API lists the games that bookmakers have opened, about two weeks ahead."""
BOOKS = (("draftkings", "DraftKings"), ("fanduel", "FanDuel"))
LINES = ("h2h", "spreads", "totals")
PROPS = ("player_points", "player_rebounds", "player_assists", "player_threes")
Payload = dict[str, Any]


@cache
def event_id(game_id: str) -> str:
    """Derive the 32 hexadecimal digits of a game's event id from its own id."""
    return sha256(game_id.encode()).hexdigest()[:32]


def events(slate: Slate, params: Mapping[str, str], now: datetime) -> list[Payload]:
    """List the events that are not over, within the requested bounds.

    On one date in ten the answer also has the first event of the next date (FS09).
    """
    listed = [game for game in _listed(slate, params, now) if status(game, now) != FINAL]
    return [_event(game) for game in (*listed, *_stray(slate, params, now))]


def strays(day: date) -> bool:
    """Return whether the events of an Eastern date come with one of the next date."""
    return sha256(day.isoformat().encode()).digest()[0] % 10 == 0


def _stray(slate: Slate, params: Mapping[str, str], now: datetime) -> list[Game]:
    start = params.get("commenceTimeFrom")
    day = eastern_date(datetime.fromisoformat(start)) if start else None
    if day is None or not strays(day):
        return []
    return [
        game
        for game in slate.on(day + timedelta(days=1))[:1]
        if game.tipoff is not None and now < game.tipoff <= now + ODDS_AHEAD_MAX
    ]


def lines(slate: Slate, params: Mapping[str, str], now: datetime) -> list[Payload]:
    """List the events that have not begun, with the requested markets."""
    markets = params.get("markets", "h2h").split(",")
    return [
        _event(game) | {"bookmakers": _books(game, markets, now)}
        for game in _listed(slate, params, now)
        if status(game, now) == SCHEDULED
    ]


def event_odds(
    slate: Slate, wanted: str, params: Mapping[str, str], now: datetime
) -> Payload | None:
    """Make one event with its markets; it has no bookmakers once begun, and is None when over."""
    game = next((each for each in slate.by_id.values() if event_id(each.game_id) == wanted), None)
    if game is None or game.tipoff is None or status(game, now) == FINAL:
        return None
    return _event(game) | {"bookmakers": _open_books(game, params, now)}


def _open_books(game: Game, params: Mapping[str, str], now: datetime) -> list[Payload]:
    """Make the books of one event; a live answer has the time of each market, not of each book."""
    books = _books(game, params.get("markets", "h2h").split(","), now)
    without = [
        {name: held for name, held in book.items() if name != "last_update"} for book in books
    ]
    return without if status(game, now) == SCHEDULED else []


SNAPSHOT_EVERY = timedelta(minutes=5)
"""How far apart the snapshots of the past are."""


def past_events(slate: Slate, params: Mapping[str, str]) -> Payload:
    """Make the snapshot of events at an instant of the past; live games are in it, too."""
    taken = _taken(params)
    return _snapshot(taken, events(slate, {}, taken))


def past_event_odds(slate: Slate, wanted: str, params: Mapping[str, str]) -> Payload | None:
    """Make the snapshot of one event's odds; None for an event that was not listed then."""
    taken = _taken(params)
    found = event_odds(slate, wanted, params, taken)
    if found is None:
        return None
    books = [
        {"key": book["key"], "title": book["title"], "last_update": _hour(taken)} | book
        for book in found["bookmakers"]
    ]
    return _snapshot(taken, {**found, "bookmakers": books})


def _taken(params: Mapping[str, str]) -> datetime:
    """Return the instant of the last snapshot before the one that is asked for."""
    asked = datetime.fromisoformat(params["date"]).timestamp()
    return datetime.fromtimestamp(asked - asked % SNAPSHOT_EVERY.total_seconds(), UTC)


def _snapshot(taken: datetime, data: object) -> Payload:
    before, after = taken - SNAPSHOT_EVERY, taken + SNAPSHOT_EVERY
    return {
        "timestamp": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
        "previous_timestamp": f"{before:%Y-%m-%dT%H:%M:%SZ}",
        "next_timestamp": f"{after:%Y-%m-%dT%H:%M:%SZ}",
        "data": data,
    }


def _listed(slate: Slate, params: Mapping[str, str], now: datetime) -> Iterator[Game]:
    start = _bound(params.get("commenceTimeFrom"), datetime.min.replace(tzinfo=UTC))
    end = _bound(params.get("commenceTimeTo"), now + ODDS_AHEAD_MAX)
    for game in slate.by_id.values():
        if game.tipoff is not None and start <= game.tipoff <= min(end, now + ODDS_AHEAD_MAX):
            yield game


def _bound(text: str | None, default: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else default


def _event(game: Game) -> Payload:
    assert game.tipoff is not None
    return {
        "id": event_id(game.game_id),
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": f"{game.tipoff:%Y-%m-%dT%H:%M:%SZ}",
        "home_team": team(game.home).odds_name,
        "away_team": team(game.away).odds_name,
    }


def _books(game: Game, markets: list[str], now: datetime) -> list[Payload]:
    updated = _hour(now)
    return [
        {
            "key": key,
            "title": title,
            "last_update": updated,
            "markets": [
                {"key": market, "last_update": updated, "outcomes": _outcomes(game, market, shift)}
                for market in markets
                if market in LINES or market in PROPS
            ],
        }
        for shift, (key, title) in enumerate(BOOKS)
    ]


def _hour(moment: datetime) -> str:
    """Return when the odds were updated: at the full hour before an instant."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:00:00Z}"


def _outcomes(game: Game, market: str, shift: int) -> list[Payload]:
    away, home = team(game.away).odds_name, team(game.home).odds_name
    number = int(game.game_id[-3:]) % 9 + shift
    if market == "h2h":
        return [{"name": away, "price": 2.1 + number / 10}, {"name": home, "price": 1.74}]
    if market == "spreads":
        return [
            {"name": away, "price": 1.91, "point": number + 0.5},
            {"name": home, "price": 1.91, "point": -number - 0.5},
        ]
    if market == "totals":
        return _over_under({}, 220.5 + number)
    people = [*roster(game.away)[:2], *roster(game.home)[:2]]
    return [outcome for person in people for outcome in _prop(person, market, shift)]


def _prop(person: Person, market: str, shift: int) -> list[Payload]:
    lines_ = dict(zip(PROPS, (24.5, 7.5, 5.5, 2.5), strict=True))
    return _over_under({"description": person.name}, lines_[market] - person.rank + shift)


def _over_under(extra: Payload, point: float) -> list[Payload]:
    return [{"name": name, **extra, "price": 1.87, "point": point} for name in ("Over", "Under")]
