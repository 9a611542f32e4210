"""The scrapers of past snapshots of events, player props and game lines, from The Odds API v4.

The books are read as the live answers are (`odds.py`); each body wraps them under `data`, with the
instants of the snapshot and its neighbours. Snapshots lie five minutes apart.
https://the-odds-api.com/liveapi/guides/v4/#get-historical-odds
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from json import dumps

from common.eastern import at, eastern_date
from common.scrapers.model import Call, ContractError, Parsed, Record, Scraper, Target
from common.scrapers.odds.live import (
    EVENTS,
    GAME_LINES,
    LINE_MARKETS,
    ONCE,
    PLAYER_PROPS,
    PROP_MARKETS,
)
from common.scrapers.shape import load, need, objects

SPORT = "/v4/historical/sports/basketball_nba"
NOON = time(12)
"""The Eastern time of the snapshot for a request that names no instant."""
OFF = "costs ten times the credits; asked for to back-fill a date"


def instant_of(target: Target) -> datetime:
    """Return the instant whose snapshot is asked for: the request's, else noon Eastern."""
    return (target.instant or at(target.target_date, NOON)).astimezone(UTC)


def _date(target: Target) -> dict[str, str]:
    return {"date": f"{instant_of(target):%Y-%m-%dT%H:%M:%SZ}", "dateFormat": "iso"}


def _event_calls(target: Target, _now: datetime) -> Sequence[Call]:
    return [Call("odds_api", f"{SPORT}/events", _date(target), target.target_date.isoformat())]


def _odds_calls(markets: str, target: Target, _now: datetime) -> Sequence[Call]:
    params = {**_date(target), "regions": "us", "markets": markets, "oddsFormat": "decimal"}
    return [
        Call("odds_api", f"{SPORT}/events/{event_id}/odds", params, event_id)
        for event_id in target.event_ids
    ]


def _parse_events(bodies: Sequence[bytes], target: Target) -> Parsed:
    """Read the events of the target date; a snapshot lists those of the days after it as well."""
    where = target.scraper
    data = need(_snapshot(bodies[0], target), "data", list, where)
    days = [(_day(event, where), event) for event in objects(data, where)]
    ours = [event for day, event in days if day == target.target_date]
    return EVENTS.parse([dumps(ours).encode()], target)


def _parse_odds(live: Scraper, markets: str, bodies: Sequence[bytes], target: Target) -> Parsed:
    for body in bodies:
        need(_snapshot(body, target), "data", dict, target.scraper)
    parsed = live.parse(bodies, target)
    for event in parsed.records:
        _check_markets(event, markets.split(","), target)
    return parsed


def _check_markets(event: Record, markets: Sequence[str], target: Target) -> None:
    """Refuse a market that was not asked for; exchanges add `h2h_lay` to `h2h` unasked."""
    offered = {market["key"] for book in event["bookmakers"] for market in book["markets"]}
    if strange := sorted(offered - {*markets, *(f"{each}_lay" for each in markets)}):
        raise ContractError(
            f"{target.scraper}: event {event['id']}: markets are {strange}, asked was {markets}"
        )


def _snapshot(body: bytes, target: Target) -> Record:
    """Return an answer that is the latest snapshot at the instant that was asked for.

    Raises:
        ContractError: the snapshot is of a later instant, or a later one was there already.
    """
    where, asked = target.scraper, instant_of(target)
    answer = load(body, where)
    taken = _instant(need(answer, "timestamp", str, where), "timestamp", where)
    following = answer.get("next_timestamp")
    last = following is None or asked < _instant(following, "next_timestamp", where)
    if taken > asked or not last:
        raise ContractError(
            f"{where}: the snapshot is of {taken:%Y-%m-%dT%H:%M:%SZ} and the next of {following}, "
            f"asked was {asked:%Y-%m-%dT%H:%M:%SZ}"
        )
    return dict(answer)


def _day(event: Record, where: str) -> date:
    """Return the Eastern date of an event."""
    text = need(event, "commence_time", str, where)
    return eastern_date(_instant(text, "commence_time", where))


def _instant(text: object, field: str, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ContractError(f"{where}: {field} is {text!r:.40}, not an instant") from error
    if found.tzinfo is None:
        raise ContractError(f"{where}: {field} is {text!r:.40}, without a time zone")
    return found


def _odds(name: str, markets: str, live: Scraper) -> Scraper:
    calls: Callable[[Target, datetime], Sequence[Call]] = partial(_odds_calls, markets)
    parse: Callable[[Sequence[bytes], Target], Parsed] = partial(_parse_odds, live, markets)
    return Scraper(name, "event", calls, parse, empty_bytes_max=None, off=OFF, expects=ONCE)


EVENTS_HISTORY = Scraper(
    "oddsa_events_his",
    "date",
    _event_calls,
    _parse_events,
    empty_bytes_max=None,
    off=OFF,
    expects=ONCE,
)
PLAYER_PROPS_HISTORY = _odds("oddsa_player_props_his", PROP_MARKETS, PLAYER_PROPS)
GAME_LINES_HISTORY = _odds("oddsa_game_lines_his", LINE_MARKETS, GAME_LINES)
