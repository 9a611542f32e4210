"""`python -m local incidents` lists what is open, and what is over as well."""

import json
from datetime import timedelta

import pytest

from tests.kit.incidents import incident_row
from tests.kit.operated import run
from tests.kit.world import SWEEP, new_world

HOUR = timedelta(hours=1)


def test_what_is_open_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, with what was last said; what is over is left out until it is asked for."""
    world = new_world()
    world.warehouse.views["incidents"] = [
        incident_row("execution", "betting_lines", SWEEP),
        incident_row("no-decision", "master_controller", SWEEP - HOUR, SWEEP),
        {**incident_row("late-data", "oddsa", SWEEP - HOUR, SWEEP), "recovered": False},
    ]
    said = run(world, monkeypatch, "incidents").stdout
    assert "betting_lines" in said
    assert "2025-11-12 13:30 │ open" in said
    assert "BLOCKED: oddsa_events" in said
    assert "no-decision" not in said
    whole = run(world, monkeypatch, "incidents", "--all").stdout
    assert whole.index("betting_lines") < whole.index("no-decision")
    assert "2025-11-12 13:30, given up" in whole


def test_the_last_to_open_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """With when that was, however lately another one was seen to be bad."""
    world = new_world()
    world.warehouse.views["incidents"] = [
        {**incident_row("execution", key, opened), "last_seen": opened + lasted}
        for key, opened, lasted in (
            ("old", SWEEP - 2 * HOUR, 2 * HOUR),
            ("new", SWEEP - HOUR, HOUR / 2),
        )
    ]
    lines = run(world, monkeypatch, "incidents").stdout.splitlines()
    shown = [line.split("│") for line in lines if "execution" in line]
    told = [(cells[2].strip(), cells[4].strip()) for cells in shown]
    assert told == [("new", "2025-11-12 12:30"), ("old", "2025-11-12 11:30")]


def test_nothing_open_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each."""
    world = new_world()
    assert run(world, monkeypatch, "incidents").stdout == "No incident is open.\n"
    said = run(world, monkeypatch, "incidents", "--all").stdout
    assert said == "There was no incident in 90 days.\n"


def test_json_has_the_same_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object each; times are ISO 8601."""
    world = new_world()
    world.warehouse.views["incidents"] = [incident_row("execution", "betting_lines", SWEEP)]
    (held,) = json.loads(run(world, monkeypatch, "incidents", "--json").stdout)
    assert (held["rule"], held["closed"], held["times"]) == ("execution", None, 3)
    assert held["opened"] == SWEEP.isoformat().replace("+00:00", "Z")
