"""What the bench's run of a stack measures, in which order, and what each figure is of."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.eastern import at
from common.settings import variable
from local.bench import stack as benched
from local.bench.calls.path import ONE_EACH
from local.bench.processes.parts import Use
from local.bench.scene import WARM_UP, Scene
from local.bench.stack import Known, measure_stack
from local.stack.config import StackConfig

DAYS = [date(2025, 11, 1) + timedelta(days=number) for number in range(WARM_UP + 2)]
SPENT, ANEW = {"insert": 0.25, "query": 0.5}, {"insert": 1.0, "query": 2.0}


class Parts:
    """Parts that note their calls, each of which takes a second; warm-ups take ten more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[Any] = []
        self.seconds = 0.0
        self.where = {"pid": 7}
        self.environment = {variable("odds_api_url"): "http://h:1"}
        self.config = StackConfig(
            instant=at(DAYS[0], time()),
            folder=folder / "stack",
            slate=folder / "slate.json",
            workflows=folder / "workflows.yaml",
            collect_since=DAYS[0],
        )

    def note(self, step: object, seconds: float = 1) -> None:
        """Note a step, which takes so long."""
        self.done.append(step)
        self.seconds += seconds

    def prepare(self, day: date) -> None:
        """Note it."""
        self.note(("prepare", day.day))

    def chain(self, day: date) -> float:
        """Note it, and take as many seconds as is the day's number."""
        self.note("chain", 1 if day in DAYS[WARM_UP:] else 11)
        return 100.0 if day in DAYS[:WARM_UP] else 4.0

    def plain(self, slate: bytes, day: date, ask: object, store: object) -> None:
        """Note it; what it is given is what the stack's chain has."""
        assert (slate, ask) == (b"slate", "asks h:1")
        assert store == f"files of {self.folder.name}"
        self.note("plain", 1 if day in DAYS[WARM_UP:] else 11)

    def look(self, pid: int) -> dict[str, Use]:
        """Note it, and return the seconds so far."""
        assert pid == 7
        self.note("look", 0)
        return {"functions": Use(self.seconds, self.seconds)}

    def burst(self, decision: str, number: int) -> float:
        """Note it."""
        assert decision == "RUN of one each"
        self.note(f"burst of {number}", number)
        return number * 2.0

    def measure(self) -> None:
        """Note it."""
        self.note("units")

    def medians(self) -> Mapping[str, float]:
        """Return the same again."""
        return SPENT

    def measured_anew(self) -> Mapping[str, float]:
        """Note it."""
        self.note("units anew")
        return ANEW


def known(_: Scene, units: Mapping[str, float]) -> Known:
    """Return what a chain in memory is whose calls take so long."""
    name: Any = "RUN of one each" if units is ONE_EACH else "RUN"
    return Known(name, {"row": 1}, 4, {"insert": 4}, units["insert"])


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Make parts of which a run of the bench consists."""
    made = Parts(tmp_path)

    @contextmanager
    def noted(step: object, value: object) -> Iterator[Any]:
        made.note(step)
        yield value
        made.note(("end", step))

    def bare(folder: Path) -> float:
        assert folder == tmp_path
        made.note("bare")
        return 9.0

    def starts(environment: object, folder: Path, functions: object) -> object:
        made.note("starts")
        return (environment is made.environment, folder, functions)

    fakes = {
        "start_bare": bare,
        "start_stack": lambda config: noted(config, made),
        "watched": lambda pid: noted(f"watch {pid}", SimpleNamespace(mib={"pss": 1.0})),
        "parts_of": made.look,
        "Runner": lambda stack: stack,
        "in_memory": known,
        "Units": lambda _, row: made if row == {"row": 1} else None,
        "measure_starts": starts,
        "time": SimpleNamespace(perf_counter=lambda: made.seconds),
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(benched, name, fake)
    for name, fake in {
        "over_http": lambda host: f"asks {host}",
        "InFiles": lambda folder: f"files of {folder.name}",
        "chain": made.plain,
    }.items():
        monkeypatch.setattr(benched.plain, name, fake)
    return made


@pytest.fixture
def measured(parts: Parts, tmp_path: Path) -> dict[str, Any]:
    """Measure on them, with bursts of 5 and of 3 chains."""
    slate = tmp_path / "slate.json"
    slate.write_bytes(b"slate")
    scene = Scene(slate, tmp_path / "workflows.yaml", DAYS)
    return measure_stack(scene, tmp_path, bursts=(5, 3), functions=("f",))


@pytest.mark.usefixtures("measured")
def test_the_use_of_parts_is_read_right_before_and_after_what_is_measured(parts: Parts) -> None:
    """Nothing else happens between the two looks at a chain, nor between those at a burst."""
    days: list[Any] = []
    for day in DAYS:
        days += [("prepare", day.day), "look", "chain", "look", "units", "plain"]
    bursts = ["look", "burst of 5", "look", "look", "burst of 3", "look", "units anew"]
    assert parts.done == [
        *("bare", parts.config, "watch 7"),
        *days,
        *bursts,
        *(("end", "watch 7"), "starts", ("end", parts.config)),
    ]


def test_each_figure_is_of_its_own_seconds(measured: dict[str, Any], tmp_path: Path) -> None:
    """Warm-ups count nowhere, floors are made of the calls measured, parts are the last burst's."""
    assert measured["start"] == {"seconds": 1, "bare_seconds": 9.0}
    assert measured["calls_ms"] == {"insert": 250, "query": 500}
    assert measured["calls_after_ms"] == {"insert": 1000, "query": 2000}
    assert measured["chain_cpu_ms"] == {"functions": 1000}
    chain = measured["chain"]
    assert (chain["ms"], chain["p95_ms"], chain["plain_ms"]) == (4000, 4000, 1000)
    assert (chain["floor_ms"], chain["calls"]) == (250, {"insert": 4})
    assert {number: burst["floor_seconds"] for number, burst in measured["at_once"].items()} == {
        "5": 5,
        "3": 3,
    }
    use = measured["parts"]["functions"]
    assert (use["seconds"], use["mib_after"] - use["mib_before"]) == (3, 3)
    assert measured["mib"] == {"pss": 1.0}
    assert measured["starts"] == (True, tmp_path, ("f",))
