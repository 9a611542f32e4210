"""ESPN's view of the games: ids, tricodes and states of its own."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from common.calendar.games import SCHEDULED, UNKNOWN_TEAM
from common.scrapers.espn.games import EspnGame, read_game
from local.fake_sources.answers import answer
from local.fake_sources.espn.boxscore import page
from local.fake_sources.espn.scoreboard import scoreboard
from local.fake_sources.espn.status import told_status
from local.fake_sources.espn.teams import espn_game_id, nba_game_id
from local.fake_sources.slate import Slate, final_score
from local.fake_sources.teams import TEAMS
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import BEFORE, DAY, GAME_ID, IN_PLAY, OVER, SLATE

PATH = "/apis/site/v2/sports/basketball/nba/scoreboard"


def listed(slate: Slate, now: datetime) -> EspnGame:
    """Return the first game of the day as the deployed reader sees it."""
    return read_game(scoreboard(slate, DAY, now)["events"][0], "espn_scoreboard")


def test_every_id_leads_back_to_its_game() -> None:
    """An ESPN id has nine digits, is no two games', and NBA.com's id follows from it."""
    ids = [espn_game_id(game.game_id) for game in SLATE.games]
    assert {len(espn_id) for espn_id in ids} == {9}
    assert [nba_game_id(espn_id) for espn_id in ids] == [game.game_id for game in SLATE.games]


def test_tricodes_are_espns_own() -> None:
    """The six teams that ESPN abbreviates otherwise are abbreviated so, and read back as known."""
    game = SLATE.by_id[GAME_ID]
    games = tuple(replace(game, game_id=f"00225{n:05d}", home=code) for n, code in enumerate(TEAMS))
    document = scoreboard(Slate(games, "2025-26"), DAY, BEFORE)
    shown = {
        side["team"]["abbreviation"]
        for event in document["events"]
        for side in event["competitions"][0]["competitors"]
    }
    assert {"GS", "NO", "NY", "SA", "UTAH", "WSH"} <= shown
    games = [read_game(event, "espn_scoreboard") for event in document["events"]]
    assert {found.home for found in games} == set(TEAMS)


@pytest.mark.parametrize(
    ("now", "status", "completed", "part"),
    [
        (BEFORE, "STATUS_SCHEDULED", False, None),
        (IN_PLAY, "STATUS_IN_PROGRESS", False, 2),
        (OVER, "STATUS_FINAL", True, 1),
    ],
)
def test_a_game_has_the_state_of_the_instant(
    now: datetime, status: str, *, completed: bool, part: int | None
) -> None:
    """A game is scheduled, in progress with half of the points, then final."""
    found = listed(SLATE, now)
    assert (found.status, found.completed) == (status, completed)
    score = None if part is None else tuple(points // part for points in final_score(GAME_ID))
    assert found.score == score


@pytest.mark.parametrize("now", [BEFORE, IN_PLAY, OVER])
def test_a_postponed_game_is_listed_and_not_completed(now: datetime) -> None:
    """A postponed game stays under its date, without a point."""
    game = replace(SLATE.by_id[GAME_ID], postponed=True)
    found = listed(Slate((game,), "2025-26"), now)
    assert (found.status, found.completed, found.score) == ("STATUS_POSTPONED", False, (0, 0))


@pytest.mark.parametrize(
    ("first", "season"),
    [
        ("001", (1, "preseason")),
        ("002", (2, "regular-season")),
        ("003", (2, "regular-season")),
        ("004", (3, "post-season")),
        ("005", (5, "play-in-season")),
        ("006", (2, "regular-season")),
    ],
)
def test_a_game_is_of_its_kind_of_season(first: str, season: tuple[int, str]) -> None:
    """Its kind follows from its id; an All-Star game, which ESPN does not list, is any game."""
    game = replace(SLATE.by_id[GAME_ID], game_id=f"{first}2500001")
    (event,) = scoreboard(Slate((game,), "2025-26"), DAY, BEFORE)["events"]
    kind, slug = season
    assert event["season"] == {"year": 2026, "type": kind, "slug": slug}


def test_the_last_day_of_a_month_has_its_ending() -> None:
    """October has a thirty-first."""
    game = replace(SLATE.by_id[GAME_ID], tipoff=et("2025-10-31 19:00"))
    about = told_status(game, SCHEDULED)["type"]
    assert about["detail"] == "Fri, October 31st at 7:00 PM EDT"


@pytest.mark.parametrize(
    ("day", "clock", "detail", "short"),
    [
        (1, "19:00", "Sat, November 1st at 7:00 PM EDT", "11/1 - 7:00 PM EDT"),
        (2, "19:30", "Sun, November 2nd at 7:30 PM EST", "11/2 - 7:30 PM EST"),
        (3, "12:00", "Mon, November 3rd at 12:00 PM EST", "11/3 - 12:00 PM EST"),
        (11, "22:00", "Tue, November 11th at 10:00 PM EST", "11/11 - 10:00 PM EST"),
        (12, "19:00", "Wed, November 12th at 7:00 PM EST", "11/12 - 7:00 PM EST"),
        (13, "19:00", "Thu, November 13th at 7:00 PM EST", "11/13 - 7:00 PM EST"),
        (21, "19:00", "Fri, November 21st at 7:00 PM EST", "11/21 - 7:00 PM EST"),
        (22, "19:00", "Sat, November 22nd at 7:00 PM EST", "11/22 - 7:00 PM EST"),
        (23, "19:00", "Sun, November 23rd at 7:00 PM EST", "11/23 - 7:00 PM EST"),
        (30, "19:00", "Sun, November 30th at 7:00 PM EST", "11/30 - 7:00 PM EST"),
    ],
)
def test_a_game_to_come_tells_its_tip_off(day: int, clock: str, detail: str, short: str) -> None:
    """In ESPN's two forms, in Eastern time with its zone; the day has its ordinal's ending."""
    game = replace(SLATE.by_id[GAME_ID], tipoff=et(f"2025-11-{day:02d} {clock}"))
    about = told_status(game, SCHEDULED)["type"]
    assert (about["detail"], about["shortDetail"]) == (detail, short)


def test_a_game_without_a_tip_off_is_of_its_eastern_midnight() -> None:
    """Scoreboard and box score say that its time is not a valid one yet."""
    slate = Slate((replace(SLATE.by_id[GAME_ID], tipoff=None),), "2025-26")
    event = scoreboard(slate, DAY, OVER)["events"][0]
    assert (event["date"], event["competitions"][0]["timeValid"]) == ("2025-11-12T05:00Z", False)
    found = page(slate, espn_game_id(GAME_ID), OVER)
    assert found is not None
    assert all(part in found for part in (b'"tbd":true', b'"dtTmVld":false', b'"isTdy":true'))


def test_a_side_that_is_not_decided_is_no_team() -> None:
    """Its id is below every team's."""
    slate = Slate((replace(SLATE.by_id[GAME_ID], away=UNKNOWN_TEAM),), "2025-26")
    (competition,) = scoreboard(slate, DAY, BEFORE)["events"][0]["competitions"]
    home, away = (int(side["team"]["id"]) for side in competition["competitors"])
    assert away == -1 < home


def test_the_calendar_begins_in_october_where_no_game_is_known() -> None:
    """Its days begin at midnight Pacific."""
    league = scoreboard(Slate((), "2025-26"), DAY, OVER)["leagues"][0]
    assert league["calendar"] == ["2025-10-01T07:00Z"]


def test_a_date_without_games_has_no_event() -> None:
    """The answer still describes the league."""
    found: Any = json.loads(answer(PATH, {"dates": "20251110"}, SLATE, OVER).body)
    assert (found["events"], found["leagues"][0]["abbreviation"]) == ([], "NBA")


def test_without_a_date_the_day_is_today() -> None:
    """ESPN answers for the Eastern date of the instant."""
    of_today = answer(PATH, {"dates": "20251112"}, SLATE, OVER)
    assert of_today == answer(PATH, {}, SLATE, OVER) == answer(PATH, {"dates": ""}, SLATE, OVER)


def test_a_date_of_another_form_is_refused() -> None:
    """The answer to a date that is none is a 400."""
    assert answer(PATH, {"dates": "today"}, SLATE, OVER).status == 400


@pytest.mark.parametrize(
    "path", ["/nba/boxscore/_/gameId/499999999", "/apis/site/v2/sports/basketball/nba/teams/99"]
)
def test_what_espn_does_not_have_is_not_found(path: str) -> None:
    """An id of no game or of no team is a 404."""
    assert answer(path, {}, SLATE, OVER).status == 404
