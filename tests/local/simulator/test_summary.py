"""What a simulation came to, told from an outcome in which no two numbers are the same."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.cloud.tables import NAMES
from local.records.coverage import GameCoverage
from local.simulator.chance import Fired
from local.simulator.run import Outcome, Progress, SimulateOptions
from local.simulator.summary import print_progress, print_summary, summary_of, write_outcome
from tests.kit.situations import game

DAY = date(2025, 11, 12)
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


def covered(number: int, lacks: tuple[str, ...] = (), **more: tuple[str, ...]) -> GameCoverage:
    """Return the coverage of a game that lacks some scrapers' data."""
    lines, twice = more.get("no_lines", ()), more.get("twice", ())
    return GameCoverage(game(number), lines, lacks, twice, None)


@pytest.fixture
def outcome() -> Outcome:
    """Make an outcome."""
    said = (("RUN", "B"), ("SKIP", "C"), ("SKIP", "A"), ("SKIP", "C"))
    rows: dict[str, list[Any]] = {name: [] for name in NAMES}
    rows["workflow_decisions"] = [{"action": one, "reason_code": code} for one, code in said]
    return Outcome(
        options=SimulateOptions(Path("x"), DAY, DAY.replace(day=14), 31, "crash=1%"),
        tables=rows,
        games=(
            covered(1),
            covered(2, ("nbac_boxscore", "a")),
            covered(3, ("a",), no_lines=("b",), twice=("c", "d", "e", "f", "g", "h", "i")),
            covered(4, ("a",), no_lines=("b",)),
            covered(5, ("a",), no_lines=("b", "c")),
            covered(6, ("a",)),
        ),
        lacking=({"game_id": "3"},),
        missed_windows=tuple("abcdefgh"),
        needless_runs=tuple("abcdefghi"),
        events=10,
        refused=11,
        dead_letters=12,
        days=13,
        wall_seconds=14.5,
        fired=tuple(Fired(kind, "p", "about", NOON) for kind in ("drop", "crash", "drop")),
        switches=((NOON, "s", "other"), (NOON, "s", "")),
    )


def test_a_summary_has_each_figure_under_its_name(outcome: Outcome) -> None:
    """Counts by name are in the order of the names; lists are what is counted."""
    found = summary_of(outcome)
    rows, lists, decisions = (found.pop(name) for name in ("rows", "lists", "decisions"))
    assert found.pop("faults_that_happened") == {"crash": 1, "drop": 2}
    assert found == {
        "from": "2025-11-12",
        "to": "2025-11-14",
        "days": 13,
        "seed": 31,
        "faults": "crash=1%",
        "games": 6,
        "games_with_lines_before_tipoff": 3,
        "games_with_box_score": 5,
        "games_with_every_post_game_scraper": 1,
        "missed_windows": 8,
        "runs_on_days_without_need": 9,
        "duplicate_collections": 7,
        "events": 10,
        "refused_deliveries": 11,
        "dead_letters": 12,
        "wall_seconds": 14.5,
    }
    assert rows == {name: 4 * (name == "workflow_decisions") for name in NAMES}
    assert [*decisions["by_reason_code"].items()] == [("A", 1), ("B", 1), ("C", 2)]
    assert decisions["by_action"] == {"RUN": 1, "SKIP": 3}
    assert lists == {
        "lacking_games": [{"game_id": "3"}],
        "missed_windows": [*"abcdefgh"],
        "runs_on_days_without_need": [*"abcdefghi"],
        "switches": ["2025-11-12T17:00Z s: other", "2025-11-12T17:00Z s: back"],
    }


def test_an_outcome_is_written_and_its_figures_are_printed(
    outcome: Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lists are in the file alone, whose place is the last line."""
    outcome.tables["workflow_decisions"].clear()
    write_outcome(outcome, tmp_path)
    text = (tmp_path / "summary.json").read_text()
    assert text == json.dumps(summary_of(outcome), indent=2) + "\n"
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"summary.json", *(f"{name}.jsonl" for name in NAMES)}
    print_summary(outcome, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "from: 2025-11-12"
    assert "games with box score: 5" in lines
    assert "games with every post game scraper: 1" in lines
    assert not [line for line in lines if line.startswith(("lists", "rows", "decisions"))]
    assert lines[-1] == f"Tables written to {tmp_path}"


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "day 1 of 2"), (2, "day 2 of 2"), (3, "1 after the last"), (5, "3 after the last")],
)
def test_progress_is_a_line_a_day(
    number: int, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Days behind the last one are counted by themselves."""
    print_progress(Progress(DAY, number, 2, 77, 1.25))
    assert capsys.readouterr() == ("", f"2025-11-12  {text}  77 events  1.2 s\n")
