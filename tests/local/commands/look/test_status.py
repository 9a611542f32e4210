"""`python -m local status` shows today in one screen."""

import json
from dataclasses import replace
from datetime import time, timedelta

import pytest

from common.eastern import at
from common.look.runs import Run
from common.look.status import Status, WorkflowToday
from common.state.pauses import Pause
from local.operate.pauses import pause
from tests.kit.operated import day_gone_wrong, gone_wrong, run
from tests.kit.placed import row
from tests.kit.world import DAY, SWEEP, new_world


def test_after_midnight_it_shows_yesterday_s_troubles_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new day has no plan yet; what yesterday lacks is there below its date."""
    lines = run(gone_wrong(), monkeypatch, "status").stdout.splitlines()
    assert lines[:4] == [
        "Thursday 2025-11-13 00:00 ET",
        "plan: none is locked",
        "controller: decided 60 min ago",
        "cleanup: OK 15 min ago",
    ]
    assert lines[lines.index("2025-11-12:") + 1].startswith("  MISSING nbac_referee_assignments")
    assert lines[lines.index("2025-11-13:") + 1] == "  Nothing is late or missing."


def test_the_evening_shows_the_runs_and_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 23:45 the window has run with failures, and their causes are named."""
    world = day_gone_wrong(at(DAY, time(23, 45)))
    world.publisher.publish(
        "scraper-requests", {"schema": "scraper-request", "version": 1, "scraper": "unheard_of"}, {}
    )
    world.settle()
    pause(world.runtime, "betting_lines", by="ann", why="no credits")
    said = run(world, monkeypatch, "status").stdout
    assert "plan: locked 05:00\ncontroller: decided 45 min ago\ncleanup: OK 0 min ago\n" in said
    (line,) = (row for row in said.splitlines() if "post_game_window_2" in row)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[1:3] == ["23", "23:00 partial"]
    assert "PAUSED betting_lines by ann since 2025-11-12 23:45: no credits\n" in said
    assert "  MISSING nbac_play_by_play of MIL@CHA" in said
    assert said.endswith("Dead letters: 1; see: python -m local dlq list\n")


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each workflow has its planned times, runs and last decision."""
    found = json.loads(
        run(day_gone_wrong(at(DAY, time(13, 30))), monkeypatch, "status", "--json").stdout
    )
    lines = {one["workflow"]: one for one in found["workflows"]}["betting_lines"]
    assert [one["state"] for one in lines["runs"]] == ["COMPLETED"]
    assert len(lines["planned"]) == 5
    assert lines["last"]["action"] == "RUN"
    assert (found["dead_letters"], found["date"]) == (0, "2025-11-12")


def test_a_deployment_without_a_row_has_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first tick there is nothing to show, and no error."""
    world = day_gone_wrong(at(DAY, time(4, 55)))
    said = run(world, monkeypatch, "status").stdout
    assert "plan: none is locked\ncontroller: nothing was decided since yesterday\n" in said
    assert said.endswith("Dead letters: none\n")


def test_without_a_schedule_all_else_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the dates lack is not known, and the text says how to come by a schedule."""
    world = day_gone_wrong(at(DAY, time(0, 5)))
    done = run(world, monkeypatch, "status")
    assert done.exit_code == 0
    assert "cleanup: OK 5 min ago" in done.stdout
    assert "Data: not known: no readable schedule below gs://" in done.stdout
    assert "python -m local scrape nbac_schedule_api" in done.stdout
    held = json.loads(run(world, monkeypatch, "status", "--json").stdout)
    assert held["blind"].startswith("no readable schedule")


HELD = Status(SWEEP, DAY, None, (), None, None, {}, ())
"""What is known of a deployment in which nothing has happened."""


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("OK", None, "cleanup: OK 5 min ago"),
        ("FAILED", "no bucket", "cleanup: FAILED 5 min ago: no bucket"),
        (None, None, "cleanup: none since yesterday"),
    ],
)
def test_the_last_sweep_is_told_with_its_error(
    status: str | None, error: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program reads when it was, or null where there was none."""
    when = SWEEP - timedelta(minutes=5)
    row = {"cleanup_time": when, "status": status, "error_message": error}
    found = replace(HELD, swept=row if status else None)
    monkeypatch.setattr("common.look.status.status_of", lambda _: found)
    assert run(new_world(), monkeypatch, "status").stdout.splitlines()[3] == said
    shown = json.loads(run(new_world(), monkeypatch, "status", "--json").stdout)
    assert shown["last_cleanup"] == (when.isoformat() if status else None)


@pytest.mark.parametrize(("why", "said"), [("no credits", ": no credits"), ("", "")])
def test_a_pause_is_told_with_its_reason(
    why: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pause that has no reason is told without one."""
    held = Pause(by="ann", since=SWEEP, why=why)
    found = replace(HELD, pauses={"betting_lines": held})
    monkeypatch.setattr("common.look.status.status_of", lambda _: found)
    *_, line, last = run(new_world(), monkeypatch, "status").stdout.splitlines()
    assert line == f"PAUSED betting_lines by ann since 2025-11-12 13:30{said}"
    assert last == "Dead letters: none"


def test_a_workflow_s_runs_are_named_by_their_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """However late they were decided: in the table, below it and for a program."""
    slot = at(DAY, time(12))
    late = row("workflow_decisions", slot=slot, decision_time=slot + timedelta(minutes=35))
    made = {**late, "decision_id": "d", "action": "RUN", "reason": "because"}
    flow = WorkflowToday("betting_lines", (), (Run(made, None),), made)
    found = replace(HELD, workflows=(flow,))
    monkeypatch.setattr("common.look.status.status_of", lambda _: found)
    said = run(new_world(), monkeypatch, "status").stdout.splitlines()
    (line,) = (each for each in said if each.startswith("│"))
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells == ["betting_lines", "", "12:00 not started", "12:00 RUN: because"]
    assert "NOT STARTED betting_lines of 12:00: its message was not handled yet" in said
    shown = json.loads(run(new_world(), monkeypatch, "status", "--json").stdout)
    (told,) = shown["workflows"][0]["runs"]
    assert (told["slot"], told["state"]) == (slot.isoformat(), "not started")
