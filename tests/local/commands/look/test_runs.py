"""`python -m local runs` lists the runs of a date, and `run` follows one of them."""

import json
from datetime import timedelta

import pytest

from common.look.run_life import RunLife, Step, Task
from common.look.runs import ID_CHARACTERS, Run, runs_on
from local.commands.look.runs import ERROR_CHARACTERS_MAX, cut, lines_of
from tests.kit.operated import forced_ahead, gone_wrong, run
from tests.kit.situations import et
from tests.kit.world import DAY


def test_the_table_has_each_run_with_what_it_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slot, short id, workflow, date and games, and the first errors."""
    said = run(gone_wrong(), monkeypatch, "runs", "--date", "2025-11-12").stdout
    (line,) = (row for row in said.splitlines() if "post_game_window_2" in row)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert [cells[0], *cells[2:4]] == ["23:00", "post_game_window_2", "2025-11-12, 9 games"]
    assert cells[4].startswith("partial: 12 of 30 tasks, 18 failed; nbac_")


def test_a_date_without_a_run_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default date is today's, by the clock of what is looked at."""
    said = run(gone_wrong(), monkeypatch, "runs").stdout
    assert said == "No run was decided in the slots of 2025-11-13.\n"


def test_a_run_is_followed_to_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line has its time, and how long after the one before it came."""
    found = runs_on(gone_wrong().runtime, DAY)[0]
    said = run(gone_wrong(), monkeypatch, "run", found.execution_id[:ID_CHARACTERS]).stdout
    lines = said.splitlines()
    assert lines[0].endswith("2025-11-12 06:00 ET, about 2025-11-12: completed, 2 of 2 tasks")
    assert lines[2] == f"  execution {found.execution_id}  06:00:00 +0.0 s"
    assert lines[3] == "  step 1"
    assert lines[4].startswith("    nbac_schedule_api 2025-11-12: 06:00:00 +0.0 s SUCCESS in ")
    assert (
        " records → gs://nba-scraped-data/nbac-schedule-api/2025-11-12/060000.json, row +" in said
    )
    assert lines[-1].endswith("COMPLETED")


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has each run, and the run its steps and tasks."""
    world = gone_wrong()
    listed = json.loads(run(world, monkeypatch, "runs", "--date", "2025-11-12", "--json").stdout)
    assert len(listed) == len(runs_on(world.runtime, DAY))
    whole = json.loads(run(world, monkeypatch, "run", listed[0]["execution_id"], "--json").stdout)
    assert whole.items() >= listed[0].items()
    (step,) = whole["steps"]
    assert {task["outcome"] for task in step["tasks"]} == {"SUCCESS"}


def test_an_unknown_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says where to look."""
    done = run(gone_wrong(), monkeypatch, "run", "nope")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no run 'nope' from 2025-11-05 to now" in done.stderr


def test_an_error_is_cut_where_it_is_too_long() -> None:
    """One of just the length is whole."""
    whole = "x" * ERROR_CHARACTERS_MAX
    assert cut(whole) == whole
    assert cut(f"{whole}y") == f"{whole[:-1]}…"


def test_a_step_follows_the_last_end_before_it() -> None:
    """Where a step has no row yet, the one before that counts; what was lost is told as such."""
    began = et("2025-11-12 23:00")
    decision = {
        "workflow_name": "f",
        "slot": began,
        "decision_time": began,
        "reason": "r",
        "target_date": DAY,
        "decision_id": "d",
        "action": "RUN",
        "forced": False,
    }
    row = {
        "triggered_at": began,
        "duration_seconds": 60,
        "outcome": "SUCCESS",
        "gcs_path": "gs:",
        "records_processed": 1,
        "error_message": None,
        "logged_at": began,
    }
    late = {**row, "triggered_at": began + timedelta(minutes=2), "duration_seconds": 5}
    late["logged_at"] = began + timedelta(minutes=2, seconds=8)
    short = {**row, "duration_seconds": 30}
    steps = (
        Step(1, (), (Task("a", "g", row, reported=True), Task("b", "g", short, reported=True))),
        Step(2, ("a", "b"), (Task("c", "g", None, reported=True),)),
        Step(3, (), (Task("d", "g", late, reported=True), Task("e", "g", None, reported=False))),
    )
    lines = [*lines_of(RunLife(Run(decision, None), began, steps))]
    assert "  step 2, in place of a and b" in lines
    assert "    c g: reported, without a row yet" in lines
    assert any(line.startswith("    d g: 23:02:00 +60.0 s SUCCESS in 5.0 s") for line in lines)
    assert "    e g: has not reported" in lines
    (last,) = (line for line in lines if line.startswith("    d g: "))
    assert last.endswith("gs:, row +3.0 s")
    ended: dict[str, object] = {
        "execution_time": began,
        "finished_at": began + timedelta(minutes=3),
    }
    ended |= {"outcome": "PARTIAL", "error_message": "why", "scrapers_succeeded": 3}
    ended |= {"scrapers_triggered": 5, "scrapers_failed": 2}
    lines = [*lines_of(RunLife(Run(decision, ended), began, steps))]
    assert lines[-1] == "  ended 23:03:00 +55.0 s PARTIAL: why"


def test_a_slot_to_come_that_was_forced_has_no_negative_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is counted from its decision, whose time is the slot's."""
    world = forced_ahead()
    for found in runs_on(world.runtime, DAY + timedelta(days=1)):
        said = run(world, monkeypatch, "run", found.execution_id).stdout
        assert f"execution {found.execution_id}  23:45:" in said
        assert f"{found.execution_id}  23:45:00\n" in said
        assert " row +" in said
        assert " -" not in said
