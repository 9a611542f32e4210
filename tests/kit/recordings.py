"""Which recorded answers each scraper reads; they are not in the repository."""

import gzip
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from common.calendar.games import season_of
from common.messages.models import GameRef
from common.scrapers.model import Target
from common.settings import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "samples"
NIGHT = datetime(2024, 1, 25, 3, 58, tzinfo=UTC)
"""Between the snapshot of the historical recordings and the next one."""
FILES = {
    "nbac_gamebook_pdf": "",
    "nbac_injury_report": "nbac_injury_report.pdf",
    "nbac_play_by_play": "nbac_play_by_play.json",
    "nbac_player_boxscore": "nbac_player_boxscore.json",
    "nbac_player_list": "nbac_player_list.json",
    "nbac_referee_assignments": "nbac_referee_assignments.json",
    "nbac_schedule_api": "nbac_schedule_cdn.json",
    "oddsa_events": "oddsa_events_his.json",
    "oddsa_game_lines": "oddsa_game_lines_his.json",
    "oddsa_player_props": "oddsa_event_odds_player_points_american.json",
}
"""Of the scrapers that a workflow must trigger; no whole gamebook is recorded."""


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
        found = [(FOLDER / file).read_bytes() for file in self.files.split()]
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
