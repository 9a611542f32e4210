"""The parsers read what the sources really sent; the large recordings are not in the repository."""

from collections import Counter
from datetime import date

import pytest

from common.messages.models import GameRef
from common.scrapers import get
from common.scrapers.model import Parsed, Target
from common.settings import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "samples"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings in {FOLDER}")
CLIPPERS_JAZZ = GameRef(game_id="0022400500", away="UTA", home="LAC")
TARGETS = {
    "nbac_team_boxscore": (
        date(2025, 1, 15),
        GameRef(game_id="0022400561", away="NYK", home="PHI"),
    ),
    "nbac_play_by_play": (date(2025, 1, 6), CLIPPERS_JAZZ),
    "nbac_gamebook_pdf": (date(2025, 1, 6), CLIPPERS_JAZZ),
    "nbac_player_boxscore": (date(2025, 3, 15), None),
    "nbac_referee_assignments": (date(2025, 1, 8), None),
    "nbac_injury_report": (date(2024, 1, 4), None),
}


def parse(name: str, file: str) -> Parsed:
    """Return what a scraper reads from a recording, for the target of that recording."""
    day, game = TARGETS.get(name, (date(2024, 1, 24), None))
    body = (FOLDER / file).read_bytes()
    return get(name).parse([body], Target(name, day, "2024-25", game))


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
        ("oddsa_events", "oddsa_events_his.json", 3),
        ("oddsa_player_props", "oddsa_player_props_his.json", 1),
        ("oddsa_game_lines", "oddsa_game_lines_his.json", 1),
        ("oddsa_game_lines", "odds_api_historical_game_lines.json", 1),
    ],
)
def test_a_recording_is_read_to_its_last_record(name: str, file: str, count: int) -> None:
    """The parser counts every record of a real answer; seven of its ten events are of the 25th."""
    assert parse(name, file).count == count


def test_a_real_schedule_keeps_the_games_as_served() -> None:
    """Each record is the game as the source served it, with the date that lists it."""
    first = parse("nbac_schedule_api", "nbac_schedule_cdn.json").records[0]
    assert first["gameDate"] == "10/02/2025 00:00:00"
    assert first["gameCode"] == "20251002/PHINYK"
    assert "broadcasters" in first


def test_a_real_box_score_has_the_players_under_their_team() -> None:
    """The points of the players of each team add up to the team's own."""
    teams = parse("nbac_team_boxscore", "nbac_team_boxscore.json").records
    sums = {row["TEAM_ABBREVIATION"]: sum(p["PTS"] or 0 for p in row["PLAYERS"]) for row in teams}
    assert (
        sums == {row["TEAM_ABBREVIATION"]: row["PTS"] for row in teams} == {"NYK": 125, "PHI": 119}
    )


def test_the_rows_of_a_real_injury_report_are_read() -> None:
    """Names of three words, wrapped reasons and a page break do not disturb the columns."""
    rows = parse("nbac_injury_report", "nbac_injury_report.pdf").records
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
