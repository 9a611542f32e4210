"""What the handlers compute by themselves, on memory ports, beside the chain in plain Python.

Processor time of this process; what the sources answer is computed beforehand for both.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from datetime import date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from common.eastern import at
from local.bench import plain
from local.bench.plain import KEY
from local.bench.scene import PREPARED, REFRESH, SLOT, WARM_UP, Scene, make_scene, tick_body
from local.fake_sources.answers import Answer, answer
from local.fake_sources.slate import load
from local.simulator.transport import Delivery
from local.simulator.world import World

CHAINS = 20


class Sources:
    """Answers, each computed once for a day."""

    def __init__(self, scene: Scene) -> None:
        self._slate = load(scene.slate)
        self._kept: dict[str, Answer] = {}
        self.now = scene.start

    def turn_to(self, instant: datetime) -> None:
        """Forget the answers of another instant."""
        self.now = instant
        self._kept.clear()

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """Answer as the fake sources do."""
        # The plain chain names fewer parameters; only those below change an answer.
        telling = ("comm", "mark", "reg")
        shown = {name: params[name] for name in sorted(params) if name.startswith(telling)}
        key = f"{path} {shown}"
        if key not in self._kept:
            self._kept[key] = answer(path, {**KEY, **params}, self._slate, self.now)
        return self._kept[key]

    def body(self, path: str, params: Mapping[str, str]) -> bytes:
        """Answer with the bytes alone; a refusal is an error, see `plain.accepted`."""
        found = self.answer(path, params)
        return plain.accepted(found.status, found.body)


def memory_world(scene: Scene) -> World:
    """Return the world of the chains in memory."""
    return World(
        load(scene.slate),
        scene.start,
        workflows_file=scene.workflows,
        source_interval_seconds=0,
        collect_since=scene.days[0],
    )


def prepare(world: World, day: date) -> None:
    """Let the schedule be fetched before a day's slot, and move to the slot."""
    world.clock.move(at(day, PREPARED))
    world.publisher.publish("scraper-requests", REFRESH, {})
    world.settle()
    world.clock.move(at(day, SLOT))


class Bench:
    """A world whose deliveries are timed.

    Attributes:
        spent: the seconds of each delivery since the last chain, by function.
    """

    def __init__(self, scene: Scene) -> None:
        self.sources = Sources(scene)
        self.world = memory_world(scene)
        self.world.ask, self.world.around = self.sources.answer, self._timed
        self.spent: dict[str, list[float]] = defaultdict(list)

    def _timed(self, delivery: Delivery, do: Callable[[], int]) -> int:
        began = time.process_time()
        status = do()
        self.spent[delivery.function].append(time.process_time() - began)
        return status

    def prepare(self, day: date) -> None:
        """Let the schedule be fetched, and forget the answers until then."""
        self.sources.turn_to(at(day, PREPARED))
        prepare(self.world, day)
        self.sources.turn_to(at(day, SLOT))

    def chain(self, day: date) -> dict[str, list[float]]:
        """Run the day's chain; return the seconds of each delivery, by function."""
        self.spent = defaultdict(list)
        self.world.publisher.publish("tick-master-controller", tick_body(at(day, SLOT)), {})
        self.world.settle()
        found, self.spent = self.spent, defaultdict(list)
        return found


def measure_compute(chains: int = CHAINS) -> dict[str, Any]:
    """Measure chains, each beside the plain one of the same day.

    Returns:
        For each function its deliveries in a chain and their milliseconds together; for a chain
        its milliseconds, those of the plain one, and their ratio; all as medians.
    """
    with TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        scene = make_scene(Path(folder), WARM_UP + chains)
        bench, slate = Bench(scene), scene.slate.read_bytes()
        found = []
        with redirect_stderr(nowhere):  # the lines are written, as they are in the cloud
            for day in scene.days:
                bench.prepare(day)
                _plain(slate, day, bench.sources)  # asks for what both will ask
                found.append((_plain(slate, day, bench.sources), bench.chain(day)))
    return _summed(found[WARM_UP:])


def _plain(slate: bytes, day: date, sources: Sources) -> float:
    began = time.process_time()
    plain.chain(slate, day, sources.body, plain.InDicts())
    return time.process_time() - began


def _summed(found: list[tuple[float, dict[str, list[float]]]]) -> dict[str, Any]:
    chains = [sum(map(sum, by_function.values())) for _, by_function in found]
    plains = [floor for floor, _ in found]
    first = found[0][1]
    return {
        "functions": {
            name: {
                "deliveries": len(first[name]),
                "ms": _ms([sum(spent[name]) for _, spent in found]),
            }
            for name in first
        },
        "chain_ms": _ms(chains),
        "plain_ms": _ms(plains),
        "ratio": round(median(a / b for a, b in zip(chains, plains, strict=True)), 1),
    }


def _ms(seconds: list[float]) -> float:
    return round(1000 * median(seconds), 3)
