"""The parsers read a small answer of every source, and refuse what they do not know."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.model import ContractError, NotReadyError, Parsed
from tests.kit.samples import document, sample, target

PDFS = {"nbac_gamebook_pdf", "nbac_injury_report"}
PAGES = {"nbac_roster"}
RESULT_SETS = ["nbac_player_boxscore", "nbac_player_list", "nbac_team_boxscore"]


def parse(name: str, body: bytes | object) -> Parsed:
    """Return what a scraper reads from one body."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return get(name).parse([sent], target(name))


READ: dict[str, tuple[int, dict[str, Any]]] = {
    "nbac_schedule_api": (
        3,
        {"gameDate": "11/12/2025 00:00:00", "gameId": "0022509001", "gameStatusText": "Final"},
    ),
    "nbac_player_list": (3, {"PERSON_ID": 9000001, "TEAM_ABBREVIATION": "MIL"}),
    "nbac_player_boxscore": (2, {"PLAYER_NAME": "Adam Example", "PTS": 61}),
    "nbac_team_boxscore": (2, {"TEAM_ABBREVIATION": "MIL", "PTS": 101}),
    "nbac_play_by_play": (5, {"actionNumber": 2, "description": "Period Start"}),
    "nbac_referee_assignments": (2, {"game_id": "0022509001", "official1": "Fay Whistle"}),
    "nbac_injury_report": (
        10,
        {"game_date": "11/12/2025", "matchup": "MIL@CHA", "team": "Milwaukee Bucks"},
    ),
    "nbac_gamebook_pdf": (1, {}),
    "oddsa_events": (2, {"home_team": "Charlotte Hornets"}),
    "oddsa_game_lines": (1, {"away_team": "Milwaukee Bucks"}),
    "oddsa_player_props": (1, {"away_team": "Milwaukee Bucks"}),
}
"""By scraper: how many records its sample has, and some fields of the first one."""


@pytest.mark.parametrize("name", READ)
def test_the_sample_of_every_scraper_is_read(name: str) -> None:
    """A scraper counts the records of its sample and reads the fields of the first one."""
    parsed = parse(name, sample(name))
    count, fields = READ[name]
    assert parsed.count == count
    first = parsed.records[0] if parsed.records else {}
    assert {field: first.get(field) for field in fields} == fields


def test_a_box_score_has_the_players_under_their_team() -> None:
    """Each of the two teams holds its own players, whose points add up to the team's."""
    teams = parse("nbac_team_boxscore", sample("nbac_team_boxscore")).records
    sums = {row["TEAM_ABBREVIATION"]: sum(p["PTS"] or 0 for p in row["PLAYERS"]) for row in teams}
    assert sums == {"MIL": 101, "CHA": 99}


def test_an_injury_report_fills_its_rows_down() -> None:
    """Every row has date, matchup and team, although the file draws them once for many rows."""
    rows = parse("nbac_injury_report", sample("nbac_injury_report")).records
    assert {row["matchup"] for row in rows} == {"MIL@CHA", "BOS@NYK", "NYK@MIL"}
    missing = [row for row in rows if row["reason"] == "NOT YET SUBMITTED"]
    assert [(row["game_date"], row["team"]) for row in missing] == [
        ("11/13/2025", "New York Knicks"),
        ("11/13/2025", "Milwaukee Bucks"),
    ]


def test_odds_are_read_in_their_live_and_historical_forms() -> None:
    """A list of events, one event, and either of them wrapped under `data` are read the same."""
    event = document("oddsa_game_lines")[0]
    for body in ([event], event, {"data": event}, {"data": [event]}):
        assert parse("oddsa_game_lines", body).records == [event]


def test_s1_events_without_a_book_do_not_count() -> None:
    """An event that no bookmaker offers is kept, and counts as no record."""
    event = document("oddsa_player_props") | {"bookmakers": []}
    found = parse("oddsa_player_props", event)
    assert (found.count, found.records) == (0, [event])


@pytest.mark.parametrize("name", sorted(REGISTRY))
@pytest.mark.parametrize("body", [b"", b"<html>Access Denied</html>", b"[1]", b"{}", b"null"])
def test_s8_foreign_answers_break_the_contract(name: str, body: bytes) -> None:
    """Every scraper refuses an HTML page, another form and an empty body, and names itself."""
    with pytest.raises(ContractError, match=name):
        parse(name, body)


@pytest.mark.parametrize("ids", [["a:b"], ["a\n"], [""], ["e" * 65], map(str, range(257))])
def test_s8_events_that_no_request_could_name_break_the_contract(ids: Iterable[str]) -> None:
    """An event id that no request may contain is refused at once, before a run waits for it."""
    event = document("oddsa_events")[0]
    with pytest.raises(ContractError, match="oddsa_events"):
        parse("oddsa_events", [{**event, "id": each} for each in ids])
    most = [{**event, "id": f"{number}"} for number in range(256)]
    assert parse("oddsa_events", most).count == 256


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity"])
@pytest.mark.parametrize("name", sorted(set(REGISTRY) - PDFS - PAGES))
def test_s8_a_number_that_json_cannot_hold_breaks_the_contract(name: str, number: bytes) -> None:
    """NaN and Infinity are refused wherever they stand, because the stored object must be JSON."""
    with pytest.raises(ContractError, match=f"{name}.*not JSON"):
        parse(name, b'{"rating": ' + number + b"}")


def test_an_html_page_is_named_in_the_error() -> None:
    """The error for an HTML page states that it is one."""
    with pytest.raises(ContractError, match="HTML"):
        parse("oddsa_events", b"\n<!DOCTYPE html>")


@pytest.mark.parametrize("name", RESULT_SETS)
def test_a_renamed_column_breaks_the_contract(name: str) -> None:
    """The error names a header that the parser needs and that is gone."""
    changed = document(name)
    for each in changed["resultSets"]:
        each["headers"] = [header.replace("_ID", "_KEY") for header in each["headers"]]
    with pytest.raises(ContractError, match="_ID"):
        parse(name, changed)


@pytest.mark.parametrize("name", RESULT_SETS)
def test_a_short_row_breaks_the_contract(name: str) -> None:
    """A row that is shorter than its header is refused, so that no value changes its column."""
    changed = document(name)
    changed["resultSets"][0]["rowSet"][0].pop()
    with pytest.raises(ContractError, match="columns"):
        parse(name, changed)


def test_an_empty_game_log_has_no_record() -> None:
    """A game log without rows is read as no record; it is the caller that judges the count."""
    changed = document("nbac_player_boxscore")
    changed["resultSets"][0]["rowSet"] = []
    assert parse("nbac_player_boxscore", changed).count == 0


def test_s1_box_score_before_the_end_is_not_ready() -> None:
    """A box score whose sets are all empty is not ready, which is not the same as no data."""
    changed = document("nbac_team_boxscore")
    for each in changed["resultSets"]:
        each["rowSet"] = []
    with pytest.raises(NotReadyError, match="0022509001"):
        parse("nbac_team_boxscore", changed)


@pytest.mark.parametrize("emptied", [0, 1])
def test_s8_box_score_without_teams_breaks_the_contract(emptied: int) -> None:
    """Players without teams and teams without players are both refused."""
    changed = document("nbac_team_boxscore")
    changed["resultSets"][emptied]["rowSet"] = []
    with pytest.raises(ContractError, match="teams"):
        parse("nbac_team_boxscore", changed)


@pytest.mark.parametrize("name", ["nbac_team_boxscore", "nbac_play_by_play"])
def test_an_answer_about_another_game_breaks_the_contract(name: str) -> None:
    """An answer must be about the game that was asked for."""
    other = target(name, GameRef(game_id="0022509999", away="NYK", home="PHI"))
    with pytest.raises(ContractError, match="0022509999"):
        get(name).parse([sample(name)], other)


def test_s1_half_a_game_is_not_ready() -> None:
    """Play-by-play without the game's end is not stored as a whole game."""
    changed = document("nbac_play_by_play")
    changed["game"]["actions"].pop()
    with pytest.raises(NotReadyError, match="4 actions"):
        parse("nbac_play_by_play", changed)


def test_the_end_of_a_game_may_be_followed_by_any_number_of_corrections() -> None:
    """Actions that are added after the end, such as of a review, do not hide it."""
    changed = document("nbac_play_by_play")
    actions = changed["game"]["actions"]
    for number in range(702, 712):
        actions.append({**actions[1], "actionNumber": number, "actionType": "stoppage"})
    assert parse("nbac_play_by_play", changed).count == 15


def test_s1_an_end_before_the_last_period_s_is_none() -> None:
    """A game that went on after its end was noted, such as in overtime, is not over."""
    changed = document("nbac_play_by_play")
    actions = changed["game"]["actions"]
    actions.append({**actions[3], "actionNumber": 702, "period": 5})
    with pytest.raises(NotReadyError, match="6 actions and no end yet"):
        parse("nbac_play_by_play", changed)
    actions.append({**actions[4], "actionNumber": 703, "period": 5})
    assert parse("nbac_play_by_play", changed).count == 7


def test_s1_no_action_yet_is_not_ready() -> None:
    """A game without any action is not ready."""
    changed = document("nbac_play_by_play")
    changed["game"]["actions"] = []
    with pytest.raises(NotReadyError, match="0 actions"):
        parse("nbac_play_by_play", changed)


def test_s1_much_text_without_actions_breaks_the_contract() -> None:
    """A long file without actions is refused: its plays have moved to another field."""
    changed = document("nbac_play_by_play")
    changed["game"] |= {"plays": changed["game"]["actions"] * 2, "actions": []}
    with pytest.raises(ContractError, match="without an action"):
        parse("nbac_play_by_play", changed)


def test_a_schedule_that_the_decisions_cannot_read_breaks_the_contract() -> None:
    """The schedule's own error becomes a broken contract that names the game and the field."""
    changed = document("nbac_schedule_api")
    changed["leagueSchedule"]["gameDates"][0]["games"][0]["gameDateTimeUTC"] = "later"
    with pytest.raises(ContractError, match="0022509001: gameDateTimeUTC"):
        parse("nbac_schedule_api", changed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event.pop("id"),
        lambda event: event.pop("bookmakers"),
        lambda event: event["bookmakers"][0].pop("markets"),
        lambda event: [market.pop("key") for market in event["bookmakers"][0]["markets"]],
    ],
)
def test_changed_odds_break_the_contract(spoil: Any) -> None:
    """Odds are checked on every level that the parser needs."""
    event = document("oddsa_game_lines")[0]
    spoil(event)
    with pytest.raises(ContractError, match="oddsa_game_lines"):
        parse("oddsa_game_lines", event)


@pytest.mark.parametrize("name", sorted(PDFS))
def test_a_cut_pdf_breaks_the_contract(name: str) -> None:
    """A PDF that lacks its end is refused."""
    with pytest.raises(ContractError, match="cut off"):
        parse(name, sample(name)[:-8])


@pytest.mark.parametrize("name", sorted(PDFS))
def test_s1_a_pdf_that_is_cut_off_breaks_the_contract(name: str) -> None:
    """A file that was changed later has an end mark inside as well: only one at the end counts."""
    whole = sample(name)
    cut = whole[: whole.rindex(b"%%EOF")]
    for body in (cut, whole + b"1 0 obj " + b"x" * 2000):
        with pytest.raises(ContractError, match="is cut off"):
            parse(name, body)


def test_a_pdf_may_end_with_some_bytes_of_its_server() -> None:
    """The end mark may stand up to a kilobyte before the end of the file."""
    assert parse("nbac_gamebook_pdf", sample("nbac_gamebook_pdf") + b"\n" * 1000).count == 1
