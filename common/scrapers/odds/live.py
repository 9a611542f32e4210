"""The scrapers of events, player props and game lines, from The Odds API v4.

An answer is read in its live form, and also wrapped under `data`, as the historical endpoints serve
it: `history.py` reads past snapshots with these functions. https://the-odds-api.com/liveapi/guides/v4/
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from common.eastern import EASTERN
from common.messages.models import EVENT_ID, GAMES_MAX
from common.scrapers.expectations import eastern_date_of, of_asked_date
from common.scrapers.model import Call, ContractError, Expectation, Parsed, Record, Scraper, Target
from common.scrapers.odd_rows import without_odd
from common.scrapers.shape import load, need, objects

SPORT = "/v4/sports/basketball_nba"
PROP_MARKETS = "player_points,player_rebounds,player_assists,player_threes"
LINE_MARKETS = "h2h,spreads,totals"
LEVELS = (("bookmakers", "key"), ("markets", "key"), ("outcomes", "name"))
"""What an event holds, from the outside, and the field that names one of each; outcomes have a
price."""
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


def _dated(body: bytes, target: Target) -> tuple[list[Record], tuple[str, ...]]:
    """Read the events of the date; the API answers with events of other dates as well (FS09)."""
    where = target.scraper
    served = load(body, where)
    if isinstance(served, dict) and "data" in served:
        served = served["data"]
    events = objects(served if isinstance(served, list) else [served], where)
    for event in events:
        if target.event_ids and event.get("id") not in target.event_ids:
            raise ContractError(
                f"{where}: id is {event.get('id')!s:.80}, asked were {', '.join(target.event_ids)}"
            )
    return of_asked_date(events, target, name="id", field="commence_time", read=eastern_date_of)


def _event(event: Record, where: str) -> Record:
    where = f"{where}: event of {event['commence_time']}"
    for field in ("id", "home_team", "away_team"):
        need(event, field, str, where)
    if not re.fullmatch(EVENT_ID, event["id"]):
        raise ContractError(f"{where}: id is {event['id']!r:.80}, no id of the known form")
    return event


def _parse_events(bodies: Sequence[bytes], target: Target) -> Parsed:
    where = target.scraper
    ours, others = _dated(bodies[0], target)
    events, odd = without_odd(ours, partial(_event, where=where), where)
    if len(events) > GAMES_MAX:
        raise ContractError(f"{where}: {len(events)} events for one date")
    return Parsed(events, len(events), others + odd)


def _parse_odds(bodies: Sequence[bytes], target: Target) -> Parsed:
    """Read events with their books; only events with an offer of a book are counted."""
    where = target.scraper
    dated = [_dated(body, target) for body in bodies]
    ours = [event for listed, _ in dated for event in listed]
    found, odd = without_odd(ours, partial(_offered, where=where), where)
    left_out = (*odd, *(warning for each in found for warning in each.warnings))
    count = sum(each.offers > 0 for each in found)
    if left_out and not count:
        raise ContractError(f"{where}: no offer can be read; {left_out[0]}")
    others = (warning for _, listed in dated for warning in listed)
    return Parsed([each.event for each in found], count, (*others, *left_out))


class _Offered(NamedTuple):
    """An event without its odd offers, how many it has, and a warning for each odd one."""

    event: Record
    offers: int
    warnings: tuple[str, ...]


def _offered(event: Record, where: str) -> _Offered:
    where = f"{where}: event {_event(event, where)['id']}"
    kept, warnings = _without_odd_below(event, LEVELS, where)
    prices = [
        outcome["price"]
        for book in kept["bookmakers"]
        for market in book["markets"]
        for outcome in market["outcomes"]
    ]
    _check_decimal(prices, where)
    return _Offered(kept, len(prices), warnings)


def _without_odd_below(
    holder: Record, levels: Sequence[tuple[str, str]], where: str
) -> tuple[Record, tuple[str, ...]]:
    """Return an event, a book or a market without what is odd in it, and the warnings."""
    if not levels:
        need(holder, "price", (int, float), where)
        return holder, ()
    (field, name), *below = levels

    def read(row: Record) -> tuple[Record, tuple[str, ...]]:
        named = need(row, name, str, f"{where}: {field}")
        return _without_odd_below(row, below, f"{where}: {named:.40}")

    found, odd = without_odd(need(holder, field, list, where), read, where)
    kept = {**holder, field: [row for row, _ in found]}
    return kept, odd + tuple(warning for _, further in found for warning in further)


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
