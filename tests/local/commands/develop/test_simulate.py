"""`python -m local simulate` refuses a schedule that it cannot run."""

import json
from datetime import date
from pathlib import Path

from tests.kit.seasons import season_of, write_season
from tests.local.commands.command_line import assert_one_line, run


def test_a_schedule_without_games_is_one_line(tmp_path: Path) -> None:
    """A schedule without games is refused with the name of its file."""
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"leagueSchedule": {"gameDates": []}}))
    span = ("--from", "2031-11-12", "--to", "2031-11-12", "--out", str(tmp_path / "out"))
    done = run("simulate", "--schedule", str(path), *span)
    assert_one_line(done, f"{path} lists no game")


def test_fs20_a_missed_window_is_a_failure(tmp_path: Path) -> None:
    """The exit status is 1 when a window was missed, with its name; the tables are written.

    How far it is stands on standard error where that is asked for, and nowhere else.
    """
    day = date(2031, 12, 1)
    file = write_season(tmp_path / "season.json", season_of({day: ["19:00"]}))
    span = ("--from", f"{day}", "--to", f"{day}", "--out", str(tmp_path / "out"))
    outage = ("--faults", "outage=master_controller:2031-12-01T05:00/6h")
    done = run("simulate", "--schedule", str(file), *span, *outage, "--progress")
    assert done.returncode == 1
    assert f"Missed window: {day} morning_operations" in done.stderr
    assert (tmp_path / "out" / "summary.json").exists()
    assert done.stderr.startswith(f"{day}  day 1 of 1  ")
    quiet = run("simulate", "--schedule", str(file), *span)
    assert (quiet.returncode, quiet.stderr) == (0, "")
