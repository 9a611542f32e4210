"""Reading what the sources really sent, and refusing what they did not."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.model import ContractError, NotReadyError, Parsed, Target
from common.settings import ROOT

SAMPLES = ROOT.parent / "shared" / "data" / "samples"
PDFS = {"nbac_gamebook_pdf", "nbac_injury_report"}
PLAYED = {
    "nbac_team_boxscore": (
        date(2025, 1, 15),
        GameRef(game_id="0022400561", away="NYK", home="PHI"),
    ),
    "nbac_play_by_play": (date(2025, 1, 6), GameRef(game_id="0022400500", away="UTA", home="LAC")),
    "nbac_gamebook_pdf": (date(2025, 1, 6), GameRef(game_id="0022400500", away="UTA", home="LAC")),
    "nbac_player_boxscore": (date(2025, 3, 15), None),
    "nbac_referee_assignments": (date(2025, 1, 8), None),
    "nbac_injury_report": (date(2024, 1, 4), None),
}


def target(name: str) -> Target:
    """The target that the recorded response is for."""
    day, game = PLAYED.get(name, (date(2024, 1, 24), None))
    return Target(name, day, "2024-25", game)


def sample(file: str) -> bytes:
    """A recorded response."""
    path = SAMPLES / file
    if not path.exists():
        pytest.skip(f"no recorded response at {path}")
    return path.read_bytes()


def parse(name: str, body: bytes | object) -> Parsed:
    """What the scraper reads from one body."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return get(name).parse([sent], target(name))


def recorded(name: str) -> Any:
    """The recorded JSON response of a scraper, to be spoilt."""
    return json.loads(sample(f"{name}.json"))


@pytest.mark.parametrize(
    ("name", "file", "count"),
    [
        ("nbac_schedule_api", "nbac_schedule_cdn.json", 13),
        ("nbac_player_list", "nbac_player_list.json", 594),
        ("nbac_player_boxscore", "nbac_player_boxscore.json", 157),
        ("nbac_team_boxscore", "nbac_team_boxscore.json", 2),
        ("nbac_play_by_play", "nbac_play_by_play.json", 571),
        ("nbac_referee_assignments", "nbac_referee_assignments.json", 8),
        ("nbac_injury_report", "nbac_injury_report.pdf", 43),
        ("nbac_gamebook_pdf", "nbac_injury_report.pdf", 1),
        ("oddsa_events", "oddsa_events_his.json", 10),
        ("oddsa_player_props", "oddsa_player_props_his.json", 1),
        ("oddsa_game_lines", "oddsa_game_lines_his.json", 1),
        ("oddsa_game_lines", "odds_api_historical_game_lines.json", 1),
    ],
)
def test_recorded_response(name: str, file: str, count: int) -> None:
    """The real answer is read to its last record."""
    assert parse(name, sample(file)).count == count


def test_real_schedule_keeps_the_games_as_served() -> None:
    """Each record is the served game with its listing date."""
    first = parse("nbac_schedule_api", sample("nbac_schedule_cdn.json")).records[0]
    assert first["gameDate"] == "10/02/2025 00:00:00"
    assert first["gameCode"] == "20251002/PHINYK"
    assert "broadcasters" in first


def test_real_box_score_puts_players_under_their_team() -> None:
    """Two teams, whose players' points add up to their own."""
    teams = parse("nbac_team_boxscore", sample("nbac_team_boxscore.json")).records
    sums = {row["TEAM_ABBREVIATION"]: sum(p["PTS"] or 0 for p in row["PLAYERS"]) for row in teams}
    assert (
        sums == {row["TEAM_ABBREVIATION"]: row["PTS"] for row in teams} == {"NYK": 125, "PHI": 119}
    )


def test_real_injury_report_rows() -> None:
    """Columns, names of three words, wrapped reasons and a page break are read right."""
    rows = parse("nbac_injury_report", sample("nbac_injury_report.pdf")).records
    found = {row["player"]: row for row in rows}
    assert found["Duke Jr., David"]["reason"] == "G League - Two-Way"
    assert found["McDermott, Doug"]["reason"] == "Injury/Illness - Right Forearm; Contusion"
    assert found["Payton II, Gary"] == {
        "game_date": "01/04/2024",
        "game_time": "10:00 (ET)",
        "matchup": "DEN@GSW",
        "team": "Golden State Warriors",
        "player": "Payton II, Gary",
        "status": "Out",
        "reason": "Injury/Illness - Left Hamstring; Strain",
    }
    missing = Counter(row["matchup"] for row in rows if row["reason"] == "NOT YET SUBMITTED")
    assert missing["MIL@SAS"] == 1
    assert missing["TOR@SAC"] == 2
    assert {len(row["team"].split()) for row in rows} == {2, 3}


def test_odds_in_their_live_forms() -> None:
    """A list of events, one event, and the historical wrapper read the same."""
    event = json.loads(sample("oddsa_game_lines_his.json"))["data"]
    for body in ([event], event, {"data": event}, {"data": [event]}):
        assert parse("oddsa_game_lines", body).records == [event]


def test_s1_events_without_a_book_do_not_count() -> None:
    """An event that no bookmaker offers is kept, and counts nothing."""
    event = {
        "id": "e",
        "commence_time": "2024-01-25T03:20:30Z",
        "home_team": "A",
        "away_team": "B",
        "bookmakers": [],
    }
    found = parse("oddsa_player_props", event)
    assert (found.count, len(found.records)) == (0, 1)


@pytest.mark.parametrize(
    "name",
    [
        "nbac_schedule_api",
        "nbac_player_list",
        "nbac_player_boxscore",
        "nbac_team_boxscore",
        "nbac_play_by_play",
        "nbac_referee_assignments",
        "nbac_injury_report",
        "nbac_gamebook_pdf",
        "oddsa_events",
        "oddsa_player_props",
        "oddsa_game_lines",
    ],
)
@pytest.mark.parametrize("body", [b"", b"<html>Access Denied</html>", b"[1]", b"{}", b"null"])
def test_s8_foreign_answers_break_the_contract(name: str, body: bytes) -> None:
    """An HTML page, another form or nothing is refused by every scraper, which names itself."""
    with pytest.raises(ContractError, match=name):
        parse(name, body)


@pytest.mark.parametrize("ids", [["a:b"], ["a\n"], [""], ["e" * 65], map(str, range(65))])
def test_s8_events_that_no_request_could_name_break_the_contract(ids: Iterable[str]) -> None:
    """Said of the source at once: later the whole run would wait for them until it is given up."""
    event = {"commence_time": "2024-01-25T00:00:00Z", "home_team": "A", "away_team": "B"}
    with pytest.raises(ContractError, match="oddsa_events"):
        parse("oddsa_events", [{**event, "id": each} for each in ids])


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity"])
@pytest.mark.parametrize("name", sorted(set(REGISTRY) - PDFS))
def test_s8_a_number_that_json_cannot_hold_breaks_the_contract(name: str, number: bytes) -> None:
    """Wherever it stands: kept as it came, it would make an object that is no JSON."""
    with pytest.raises(ContractError, match=f"{name}.*not JSON"):
        parse(name, b'{"rating": ' + number + b"}")


def test_html_is_called_by_its_name() -> None:
    """The error says that a page came."""
    with pytest.raises(ContractError, match="HTML"):
        parse("oddsa_events", b"\n<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["nbac_player_boxscore", "nbac_player_list", "nbac_team_boxscore"])
def test_renamed_column_breaks_the_contract(name: str) -> None:
    """A header that we rely on and that is gone is named."""
    document = recorded(name)
    for each in document["resultSets"]:
        each["headers"] = [header.replace("_ID", "_KEY") for header in each["headers"]]
    with pytest.raises(ContractError, match="_ID"):
        parse(name, document)


@pytest.mark.parametrize("name", ["nbac_player_boxscore", "nbac_player_list", "nbac_team_boxscore"])
def test_short_row_breaks_the_contract(name: str) -> None:
    """A row that does not fit its header is not shifted silently."""
    document = recorded(name)
    document["resultSets"][0]["rowSet"][0].pop()
    with pytest.raises(ContractError, match="columns"):
        parse(name, document)


def test_empty_game_log_has_no_record() -> None:
    """No row is read as no record; whether that is no data is the count's matter."""
    document = recorded("nbac_player_boxscore")
    document["resultSets"][0]["rowSet"] = []
    assert parse("nbac_player_boxscore", document).count == 0


def test_t11_game_log_of_another_date_breaks_the_contract() -> None:
    """Rows of a date that was not asked for are refused."""
    document = recorded("nbac_player_boxscore")
    column = document["resultSets"][0]["headers"].index("GAME_DATE")
    document["resultSets"][0]["rowSet"][0][column] = "2025-03-16"
    with pytest.raises(ContractError, match="2025-03-16"):
        parse("nbac_player_boxscore", document)


def test_s1_box_score_before_the_end_is_not_ready() -> None:
    """All sets empty: the game has no box score yet, which is not no data."""
    document = recorded("nbac_team_boxscore")
    for each in document["resultSets"]:
        each["rowSet"] = []
    with pytest.raises(NotReadyError, match="0022400561"):
        parse("nbac_team_boxscore", document)


@pytest.mark.parametrize("emptied", [0, 1])
def test_s8_box_score_without_teams_breaks_the_contract(emptied: int) -> None:
    """Players without teams, or teams without players: the API has changed."""
    document = recorded("nbac_team_boxscore")
    document["resultSets"][emptied]["rowSet"] = []
    with pytest.raises(ContractError, match="teams"):
        parse("nbac_team_boxscore", document)


@pytest.mark.parametrize("name", ["nbac_team_boxscore", "nbac_play_by_play"])
def test_another_games_answer_breaks_the_contract(name: str) -> None:
    """The answer must be about the game that was asked for."""
    other = Target(
        name, date(2025, 1, 15), "2024-25", GameRef(game_id="0022400999", away="NYK", home="PHI")
    )
    with pytest.raises(ContractError, match="0022400999"):
        get(name).parse([sample(f"{name}.json")], other)


def test_s1_half_a_game_is_not_ready() -> None:
    """Play-by-play without the game's end is not stored as a whole game."""
    document = recorded("nbac_play_by_play")
    document["game"]["actions"] = document["game"]["actions"][:-1]
    with pytest.raises(NotReadyError, match="570 actions"):
        parse("nbac_play_by_play", document)


def test_s1_no_action_yet_is_not_ready() -> None:
    """An empty list of a game is not silently nothing."""
    with pytest.raises(NotReadyError, match="0 actions"):
        parse("nbac_play_by_play", {"game": {"gameId": "0022400500", "actions": []}})


def test_s1_much_text_without_actions_breaks_the_contract() -> None:
    """The plays moved elsewhere in the file."""
    document = recorded("nbac_play_by_play")
    document["game"] |= {"plays": document["game"]["actions"], "actions": []}
    with pytest.raises(ContractError, match="without an action"):
        parse("nbac_play_by_play", document)


def test_referees_of_another_date_are_not_ours() -> None:
    """Rows of a date that was not asked for do not count."""
    document = recorded("nbac_referee_assignments")
    document["nba"]["Table"]["rows"][0]["game_date"] = "01/09/2025"
    assert parse("nbac_referee_assignments", document).count == 7


def test_referees_without_a_name_break_the_contract() -> None:
    """A renamed field is named."""
    document = recorded("nbac_referee_assignments")
    del document["nba"]["Table"]["rows"][0]["official1"]
    with pytest.raises(ContractError, match="official1"):
        parse("nbac_referee_assignments", document)


def test_schedule_the_decisions_cannot_read_breaks_the_contract() -> None:
    """The schedule's own errors come out as a broken contract, naming the game."""
    document = json.loads(sample("nbac_schedule_cdn.json"))
    game = document["leagueSchedule"]["gameDates"][0]["games"][0]
    game |= {"gameId": "0022500001", "gameDateTimeUTC": "later"}
    with pytest.raises(ContractError, match="0022500001: gameDateTimeUTC"):
        parse("nbac_schedule_api", document)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event.pop("id"),
        lambda event: event.pop("bookmakers"),
        lambda event: event["bookmakers"][0].pop("markets"),
        lambda event: event["bookmakers"][0]["markets"][0]["outcomes"][0].update(price="2.1"),
    ],
)
def test_changed_odds_break_the_contract(spoil: Any) -> None:
    """Every level that we rely on is checked."""
    event = json.loads(sample("oddsa_game_lines_his.json"))["data"]
    spoil(event)
    with pytest.raises(ContractError, match="oddsa_game_lines"):
        parse("oddsa_game_lines", event)


def test_cut_pdf_breaks_the_contract() -> None:
    """Half a file is not stored as a gamebook."""
    with pytest.raises(ContractError, match="cut off"):
        parse("nbac_gamebook_pdf", sample("nbac_injury_report.pdf")[:-2000])
