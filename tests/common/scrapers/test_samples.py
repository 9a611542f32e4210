"""Every scraper that is off by default reads its sample, and what its source really sent."""

from datetime import date
from typing import Any

import pytest

from common.scrapers import REGISTRY, get
from common.scrapers.model import ContractError, Parsed
from tests.kit.recordings import FILES, LINES, RECORDED, Recording
from tests.kit.recordings import FOLDER as RECORDINGS
from tests.kit.samples import bodies, target

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
"""By scraper: how many records its sample has, and some fields of the first one; the tests of a
scraper may lie in a file of its own instead."""


CASES = [
    pytest.param(name, recording, id=f"{name}-{number}")
    for name, recordings in RECORDED.items()
    for number, recording in enumerate(recordings)
]


@pytest.mark.parametrize("name", REGISTRY)
def test_every_scraper_reads_its_sample(name: str) -> None:
    """No scraper is declared without an answer in `tests/kit/samples/`, with records to count."""
    assert get(name).parse(bodies(name), target(name)).count > 0


def test_the_recordings_are_of_scrapers() -> None:
    """No recording is kept for a scraper that is gone; docs/scrapers.md shows which has none."""
    recorded = RECORDED.keys() | FILES.keys()
    assert recorded <= REGISTRY.keys()
    assert len(recorded) > 20


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
def test_game_lines_are_no_props() -> None:
    """The recording that is named after the props holds spreads and totals, and is refused."""
    recording = Recording("oddsa_player_props_his.json", 0, date(2024, 1, 24), LINES)
    with pytest.raises(ContractError, match=r"markets are \['spreads', 'totals'\]"):
        read("oddsa_player_props_his", recording)


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
