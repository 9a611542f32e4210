"""NBA.com's live box score, and the correction that all of the league's box scores take over."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.fake_sources.answers import answer
from local.fake_sources.slate import CORRECTED_AFTER, GAME_LENGTH, corrected
from tests.local.fake_sources.test_collected import BEFORE, DAY, GAME_ID, IN_PLAY, OVER, SLATE

LATE_GAME = next(game for game in SLATE.on(DAY) if corrected(game.game_id))
ENDED = LATE_GAME.tipoff + GAME_LENGTH if LATE_GAME.tipoff else OVER
CORRECTED = ENDED + CORRECTED_AFTER


def live(game_id: str, now: datetime) -> Any:
    """Return the live file of a game."""
    path = f"/static/json/liveData/boxscore/boxscore_{game_id}.json"
    found = answer(path, {}, SLATE, now)
    assert found.status == 200
    return json.loads(found.body)


def test_there_is_no_file_before_the_tip_off() -> None:
    """Before the tip-off the CDN answers 404."""
    path = f"/static/json/liveData/boxscore/boxscore_{GAME_ID}.json"
    assert answer(path, {}, SLATE, BEFORE).status == 404


def test_the_file_grows() -> None:
    """In play it has two periods and status 2, at the end four and status 3."""
    grown = [live(GAME_ID, now)["game"] for now in (IN_PLAY, OVER)]
    assert [game["gameStatus"] for game in grown] == [2, 3]
    assert [len(game["homeTeam"]["periods"]) for game in grown] == [2, 4]


def test_players_who_do_not_play_have_a_reason() -> None:
    """Each inactive player has a reason, and an injured one a description."""
    players = live(GAME_ID, OVER)["game"]["awayTeam"]["players"]
    idle = [player for player in players if player["status"] == "INACTIVE"]
    assert [player["notPlayingReason"] for player in idle] == ["INACTIVE_COACH", "INACTIVE_INJURY"]
    assert [player.get("notPlayingDescription") for player in idle] == [None, "Right Knee Soreness"]


def test_the_file_is_rewritten_two_hours_after_the_end() -> None:
    """Its time is that of the end at first, and two hours later from then on."""
    times = [
        live(GAME_ID, now)["meta"]["time"]
        for now in (OVER, OVER + CORRECTED_AFTER - timedelta(seconds=1), OVER + CORRECTED_AFTER)
    ]
    assert times == [
        "2025-11-12 21:30:00.000000",
        "2025-11-12 21:30:00.000000",
        "2025-11-12 23:30:00.000000",
    ]


def of_live(now: datetime) -> list[tuple[int, int, int]]:
    """Return rebounds, assists and points of the hosts' players in the live file."""
    players = live(LATE_GAME.game_id, now)["game"]["homeTeam"]["players"]
    held = [player["statistics"] for player in players if player["played"] == "1"]
    return [(each["reboundsTotal"], each["assists"], each["points"]) for each in held]


def of_v3(now: datetime) -> list[tuple[int, int, int]]:
    """Return the same from the third version of stats.nba.com's box score."""
    asked = {"GameID": LATE_GAME.game_id}
    found = json.loads(answer("/stats/boxscoretraditionalv3", asked, SLATE, now).body)
    players = found["boxScoreTraditional"]["homeTeam"]["players"]
    held = [player["statistics"] for player in players if not player["comment"]]
    return [(each["reboundsTotal"], each["assists"], each["points"]) for each in held]


@pytest.mark.parametrize("asked", [{}, {"GameID": ""}, {"GameID": "0022509999"}])
def test_a_box_score_of_no_game_has_no_players(asked: dict[str, str]) -> None:
    """The answer repeats the id that was asked for, if any."""
    found = json.loads(answer("/stats/boxscoretraditionalv3", asked, SLATE, OVER).body)
    nobody = {"players": []}
    held = {"gameId": asked.get("GameID", ""), "homeTeam": nobody, "awayTeam": nobody}
    assert found["boxScoreTraditional"] == held


def of_the_log(now: datetime) -> list[tuple[int, int, int]]:
    """Return the same from the day's game log."""
    asked = {"DateFrom": f"{DAY:%m/%d/%Y}", "DateTo": f"{DAY:%m/%d/%Y}"}
    log = json.loads(answer("/stats/leaguegamelog", asked, SLATE, now).body)["resultSets"][0]
    rows = [dict(zip(log["headers"], row, strict=True)) for row in log["rowSet"]]
    own = [row for row in rows if row["TEAM_ABBREVIATION"] == LATE_GAME.home]
    return [(row["REB"], row["AST"], row["PTS"]) for row in own]


def test_the_leagues_box_scores_are_corrected_alike() -> None:
    """All three have the same counts before the correction, and the same others after it."""
    first, later = ([of(now) for of in (of_live, of_v3, of_the_log)] for now in (ENDED, CORRECTED))
    assert first[0] == first[1] == first[2]
    assert later[0] == later[1] == later[2] != first[0]
    assert [each[2] for each in later[0]] == [each[2] for each in first[0]]


@pytest.mark.parametrize("now", [ENDED, CORRECTED])
def test_espn_keeps_its_first_counts(now: datetime) -> None:
    """ESPN's page of a game has the same bytes before and after the league's correction."""
    path = f"/nba/boxscore/_/gameId/4{LATE_GAME.game_id[2:]}"
    assert answer(path, {}, SLATE, now) == answer(path, {}, SLATE, ENDED)
