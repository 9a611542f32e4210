"""`python -m local games` shows what each game of a date has, and what it lacks."""

import json
from dataclasses import replace

import pytest

from common.look.coverage import cover
from local.commands.look.games import lines_of
from tests.kit.operated import gone_wrong, run
from tests.kit.situations import game
from tests.kit.world import DAY


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


def test_what_is_off_or_postponed_has_its_line() -> None:
    """Each of them."""
    moved = (game(1, home="BOS"), game(2, home="NYK"))
    held = replace(cover(gone_wrong().runtime, DAY), off=("a", "b"), postponed=moved)
    lines = [*lines_of(held)]
    for name in ("a", "b"):
        assert f"{name} is off: its source has no address or key here" in lines
    assert {"postponed: MIL@BOS", "postponed: MIL@NYK"} <= {*lines}
