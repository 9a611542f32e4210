"""A game whose sides are not decided yet is answered by every source, as a game of nobody."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from common.calendar.games import UNKNOWN_TEAM
from local.fake_sources.answers import answer
from local.fake_sources.pdfs import gamebook
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import GAME_ID, OVER
from tests.local.fake_sources.test_pdfs import GAME, placed_words

NOBODY = replace(GAME, away=UNKNOWN_TEAM, home=UNKNOWN_TEAM)
UNDECIDED = Slate((NOBODY,), "2025-26")
SCHEDULE = "/static/json/staticData/scheduleLeagueV2.json"
LIVE_BOX = f"/static/json/liveData/boxscore/boxscore_{GAME_ID}.json"
NO_ARENA = {"arenaId": 0, "arenaName": "", "arenaCity": "", "arenaState": ""}
EVENT = ("events", 0)
LISTED = ("leagueSchedule", "gameDates", 0, "games", 0, "homeTeam")


@pytest.mark.parametrize(
    ("path", "params", "place", "expected"),
    [
        (
            LIVE_BOX,
            {},
            ("game", "arena"),
            {**NO_ARENA, "arenaCountry": "US", "arenaTimezone": "America/New_York"},
        ),
        (LIVE_BOX, {}, ("game", "homeTeam", "players", 4, "name"), "Emil TBD"),
        (SCHEDULE, {}, (*LISTED, "teamTricode"), None),
        (SCHEDULE, {}, (*LISTED, "teamSlug"), None),
        (
            "/stats/scoreboardv3",
            {"GameDate": "2025-11-12"},
            ("scoreboard", "games", 0, "awayTeam", "teamSlug"),
            "",
        ),
        (
            "/stats/boxscoreusagev3",
            {"GameID": GAME_ID},
            ("boxScoreUsage", "awayTeam", "teamSlug"),
            "",
        ),
        ("/v3/events", {"date": "2025-11-12"}, (*EVENT, "venue", "name"), ""),
        ("/v3/events", {"date": "2025-11-12"}, (*EVENT, "participants", 0, "team", "division"), ""),
        (
            "/v3/events",
            {"date": "2025-11-12"},
            (*EVENT, "participants", 1, "team", "conference"),
            "",
        ),
    ],
)
def test_a_side_that_is_not_decided_has_no_names(
    path: str, params: Mapping[str, str], place: tuple[str | int, ...], expected: object
) -> None:
    """It has neither a place nor a division; its players are named after its tricode."""
    found: Any = json.loads(answer(path, params, UNDECIDED, OVER).body)
    for step in place:
        found = found[step]
    assert found == expected


def test_nobody_is_not_in_the_standings() -> None:
    """The thirty teams have won nothing by a game of nobody."""
    found = answer("/stats/leaguestandingsv3", {}, UNDECIDED, OVER)
    document = json.loads(found.body)
    (table,) = document["resultSets"]
    won = table["headers"].index("WINS")
    assert [row[won] for row in table["rowSet"]] == [0] * 30
    asked = {"LeagueID": "00", "SeasonYear": "2025-26", "SeasonType": "Regular Season"}
    assert document["parameters"] == asked


def test_the_book_of_nobody_has_tricodes() -> None:
    """A side without a name is told by its tricode."""
    assert placed_words(gamebook(NOBODY))[-1][-1].startswith("TBD 95, TBD ")
