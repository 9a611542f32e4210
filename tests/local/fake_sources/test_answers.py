"""The answers of the fake sources, endpoint by endpoint."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.calendar.games import Game
from common.eastern import EASTERN
from common.scrapers.injury_report import INJURY_REPORT
from common.scrapers.model import Target
from common.settings import ROOT
from local.fake_sources.answers import Answer, answer
from local.fake_sources.odds import event_id
from local.fake_sources.slate import Slate, final_score, load

SAMPLES = ROOT / "tests" / "kit" / "samples" / "forms"
RECORDED = ROOT.parent / "shared" / "data" / "samples"
NBA = "/v4/sports/basketball_nba"
HISTORY = "/v4/historical/sports/basketball_nba"
GAME = "0022500213"
KEYED = {"apiKey": "k", "regions": "us"}


@pytest.fixture(scope="module")
def slate() -> Slate:
    """Load the project's own slate."""
    return load(ROOT / "config" / "slates" / "2025-11.json")


def et(hour: int, minute: int = 0, day: int = 12) -> datetime:
    """Make an Eastern time in November 2025."""
    return datetime(2025, 11, day, hour, minute, tzinfo=EASTERN)


def read(found: Answer) -> Any:
    """Parse the JSON of a good answer."""
    assert found.status == 200
    return json.loads(found.body)


def keys(value: Any) -> Any:
    """Reduce a JSON value to its keys, types and the first element of each list."""
    if isinstance(value, dict):
        return {key: keys(each) for key, each in value.items()}
    return [keys(value[0])] if isinstance(value, list) and value else type(value).__name__


def sample(name: str, folder: Path = SAMPLES) -> Any:
    """Read a source's answer, made by hand in the form of the recorded one."""
    return json.loads((folder / f"{name}.json").read_bytes())


@pytest.mark.skipif(not RECORDED.exists(), reason=f"{RECORDED} is not here")
@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_the_samples_have_the_form_of_the_recorded_answers(name: str) -> None:
    """Field names, types of first elements and column names agree."""
    ours, recorded = sample(name), sample(name, RECORDED)
    if "resultSets" in recorded:
        assert headers(ours) == headers(recorded)
    else:
        part = "nba" if "nba" in recorded else "data"
        assert keys(ours[part]) == keys(recorded[part])
    assert list(ours) == list(recorded)


def headers(document: Any) -> dict[str, list[str]]:
    """Index column names by result set."""
    return {each["name"]: each["headers"] for each in document["resultSets"]}


@pytest.mark.parametrize(
    ("path", "params", "file"),
    [
        ("/stats/playerindex", {}, "nbac_player_list"),
        ("/stats/boxscoretraditionalv2", {"GameID": GAME}, "nbac_team_boxscore"),
        (
            "/stats/leaguegamelog",
            {"DateFrom": "11/12/2025", "DateTo": "11/12/2025"},
            "nbac_player_boxscore",
        ),
    ],
)
def test_result_sets_have_the_real_columns(
    slate: Slate, path: str, params: dict[str, str], file: str
) -> None:
    """Sets and headers are those of the real response, which repeats what was asked."""
    ours = read(answer(path, {**params, "SeasonType": "Playoffs"}, slate, et(23)))
    assert headers(ours) == headers(sample(file))
    assert ours["parameters"] == {**params, "SeasonType": "Playoffs"}


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("oddsa_events_his", f"{NBA}/events"),
        ("oddsa_game_lines_his", f"{HISTORY}/events/{event_id(GAME)}/odds"),
    ],
)
def test_odds_have_the_real_fields(slate: Slate, file: str, path: str) -> None:
    """Names and types on every level are those of the real response."""
    params = {**KEYED, "markets": "spreads,totals", "date": "2025-11-12T17:00:00Z"}
    ours = read(answer(path, params, slate, et(14)))
    assert keys(ours.get("data") if isinstance(ours, dict) else ours) == keys(sample(file)["data"])


def test_officials_have_the_real_fields(slate: Slate) -> None:
    """Leagues and the columns of a row are those of the real response."""
    path = "/wp-json/api/v1/get-game-officials"
    ours = read(answer(path, {"date": "2025-11-12"}, slate, et(10)))
    real = sample("nbac_referee_assignments")
    assert list(ours) == list(real)
    assert list(ours["nba"]["Table"]["rows"][0]) == list(real["nba"]["Table"]["rows"][0])


@pytest.mark.parametrize(("now", "rows"), [(et(9, 29), 0), (et(9, 30), 12), (et(9, 30, 11), 0)])
def test_referees_come_at_half_past_nine(slate: Slate, now: datetime, rows: int) -> None:
    """The list is empty before, and has a crew for each game from then on; so has the center's."""
    path = "/wp-json/api/v1/get-game-officials"
    served = read(answer(path, {"date": "2025-11-12"}, slate, now))
    assert len(served["nba"]["Table"]["rows"]) == rows
    assert bool(served["nba"]["Table1"]["rows"]) is bool(rows)


@pytest.mark.parametrize("path", ["/events", "/odds", f"/events/{event_id(GAME)}/odds"])
@pytest.mark.parametrize(("key", "code"), [("", "MISSING_KEY"), ("invalid", "INVALID_KEY")])
def test_odds_want_a_key(slate: Slate, path: str, key: str, code: str) -> None:
    """Without a key the answer is The Odds API's 401."""
    found = answer(NBA + path, {"apiKey": key, "regions": "us"}, slate, et(14))
    assert found.status == 401
    assert json.loads(found.body)["error_code"] == code


def test_odds_tell_the_quota(slate: Slate) -> None:
    """Each market costs one credit, and events cost nothing."""
    lines = answer(f"{NBA}/odds", {**KEYED, "markets": "h2h,spreads"}, slate, et(14))
    assert lines.headers["x-requests-last"] == "2"
    assert answer(f"{NBA}/events", KEYED, slate, et(14)).headers["x-requests-last"] == "0"


def test_events_are_bounded(slate: Slate) -> None:
    """Only games between the two bounds are listed, with full names and ids of 32 digits."""
    bounds = {"commenceTimeFrom": "2025-11-12T05:00:00Z", "commenceTimeTo": "2025-11-13T04:59:59Z"}
    events = read(answer(f"{NBA}/events", {**KEYED, **bounds}, slate, et(8)))
    assert len(events) == 12
    assert events[0] == {
        "id": event_id(GAME),
        "sport_key": "basketball_nba",
        "sport_title": "NBA",
        "commence_time": "2025-11-13T00:00:00Z",
        "home_team": "Charlotte Hornets",
        "away_team": "Milwaukee Bucks",
    }
    assert len({event["id"] for event in events}) == 12
    assert all(len(event["id"]) == 32 for event in events)


def test_odds_disappear_after_tip_off(slate: Slate) -> None:
    """A begun game has no lines; its event has no bookmakers, and is unknown after its end."""
    path, params = f"{NBA}/events/{event_id(GAME)}/odds", {**KEYED, "markets": "player_points"}
    assert read(answer(path, params, slate, et(18, 59)))["bookmakers"]
    assert read(answer(path, params, slate, et(19)))["bookmakers"] == []
    gone = answer(path, params, slate, et(21, 30))
    assert (gone.status, json.loads(gone.body)["error_code"]) == (404, "EVENT_NOT_FOUND")
    lines = read(answer(f"{NBA}/odds", KEYED, slate, et(19)))
    assert event_id(GAME) not in {event["id"] for event in lines}


def test_props_name_players_and_points(slate: Slate) -> None:
    """Each player has over and under in each requested market."""
    params = {**KEYED, "markets": "player_points,player_threes"}
    event = read(answer(f"{NBA}/events/{event_id(GAME)}/odds", params, slate, et(14)))
    markets = event["bookmakers"][0]["markets"]
    assert [market["key"] for market in markets] == ["player_points", "player_threes"]
    outcome = markets[0]["outcomes"][0]
    assert set(outcome) == {"name", "description", "price", "point"}
    assert {each["name"] for each in markets[0]["outcomes"]} == {"Over", "Under"}


def test_the_injury_report_names_sides_that_are_not_decided() -> None:
    """A game of unknown sides is a row that the parser accepts."""
    day, sides = date(2025, 11, 12), {"away": "TBD", "home": "TBD"}
    state = {"status": 1, "has_score": False, "postponed": False}
    undecided = Game("0022500999", day, **sides, tipoff=None, **state, season="2025-26")
    path = "/referee/injury/Injury-Report_2025-11-12_05PM.pdf"
    found = answer(path, {}, Slate((undecided,), "2025-26"), et(17, 30))
    target = Target("nbac_injury_report", day, "2025-26")
    rows = INJURY_REPORT.parse([found.body], target).records
    assert {(row["matchup"], row["team"]) for row in rows} == {("TBD@TBD", "TBD")}


@pytest.mark.parametrize(
    ("name", "now", "status"),
    [
        ("2025-11-12_01PM", et(13, 29), 403),
        ("2025-11-12_01PM", et(13, 30), 200),
        ("2025-11-12_12PM", et(13, 30), 403),
        ("2025-11-12_02PM", et(14, 29), 403),
        ("2025-11-12_02PM", et(14, 30), 200),
        ("2025-11-12_01_30PM", et(15), 403),
        ("2025-11-10_05PM", et(20), 403),
        ("2025-11-12_13PM", et(20), 403),
    ],
)
def test_injury_report_appears_when_it_is_published(
    slate: Slate, name: str, now: datetime, status: int
) -> None:
    """Until then, for wrong names, and on days without games the answer is S3's 403."""
    found = answer(f"/referee/injury/Injury-Report_{name}.pdf", {}, slate, now)
    assert found.status == status
    assert found.body.startswith(b"%PDF-" if status == 200 else b"<?xml")


@pytest.mark.parametrize(("hour", "minute", "status"), [(21, 29, 404), (21, 30, 200)])
def test_gamebook_appears_at_the_end(slate: Slate, hour: int, minute: int, status: int) -> None:
    """The answer is 404 until the game is final."""
    path = "/pdfs/20251112/20251112_MILCHA.pdf"
    assert answer(path, {}, slate, et(hour, minute)).status == status


def test_play_by_play_grows(slate: Slate) -> None:
    """It is 404 before the tip-off, open while live, and ends with the final score."""
    path = f"/static/json/liveData/playbyplay/playbyplay_{GAME}.json"
    assert answer(path, {}, slate, et(18)).status == 404
    live = read(answer(path, {}, slate, et(20)))["game"]["actions"]
    assert all(action["actionType"] == "period" for action in live)
    last = read(answer(path, {}, slate, et(22)))["game"]["actions"][-1]
    away, home = final_score(GAME)
    assert (last["actionType"], last["scoreAway"], last["scoreHome"]) == (
        "game",
        str(away),
        str(home),
    )


def test_the_retired_box_score_is_empty(slate: Slate) -> None:
    """Each set of the second version is empty, even of a finished game (FS07)."""
    document = read(answer("/stats/boxscoretraditionalv2", {"GameID": GAME}, slate, et(22)))
    assert [each["rowSet"] for each in document["resultSets"]] == [[], [], []]


def test_box_score_of_the_third_version_adds_up(slate: Slate) -> None:
    """No player before the end; then the players' points are the team's."""
    path, asked = "/stats/boxscoretraditionalv3", {"GameID": GAME}
    before = read(answer(path, asked, slate, et(20)))["boxScoreTraditional"]
    assert before["homeTeam"]["players"] == before["awayTeam"]["players"] == []
    box = read(answer(path, asked, slate, et(22)))["boxScoreTraditional"]
    away, home = final_score(GAME)
    for side, points in (("awayTeam", away), ("homeTeam", home)):
        own = [player["statistics"]["points"] for player in box[side]["players"]]
        assert box[side]["statistics"]["points"] == points == sum(own)


SAME_FIGURE = {
    "FGM": "fieldGoalsMade",
    "FGA": "fieldGoalsAttempted",
    "FG_PCT": "fieldGoalsPercentage",
    "FG3M": "threePointersMade",
    "FG3A": "threePointersAttempted",
    "FTM": "freeThrowsMade",
    "FTA": "freeThrowsAttempted",
    "OREB": "reboundsOffensive",
    "DREB": "reboundsDefensive",
    "REB": "reboundsTotal",
    "AST": "assists",
    "STL": "steals",
    "BLK": "blocks",
    "TOV": "turnovers",
    "PF": "foulsPersonal",
    "PTS": "points",
    "PLUS_MINUS": "plusMinusPoints",
}
"""What the game log names in one way and the box score in another."""


def test_game_log_and_box_score_agree_on_every_player(slate: Slate) -> None:
    """Each figure of the log is the box score's of the same name."""
    span = {"DateFrom": "11/12/2025", "DateTo": "11/12/2025"}
    (logged,) = read(answer("/stats/leaguegamelog", span, slate, et(22)))["resultSets"]
    asked = "/stats/boxscoretraditionalv3", {"GameID": GAME}
    box = read(answer(*asked, slate, et(22)))["boxScoreTraditional"]
    players = [*box["homeTeam"]["players"], *box["awayTeam"]["players"]]
    held = {one["personId"]: one["statistics"] for one in players}
    rows = [dict(zip(logged["headers"], row, strict=True)) for row in logged["rowSet"]]
    mine = {row["PLAYER_ID"]: row for row in rows if row["GAME_ID"] == GAME}
    assert {n for n, one in held.items() if one["points"]} <= mine.keys() <= held.keys()
    for ours, theirs in SAME_FIGURE.items():
        assert {n: row[ours] for n, row in mine.items()} == {n: held[n][theirs] for n in mine}, ours


def test_game_log_holds_final_games_of_the_type(slate: Slate) -> None:
    """It has only final games of the requested season type."""
    params = {"DateFrom": "11/12/2025", "DateTo": "11/12/2025", "SeasonType": "Regular Season"}

    def rows(now: datetime, **changes: str) -> list[Any]:
        served = read(answer("/stats/leaguegamelog", {**params, **changes}, slate, now))
        found: list[Any] = served["resultSets"][0]["rowSet"]
        return found

    assert rows(et(21, 29)) == []
    assert len(rows(et(21, 30))) == 3 * 10
    assert len(rows(et(3, day=13))) == 12 * 10
    assert rows(et(3, day=13), SeasonType="Playoffs") == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/stats/leaguegamelog", {"DateFrom": "2025-11-12"}),
        ("/wp-json/api/v1/get-game-officials", {"date": "today"}),
        ("/wp-json/api/v1/get-game-officials", {}),
    ],
)
def test_bad_parameters_are_refused(slate: Slate, path: str, params: dict[str, str]) -> None:
    """A date of another form is a 400, not an empty answer."""
    assert answer(path, params, slate, et(14)).status == 400


@pytest.mark.parametrize("path", ["/", "/v4/sports/icehockey_nhl/odds", "/pdfs/x.pdf"])
def test_unknown_path_is_not_found(slate: Slate, path: str) -> None:
    """Any other path is a 404."""
    assert answer(path, {}, slate, et(14)).status == 404


@pytest.mark.parametrize(
    ("name", "kind"), [("a.html", "text/html"), ("a.json", "application/json")]
)
def test_a_sample_is_served_as_what_it_is(
    slate: Slate, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    """What no handler serves is answered with the scraper's own."""
    held = {("/none", "1", et(14)): (Path(name), b"x")}
    monkeypatch.setattr(
        "local.fake_sources.answers.sample_for",
        lambda path, params, now: held.get((path, params.get("a"), now)),
    )
    found = answer("/none", {"a": "1"}, slate, et(14))
    assert (found.status, found.body) == (200, b"x")
    assert found.headers == {"Content-Type": f"{kind}; charset=utf-8"}


def test_same_question_same_answer(slate: Slate) -> None:
    """Even PDFs have the same bytes for the same slate and instant."""
    path = "/referee/injury/Injury-Report_2025-11-12_05PM.pdf"
    first = answer(path, {}, slate, et(20))
    other = load(ROOT / "config" / "slates" / "2025-11.json")
    assert first == answer(path, {}, other, et(20))
    assert slate.on(date(2025, 11, 12))[0].tipoff == datetime(2025, 11, 13, tzinfo=UTC)
