"""`python -m local day` refuses what it cannot do before anything starts, on one line."""

import json
import socket
from pathlib import Path

import pytest

from tests.local.commands.command_line import assert_one_line, run

FLOW = "version: 1\nworkflows:\n  a:\n    kind: daily_window\n    title: A\n    priority: LOW\n"
BROKEN = {
    "not YAML": ("workflows: [", "not YAML"),
    "a missing field": (
        FLOW + '    end: "10:00"\n    steps: [{scrapers: [nbac_player_list]}]\n',
        "workflows.yaml:3: workflows.a.start: is missing",
    ),
    "an unknown scraper": (
        FLOW + '    start: "06:00"\n    end: "10:00"\n    steps: [{scrapers: [nope]}]\n',
        "unknown scraper 'nope'",
    ),
}


def test_an_unknown_date_is_one_line(tmp_path: Path) -> None:
    """A date without known games is refused with the option to pass."""
    done = run("day", "2031-01-01", "--out", str(tmp_path))
    assert_one_line(done, "pass --schedule FILE")


def test_a_malformed_date_is_one_line(tmp_path: Path) -> None:
    """A date of another form is refused with the right form."""
    assert_one_line(run("day", "12.11.2025", "--out", str(tmp_path)), "YYYY-MM-DD")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_workflow_file_is_one_line(kind: str, tmp_path: Path) -> None:
    """A workflow file that cannot work is refused with file and field."""
    text, expected = BROKEN[kind]
    path = tmp_path / "workflows.yaml"
    path.write_text(text)
    done = run("day", "2025-11-12", "--out", str(tmp_path), "--workflows", str(path))
    assert_one_line(done, expected)


def test_a_missing_schedule_file_is_one_line(tmp_path: Path) -> None:
    """A schedule file that does not exist is named."""
    missing = str(tmp_path / "none.json")
    assert_one_line(run("day", "2025-11-12", "--out", "x", "--schedule", missing), missing)


def test_a_schedule_without_a_field_is_one_line(tmp_path: Path) -> None:
    """A game without its status is refused with game id and field."""
    game = {"gameId": "0022500213", "awayTeam": {}, "homeTeam": {}}
    day = {"gameDate": "11/12/2025 00:00:00", "games": [game]}
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"leagueSchedule": {"gameDates": [day]}}))
    done = run("day", "2025-11-12", "--out", "x", "--schedule", str(path))
    assert_one_line(done, f"{path}: schedule game 0022500213: gameStatus")


def test_a_file_in_place_of_the_output_folder_is_refused(tmp_path: Path) -> None:
    """A file in place of the output folder, or above it, is named."""
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below"):
        done = run("day", "2025-11-12", "--out", str(tmp_path / out))
        assert_one_line(done, f"{tmp_path / 'file'} is a file")


@pytest.mark.stack
def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    """A fixed port that another process holds is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("day", "2025-11-12", "--out", str(tmp_path), "--port", f"storage={port}")
    assert_one_line(done, port)


def test_a_stack_with_chaos_is_not_kept(tmp_path: Path) -> None:
    """`--keep` with `--chaos` is refused."""
    done = run("day", "2025-11-12", "--out", str(tmp_path), "--keep", "--chaos", "1")
    assert_one_line(done, "--keep with --chaos")
