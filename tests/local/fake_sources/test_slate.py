"""The games that the fake sources know."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.calendar.games import parse_schedule
from common.eastern import EASTERN
from common.errors import BadInputError
from common.settings import ROOT
from local.fake_sources.nba.schedule import document
from local.fake_sources.slate import (
    Slate,
    final_score,
    is_rewritten,
    load,
    score,
    status,
    status_text,
)
from local.fake_sources.teams import TEAMS
from tests.kit.seasons import season_of, write_season

OURS = ROOT / "config" / "slates" / "2025-11.json"
SEASON = ROOT.parent / "shared" / "data" / "schedule-2024-25.json"


def real_season() -> Path:
    """Find the recorded season's file; skip the test where it is missing."""
    if not SEASON.exists():
        pytest.skip(f"no recorded season at {SEASON}")
    return SEASON


def write(path: Path, *games: dict[str, Any]) -> Slate:
    """Write and load a slate."""
    usual = {"game_id": "0022500213", "date": "2025-11-12", "away": "MIL", "home": "CHA"}
    entries = [{**usual, "tipoff": "19:00", **game} for game in games]
    file = path / "slate.json"
    file.write_text(json.dumps({"games": entries}))
    return load(file)


def test_own_slate() -> None:
    """It has three days of 6, 12 and 3 games; the first tip of the 12th is at 19:00 ET."""
    slate = load(OURS)
    assert [len(slate.on(date(2025, 11, day))) for day in (10, 11, 12, 13)] == [0, 6, 12, 3]
    assert slate.season == "2025-26"
    tips = [game.tipoff for game in slate.on(date(2025, 11, 12)) if game.tipoff]
    assert min(tips) == datetime(2025, 11, 13, 0, 0, tzinfo=UTC)
    assert max(tips) == datetime(2025, 11, 13, 3, 30, tzinfo=UTC)


def test_own_slate_names_real_teams_once_a_day() -> None:
    """No team plays twice a day, and every tricode is a team's."""
    slate = load(OURS)
    for day in (11, 12, 13):
        sides = [side for game in slate.on(date(2025, 11, day)) for side in (game.away, game.home)]
        assert len(set(sides)) == len(sides)
        assert set(sides) <= set(TEAMS)


def test_teams_are_the_real_ones() -> None:
    """Ids and names agree with the recorded season."""
    days = json.loads(real_season().read_bytes())["leagueSchedule"]["gameDates"]
    served = {
        side["teamTricode"]: (side["teamId"], side["teamCity"], side["teamName"])
        for day in days
        for game in day["games"]
        if game["gameId"].startswith("002")
        for side in (game["homeTeam"], game["awayTeam"])
    }
    assert served == {code: (t.team_id, t.city, t.name) for code, t in TEAMS.items()}


@pytest.mark.parametrize(
    ("minutes", "state"), [(-1, 1), (0, 2), (149, 2), (150, 3), (60 * 24 * 300, 3)]
)
def test_state_follows_the_instant(minutes: int, state: int) -> None:
    """A game is scheduled, live from its tip-off, and final two and a half hours later."""
    game = load(OURS).by_id["0022500213"]
    assert game.tipoff is not None
    now = game.tipoff + timedelta(minutes=minutes)
    assert status(game, now) == state
    away, home = final_score(game.game_id)
    assert score(game, now) == {1: (0, 0), 2: (away // 2, home // 2), 3: (away, home)}[state]


def test_document_round_trip() -> None:
    """The document parses to the same games without a warning, in the states of the instant."""
    slate = load(OURS)
    now = datetime(2025, 11, 13, 3, 0, tzinfo=UTC)
    served = parse_schedule(document(slate, now))
    assert served.warnings == ()
    assert [(g.game_id, g.tipoff, g.code) for g in served.games] == [
        (g.game_id, g.tipoff, g.code) for g in slate.games
    ]
    assert [g.is_final for g in served.games] == [status(g, now) == 3 for g in slate.games]


def test_finished_season_is_served_as_of_the_instant(tmp_path: Path) -> None:
    """A game whose file says Final is scheduled again until it is over by the clock."""
    days = {date(2031, 12, 25): ["12:00", "14:00", "17:00"], date(2031, 12, 26): ["19:00"]}
    slate = load(write_season(tmp_path / "season.json", season_of(days)))
    now = datetime(2031, 12, 25, 20, 0, tzinfo=UTC)
    assert all(game.is_final for game in slate.games)
    games = parse_schedule(document(slate, now)).games
    assert [game.is_final for game in games] == [True, False, False, False]


def test_scores_are_plausible_and_never_drawn() -> None:
    """Every id gives 95 to 133 points a side, never a draw."""
    scores = [final_score(f"00225{number:05d}") for number in range(2000)]
    assert all(95 <= points <= 133 for pair in scores for points in pair)
    assert all(away != home for away, home in scores)
    assert all(home - away == 3 for away, home in scores if home > 130)
    assert scores[213] == final_score("0022500213")


def test_phase_changes_with_what_is_served(tmp_path: Path) -> None:
    """Each instant at which an answer changes begins a phase; nothing else does."""
    slate = write(tmp_path, {})
    noon = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
    assert slate.phase(noon) == slate.phase(noon + timedelta(minutes=80))
    of_the_day = ("12T14:30", "12T17:00", "12T18:30", "12T18:45", "13T00:00", "13T02:30")
    for instant in (*of_the_day, "13T04:30", "13T05:00", "13T17:00"):
        change = datetime.fromisoformat(f"2025-11-{instant}:00+00:00")
        assert slate.phase(change) == slate.phase(change - timedelta(seconds=1)) + 1
    odd = write(tmp_path, {"tipoff": "19:07"})
    for clock in ("00:07", "02:37", "04:37"):  # begun, over and corrected, at no quarter
        change = datetime.fromisoformat(f"2025-11-13T{clock}:00+00:00")
        assert odd.phase(change) == odd.phase(change - timedelta(seconds=1)) + 1


def test_games_are_in_order_of_date_and_id(tmp_path: Path) -> None:
    """However the file lists them: what is asked by date goes through neighbours."""
    listed = [("0022500003", 12), ("0022500002", 14), ("0022500004", 13), ("0022500001", 12)]
    games = [{"game_id": game_id, "date": f"2025-11-{day}"} for game_id, day in listed]
    slate = write(tmp_path, *games)
    assert [game.game_id[-1] for game in slate.games] == ["1", "3", "4", "2"]
    assert [game.game_id[-1] for game in slate.on(date(2025, 11, 12))] == ["1", "3"]


def test_tbd_game_is_served_as_nba_com_does(tmp_path: Path) -> None:
    """It is TBD at midnight Eastern, and scheduled for ever."""
    slate = write(tmp_path, {"tipoff": None})
    raw = document(slate, datetime(2026, 1, 1, tzinfo=UTC))
    (game,) = raw["leagueSchedule"]["gameDates"][0]["games"]
    assert (game["gameStatusText"], game["gameDateTimeEst"]) == ("TBD", "2025-11-12T00:00:00Z")
    (read,) = parse_schedule(raw).games
    assert (read.tipoff, read.status) == (None, 1)
    noons = [datetime(2025, 11, day, 17, tzinfo=UTC) for day in (12, 13)]
    assert slate.phase(noons[0]) < slate.phase(noons[1])
    assert not is_rewritten(slate.games[0], datetime(2026, 1, 1, tzinfo=UTC))


def test_s5_postponed_game_is_served_as_postponed(tmp_path: Path) -> None:
    """It is served as PPD and not played."""
    raw = document(write(tmp_path, {}), datetime(2025, 11, 1, tzinfo=UTC))
    raw["leagueSchedule"]["gameDates"][0]["games"][0]["postponedStatus"] = "Y"
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(raw))
    slate = load(file)
    assert slate.on(date(2025, 11, 12)) == ()
    (read,) = parse_schedule(document(slate, datetime(2026, 1, 1, tzinfo=UTC))).games
    assert read.postponed


NOT_JSON, EMPTY = "; give a JSON file of games$", "it has no games; list them under 'games'$"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", NOT_JSON),
        ("[" * 100_000, NOT_JSON),
        ('{"games": [NaN]}', NOT_JSON),
        ("[]", "not a JSON object; give a slate or a scheduleLeagueV2$"),
        ("{}", EMPTY),
        ('{"games": []}', EMPTY),
        ('{"games": 1}', EMPTY),
        ('{"games": [1]}', r"game 1 must have exactly \('game_id', 'date', 'away', "),
        (f'{{"games": ["{"x" * 200}"]}}', "game 'x{119} must have exactly"),
        ('{"leagueSchedule": 1}', "leagueSchedule"),
    ],
    ids=range(10),
)
def test_bad_slate_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The error names the file and says what it should have."""
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(BadInputError, match=rf"^(slate )?{file}: .*{said}"):
        load(file)


@pytest.mark.parametrize(
    ("ids", "season"),
    [
        (("0022500001", "0022600001"), "2025-26"),
        (("0022600001", "0022500001"), "2026-27"),
        (("0029900001",), "2099-00"),
    ],
)
def test_a_slate_s_season_is_that_of_its_first_game(
    tmp_path: Path, ids: tuple[str, ...], season: str
) -> None:
    """By the two digits of its id; a century ends as any year does."""
    games = [{"game_id": each, "date": f"2025-11-1{n}"} for n, each in enumerate(ids)]
    assert write(tmp_path, *reversed(games)).season == season


@pytest.mark.parametrize(
    ("clock", "state", "text"),
    [
        ("19:00", 1, "7:00 pm ET"),
        ("12:30", 1, "12:30 pm ET"),
        ("11:00", 1, "11:00 am ET"),
        ("19:00", 2, "Q2 6:00"),
        ("19:00", 3, "Final"),
        (None, 1, "TBD"),
    ],
)
def test_a_state_is_told_as_nba_com_does(
    tmp_path: Path, clock: str | None, state: int, text: str
) -> None:
    """A game that is put off says so, whatever else is known of it."""
    (game,) = write(tmp_path, {"tipoff": clock}).games
    tipoff = (game.tipoff or datetime(2025, 11, 12, tzinfo=UTC)).astimezone(EASTERN)
    assert status_text(game, state, tipoff) == text
    assert status_text(replace(game, postponed=True), state, tipoff) == "PPD"


@pytest.mark.parametrize("field", ["game_id", "date", "away", "home", "tipoff"])
def test_a_game_without_one_of_its_fields_is_refused(tmp_path: Path, field: str) -> None:
    """The error lists the fields that a game has to have."""
    entry = {"game_id": "0022500213", "date": "2025-11-12", "away": "MIL", "home": "CHA"}
    held = {**entry, "tipoff": None}
    del held[field]
    (tmp_path / "slate.json").write_text(json.dumps({"games": [held]}))
    with pytest.raises(BadInputError, match=rf"must have exactly \(.*'{field}'"):
        load(tmp_path / "slate.json")


def test_the_warnings_of_a_schedule_are_kept(tmp_path: Path) -> None:
    """A game that is listed twice is warned of; a schedule without a fault has no warning."""
    raw = document(write(tmp_path, {}), datetime(2025, 11, 1, tzinfo=UTC))
    games = raw["leagueSchedule"]["gameDates"][0]["games"]
    for times, warned in ((1, []), (2, ["game 0022500213 is listed twice on 2025-11-12"])):
        games[:] = games[:1] * times
        (tmp_path / "schedule.json").write_text(json.dumps(raw))
        found = load(tmp_path / "schedule.json").warnings
        assert [warning.split(";")[0] for warning in found] == warned


@pytest.mark.parametrize(
    "change",
    [
        {"date": "12.11.2025"},
        {"date": None},
        {"tipoff": "7pm"},
        {"tipoff": ""},
        {"tipoff": 0},
        {"game_id": 213},
        {"game_id": "213"},
        {"extra": 1},
    ],
)
def test_bad_game_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    """The error contains the game's id, or the game."""
    with pytest.raises(BadInputError, match="213"):
        write(tmp_path, change)


def test_missing_slate_is_refused(tmp_path: Path) -> None:
    """A missing file is an error of ours."""
    with pytest.raises(BadInputError, match=rf"^slate .*none\.json: .*{NOT_JSON}"):
        load(tmp_path / "none.json")
