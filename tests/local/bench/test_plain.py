"""The floor does the chain's work: what it leaves out is told, not its rows."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from common.eastern import at
from local.bench import plain
from local.bench.compute import Sources
from local.bench.scene import SLOT, Scene, make_scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Write two days of games."""
    return make_scene(tmp_path, 2)


@pytest.fixture
def sources(scene: Scene) -> Sources:
    """Make sources at the first day's slot."""
    made = Sources(scene)
    made.turn_to(at(scene.days[0], SLOT))
    return made


def run(scene: Scene, sources: Sources, day: date) -> plain.InDicts:
    """Run the chain of a day."""
    store = plain.InDicts()
    plain.chain(scene.slate.read_bytes(), day, sources.body, store)
    return store


def test_a_chain_writes_one_decision_three_logs_and_one_execution(
    scene: Scene, sources: Sources
) -> None:
    """As the functions do; the props are of all twelve events."""
    store = run(scene, sources, scene.days[0])
    rows = [json.loads(row) for row in store.rows]
    assert Counter(row["table"] for row in rows) == {
        "workflow_decisions": 1,
        "scraper_execution_log": 3,
        "workflow_executions": 1,
    }
    (events,) = json.loads(store.objects["events/2025-11-01/190000.json"])
    assert len(events) == len(json.loads(store.objects["props/2025-11-01/190000.json"])) == 12
    assert rows[-1]["succeeded"] == 3


def test_a_day_without_games_is_skipped(scene: Scene, sources: Sources) -> None:
    """The floor decides, too."""
    store = run(scene, sources, scene.days[0] - timedelta(days=1))
    assert [json.loads(row)["action"] for row in store.rows] == ["SKIP"]
    assert store.objects == {}


def test_files_hold_what_the_dicts_hold(scene: Scene, sources: Sources, tmp_path: Path) -> None:
    """Both kinds of floor do the same."""
    folder = tmp_path / "files"
    folder.mkdir()
    plain.chain(scene.slate.read_bytes(), scene.days[0], sources.body, plain.InFiles(folder))
    kept = run(scene, sources, scene.days[0])
    assert {path.read_bytes() for path in folder.glob("*.json")} == set(kept.objects.values())
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert len(lines) == len(kept.rows)
