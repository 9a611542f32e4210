"""`python -m local simulate` refuses a schedule that it cannot run."""

import json
from pathlib import Path

from tests.local.commands.command_line import assert_one_line, run


def test_a_schedule_without_games_is_one_line(tmp_path: Path) -> None:
    """A schedule without games is refused with the name of its file."""
    path = tmp_path / "schedule.json"
    path.write_text(json.dumps({"leagueSchedule": {"gameDates": []}}))
    span = ("--from", "2031-11-12", "--to", "2031-11-12", "--out", str(tmp_path / "out"))
    done = run("simulate", "--schedule", str(path), *span)
    assert_one_line(done, f"{path} lists no game")
