"""What the sources say of what they do not have, or are not asked rightly, as a whole."""

import json
from collections.abc import Mapping

import pytest

from local.fake_sources.answers import answer
from local.fake_sources.asked import HTML, Answer
from tests.local.fake_sources.test_collected import OVER, SLATE

LIVE = "/v4/sports/basketball_nba"
HISTORY = "/v4/historical/sports/basketball_nba"
ESPN = "/apis/site/v2/sports/basketball/nba"
CODES = "https://the-odds-api.com/liveapi/guides/v4/api-error-codes.html"
KEYED = {"apiKey": "k", "regions": "us"}
PAST = {"date": "2025-11-12T17:00:00Z"}
UNKNOWN = "0" * 32


def odds(text: str, name: str, part: str) -> dict[str, str]:
    """Return The Odds API's refusal."""
    return {"message": text, "error_code": name, "details_url": f"{CODES}#{part}"}


GONE = odds(
    "Event not found. The event may have expired or the event id may be invalid.",
    "EVENT_NOT_FOUND",
    "event-not-found",
)
NO_REGION = odds(
    "Missing one of the following parameters: regions, bookmakers",
    "MISSING_REGION",
    "missing-region",
)
NO_PAST = odds(
    "Invalid date parameter. Must be a past instant such as 2024-01-25T03:55:40Z",
    "INVALID_HISTORICAL_TIMESTAMP",
    "invalid-historical-timestamp",
)


@pytest.mark.parametrize(
    ("path", "params", "status", "body"),
    [
        ("/none", {}, 404, {"message": "Not found"}),
        ("/v3/events", {}, 400, {"message": "Bad Request"}),
        ("/v3/events", {"date": "12.11.2025"}, 400, {"message": "Bad Request"}),
        (f"{ESPN}/scoreboard", {"dates": "today"}, 400, {"code": 400, "message": "Bad Request"}),
        (f"{ESPN}/teams/99", {}, 404, {"code": 404, "message": "Not Found"}),
        (f"{LIVE}/odds", {}, 401, odds("API key is missing", "MISSING_KEY", "missing-key")),
        (
            f"{LIVE}/odds",
            {"apiKey": "invalid"},
            401,
            odds(
                "API key is not valid. Get an API key at https://the-odds-api.com",
                "INVALID_KEY",
                "invalid-key",
            ),
        ),
        (f"{LIVE}/odds", {"apiKey": "k"}, 422, NO_REGION),
        (f"{HISTORY}/events", KEYED, 422, NO_PAST),
        (f"{LIVE}/events/{UNKNOWN}/odds", KEYED, 404, GONE),
        (f"{HISTORY}/events/{UNKNOWN}/odds", {**KEYED, **PAST}, 404, GONE),
    ],
)
def test_a_refusal_is_its_source_s_own(
    path: str, params: Mapping[str, str], status: int, body: object
) -> None:
    """Each source says in its own words what is wrong or not there."""
    found = answer(path, params, SLATE, OVER)
    assert (found.status, json.loads(found.body)) == (status, body)


@pytest.mark.parametrize(
    "path", ["/team/1610612700/hawks/roster", "/nba/boxscore/_/gameId/499999999"]
)
def test_the_page_of_nothing_is_not_found(path: str) -> None:
    """An id of no team or of no game has a page that says so."""
    body = b"<html><head><title>404 Not Found</title></head></html>"
    assert answer(path, {}, SLATE, OVER) == Answer(404, HTML, body)
