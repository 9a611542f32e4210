"""The scrapers of events, player props and game lines, from The Odds API v4.

An answer is read in its live form, and also wrapped under `data`, as the historical endpoints serve
it: `history.py` reads past snapshots with these functions. https://the-odds-api.com/liveapi/guides/v4/
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from common.eastern import EASTERN
from common.messages.models import EVENT_ID, GAMES_MAX
from common.scrapers.expectations import eastern_date_of, of_asked_date
from common.scrapers.model import Call, ContractError, Expectation, Parsed, Record, Scraper, Target
from common.scrapers.shape import load, need, objects

SPORT = "/v4/sports/basketball_nba"
PROP_MARKETS = "player_points,player_rebounds,player_assists,player_threes"
LINE_MARKETS = "h2h,spreads,totals"
DECIMAL_ODDS_MIN = 1
"""A winner gets at least the stake back."""
AMERICAN_ODDS_MIN = 100
"""American odds are never between -100 and 100; no book offers such decimal odds only."""


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


def _events(body: bytes, target: Target) -> tuple[list[Record], tuple[str, ...]]:
    """Read the events of the date; the API answers with events of other dates as well (FS09)."""
    where = target.scraper
    served = load(body, where)
    if isinstance(served, dict) and "data" in served:
        served = served["data"]
    events = objects(served if isinstance(served, list) else [served], where)
    for event in events:
        for field in ("id", "commence_time", "home_team", "away_team"):
            need(event, field, str, where)
        if not re.fullmatch(EVENT_ID, event["id"]):
            raise ContractError(f"{where}: id is {event['id']!r:.80}, no id of the known form")
        if target.event_ids and event["id"] not in target.event_ids:
            raise ContractError(
                f"{where}: id is {event['id']}, asked were {', '.join(target.event_ids)}"
            )
    return of_asked_date(events, target, name="id", field="commence_time", read=eastern_date_of)


def _parse_events(bodies: Sequence[bytes], target: Target) -> Parsed:
    events, warnings = _events(bodies[0], target)
    if len(events) > GAMES_MAX:
        raise ContractError(f"{target.scraper}: {len(events)} events for one date")
    return Parsed(events, len(events), warnings)


def _parse_odds(bodies: Sequence[bytes], target: Target) -> Parsed:
    """Read events with their books; only events with an offer of a book are counted."""
    found = [_events(body, target) for body in bodies]
    events = [event for listed, _ in found for event in listed]
    offers = [_offers(event, f"{target.scraper}: event {event['id']}") for event in events]
    warnings = tuple(warning for _, listed in found for warning in listed)
    return Parsed(events, sum(number > 0 for number in offers), warnings)


def _offers(event: Record, where: str) -> int:
    """Return how many outcomes the books of an event offer, each at decimal odds."""
    prices: list[float] = []
    for book in objects(need(event, "bookmakers", list, where), where):
        need(book, "key", str, where)
        for market in objects(need(book, "markets", list, where), where):
            need(market, "key", str, where)
            for outcome in objects(need(market, "outcomes", list, where), where):
                need(outcome, "name", str, where)
                prices.append(need(outcome, "price", (int, float), where))
    _check_decimal(prices, where)
    return len(prices)


def _check_decimal(prices: Sequence[float], where: str) -> None:
    """Refuse American odds (-110, 150), which no field tells from decimal ones (1.91, 2.5)."""
    strange = [price for price in prices if price < DECIMAL_ODDS_MIN]
    if strange or (prices and min(prices) >= AMERICAN_ODDS_MIN):
        shown = (strange or prices)[0]
        raise ContractError(f"{where}: price is {shown}, asked were decimal odds")


ONCE = Expectation(key=("id",))
"""No event is there twice."""
EVENTS = Scraper("oddsa_events", "date", _event_calls, _parse_events, due=time(), expects=ONCE)
# A list of events without any offer is long, although it counts as empty.
PLAYER_PROPS = Scraper(
    "oddsa_player_props", "event", _prop_calls, _parse_odds, empty_bytes_max=None, expects=ONCE
)
GAME_LINES = Scraper(
    "oddsa_game_lines", "date", _line_calls, _parse_odds, empty_bytes_max=None, expects=ONCE
)
