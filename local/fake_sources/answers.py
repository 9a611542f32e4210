"""Answers as the real APIs do, as a pure function of request, slate and instant."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from common.calendar.games import FINAL
from common.eastern import EASTERN, at
from common.scrapers.injury_report import file_name
from common.scrapers.nba_schedule import PATH as SCHEDULE_PATH
from local.fake_sources import boxes, boxes_v3, live, odds, pdfs
from local.fake_sources.slate import REPORT_AT, Slate, document, status
from local.samples import sample_for

CREDITS = 20_000
# S3 answers so for a missing key where listing is not allowed.
ACCESS_DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)
_CODES = "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html"


@dataclass(frozen=True)
class Answer:
    """Status, headers (content type among them) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Ask:
    """One request: the groups of its path, its query, the slate, and the instant (aware)."""

    found: tuple[str, ...]
    params: Mapping[str, str]
    slate: Slate
    now: datetime


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
            groups = tuple(group or "" for group in found.groups())
            return handler(Ask(groups, params, slate, now))
    sampled = sample_for(path, params, now)
    return _sample(*sampled) if sampled else _json({"message": "Not found"}, HTTPStatus.NOT_FOUND)


def _sample(file: Path, body: bytes) -> Answer:
    kind = "text/html" if file.suffix == ".html" else "application/json"
    return Answer(HTTPStatus.OK, {"Content-Type": f"{kind}; charset=utf-8"}, body)


def _schedule(ask: Ask) -> Answer:
    return _json(document(ask.slate, ask.now))


def _player_index(ask: Ask) -> Answer:
    return _json(boxes.player_index(ask.params))


def _game_log(ask: Ask) -> Answer:
    try:
        return _json(boxes.game_log(ask.slate, ask.params, ask.now))
    except ValueError:
        return _json({"Message": "The request is invalid."}, HTTPStatus.BAD_REQUEST)


def _box_score(ask: Ask) -> Answer:
    return _json(boxes.box_score(ask.slate, ask.params, ask.now))


def _box_score_v3(ask: Ask) -> Answer:
    return _json(boxes_v3.box_score(ask.slate, ask.params, ask.now))


def _play_by_play(ask: Ask) -> Answer:
    found = live.play_by_play(ask.slate, ask.found[0], ask.now)
    return _json(found) if found else _json({"message": "Not found"}, HTTPStatus.NOT_FOUND)


def _officials(ask: Ask) -> Answer:
    try:
        day = date.fromisoformat(ask.params.get("date", ""))
    except ValueError:
        return _json({"code": "rest_invalid_param"}, HTTPStatus.BAD_REQUEST)
    return _json(live.officials(ask.slate, day, ask.now))


def _injury_report(ask: Ask) -> Answer:
    published = _published(*ask.found)
    if published is None or not _is_out(published, ask.slate, ask.now):
        return Answer(HTTPStatus.FORBIDDEN, {"Content-Type": "application/xml"}, ACCESS_DENIED)
    return _pdf(pdfs.injury_report(ask.slate, published))


def _published(day: str, hour: str, minute: str, half: str) -> datetime | None:
    """When the report of that name appears; None for a name that no report has."""
    clock = f"{day} {hour}:{minute or '30'} {half}"
    try:
        found = datetime.strptime(clock, "%Y-%m-%d %I:%M %p").replace(tzinfo=EASTERN)
    except ValueError:
        return None
    name = f"Injury-Report_{day}_{hour}{'_' + minute if minute else ''}{half}.pdf"
    return found if file_name(found) == name else None


def _is_out(published: datetime, slate: Slate, now: datetime) -> bool:
    day = published.date()
    return bool(slate.on(day)) and at(day, REPORT_AT) <= published <= now


def _gamebook(ask: Ask) -> Answer:
    day, code = ask.found
    for game in ask.slate.by_id.values():
        if game.code == f"{day}/{code}" and status(game, ask.now) == FINAL:
            return _pdf(pdfs.gamebook(game))
    body = b"<html><head><title>404 Not Found</title></head></html>"
    return Answer(HTTPStatus.NOT_FOUND, {"Content-Type": "text/html"}, body)


def _events(ask: Ask) -> Answer:
    return _keyed(ask) or _odds(odds.events(ask.slate, ask.params, ask.now), cost=0)


def _lines(ask: Ask) -> Answer:
    refused = _keyed(ask) or _regional(ask)
    cost = len(ask.params.get("markets", "h2h").split(","))
    return refused or _odds(odds.lines(ask.slate, ask.params, ask.now), cost=cost)


def _event_odds(ask: Ask) -> Answer:
    refused = _keyed(ask) or _regional(ask)
    if refused:
        return refused
    found = odds.event_odds(ask.slate, ask.found[0], ask.params, ask.now)
    if found is None:
        text = "Event not found. The event may have expired or the event id may be invalid."
        return _refusal(HTTPStatus.NOT_FOUND, text, "EVENT_NOT_FOUND")
    return _odds(found, cost=len(ask.params.get("markets", "h2h").split(",")))


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
    return _json({"message": text, "error_code": name, "details_url": details}, code)


def _odds(payload: object, cost: int) -> Answer:
    usage = {
        "x-requests-remaining": str(CREDITS - cost),
        "x-requests-used": str(cost),
        "x-requests-last": str(cost),
    }
    return _json(payload, headers=usage)


def _pdf(body: bytes) -> Answer:
    return Answer(HTTPStatus.OK, {"Content-Type": "application/pdf"}, body)


def _json(
    payload: Any,  # noqa: ANN401 - JSON of any form
    code: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    body = json.dumps(payload, separators=(",", ":")).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Answer(code, {**kind, **(headers or {})}, body)


_NBA = "/v4/sports/basketball_nba"
_REPORT = r"/referee/injury/Injury-Report_(\d{4}-\d\d-\d\d)_(\d\d)(?:_(\d\d))?([AP]M)\.pdf"
_ROUTES: tuple[tuple[re.Pattern[str], Callable[[Ask], Answer]], ...] = tuple(
    (re.compile(pattern), handler)
    for pattern, handler in (
        (re.escape(SCHEDULE_PATH), _schedule),
        (r"/static/json/liveData/playbyplay/playbyplay_(\d{10})\.json", _play_by_play),
        (r"/stats/playerindex", _player_index),
        (r"/stats/leaguegamelog", _game_log),
        (r"/stats/boxscoretraditionalv2", _box_score),
        (r"/stats/boxscoretraditionalv3", _box_score_v3),
        (r"/wp-json/api/v1/get-game-officials", _officials),
        (_REPORT, _injury_report),
        (r"/pdfs/(\d{8})/\1_([A-Z]{6})\.pdf", _gamebook),
        (f"{_NBA}/events", _events),
        (f"{_NBA}/odds", _lines),
        (rf"{_NBA}/events/([0-9a-f]{{32}})/odds", _event_odds),
    )
)
