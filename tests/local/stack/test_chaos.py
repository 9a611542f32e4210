import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.pubsub_v1 import types

from common.configuration.topology import load_topology
from common.errors import ConfigError
from common.settings import ROOT, Settings
from local.broker import Disturbed
from local.broker.delivery_faults import Fate
from local.broker.messages import Delivery, Message
from local.broker.subscriptions import read_subscription
from local.day import replay as replayed
from local.records.compare import differences
from local.scheduler import Tick, ticks_of
from local.stack.chaos import CHAIN, HANG_SECONDS, HOURLY, KILL, SUSPEND, Disturbance, plan
from local.stack.driver import start_stack
from local.stack.stack import Stack
from local.stack.strikes import Strikes
from tests.kit.replays import DAY, Replayed, config

TOPOLOGY = load_topology(Settings().topology_file)
TICKS: list[Tick] = ticks_of(TOPOLOGY, DAY)
SEEDS = range(200)


def test_a_seed_always_plans_the_same() -> None:
    """The plan is a function of the seed and the ticks; another seed is another plan."""
    assert plan(7, TICKS) == plan(7, TICKS)
    assert len({tuple(plan(seed, TICKS)) for seed in SEEDS}) == len(SEEDS)


def test_every_function_is_killed_and_both_emulators_hang() -> None:
    """No seed spares one, and whatever is armed has work to come."""
    functions = {one.function for one in TOPOLOGY.subscriptions}
    last_hour = max(n for n, tick in enumerate(TICKS) if tick.topic == HOURLY)
    for seed in SEEDS:
        planned = plan(seed, TICKS)
        assert {one.target for one in planned if one.action == KILL} == functions
        hanging = Counter(one.target for one in planned if one.action == SUSPEND)
        assert hanging == {"storage": 2, "bigquery": 2}
        assert all(0 <= one.tick < last_hour for one in planned)


def test_kills_of_the_chain_are_armed_an_hour_apart() -> None:
    """So that a killed function's claim has run out before the next one dies."""
    for seed in SEEDS:
        hours = [one.tick for one in plan(seed, TICKS) if one.target in CHAIN]
        assert len(set(hours)) == len(hours) == len(CHAIN) + 2


def test_suspensions_stay_below_the_clients_time_outs() -> None:
    """Whatever hangs goes on: between 1 and 3 seconds; a kill takes none."""
    low, high = HANG_SECONDS
    for one in (each for seed in SEEDS for each in plan(seed, TICKS)):
        assert one.seconds == 0 if one.action == KILL else low <= one.seconds <= high


class Bench:
    """Stack, broker and clock at once: plays the pushes of each moment, and tells what was done."""

    topology = TOPOLOGY

    def __init__(self, *moments: list[str]) -> None:
        self._moments = list(moments)
        self.waited: list[set[str]] = []
        self.done: list[str] = []

    def wait_begun(self, endpoints: set[str]) -> bool:
        """True while there are moments left."""
        self.waited.append(endpoints)
        return bool(self._moments)

    def under_way(self) -> list[Delivery]:
        """The pushes of the next moment, to the functions named."""
        return [delivery(self.url(function)) for function in self._moments.pop(0)]

    def url(self, function: str) -> str:
        """As the stack's."""
        return f"http://{function}"

    def kill(self, function: str) -> None:
        """As the stack's."""
        self.done.append(f"kill {function}")

    @contextmanager
    def suspended(self, emulator: str) -> Iterator[None]:
        """As the stack's."""
        self.done.append(f"suspend {emulator}")
        yield
        self.done.append(f"resume {emulator}")

    def disturbed(self) -> list[Disturbed]:
        """A duplicate of which one copy comes late, a minute before all else."""
        at = TICKS[0].instant - timedelta(minutes=1)
        return [Disturbed(at, "projects/p/subscriptions/sub", "17", (Fate(), LATE))]

    def now(self) -> datetime:
        """The first tick's instant."""
        return TICKS[0].instant


LATE = Fate(late=timedelta(seconds=30), hold=True)


@cache
def delivery(endpoint: str) -> Delivery:
    """The push to an endpoint."""
    push = types.Subscription(
        name="projects/p/subscriptions/sub",
        topic="projects/p/topics/top",
        push_config={"push_endpoint": endpoint},
    )
    return Delivery(Message("1", b"x", {}, TICKS[0].instant), read_subscription(push))


def strike(bench: Any, disturbance: Disturbance) -> list[dict[str, Any]]:
    """Let a disturbance happen on a bench; what was told of it."""
    strikes = Strikes(bench, bench, bench)
    strikes._await(disturbance)
    return [line for line in strikes.struck() if "hit" in line]


def test_a_kill_waits_until_its_target_is_at_work() -> None:
    """A delivery that is over before the strike is let go; the next one is met sooner."""
    bench = Bench(["scraper_runner"], [], ["scraper_runner", "scraper_logger", "scraper_logger"])
    (told,) = strike(bench, Disturbance(3, KILL, "scraper_logger", 0.002))
    assert bench.done == ["kill scraper_logger"]
    assert bench.waited == [{"http://scraper_logger"}] * 3
    assert (told["tick"], told["target"], told["hit"]) == (3, "scraper_logger", 2)
    assert told["at"] == TICKS[0].instant.isoformat()


def test_a_suspension_tells_how_many_calls_hung_to_its_end() -> None:
    """Of two deliveries under way one is still there when the storage goes on."""
    bench = Bench(["scraper_runner", "scraper_logger"], ["scraper_logger", "execution_tracker"])
    (told,) = strike(bench, Disturbance(0, SUSPEND, "storage", 0.0, 0.001))
    assert bench.done == ["suspend storage", "resume storage"]
    assert told["hit"] == 1


def test_bigquery_hangs_while_a_function_that_asks_it_works() -> None:
    """The executor and the runner never ask it, so their work is not waited for."""
    bench = Bench(["execution_tracker"], [])
    strike(bench, Disturbance(0, SUSPEND, "bigquery", 0.0))
    assert bench.waited[0].isdisjoint({"http://workflow_executor", "http://scraper_runner"})
    assert len(bench.waited[0]) == 5


def test_nothing_strikes_once_all_is_over() -> None:
    """A broker that stopped ends the wait."""
    bench = Bench()
    assert strike(bench, Disturbance(0, KILL, "scraper_runner", 0.0)) == []
    assert bench.done == []


def test_what_the_broker_did_is_told_in_order_of_time() -> None:
    """One line each for the duplicate, the delay and the reordering, before the later kill."""
    bench: Any = Bench(["scraper_runner"])
    strikes = Strikes(bench, bench, bench)
    strikes._await(Disturbance(0, KILL, "scraper_runner", 0.0))
    told = strikes.struck()
    assert [line["action"] for line in told] == ["duplicate", "delay", "reorder", "kill"]
    assert told[1]["seconds"] == 30
    assert {line["target"] for line in told[:3]} == {"sub"}


def test_chaos_wants_our_own_broker(tmp_path: Path) -> None:
    """Google's emulator can neither duplicate on request nor say what is under way."""
    with pytest.raises(ConfigError, match=r"--chaos with --pubsub google: .*embedded"):
        Stack(replace(config(tmp_path, "google"), chaos=1)).start()


def live_through(day: Replayed, seed: int, folder: Path) -> list[dict[str, Any]]:
    """Replay the day with chaos, hold it to the undisturbed one, and tell what went wrong."""
    with start_stack(replace(config(folder), chaos=seed)) as stack:
        slate = replayed.load_slate(replayed.OWN_SLATE, DAY)
        outcome = replayed.replay(stack, slate, DAY, lambda _: None)
        replayed.write_struck(stack, folder / "out")
        rested = stack.rest(20)
    assert (rested.idle, rested.next_due) == (True, None)
    assert differences(day.outcome.tables, outcome.tables) == []
    assert outcome.dead_letters == 0
    assert outcome.coverage == day.outcome.coverage
    told = [json.loads(line) for line in (folder / "out" / "chaos.jsonl").read_text().splitlines()]
    assert outcome.disturbances == Counter(line["action"] for line in told)
    return told


@pytest.mark.stack
def test_a_day_with_chaos_leaves_the_same_tables(finished_day: Replayed, tmp_path: Path) -> None:
    """Every disturbance strikes, meets calls under way, and leaves no trace but in times."""
    told = live_through(finished_day, 1, tmp_path)
    struck = [line for line in told if "tick" in line]
    planned = Counter((one.action, one.target) for one in plan(1, TICKS))
    assert Counter((line["action"], line["target"]) for line in struck) == planned
    assert all(line["hit"] for line in struck if line["action"] == KILL)
    assert any(line["hit"] for line in struck if line["target"] == "storage")
    assert any(line["hit"] for line in struck if line["target"] == "bigquery")
    assert {"duplicate", "delay", "reorder"} <= {line["action"] for line in told}


@pytest.mark.soak
@pytest.mark.stack
@pytest.mark.parametrize("seed", range(2, 8))
def test_other_seeds_leave_the_same_tables(
    finished_day: Replayed, tmp_path: Path, seed: int
) -> None:
    """Whatever else the seed kills and suspends."""
    assert live_through(finished_day, seed, tmp_path)


@pytest.mark.soak
@pytest.mark.stack
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_day_interrupted_while_an_emulator_hangs_leaves_nothing_running(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C ends the suspended process too, and what went wrong until then is written."""
    argv = [sys.executable, "-m", "local", "day", str(DAY), "--out", str(tmp_path), "--chaos", "4"]
    # A shell's background job ignores Ctrl-C, and hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL) as day:
        deadline = time.monotonic() + 120
        while not (family := descendants(day.pid)) or "T" not in family.values():
            assert day.poll() is None, "the day ended before anything hung"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        day.send_signal(number)
        assert day.wait(30) == 128 + number
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []
    assert (tmp_path / "chaos.jsonl").read_text().count('"action": "duplicate"') > 0


def descendants(pid: int) -> dict[int, str]:
    """Everything below a process, with the kernel's letter for what each does: T is suspended."""
    found: dict[int, str] = {}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _text(children).split()):
            found[child] = _text(Path(f"/proc/{child}/stat")).rpartition(") ")[2][:1]
            found |= descendants(child)
    return found


def _text(path: Path) -> str:
    """A file's text, empty when its process has just ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
