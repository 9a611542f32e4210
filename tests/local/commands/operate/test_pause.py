"""`python -m local pause` and `resume` stop and start a workflow."""

import json

import pytest

from local.simulator.world import World
from tests.kit.operated import run
from tests.kit.world import SLOT, slate


def test_a_workflow_is_paused_shown_and_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status names it in between."""
    world = World(slate(), SLOT)
    words = ("betting_lines", "--why", "no credits", "--by", "ann")
    assert run(world, monkeypatch, "pause", *words).stdout == "paused betting_lines by ann\n"
    words = ("injury_discovery", "--why", "no news", "--by", "bob")
    assert json.loads(run(world, monkeypatch, "pause", *words, "--json").stdout) == {
        "workflow": "injury_discovery",
        "by": "bob",
        "since": SLOT.isoformat(),
        "why": "no news",
    }
    said = run(world, monkeypatch, "resume", "betting_lines").stdout
    assert said == "resumed betting_lines, which ann had paused at 2025-11-12T18:00Z\n"
    ended = json.loads(run(world, monkeypatch, "resume", "injury_discovery", "--json").stdout)
    assert ended["pause"]["since"] == "2025-11-12T18:00:00Z"
    said = run(world, monkeypatch, "resume", "betting_lines").stdout
    assert said == "betting_lines was not paused\n"


def test_who_says_nothing_of_it_pauses_by_the_name_of_their_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without `--by` the name of whoever is logged in is shown, so that somebody can be asked."""
    monkeypatch.setenv("LOGNAME", "carol")
    done = run(World(slate(), SLOT), monkeypatch, "pause", "betting_lines")
    assert done.stdout == "paused betting_lines by carol\n"


def test_a_mistake_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 2, with the known workflows."""
    done = run(World(slate(), SLOT), monkeypatch, "pause", "lines")
    assert done.exit_code == 2
    assert "no workflow 'lines' is enabled; known are morning_operations" in done.stderr
