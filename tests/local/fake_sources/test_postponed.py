"""A game that is not played on its date leaves nothing behind, whoever is asked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from local.fake_sources.answers import answer
from local.fake_sources.espn.teams import espn_game_id
from local.fake_sources.odds import event_id
from local.fake_sources.slate import Slate
from tests.local.fake_sources.test_collected import BEFORE, GAME_ID, OVER, SLATE

GAME = SLATE.by_id[GAME_ID]
PLAYED, POSTPONED, NONE = (
    Slate(games, "2025-26") for games in ((GAME,), (replace(GAME, postponed=True),), ())
)
ODDS = "/v4/sports/basketball_nba"
KEYED = {"apiKey": "k", "regions": "us"}
GAME_LOG = {"Season": "2025-26", "SeasonType": "Regular Season", "LeagueID": "00"}
SPAN = {"DateFrom": "11/12/2025", "DateTo": "11/12/2025", "PlayerOrTeam": "P"}
ASKED: Mapping[str, Mapping[str, str]] = {
    f"/static/json/liveData/boxscore/boxscore_{GAME_ID}.json": {},
    f"/static/json/liveData/playbyplay/playbyplay_{GAME_ID}.json": {},
    "/stats/leaguegamelog": {**GAME_LOG, **SPAN},
    "/stats/leaguestandingsv3": GAME_LOG,
    "/stats/boxscoretraditionalv3": {"GameID": GAME_ID},
    "/wp-json/api/v1/get-game-officials": {"date": "2025-11-12"},
    "/pdfs/20251112/20251112_MILCHA.pdf": {},
    f"/nba/boxscore/_/gameId/{espn_game_id(GAME_ID)}": {},
    "/v3/events": {"sport": "NBA", "date": "2025-11-12"},
}
TO_COME: Mapping[str, Mapping[str, str]] = {
    f"{ODDS}/events": {"apiKey": "k"},
    f"{ODDS}/odds": KEYED,
    f"{ODDS}/events/{event_id(GAME_ID)}/odds": KEYED,
}


@pytest.mark.parametrize("path", [*ASKED, *TO_COME])
def test_a_postponed_game_is_answered_as_none(path: str) -> None:
    """Where games are not listed by date, the answer is that of a date without any."""
    params, now = {**ASKED, **TO_COME}[path], BEFORE if path in TO_COME else OVER
    played, postponed, none = (
        answer(path, params, slate, now) for slate in (PLAYED, POSTPONED, NONE)
    )
    assert postponed == none != played
