"""The chain on the local stack, on real processes, beside the emulators' calls on its path."""

import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from common.cloud.ports import Row
from common.cloud.publisher import GooglePublisher
from common.eastern import at
from common.errors import OrchestrationError
from common.logs import silent
from common.settings import variable
from local.bench import plain
from local.bench.calls.meter import Meter, settle
from local.bench.calls.path import ONE_EACH, REMOTE
from local.bench.compute import memory_world, prepare
from local.bench.processes.memory import watched
from local.bench.processes.parts import parts_of, taken
from local.bench.scene import PREPARED, REFRESH, SLOT, WARM_UP, Scene, tick_body
from local.bench.starts import FUNCTIONS, STARTED, measure_starts
from local.bench.units import Units
from local.processes import process
from local.records.tables import count_rows
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory_publisher import Published
from local.stack.config import StackConfig
from local.stack.driver import RunningStack, start_stack

BURSTS = (50, 200)
IDLE_SECONDS_MAX = 60.0
TICKS, DECISIONS = "tick-master-controller", "workflow-decisions"


class Runner:
    """Runs chains on a running stack."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        host = stack.environment[variable("pubsub_emulator_host")]
        self._publisher = GooglePublisher(stack.where["project"], host)

    def prepare(self, day: date) -> None:
        """Let the schedule be fetched before a day's slot, and move to the slot."""
        self._stack.set_clock(at(day, PREPARED))
        self._publisher.publish("scraper-requests", REFRESH, {})
        self.wait()
        self._stack.set_clock(at(day, SLOT))

    def chain(self, day: date) -> float:
        """Run the chain of a day's tick; return its seconds."""
        began = time.perf_counter()
        self._publisher.publish(TICKS, tick_body(at(day, SLOT)), {})
        self.wait()
        return time.perf_counter() - began

    def burst(self, decision: Published, number: int) -> float:
        """Run so many chains at once, each from its RUN on; return the seconds of all."""
        messages = [
            ({**decision.body, "decision_id": str(uuid4())}, decision.attributes)
            for _ in range(number)
        ]
        before, began = count_rows(self._stack.where), time.perf_counter()
        self._publisher.publish_all(DECISIONS, messages)
        self.wait()
        spent = time.perf_counter() - began
        ended = count_rows(self._stack.where)["workflow_executions"]
        if ended != before["workflow_executions"] + number:
            raise OrchestrationError(f"of {number} chains at once not all ended; no figure holds")
        return spent

    def wait(self) -> None:
        """Wait until nothing is under way, also after refusals that come again later."""
        while not (chain := self._stack.wait_idle(IDLE_SECONDS_MAX)).idle or chain.next_due:
            if chain.next_due:
                self._stack.set_clock(chain.next_due)


@dataclass(frozen=True)
class Known:
    """What the chain is, from the same chain in memory.

    Attributes:
        decision: its RUN.
        row: one of the log.
        inserts: INSERT jobs of a chain from its RUN on.
        calls: the calls on its longest way, by kind.
        seconds: the time that they take together.
    """

    decision: Published
    row: Row
    inserts: int
    calls: Mapping[str, int]
    seconds: float


def in_memory(scene: Scene, units: Mapping[str, float]) -> Known:
    """Run a chain in memory, each call of which takes as long as is given for its kind."""
    world, day = memory_world(scene), scene.days[0]
    tables: list[str] = []

    def count(call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        tables.extend([call.subject] if call.name == "append" else [])
        return do()

    with silent():
        prepare(world, day)
        counted = intercepted(world.runtime.warehouse, count)
        world.runtime = world.runtime.but(warehouse=counted)
        meter = Meter(world, units)
        world.publisher.publish(TICKS, tick_body(at(day, SLOT)), {})
        settle(world, meter)
    way = max((effect.path for effect in meter.effects), key=lambda path: path.length)
    decision = next(each for each in world.publisher.published if each.topic == DECISIONS)
    return Known(
        decision,
        row=world.rows["scraper_execution_log"][-1],
        inserts=sum(table != "workflow_decisions" for table in tables),
        calls={kind: way.kinds.get(kind, 0) for kind in REMOTE},
        seconds=way.length,
    )


def measure_stack(
    scene: Scene, folder: Path, bursts: Sequence[int] = BURSTS, functions: Sequence[str] = STARTED
) -> dict[str, Any]:
    """Measure start, chains one by one, chains at once, memory and cold starts.

    Args:
        scene: has a day for each chain.
        folder: takes what the stack and the plain chain write.
        bursts: numbers of chains at once.
        functions: those whose cold starts are measured.

    Returns:
        Figures by name, in seconds, milliseconds (`_ms`) and MiB.
    """
    config = StackConfig(
        instant=scene.start,
        folder=folder / "stack",
        slate=scene.slate,
        workflows=scene.workflows,
        collect_since=scene.days[0],
    )
    bare, began = start_bare(folder), time.perf_counter()
    with start_stack(config) as stack:
        start = {"seconds": round(time.perf_counter() - began, 2), "bare_seconds": bare}
        with watched(stack.where["pid"]) as peaks:
            chains = _chains(stack, scene, folder, bursts)
        starts = measure_starts(stack.environment, folder, functions)
    return {"start": start, **chains, "mib": peaks.mib, "starts": starts}


def _chains(
    stack: RunningStack, scene: Scene, folder: Path, bursts: Sequence[int]
) -> dict[str, Any]:
    runner, known = Runner(stack), in_memory(scene, ONE_EACH)
    units = Units(stack, known.row)
    ask = plain.over_http(urlsplit(stack.environment[variable("odds_api_url")]).netloc)
    store, slate = plain.InFiles(folder), scene.slate.read_bytes()
    chains, plains, used = [], [], []
    for day in scene.days:
        runner.prepare(day)
        before = parts_of(stack.where["pid"])
        chains.append(runner.chain(day))
        used.append(taken(before, parts_of(stack.where["pid"])))
        units.measure()
        began = time.perf_counter()
        plain.chain(slate, day, ask, store)
        plains.append(time.perf_counter() - began)
    spent = units.medians()
    return {
        "calls_ms": in_ms(spent),
        "chain": one_by_one(chains[WARM_UP:], plains[WARM_UP:], in_memory(scene, spent)),
        "chain_cpu_ms": mean_ms(used[WARM_UP:]),
        **_bursts(stack, runner, known, spent["insert"], bursts),
        "calls_after_ms": in_ms(units.measured_anew()),
    }


def _bursts(
    stack: RunningStack, runner: Runner, known: Known, insert: float, bursts: Sequence[int]
) -> dict[str, Any]:
    """Run each burst; the parts' use is of the last one."""
    found, parts = {}, {}
    for number in bursts:
        before = parts_of(stack.where["pid"])
        found[f"{number}"] = many(number, runner, known, insert)
        parts = taken(before, parts_of(stack.where["pid"]))
    return {"at_once": found, "parts": parts}


def in_ms(seconds: Mapping[str, float]) -> dict[str, float]:
    """Write seconds by kind in milliseconds."""
    return {kind: round(1000 * each, 2) for kind, each in seconds.items()}


def one_by_one(chains: Sequence[float], plains: Sequence[float], floor: Known) -> dict[str, Any]:
    """Describe one chain by the seconds of many, beside its floor and the plain one."""
    chain, plain_one = median(chains), median(plains)
    return {
        "ms": round(1000 * chain, 1),
        "p95_ms": round(1000 * quantiles(chains, n=20)[-1], 1),
        "calls": floor.calls,
        "floor_ms": round(1000 * floor.seconds, 1),
        "times_floor": round(chain / floor.seconds, 2),
        "plain_ms": round(1000 * plain_one, 1),
        "times_plain": round(chain / plain_one, 1),
    }


def mean_ms(used: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, float]:
    """Return the processor time of each part that a chain takes on average, in milliseconds."""
    return {
        part: round(1000 * sum(one[part]["seconds"] for one in used) / len(used))
        for part in (used[0] if used else ())
    }


def many(number: int, runner: Runner, known: Known, insert: float) -> dict[str, float]:
    """Run a burst; its floor is the INSERT jobs, each of so many seconds, one after another."""
    seconds, floor = runner.burst(known.decision, number), number * known.inserts * insert
    return {
        "seconds": round(seconds, 1),
        "inserts": number * known.inserts,
        "floor_seconds": round(floor, 1),
        "times_floor": round(seconds / floor, 2),
    }


def start_bare(folder: Path) -> float:
    """Return the seconds until as many bare framework handlers as there are functions accept."""
    source = folder / "bare.py"
    source.write_text("def handle(request):\n    return 'ok'\n")
    program = str(Path(sys.executable).with_name("functions-framework"))
    argv = [program, "--target", "handle", "--source", str(source), "--host", process.HOST]
    with ExitStack() as opened:
        ports = [opened.enter_context(process.held_port()) for _ in FUNCTIONS]
        began = time.perf_counter()
        for port in ports:
            child = process.start(
                [*argv, "--port", str(port)],
                process.base_environment(),
                folder / f"bare-{port}.log",
                lambda: True,
            )
            opened.callback(child.kill)
        while not all(map(process.accepts, ports)):
            time.sleep(process.POLL_SECONDS)
        return round(time.perf_counter() - began, 2)
