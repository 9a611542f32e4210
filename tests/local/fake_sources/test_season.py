"""The sources of a season: what is late, and what is not."""

import json
from codecs import BOM_UTF8
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.eastern import eastern_date
from common.scrapers import get
from common.scrapers.model import Target
from common.scrapers.nba_schedule import PATH as SCHEDULE_PATH
from common.settings import ROOT
from local.fake_sources.nba.schedule import document
from local.fake_sources.season import SeasonFile, Sources, is_known, load_season, unknown
from local.fake_sources.slate import Slate
from tests.kit.situations import et
from tests.local.fake_sources.test_collected import DAY, GAME_ID, OVER, SLATE

LATE = timedelta(hours=3)
LIVE_BOX = f"/static/json/liveData/boxscore/boxscore_{GAME_ID}.json"
LOG = "/stats/leaguegamelog"
OF_THE_LEAGUE = {
    LIVE_BOX: {},
    f"/static/json/liveData/playbyplay/playbyplay_{GAME_ID}.json": {},
    "/stats/boxscoretraditionalv3": {"GameID": GAME_ID},
    "/stats/boxscoreusagev3": {"GameID": GAME_ID},
    LOG: {"DateFrom": "11/12/2025", "DateTo": "11/12/2025"},
}
NEVER_LATE = {
    f"/nba/boxscore/_/gameId/4{GAME_ID[2:]}": {},
    "/apis/site/v2/sports/basketball/nba/scoreboard": {"dates": "20251112"},
    "/stats/scoreboardv3": {"GameDate": "2025-11-12"},
    "/static/json/liveData/scoreboard/todaysScoreboard_00.json": {},
}


def sources(late: timedelta) -> Sources:
    """Make the sources of the slate, whose data is late by a span."""
    return Sources(SeasonFile(SLATE, ()), lambda _: late)


def body(made: Sources, path: str, params: dict[str, str], after: timedelta) -> Any:
    """Return an answer some time after the end of the game, without the time of its writing."""
    found = json.loads(made.answer(path, params, OVER + after).body)
    found.pop("meta", None)
    return found


def rows(log: Any) -> list[Any]:
    """Return the rows of a game log."""
    found: list[Any] = log["resultSets"][0]["rowSet"]
    return found


@pytest.mark.parametrize("path", OF_THE_LEAGUE)
def test_late_data_is_late_in_every_answer_of_the_league(path: str) -> None:
    """An answer lacks the finished game until the span is over, and then has the whole."""
    params, on_time = OF_THE_LEAGUE[path], sources(timedelta(0))
    whole = body(on_time, path, params, timedelta(0))
    early = body(sources(LATE), path, params, LATE - timedelta(seconds=1))
    late = body(sources(LATE), path, params, LATE)
    # Other games of the date are over by then, so their rows follow in the log.
    assert early != whole
    assert late == whole or (path == LOG and len(rows(late)) > len(rows(whole)) > 0)


def test_late_data_keeps_the_tip_off() -> None:
    """The late file of a game has the tip-off at which the game was played."""
    found = body(sources(LATE), LIVE_BOX, {}, LATE)
    assert found["game"]["gameTimeUTC"] == "2025-11-13T00:00:00Z"
    assert found["game"]["gameStatus"] == 3


@pytest.mark.parametrize("path", NEVER_LATE)
def test_other_answers_are_never_late(path: str) -> None:
    """ESPN is another owner, and scoreboards follow the game itself."""
    params = NEVER_LATE[path]
    late, on_time = (sources(span).answer(path, params, OVER) for span in (LATE, timedelta(0)))
    assert late == on_time
    assert late.status == 200


@pytest.mark.parametrize("kind", ["002", "004", "005", "006"])
def test_a_knockout_game_s_sides_are_known_two_days_before_its_date(kind: str) -> None:
    """From midnight Eastern on; those of other games always."""
    game = replace(SLATE.by_id[GAME_ID], game_id=f"{kind}2500001")
    since = et("2025-11-10 00:00")
    assert is_known(game, since)
    assert is_known(game, since - timedelta(microseconds=1)) is (kind == "002")


def scheduled(made: Sources, now: datetime) -> list[tuple[str, str | None]]:
    """Return id and hosts of the games that the schedule has at an instant."""
    league = json.loads(made.answer(SCHEDULE_PATH, {}, now).body)["leagueSchedule"]
    games = (game for day in league["gameDates"] for game in day["games"])
    return [(game["gameId"], game["homeTeam"]["teamTricode"]) for game in games]


def test_a_schedule_that_was_asked_for_before_a_game_was_known_shows_it_then() -> None:
    """Two days before its date, in the same state, a knockout game gets its sides."""
    game = replace(SLATE.by_id[GAME_ID], game_id="0042500001")
    made = Sources(SeasonFile(Slate((game,), "2025-26"), ()), lambda _: timedelta(0), back=7)
    since = et("2025-11-10 00:00")
    shown = [scheduled(made, since + timedelta(seconds=apart)) for apart in (-1, 0)]
    assert shown == [[("0042500001", None)], [("0042500001", "CHA")]]


@pytest.mark.parametrize(
    ("now", "reaches", "days"),
    [
        ("2025-11-09 12:00", False, (11,)),
        ("2025-11-10 12:00", False, (11, 12)),
        ("2025-11-11 12:00", False, (11, 12, 13)),
        ("2025-11-18 23:59", False, (11, 12, 13)),
        ("2025-11-19 00:00", False, (12, 13)),
        ("2025-11-01 12:00", True, (11, 12, 13)),
        ("2025-11-20 12:00", True, (13,)),
    ],
)
def test_the_schedule_has_the_days_around_its_own(
    now: str, days: tuple[int, ...], *, reaches: bool
) -> None:
    """It has seven days back and two ahead, or all that are to come on a date that reaches far."""
    asked: list[date] = []

    def far(day: date) -> bool:
        asked.append(day)
        return reaches

    listed_only = unknown(SLATE.by_id[GAME_ID])
    usual = SeasonFile(SLATE, (listed_only,)), lambda _: timedelta(0)
    both = sorted((game.game_date, game.game_id) for game in (*SLATE.games, listed_only))
    expected = [game_id for day, game_id in both if day.day in days]
    for made in [Sources(*usual, reaches=far), *([] if reaches else [Sources(*usual)])]:
        for _ in range(2):
            assert [game for game, _ in scheduled(made, et(now))] == expected
    assert asked == [eastern_date(et(now))]  # once for the whole date


def test_in_summer_the_schedule_has_the_nearest_game_alone() -> None:
    """NBA.com's is never empty, and nothing is decided on so far a game."""
    made = sources(timedelta(0))
    assert [scheduled(made, et(f"{day} 12:00"))[0][0] for day in ("2025-08-01", "2026-08-01")] == [
        SLATE.games[0].game_id,
        max(SLATE.games, key=lambda game: game.game_date).game_id,
    ]
    assert len(scheduled(made, et("2026-08-01 12:00"))) == 1
    last = unknown(replace(SLATE.by_id[GAME_ID], game_date=date(2026, 6, 30)))
    made = Sources(SeasonFile(SLATE, (last,)), lambda _: timedelta(0))
    assert [game for game, _ in scheduled(made, et("2026-08-01 12:00"))] == [last.game_id]


def test_a_game_is_listed_under_both_of_its_dates() -> None:
    """A postponed game stays where it was, and its new date is another entry."""
    game = SLATE.by_id[GAME_ID]
    assert game.tipoff is not None
    day = timedelta(days=1)
    moved = replace(game, game_date=game.game_date + day, tipoff=game.tipoff + day)
    both = Slate((replace(game, postponed=True), moved), "2025-26")
    made = Sources(SeasonFile(both, ()), lambda _: timedelta(0))
    league = json.loads(made.answer(SCHEDULE_PATH, {}, et("2025-11-12 12:00")).body)
    shown = [each["games"][0] for each in league["leagueSchedule"]["gameDates"]]
    assert [(each["gameDateTimeEst"], each["gameStatusText"]) for each in shown] == [
        ("2025-11-12T19:00:00Z", "PPD"),
        ("2025-11-13T19:00:00Z", "7:00 pm ET"),
    ]


def test_a_report_is_of_the_first_game_that_is_played() -> None:
    """A postponed one takes nobody's place."""
    games = SLATE.on(DAY)
    slate = Slate((replace(games[0], postponed=True), *games[1:3]), "2025-26")
    made = Sources(SeasonFile(slate, ()), lambda _: timedelta(0))
    found = made.answer("/referee/injury/Injury-Report_2025-11-12_05PM.pdf", {}, OVER)
    target = Target("nbac_injury_report", games[0].game_date, "2025-26")
    rows = get("nbac_injury_report").parse([found.body], target).records
    assert {row["matchup"] for row in rows} == {f"{games[1].away}@{games[1].home}"}


def test_games_that_are_not_collected_are_listed_only(tmp_path: Path) -> None:
    """Preseason and All-Star games stand in the file as in the league's; a slate has none."""
    games = [replace(SLATE.by_id[GAME_ID], game_id=f"{kind}2500001") for kind in KINDS]
    file = tmp_path / "season.json"
    text = json.dumps(document(Slate(tuple(games), "2025-26"), OVER))
    file.write_bytes(BOM_UTF8 + text.encode())  # as the league's own begins
    found = load_season(file)
    assert [game.game_id[:3] for game in found.slate.games] == ["002"]
    assert [game.game_id[:3] for game in found.listed_only] == ["001", "003"]
    assert load_season(ROOT / "config" / "slates" / "2025-11.json").listed_only == ()
    assert unknown(games[1]).game_id == "0012500001"


KINDS = ("001", "002", "003")
