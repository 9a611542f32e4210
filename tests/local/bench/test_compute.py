"""What is timed in memory is the whole chain, and nothing else."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.eastern import at
from common.logs import silent
from local.bench import compute, plain
from local.bench.compute import Bench, Sources, measure_compute, memory_world
from local.bench.scene import PREPARED, SLOT, WARM_UP, Scene, make_scene
from local.fake_sources.answers import Answer

DELIVERIES = {
    "master_controller": 1,
    "workflow_executor": 1,
    "scraper_runner": 3,
    "scraper_logger": 3,
    "execution_tracker": 3,
}


def test_every_delivery_of_a_chain_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """One decision and its start; three scrapes, each logged and tracked."""
    found = measure_compute(chains=2)
    counted = {name: held["deliveries"] for name, held in found["functions"].items()}
    assert counted == DELIVERIES
    assert min(found["chain_ms"], found["plain_ms"], found["ratio"]) > 0
    assert capsys.readouterr().err == ""  # the lines are written, and not to who measures


def test_both_chains_get_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain one asks first, and every scrape of the functions' chain still succeeds."""
    monkeypatch.setattr(compute, "time", SimpleNamespace(process_time=count().__next__))
    scene = make_scene(tmp_path, 1)
    bench, (day,) = Bench(scene), scene.days
    with silent():
        bench.prepare(day)
        assert bench.sources.now == bench.world.clock.now() == at(day, SLOT)
        plain.chain(scene.slate.read_bytes(), day, bench.sources.body, plain.InDicts())
        spent = bench.chain(day)
    # The looks before a delivery and after it are one step; what was prepared does not count.
    assert spent == {name: [1] * number for name, number in DELIVERIES.items()}
    log = bench.world.rows["scraper_execution_log"]
    assert {row["outcome"] for row in log} == {"SUCCESS"}
    assert len(log) == 4
    (refreshed,) = (row for row in log if row["scraper_name"] == "nbac_schedule_api")
    assert refreshed["triggered_at"] == at(day, PREPARED)


def test_the_world_in_memory_runs_the_scene_and_asks_without_waiting(tmp_path: Path) -> None:
    """It begins at the midnight before the first chain, and collects nothing of before."""
    scene = make_scene(tmp_path, 2)
    world = memory_world(scene)
    settings = world.runtime.settings
    assert (settings.source_interval_seconds, settings.collect_since) == (0, scene.days[0])
    assert [*world.runtime.workflows] == ["betting_lines"]
    assert world.clock.now() == scene.start


def test_an_answer_is_computed_once_for_an_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parameters that change no answer make no other one; the key is that of the local stack."""
    scene, asked = make_scene(tmp_path, 1), list[Any]()

    def answer(path: str, params: Mapping[str, str], _: object, now: datetime) -> Answer:
        asked.append((path, params, now))
        return Answer(200, "application/json", f"{len(asked)}".encode())

    monkeypatch.setattr(compute, "answer", answer)
    sources, slot = Sources(scene), at(scene.days[0], SLOT)
    given = [{"markets": "a"}, {"markets": "a", "oddsFormat": "x"}, {"markets": "b"}]
    given += [{"markets": "b", "regions": "us"}, {"commenceTimeTo": "c"}]
    assert [sources.body("/x", params) for params in given] == [b"1", b"1", b"2", b"3", b"4"]
    assert sources.body("/x", {"regions": "us", "markets": "b"}) == b"3"  # in another order
    assert sources.body("/y", given[0]) == b"5"
    sources.turn_to(slot)
    assert sources.body("/x", given[0]) == b"6"
    keyed = {"apiKey": "local-stack-key", "markets": "a"}
    assert [asked[0], asked[-1]] == [("/x", keyed, scene.start), ("/x", keyed, slot)]


def test_chains_are_measured_after_the_warm_up_each_beside_its_plain_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The plain chain runs twice, since the first time it has the answers computed."""
    seconds, done = [0.0], list[Any]()

    class Chains:
        def __init__(self, scene: Scene) -> None:
            self.sources, self.first = SimpleNamespace(body="the answers"), scene.days[0]

        def prepare(self, day: date) -> None:
            done.append(("prepare", day))

        def chain(self, day: date) -> dict[str, list[float]]:
            done.append(("chain", day))
            number = (day - self.first).days
            return {"f": [number, 1], "g": [0.50012346]}

    def plain_one(_: bytes, day: date, ask: object, store: object) -> None:
        assert (ask, type(store)) == ("the answers", plain.InDicts)
        done.append(("plain", day))
        seconds[0] += len(done) % 4  # 2 the first time, and then 3

    monkeypatch.setattr(compute, "Bench", Chains)
    monkeypatch.setattr(plain, "chain", plain_one)
    monkeypatch.setattr(compute, "time", SimpleNamespace(process_time=lambda: seconds[0]))
    assert measure_compute(chains=3) == {  # of the numbers 3, 4 and 5
        "functions": {"f": {"deliveries": 2, "ms": 5000}, "g": {"deliveries": 1, "ms": 500.123}},
        "chain_ms": 5500.123,
        "plain_ms": 3000,
        "ratio": 1.8,
    }
    days = [date(2025, 11, 1) + timedelta(days=number) for number in range(WARM_UP + 3)]
    steps = ("prepare", "plain", "plain", "chain")
    assert done == [(step, day) for day in days for step in steps]
