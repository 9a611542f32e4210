"""Asking the fake sources directly gives what the deployed client gives over HTTP."""

from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from common.scrapers.model import Call
from common.settings import Settings
from common.sources.client import Source
from common.sources.errors import SourceError
from local.fake_sources.answers import ACCESS_DENIED, Answer
from local.fake_sources.direct import DirectSource
from local.simulator.world import ManualClock
from tests.kit.situations import et

KEY = "0123456789abcdef0123456789abcdef"
SETTINGS = Settings.model_validate({"odds_api_key": KEY})
ANSWERS = {
    "data": Answer(200, {}, b'{"held":"' + KEY.encode() + b'"}'),
    "no redirect yet": Answer(299, {}, b"data"),
    "several choices": Answer(300, {"Location": "/other"}, b""),
    "the last of redirects": Answer(399, {}, b""),
    "a redirect": Answer(302, {"Location": "https://elsewhere.example/"}, b""),
    "a redirect to nowhere": Answer(301, {}, b"moved"),
    "refused": Answer(403, {}, b"<html>Access denied</html>"),
    "not there yet": Answer(403, {"Content-Type": "application/xml"}, ACCESS_DENIED),
    "a wrong key": Answer(401, {}, b"{}"),
    "nothing there": Answer(404, {}, b"x" * 9000),
    "gone": Answer(410, {}, b""),
    "a wrong request": Answer(422, {}, b"{}"),
    "too many": Answer(429, {"Retry-After": "7"}, b""),
    "down": Answer(503, {}, b"later"),
}


def outcome(source: Source, call: Call) -> tuple[object, ...]:
    """Return a call's bytes, or its error with all details."""
    began = source.clock.now()
    try:
        found: tuple[object, ...] = (source.fetch(call),)
    except SourceError as error:
        found = (type(error), str(error), error.http_status, error.sample)
    return (*found, source.clock.now() - began)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("source", ["nba_cdn", "nba_injury", "odds_api"])
def test_both_judge_an_answer_alike(name: str, source: str) -> None:
    """Both return the same bytes or error, after the same waits."""
    given = ANSWERS[name]
    asked: list[tuple[str, Mapping[str, str]]] = []

    def answer(path: str, params: Mapping[str, str]) -> Answer:
        asked.append((path, dict(params)))
        return given

    def respond(request: httpx.Request) -> httpx.Response:
        found = answer(request.url.path, request.url.params)
        return httpx.Response(found.status, headers=dict(found.headers), content=found.body)

    call = Call(source, "/path", {"a": "1"}, "label")
    now = et("2025-11-12 12:00")
    direct = outcome(DirectSource(SETTINGS, ManualClock(now), answer), call)
    tries, asked = asked, []
    deployed = outcome(Source(SETTINGS, ManualClock(now), httpx.MockTransport(respond)), call)
    assert direct == deployed
    assert tries == asked


def test_requests_keep_their_distance_as_over_http() -> None:
    """A season in memory takes the time that its sources take."""
    clock = ManualClock(et("2025-11-12 12:00"))
    source = DirectSource(SETTINGS, clock, lambda *_: ANSWERS["data"])
    waits = [outcome(source, Call("nba_cdn", "/path", {}, "label"))[-1] for _ in range(2)]
    assert waits == [timedelta(0), timedelta(seconds=0.6)]
