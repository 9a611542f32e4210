"""What a long simulation keeps."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from common.settings import ROOT, Settings
from common.state.names import PAUSES
from local.simulator.run import SimulateOptions, make_simulation
from local.simulator.simulation import DATA_KEPT_FOR, STATE_KEPT_FOR
from tests.kit.seasons import season_of, write_season
from tests.local.simulator.test_run import DAYS, FIRST

HOUR = timedelta(hours=1)


def test_state_is_deleted_by_age_as_in_the_cloud() -> None:
    """The age is the default of `state_retention_days`."""
    held = (ROOT / "terraform" / "variables.tf").read_text(encoding="utf-8")
    found = re.search(r'"state_retention_days" \{[^}]*?default += (\d+)', held)
    assert found
    assert timedelta(days=int(found[1])) == STATE_KEPT_FOR


def test_of_what_is_old_no_state_and_no_bytes_are_kept(tmp_path: Path) -> None:
    """Young objects and old pauses stay; old data stays listed, though nobody can read it."""
    file = write_season(tmp_path / "season.json", season_of(DAYS))
    simulation = make_simulation(SimulateOptions(file, FIRST, FIRST))
    world, settings = simulation.world, simulation.world.runtime.settings
    ages = {settings.state_bucket: STATE_KEPT_FOR, settings.data_bucket: DATA_KEPT_FOR}
    now = world.clock.now() + STATE_KEPT_FOR + HOUR
    for bucket, age in ages.items():
        for name, made in (("tasks/old", now - age - HOUR), ("tasks/young", now - age + HOUR)):
            world.clock.set(made)
            world.storage.create(bucket, name, name.encode())
    state, data = ages
    world.clock.set(now - STATE_KEPT_FOR - HOUR)
    world.storage.create(state, PAUSES, b"{}")
    world.clock.move(now)
    simulation.forget()
    assert [each.name for each in world.storage.list(state, "")] == [PAUSES, "tasks/young"]
    assert [each.name for each in world.storage.list(data, "")] == ["tasks/old", "tasks/young"]
    held = world.storage.read(data, "tasks/young")
    assert held
    assert held[0] == b"tasks/young"
    with pytest.raises(RuntimeError, match="bytes were dropped"):
        world.storage.read(data, "tasks/old")


def test_a_simulation_has_the_workflow_file_that_is_given(tmp_path: Path) -> None:
    """And not the committed one."""
    file = write_season(tmp_path / "season.json", season_of(DAYS))
    other = tmp_path / "workflows.yaml"
    other.write_text(Settings().workflows_file.read_text())
    made = make_simulation(SimulateOptions(file, FIRST, FIRST, workflows=other))
    assert made.world.runtime.settings.workflows_file == other
