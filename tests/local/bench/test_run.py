"""What a whole run of the bench measures, and of which days."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.bench import run
from local.bench.scene import WARM_UP, Scene, make_scene


def test_a_run_measures_each_part_on_one_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts twenty chains after the warm-up and eight days of a season, told one by one."""
    said: list[str] = []
    scenes: list[Scene] = []

    def scene(folder: Path, days: int) -> Scene:
        assert days == WARM_UP + 20
        scenes.append(make_scene(folder, days))
        return scenes[0]

    fakes: dict[str, Any] = {
        "SystemClock": lambda: SimpleNamespace(now=lambda: datetime(2026, 11, 5, tzinfo=UTC)),
        "make_scene": scene,
        "measure_compute": lambda: ["compute", len(said)],
        "measure_season": lambda *given: ["season", len(said), *given],
        "measure_pages": lambda: ["pages", len(said)],
        "measure_stack": lambda *given: {"stack": [len(said), given[0], given[1].is_dir()]},
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(run, name, fake)
    monkeypatch.setattr("os.getloadavg", lambda: (1.26, 7.0, 8.0))
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    measured = run.measure(said.append)
    (made,) = scenes
    machine = measured.pop("machine")
    assert measured == {
        "compute": ["compute", 1],
        "season": ["season", 2, made.slate, made.days[0], made.days[7]],
        "pages": ["pages", 3],
        "stack": [4, made, True],
    }
    assert (machine["cpus"], machine["load"]) == (3, 1.3)
    assert machine["day"] == "2026-11-05"
    assert machine["python"] == platform.python_version()
    assert len(said) == 4
