"""Every scraper that is off by default reads its sample, and what its source really sent."""

import gzip
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.calendar.games import season_of
from common.messages.models import GameRef
from common.scrapers import REGISTRY, get
from common.scrapers.model import Parsed, Target
from common.settings import ROOT
from tests.kit.samples import bodies, target

RECORDINGS = ROOT.parent / "shared" / "data" / "samples"
NIGHT = datetime(2024, 1, 25, 3, 58, tzinfo=UTC)
"""Between the snapshot of the historical recordings and the next one."""

READ: dict[str, tuple[int, dict[str, Any]]] = {
    "bp_events": (2, {"home": "CHA", "visitor": "MIL"}),
    "espn_boxscore": (2, {"teamTricode": "MIL", "score": 101}),
    "espn_roster": (2, {"teamTricode": "CHA", "displayName": "Carl Example"}),
    "espn_scoreboard": (2, {"id": "401899001"}),
    "nbac_boxscore": (2, {"teamTricode": "MIL", "score": 101, "gameId": "0022509001"}),
    "nbac_boxscore_advanced": (2, {"teamTricode": "MIL", "gameId": "0022509001"}),
    "nbac_boxscore_player_track": (2, {"teamTricode": "MIL"}),
    "nbac_boxscore_usage": (2, {"teamTricode": "MIL"}),
    "nbac_player_movement": (2, {"TEAM_ID": 1610612766, "PLAYER_ID": 9000011}),
    "nbac_roster": (2, {"TEAM_ABBREVIATION": "CHA", "PLAYER": "Carl Example"}),
    "nbac_scoreboard": (2, {"gameId": "0022509001"}),
    "nbac_standings": (30, {"TeamCity": "ATL", "WINS": 0}),
    "oddsa_events_his": (2, {"home_team": "Charlotte Hornets"}),
    "oddsa_game_lines_his": (1, {"away_team": "Milwaukee Bucks"}),
    "oddsa_player_props_his": (1, {"away_team": "Milwaukee Bucks"}),
}
"""By scraper: how many records its sample has, and some fields of the first one."""


@dataclass(frozen=True)
class Recording:
    """Recorded answers, what was asked for them, and how many records they have."""

    files: str
    count: int
    day: date
    asked: dict[str, Any] = field(default_factory=dict)

    def target(self, name: str) -> Target:
        """Return the target that the recording answers."""
        return Target(name, self.day, season_of(self.day), **self.asked)

    def bodies(self) -> list[bytes]:
        """Read the files."""
        found = [(RECORDINGS / file).read_bytes() for file in self.files.split()]
        return [gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body for body in found]


def game(game_id: str, away: str, home: str) -> dict[str, GameRef]:
    """Return a game as a target names it."""
    return {"game": GameRef(game_id=game_id, away=away, home=home)}


EVENING = date(2024, 1, 15)
CHI_CLE = game("0022200552", "CHI", "CLE")
LINES = {"instant": NIGHT, "event_ids": ("cd0bc7d0c238f4446ce1c03d0cea7ec4",)}
RECORDED: dict[str, list[Recording]] = {
    "bp_events": [Recording("bp_events.json", 3, date(2021, 10, 21))],
    "espn_boxscore": [
        Recording(
            "espn_scoreboard_20240115.json espn_game_boxscore.html",
            2,
            EVENING,
            game("0022300555", "HOU", "PHI"),
        )
    ],
    "espn_roster": [Recording("espn_roster_api.json", 17, date(2025, 7, 1), {"teams": ("BOS",)})],
    "espn_scoreboard": [
        Recording("espn_scoreboard_20240115.json", 11, EVENING),
        Recording("espn_scoreboard_20250214_empty.json", 0, date(2025, 2, 14)),
    ],
    "nbac_boxscore": [
        Recording(
            "nba_live_boxscore_0022000001.json",
            2,
            date(2020, 12, 22),
            game("0022000001", "GSW", "BKN"),
        )
    ],
    "nbac_boxscore_advanced": [
        Recording("nba_stats_boxscoreadvancedv3_0022200552.json", 2, date(2022, 12, 31), CHI_CLE)
    ],
    "nbac_boxscore_player_track": [
        Recording("nba_stats_boxscoreplayertrackv3_0022200552.json", 2, date(2022, 12, 31), CHI_CLE)
    ],
    "nbac_boxscore_usage": [
        Recording("nba_stats_boxscoreusagev3_0022200552.json", 2, date(2022, 12, 31), CHI_CLE)
    ],
    "nbac_player_movement": [Recording("nbac_player_movement.json.gz", 8730, date(2025, 7, 16))],
    "nbac_roster": [Recording("nbac_roster.html", 18, date(2025, 9, 1), {"teams": ("GSW",)})],
    "nbac_scoreboard": [Recording("nba_stats_scoreboardv3_20251105.json", 11, date(2025, 11, 5))],
    "nbac_standings": [Recording("nba_stats_leaguestandingsv3.json", 30, date(2026, 2, 20))],
    "nbac_team_boxscore": [
        Recording(
            "nba_stats_boxscoretraditionalv3_0022500165.json",
            2,
            date(2025, 11, 4),
            game("0022500165", "MIL", "TOR"),
        )
    ],
    "oddsa_events_his": [
        Recording("oddsa_events_his.json", 3, date(2024, 1, 24), {"instant": NIGHT}),
        Recording("oddsa_events_his.json", 7, date(2024, 1, 25), {"instant": NIGHT}),
    ],
    "oddsa_game_lines_his": [
        Recording("oddsa_game_lines_his.json", 1, date(2024, 1, 24), LINES),
        Recording("odds_api_historical_game_lines.json", 1, date(2024, 1, 24), LINES),
    ],
}
"""No recording holds past props: `oddsa_player_props_his.json` has the bytes of the game lines."""
CASES = [
    pytest.param(name, recording, id=f"{name}-{number}")
    for name, recordings in RECORDED.items()
    for number, recording in enumerate(recordings)
]


def test_every_scraper_that_is_off_has_a_sample() -> None:
    """No scraper is declared without an answer that a test reads."""
    assert READ.keys() == {name for name, scraper in REGISTRY.items() if scraper.off}
    assert READ.keys() - RECORDED.keys() == {"oddsa_player_props_his"}


@pytest.mark.parametrize("name", READ)
def test_the_sample_of_every_scraper_is_read(name: str) -> None:
    """A scraper counts the records of its sample and reads the fields of the first one."""
    parsed = get(name).parse(bodies(name), target(name))
    count, fields = READ[name]
    assert (parsed.count, len(parsed.records)) == (count, count)
    assert {field: parsed.records[0].get(field) for field in fields} == fields


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
@pytest.mark.parametrize(("name", "recording"), CASES)
def test_a_recording_is_read_to_its_last_record(name: str, recording: Recording) -> None:
    """The parser counts every record of a real answer."""
    parsed = read(name, recording)
    assert (parsed.count, len(parsed.records)) == (recording.count, recording.count)


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")
def test_two_owners_agree_on_a_score() -> None:
    """ESPN's page and its scoreboard, read by two scrapers, give the score that NBA.com gave."""
    (recording,) = RECORDED["espn_boxscore"]
    rows = read("espn_boxscore", recording).records
    assert {row["teamTricode"]: row["score"] for row in rows} == {"HOU": 115, "PHI": 124}
    embiid = next(p for row in rows for p in row["players"] if p["name"] == "Joel Embiid")
    assert (embiid["PTS"], embiid["REB"], embiid["FG"], embiid["starter"]) == (
        "41",
        "10",
        "12-21",
        True,
    )


def read(name: str, recording: Recording) -> Parsed:
    """Return what a scraper reads from a recording."""
    return get(name).parse(recording.bodies(), recording.target(name))
