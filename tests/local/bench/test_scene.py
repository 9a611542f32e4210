"""The days of the measured chain, and the one workflow that they run."""

import json
from datetime import UTC, datetime
from pathlib import Path

import yaml

from local.bench.scene import FIRST_DAY, WARM_UP, make_scene, tick_body


def test_each_chain_has_a_day_of_its_own_with_the_same_games(tmp_path: Path) -> None:
    """No chain finds what another one left: the ids of the games are others."""
    scene = make_scene(tmp_path, 3)
    games = json.loads(scene.slate.read_text())["games"]
    assert [day.toordinal() - FIRST_DAY.toordinal() for day in scene.days] == [0, 1, 2]
    assert len({game["game_id"] for game in games}) == len(games) == 36
    by_day = [
        [(game["home"], game["away"], game["tipoff"]) for game in games if game["date"] == f"{day}"]
        for day in scene.days
    ]
    assert by_day[0] == by_day[1] == by_day[2]
    assert scene.start == datetime(2025, 11, 1, 4, tzinfo=UTC)
    assert list(yaml.safe_load(scene.workflows.read_text())["workflows"]) == ["betting_lines"]


def test_a_chain_begins_with_the_controller_s_tick() -> None:
    """The first chains open connections and load modules, and are not counted."""
    slot = datetime(2025, 11, 1, 19, tzinfo=UTC)
    tick = {"schema": "tick", "version": 1, "scheduled_time": "2025-11-01T19:00:00+00:00"}
    assert tick_body(slot) == tick
    assert WARM_UP > 1
