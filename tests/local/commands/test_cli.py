import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from common.settings import ROOT

PINS = ("requirements.txt", "constraints.txt", "requirements-dev.txt")
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


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(done: subprocess.CompletedProcess[str], expected: str) -> None:
    """Exit status 2, nothing on standard output, one line on standard error."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert expected in done.stderr


def test_an_unknown_date_is_one_line(tmp_path: Path) -> None:
    """A date without known games is refused before anything starts, with what to pass."""
    done = run("day", "2031-01-01", "--out", str(tmp_path))
    assert_one_line(done, "pass --schedule FILE")


def test_a_malformed_date_is_one_line(tmp_path: Path) -> None:
    """A date that is none is refused with its form."""
    assert_one_line(run("day", "12.11.2025", "--out", str(tmp_path)), "YYYY-MM-DD")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_workflow_file_is_one_line(kind: str, tmp_path: Path) -> None:
    """A configuration that cannot work is refused with file and field before anything starts."""
    text, expected = BROKEN[kind]
    path = tmp_path / "workflows.yaml"
    path.write_text(text)
    done = run("day", "2025-11-12", "--out", str(tmp_path), "--workflows", str(path))
    assert_one_line(done, expected)


def test_a_missing_schedule_file_is_one_line(tmp_path: Path) -> None:
    """A schedule file that is not there is named."""
    missing = str(tmp_path / "none.json")
    assert_one_line(run("day", "2025-11-12", "--out", "x", "--schedule", missing), missing)


def test_a_schedule_without_a_field_is_one_line(tmp_path: Path) -> None:
    """A game without its status is named with game id and field."""
    game = {"gameId": "0022500213", "awayTeam": {}, "homeTeam": {}}
    day = {"gameDate": "11/12/2025 00:00:00", "games": [game]}
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"leagueSchedule": {"gameDates": [day]}}))
    done = run("day", "2025-11-12", "--out", "x", "--schedule", str(path))
    assert_one_line(done, f"{path}: schedule game 0022500213: gameStatus")


def test_a_folder_that_cannot_be_is_refused_before_the_work(tmp_path: Path) -> None:
    """A file in its place, or above it, is named."""
    (tmp_path / "file").write_text("")
    for out in ("file", "file/below"):
        done = run("day", "2025-11-12", "--out", str(tmp_path / out))
        assert_one_line(done, f"{tmp_path / 'file'} is a file")


def test_years_that_no_calendar_reaches_are_one_line(tmp_path: Path) -> None:
    """Dates and instants at either end of time are refused with what to give."""
    assert_one_line(run("decide", "--at", "9999-12-31T23:59"), "a year from 1970 to 2199")
    assert_one_line(run("day", "0001-01-01", "--out", str(tmp_path)), "a year from 1970 to 2199")


def test_a_schedule_without_games_is_one_line(tmp_path: Path) -> None:
    """A season without a game is no season, and its file is named."""
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"leagueSchedule": {"gameDates": []}}))
    span = ("--from", "2031-11-12", "--to", "2031-11-12", "--out", str(tmp_path / "out"))
    done = run("simulate", "--schedule", str(path), *span)
    assert_one_line(done, f"{path} lists no game")


@pytest.mark.stack
def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    """A fixed port that someone else holds is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("day", "2025-11-12", "--out", str(tmp_path), "--port", f"storage={port}")
    assert_one_line(done, port)


def test_sql_without_a_stack_is_one_line() -> None:
    """Without a kept stack, `sql` says how to start one."""
    if (ROOT / ".local" / "kept.json").exists():
        pytest.skip("a kept stack is up on this machine")
    assert_one_line(run("sql", "SELECT 1"), "--keep")


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
    """The three example decisions of the user's document come out word for word."""
    workflow, action, reason = EXAMPLES[instant]
    done = run("decide", "--at", instant, "--workflow", workflow)
    (row,) = json.loads(done.stdout)
    assert done.returncode == 0
    assert (row["action"], row["reason"]) == (action, reason)


def test_decide_refuses_an_unknown_workflow() -> None:
    """A workflow that is not configured is refused with those that are."""
    done = run("decide", "--at", "2025-11-12T13:00", "--workflow", "nope")
    assert_one_line(done, "betting_lines")


@pytest.mark.stack
def test_make_needs_only_python(tmp_path: Path) -> None:
    """Without the wanted Python, `make` says so in one line."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    for name in ("Makefile", *PINS):
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "no-such-python not found" in done.stderr


@pytest.mark.stack
@pytest.mark.parametrize("name", PINS)
def test_another_pin_makes_the_environment_anew(tmp_path: Path, name: str) -> None:
    """`make -q setup` has nothing to do until one of the pins' files is newer."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / ".venv").mkdir()
    for number, each in enumerate((*PINS, ".venv/installed")):
        (tmp_path / each).touch()
        os.utime(tmp_path / each, (number, number))
    asked = ["make", "-q", "setup"]
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 0
    os.utime(tmp_path / name, (9, 9))
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 1


@pytest.mark.stack
def test_soak_goes_on_after_a_failure_when_told_to(tmp_path: Path) -> None:
    """Without `-k` it ends with the tests that fail; with it the random weeks run all the same."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "ran $2"\nexit 1\n')
    python.chmod(0o755)
    for name in (*PINS, "Makefile", ".venv/installed"):
        (tmp_path / name).touch()
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    for flags, ran in (((), ["pytest"]), (("-k",), ["pytest", "local"])):
        done = subprocess.run(
            ["make", *flags, "soak"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 2
        assert [line[4:] for line in done.stdout.splitlines() if line.startswith("ran ")] == ran
