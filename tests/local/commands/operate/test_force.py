"""`python -m local force` decides a slot again."""

import json
from datetime import time

import pytest

from common.eastern import at
from tests.kit.operated import day_gone_wrong, run
from tests.kit.world import DAY


def test_each_decision_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Action, workflow and reason; as JSON, a list."""
    world = day_gone_wrong(at(DAY, time(8, 30)))
    said = run(world, monkeypatch, "force", "2025-11-12T07:00").stdout
    assert "SKIP  betting_lines: Too early (first game in 12h, lead time 6h)\n" in said
    made = json.loads(run(world, monkeypatch, "force", "2025-11-12T07:00", "--json").stdout)
    assert len(made) == len(said.splitlines())
    assert {one["slot"] for one in made} == {"2025-11-12T12:00:00+00:00"}


def test_a_slot_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 2, one line."""
    done = run(day_gone_wrong(at(DAY, time(5))), monkeypatch, "force", "2025-11-12T07:20")
    assert done.exit_code == 2
    assert "the controller has no tick at 2025-11-12 07:20 ET" in done.stderr
    done = run(day_gone_wrong(at(DAY, time(5))), monkeypatch, "force", "no_lines")
    assert done.exit_code == 2
    assert "'no_lines' is not an ISO 8601 instant, and no workflow: morning_oper" in done.stderr


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("0001-01-01T06:00", "'0001-01-01T06:00': give a year from 1970 to 2199"),
        ("2025-11-12", "'2025-11-12' has no time of day; write 2025-11-12T13:00"),
        ("2025-13-40T06:00", "'2025-13-40T06:00' is not an ISO 8601 instant"),
    ],
)
def test_what_is_meant_as_a_slot_is_refused_as_one(
    slot: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workflows are no help there: no name of one begins with a digit."""
    done = run(day_gone_wrong(at(DAY, time(5))), monkeypatch, "force", slot)
    assert done.exit_code == 2
    assert done.stderr.endswith(f"{said}\n")


def test_a_workflow_stands_for_its_last_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window's is its own, another workflow's the latest."""
    world = day_gone_wrong(at(DAY, time(8, 30)))
    made = json.loads(run(world, monkeypatch, "force", "post_game_window_3", "--json").stdout)
    assert [(one["slot"], one["workflow_name"]) for one in made] == [
        ("2025-11-12T11:00:00+00:00", "post_game_window_3")
    ]
    made = json.loads(run(world, monkeypatch, "force", "post_game_window_2", "--json").stdout)
    assert {one["slot"] for one in made} == {"2025-11-12T04:00:00+00:00"}
    made = json.loads(run(world, monkeypatch, "force", "betting_lines", "--json").stdout)
    assert {one["slot"] for one in made} == {"2025-11-12T13:00:00+00:00"}


@pytest.mark.parametrize(("form", "printed"), [((), ""), (("--json",), "[]\n")])
def test_without_a_decision_it_says_where_to_look(
    form: tuple[str, ...], printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait is bounded by the option; a script sees it by the exit status."""
    world = day_gone_wrong(at(DAY, time(5)))
    world.publisher.listeners.clear()
    done = run(world, monkeypatch, "force", "2025-11-12T07:00", "--wait", "4", *form)
    assert (done.exit_code, done.stdout) == (1, printed)
    assert done.stderr == "forced; no decision came in 4 s, see: python -m local status\n"
