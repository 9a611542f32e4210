"""`python -m local decide` prints decisions without a stack."""

import json
from pathlib import Path

import pytest

from local.stack.config import DEFAULT_SLATE
from tests.kit.served_schedule import document, game
from tests.local.commands.command_line import assert_one_line, run

EXAMPLES = {
    "2025-11-12T13:30:15": ("betting_lines", "RUN", "Ready: 12 games today, 5.5h until first game"),
    "2025-11-12T15:00:10": ("post_game_window_1", "SKIP", "Not in time window (20:00 ±30min)"),
    "2025-11-12T18:55:00": (
        "betting_lines",
        "ABORT",
        "Missed window (first game in 5 min, needed 6h lead time)",
    ),
}


@pytest.mark.parametrize("instant", EXAMPLES)
def test_decide_prints_the_seeds_examples(instant: str) -> None:
    """The three example decisions of docs/03-bigquery-schemas.md are printed word for word."""
    workflow, action, reason = EXAMPLES[instant]
    done = run("decide", "--at", instant, "--workflow", workflow)
    (row,) = json.loads(done.stdout)
    assert done.returncode == 0
    assert (row["action"], row["reason"]) == (action, reason)


def test_a_decision_is_explained_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The explanation is of what was asked for, the history among it, and has a line a sentence."""
    monkeypatch.setattr("local.review.decide.explained_at", lambda *given: map(str, given))
    asked = ("--at", "2025-11-12T13:30", "--workflow", "betting_lines", "--history", "out")
    lines = run("decide", *asked, "--explain").stdout.splitlines()
    assert lines == [f"{DEFAULT_SLATE}", "2025-11-12 13:30:00-05:00", "betting_lines", "out"]


def test_decide_refuses_an_unknown_workflow() -> None:
    """An unknown workflow is refused with the names of the configured ones."""
    done = run("decide", "--at", "2025-11-12T13:00", "--workflow", "nope")
    assert_one_line(done, "betting_lines")


def test_fu4_a_date_that_no_game_is_near_is_refused() -> None:
    """The schedule's dates are named; a day without games between others is decided."""
    done = run("decide", "--at", "2035-11-12T13:00")
    assert_one_line(done, "2035-11-12: no games known")
    assert "2025-11-11 to 2025-11-13" in done.stderr
    assert run("decide", "--at", "2025-11-14T13:00").returncode == 0


@pytest.mark.parametrize(("count", "rest"), [(10, []), (12, ["2 more warnings"])])
def test_fs01_the_first_warnings_of_a_schedule_are_shown(
    count: int, rest: list[str], tmp_path: Path
) -> None:
    """What a schedule file says in unknown words stands on standard error, the rest is counted."""
    games = [game(gameId=f"00225{number:05d}", postponedStatus="Z") for number in range(count)]
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(document(*games)))
    asked = ("--at", "2025-11-12T13:00", "--workflow", "betting_lines", "--schedule", str(file))
    done = run("decide", *asked)
    (row,) = json.loads(done.stdout)
    assert row["action"] == "RUN"
    lines = done.stderr.splitlines()
    for number, line in enumerate(lines[:10]):
        assert line.startswith(f"Warning: game 00225{number:05d}: postponedStatus is 'Z'")
    assert lines[10:] == rest


def test_a_schedule_that_is_nested_too_deeply_is_one_line(tmp_path: Path) -> None:
    """As any other file that is no JSON."""
    file = tmp_path / "deep.json"
    file.write_text("[" * 100_000)
    done = run("decide", "--at", "2025-11-12T13:00", "--schedule", str(file))
    assert_one_line(done, f"slate {file}: recursion limit exceeded")


def test_fs11_a_game_that_is_called_off_is_not_planned(tmp_path: Path) -> None:
    """No workflow decides for a game whose text calls it off, nor calls it final."""
    off = [
        game(gameId=f"00225{number:05d}", gameStatusText=text)
        for number, text in enumerate(("Postponed", "Cancelled"))
    ]
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(document(*off)))
    for clock in ("13:00", "20:00", "23:00"):
        done = run("decide", "--at", f"2025-11-12T{clock}:15", "--schedule", str(file))
        rows = {row["workflow_name"]: row for row in json.loads(done.stdout)}
        assert rows["betting_lines"]["reason"] == "No games today"
        assert not any(row["game_ids"] for row in rows.values())
