"""`python -m local games` shows what each game of a date has, and what it lacks."""

import json

import pytest

from tests.kit.operated import gone_wrong, run


def test_fu8_the_table_has_each_game_and_the_lines_each_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stranger reads which scrapers are missing for which games, and what they answered."""
    done = run(gone_wrong(), monkeypatch, "games", "2025-11-12")
    assert done.exit_code == 0
    first = next(line for line in done.stdout.splitlines() if "MIL@CHA │" in line)
    cells = [cell.strip() for cell in first.strip("│").split("│")]
    assert cells == ["19:00", "MIL@CHA", "13:00", "13:00", "23:00", "23:00", "MISSING", "MISSING"]
    assert "nbac_referee_assignments: MISSING" in done.stdout
    (line,) = (
        row for row in done.stdout.splitlines() if row.startswith("MISSING nbac_play_by_play")
    )
    assert line.startswith("MISSING nbac_play_by_play of MIL@CHA, CHI@DET, ORL@NYK")
    assert "answered 503" in line


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each datum has state, times, scraper and cause."""
    done = run(gone_wrong(), monkeypatch, "games", "2025-11-12", "--json")
    found = json.loads(done.stdout)
    assert (found["date"], len(found["games"])) == ("2025-11-12", 12)
    box = {one["scraper"]: one for one in found["games"][0]["data"]}["nbac_boxscore"]
    assert (box["state"], box["by"], box["why"]) == ("there", "nbac_boxscore", "")
    assert box["when"].startswith("2025-11-13T04:00")
    assert {one["scraper"]: one["state"] for one in found["date_data"]}[
        "nbac_referee_assignments"
    ] == "missing"


def test_a_date_without_games_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedule's word is given; there is no empty table."""
    done = run(gone_wrong(), monkeypatch, "games", "2025-11-20")
    assert done.stdout.startswith("The schedule lists no game on 2025-11-20.\n")
