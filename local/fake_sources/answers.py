"""Answers as the real APIs do, as a pure function of request, slate and instant."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path

from local.fake_sources import odds
from local.fake_sources.asked import Answer, Ask, Route, as_json
from local.fake_sources.bettingpros import events as bettingpros
from local.fake_sources.espn.routes import ROUTES as ESPN
from local.fake_sources.nba.routes import ACCESS_DENIED
from local.fake_sources.nba.routes import ROUTES as NBA
from local.fake_sources.slate import Slate
from local.samples import sample_for

__all__ = ["ACCESS_DENIED", "Answer", "answer"]
CREDITS = 20_000
HISTORY_COSTS = 10
"""How many times the credits of live odds a snapshot of the past costs."""
_CODES = "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html"


def answer(path: str, params: Mapping[str, str], slate: Slate, now: datetime) -> Answer:
    """Answer one GET; what no handler serves is answered with the scraper's sample.

    Args:
        path: from the root; the hosts' paths do not overlap, so one server serves them all.
        params: the query.
        slate: the games there are.
        now: the instant (aware), which decides what has been published and played.
    """
    for pattern, handler in _ROUTES:
        found = pattern.fullmatch(path)
        if found:
            return handler(Ask(found.groups(""), params, slate, now))
    sampled = sample_for(path, params, now)
    return _sample(*sampled) if sampled else as_json({"message": "Not found"}, HTTPStatus.NOT_FOUND)


def _sample(file: Path, body: bytes) -> Answer:
    kind = "text/html" if file.suffix == ".html" else "application/json"
    return Answer(HTTPStatus.OK, {"Content-Type": f"{kind}; charset=utf-8"}, body)


def _bettingpros(ask: Ask) -> Answer:
    try:
        day = date.fromisoformat(ask.params.get("date", ""))
    except ValueError:
        return as_json({"message": "Bad Request"}, HTTPStatus.BAD_REQUEST)
    return as_json(bettingpros.events(ask.slate, day, ask.now))


def _events(ask: Ask) -> Answer:
    return _keyed(ask) or _odds(odds.events(ask.slate, ask.params, ask.now), cost=0)


def _lines(ask: Ask) -> Answer:
    refused = _keyed(ask) or _regional(ask)
    return refused or _odds(odds.lines(ask.slate, ask.params, ask.now), cost=_markets(ask))


def _event_odds(ask: Ask) -> Answer:
    refused = _keyed(ask) or _regional(ask)
    if refused:
        return refused
    found = odds.event_odds(ask.slate, ask.found[0], ask.params, ask.now)
    return _unknown_event() if found is None else _odds(found, cost=_markets(ask))


def _past_events(ask: Ask) -> Answer:
    return _keyed(ask) or _past(ask) or _odds(odds.past_events(ask.slate, ask.params), cost=1)


def _past_event_odds(ask: Ask) -> Answer:
    refused = _keyed(ask) or _regional(ask) or _past(ask)
    if refused:
        return refused
    found = odds.past_event_odds(ask.slate, ask.found[0], ask.params)
    return _unknown_event() if found is None else _odds(found, HISTORY_COSTS * _markets(ask))


def _past(ask: Ask) -> Answer | None:
    """Refuse a question for a snapshot that names no instant before now."""
    try:
        asked = datetime.fromisoformat(ask.params.get("date", ""))
        if asked <= ask.now:
            return None
    except (ValueError, TypeError):
        pass
    text = "Invalid date parameter. Must be a past instant such as 2024-01-25T03:55:40Z"
    return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, text, "INVALID_HISTORICAL_TIMESTAMP")


def _markets(ask: Ask) -> int:
    return len(ask.params.get("markets", "h2h").split(","))


def _unknown_event() -> Answer:
    text = "Event not found. The event may have expired or the event id may be invalid."
    return _refusal(HTTPStatus.NOT_FOUND, text, "EVENT_NOT_FOUND")


def _keyed(ask: Ask) -> Answer | None:
    key = ask.params.get("apiKey", "")
    if not key:
        return _refusal(HTTPStatus.UNAUTHORIZED, "API key is missing", "MISSING_KEY")
    if key == "invalid":
        text = "API key is not valid. Get an API key at https://the-odds-api.com"
        return _refusal(HTTPStatus.UNAUTHORIZED, text, "INVALID_KEY")
    return None


def _regional(ask: Ask) -> Answer | None:
    if ask.params.get("regions") or ask.params.get("bookmakers"):
        return None
    text = "Missing one of the following parameters: regions, bookmakers"
    return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, text, "MISSING_REGION")


def _refusal(code: HTTPStatus, text: str, name: str) -> Answer:
    details = f"{_CODES}#{name.lower().replace('_', '-')}"
    return as_json({"message": text, "error_code": name, "details_url": details}, code)


def _odds(payload: object, cost: int) -> Answer:
    usage = {
        "x-requests-remaining": str(CREDITS - cost),
        "x-requests-used": str(cost),
        "x-requests-last": str(cost),
    }
    return as_json(payload, headers=usage)


_LIVE = "/v4/sports/basketball_nba"
_HISTORY = "/v4/historical/sports/basketball_nba"
_BETTING: tuple[Route, ...] = (
    (f"{_LIVE}/events", _events),
    (f"{_LIVE}/odds", _lines),
    (rf"{_LIVE}/events/([0-9a-f]{{32}})/odds", _event_odds),
    (f"{_HISTORY}/events", _past_events),
    (rf"{_HISTORY}/events/([0-9a-f]{{32}})/odds", _past_event_odds),
    (r"/v3/events", _bettingpros),
)
_ROUTES = tuple((re.compile(pattern), handler) for pattern, handler in (*NBA, *_BETTING, *ESPN))
