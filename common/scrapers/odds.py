"""The scrapers of events, player props and game lines, from The Odds API v4.

An answer is read in its live form, and also wrapped under `data`, as the historical endpoints serve
it, so that a backfill needs no scrapers of its own. https://the-odds-api.com/liveapi/guides/v4/
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from common.eastern import EASTERN
from common.messages.models import EVENT_ID, GAMES_MAX
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.shape import load, need, objects

SPORT = "/v4/sports/basketball_nba"
PROP_MARKETS = "player_points,player_rebounds,player_assists,player_threes"
LINE_MARKETS = "h2h,spreads,totals"


def _day(target: Target) -> dict[str, str]:
    """Return the Eastern target date as the API's bounds, which are in UTC and inclusive."""
    start = datetime.combine(target.target_date, time(), EASTERN)
    end = datetime.combine(target.target_date + timedelta(days=1), time(), EASTERN)
    last = end.astimezone(UTC) - timedelta(seconds=1)
    return {
        "commenceTimeFrom": f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "commenceTimeTo": f"{last:%Y-%m-%dT%H:%M:%SZ}",
        "dateFormat": "iso",
    }


def _event_calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [Call("odds_api", f"{SPORT}/events", _day(target), target.target_date.isoformat())]


def _line_calls(target: Target, _now: datetime) -> Sequence[Call]:
    params = {**_day(target), "regions": "us", "markets": LINE_MARKETS, "oddsFormat": "decimal"}
    return [Call("odds_api", f"{SPORT}/odds", params, target.target_date.isoformat())]


def _prop_calls(target: Target, _now: datetime) -> Sequence[Call]:
    params = {
        "regions": "us",
        "markets": PROP_MARKETS,
        "oddsFormat": "decimal",
        "dateFormat": "iso",
    }
    return [
        Call("odds_api", f"{SPORT}/events/{event_id}/odds", params, event_id)
        for event_id in target.event_ids
    ]


def _events(body: bytes, where: str) -> list[Record]:
    served = load(body, where)
    if isinstance(served, dict) and "data" in served:
        served = served["data"]
    events = objects(served if isinstance(served, list) else [served], where)
    for event in events:
        for field in ("id", "commence_time", "home_team", "away_team"):
            need(event, field, str, where)
        if not re.fullmatch(EVENT_ID, event["id"]):
            raise ContractError(f"{where}: id is {event['id']!r:.80}, no id of the known form")
    return events


def _parse_events(bodies: Sequence[bytes], target: Target) -> Parsed:
    events = _events(bodies[0], target.scraper)
    if len(events) > GAMES_MAX:
        raise ContractError(f"{target.scraper}: {len(events)} events for one date")
    return Parsed(events, len(events))


def _parse_odds(bodies: Sequence[bytes], target: Target) -> Parsed:
    """Read events with their books; only events with an offer of a book are counted."""
    events = [event for body in bodies for event in _events(body, target.scraper)]
    for event in events:
        _check_books(event, f"{target.scraper}: event {event['id']}")
    return Parsed(events, sum(bool(event["bookmakers"]) for event in events))


def _check_books(event: Record, where: str) -> None:
    for book in objects(need(event, "bookmakers", list, where), where):
        need(book, "key", str, where)
        for market in objects(need(book, "markets", list, where), where):
            need(market, "key", str, where)
            for outcome in objects(need(market, "outcomes", list, where), where):
                need(outcome, "name", str, where)
                need(outcome, "price", (int, float), where)


EVENTS = Scraper("oddsa_events", "date", _event_calls, _parse_events, due=time())
# A list of events without any offer is long, although it counts as empty.
PLAYER_PROPS = Scraper(
    "oddsa_player_props", "event", _prop_calls, _parse_odds, empty_bytes_max=None
)
GAME_LINES = Scraper("oddsa_game_lines", "date", _line_calls, _parse_odds, empty_bytes_max=None)
