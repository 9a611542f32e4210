"""Chaos: the plan of a seed, the strikes, and whole days on real processes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.pubsub_v1 import types

from common.configuration.topology import load_topology
from common.eastern import eastern
from common.settings import Settings
from local.broker.delivery_faults import Fate
from local.broker.messages import Delivery, Message
from local.broker.stats import DisturbedMessage
from local.broker.subscriptions import read_subscription
from local.records.compare import differences
from local.records.tables import Tables
from local.scheduler import Tick, ticks_of
from local.stack.chaos import (
    CHAIN,
    DELIVERY_FAULTS,
    HOURLY_TOPIC,
    KILL,
    SUSPEND,
    SUSPENSION_SECONDS_MAX,
    SUSPENSION_SECONDS_MIN,
    Disturbance,
    plan,
)
from local.stack.strikes import Strikes
from tests.kit.replays import simulated
from tests.local.stack.rough_day import DAY, REFUSED, SEASON, RoughDay, lived_through

TOPOLOGY = load_topology(Settings().topology_file)
TICKS: list[Tick] = ticks_of(TOPOLOGY, DAY)
SEEDS = range(200)


def test_a_seed_always_plans_the_same() -> None:
    """The plan is a function of the seed and the ticks; another seed is another plan."""
    assert plan(7, TICKS) == plan(7, TICKS)
    assert len({tuple(plan(seed, TICKS)) for seed in SEEDS}) == len(SEEDS)


def test_every_function_is_killed_and_both_emulators_hang() -> None:
    """Each seed kills every function and suspends both emulators, before the last hour.

    A strike's delay is in milliseconds.
    """
    functions = {one.function for one in TOPOLOGY.subscriptions}
    last_hour = max(n for n, tick in enumerate(TICKS) if tick.topic == HOURLY_TOPIC)
    for seed in SEEDS:
        planned = plan(seed, TICKS)
        assert {one.target for one in planned if one.action == KILL} == functions
        hanging = Counter(one.target for one in planned if one.action == SUSPEND)
        assert hanging == {"storage": 2, "bigquery": 2}
        assert all(0 <= one.tick < last_hour for one in planned)
    every = [one for seed in SEEDS for one in plan(seed, TICKS)]
    assert max(one.tick for one in every if one.target == "cleanup_processor") > last_hour * 0.9
    assert all(one.delay == round(one.delay, 3) for one in every)
    assert any(one.delay != round(one.delay, 2) for one in every)


def test_kills_of_the_chain_are_armed_an_hour_apart() -> None:
    """No hour arms two kills of the chain, so that a claim expires before the next kill."""
    for seed in SEEDS:
        hours = [one.tick for one in plan(seed, TICKS) if one.target in CHAIN]
        assert len(set(hours)) == len(hours) == len(CHAIN) + 2


def test_a_function_that_works_once_a_day_is_struck_at_once() -> None:
    """Its delivery may take less than the longest delay, and no other one comes."""
    found = [one for seed in SEEDS for one in plan(seed, TICKS) if one.target == "schedule_locker"]
    assert all((one.tick, one.delay <= 0.03) == (0, True) for one in found)
    assert len(found) == len(SEEDS)


def test_suspensions_stay_below_the_clients_time_outs() -> None:
    """A suspension lasts between 1 and 3 seconds; a kill has no duration."""
    low, high = SUSPENSION_SECONDS_MIN, SUSPENSION_SECONDS_MAX
    for one in (each for seed in SEEDS for each in plan(seed, TICKS)):
        assert one.seconds == 0 if one.action == KILL else low <= one.seconds <= high


class Bench:
    """A stack, broker and clock in one: it plays the pushes of each moment and records calls."""

    topology = TOPOLOGY

    def __init__(self, *moments: list[str]) -> None:
        self._moments = list(moments)
        self.waited: list[set[str]] = []
        self.done: list[str] = []

    def wait_for_push(self, endpoints: set[str]) -> bool:
        """Return whether there are moments left."""
        self.waited.append(endpoints)
        return bool(self._moments)

    def pushes_under_way(self) -> list[Delivery]:
        """Return the pushes of the next moment."""
        return [delivery(self.url(function)) for function in self._moments.pop(0)]

    def url(self, function: str) -> str:
        """Return an address that names the function."""
        return f"http://{function}"

    def kill(self, function: str) -> None:
        """Record the kill."""
        self.done.append(f"kill {function}")

    @contextmanager
    def suspended(self, emulator: str) -> Iterator[None]:
        """Record the beginning and the end."""
        self.done.append(f"suspend {emulator}")
        yield
        self.done.append(f"resume {emulator}")

    def disturbed_messages(self) -> list[DisturbedMessage]:
        """Return a duplicate of which one copy is late, a minute before all else."""
        at = TICKS[0].instant - timedelta(minutes=1)
        return [DisturbedMessage(at, "projects/p/subscriptions/sub", "17", (Fate(), LATE))]

    def now(self) -> datetime:
        """Return the first tick's instant."""
        return TICKS[0].instant


LATE = Fate(late=timedelta(seconds=30.27), hold=True)


@cache
def delivery(endpoint: str) -> Delivery:
    """Return a push to an endpoint."""
    push = types.Subscription(
        name="projects/p/subscriptions/sub",
        topic="projects/p/topics/top",
        push_config={"push_endpoint": endpoint},
    )
    return Delivery(Message("1", b"x", {}, TICKS[0].instant), read_subscription(push))


def strike(bench: Any, disturbance: Disturbance) -> list[dict[str, Any]]:
    """Let a disturbance strike on a bench; return all recorded lines."""
    strikes = Strikes(bench, bench, bench)
    strikes.arm(disturbance).join(10)
    return strikes.lines()


def hits(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of kills and suspensions."""
    return [line for line in lines if "hit" in line]


def test_a_kill_waits_until_its_target_is_at_work() -> None:
    """When its delivery ends before the strike, a kill waits for the next delivery."""
    bench = Bench(["scraper_runner"], [], ["scraper_runner", "scraper_logger", "scraper_logger"])
    (line,) = hits(strike(bench, Disturbance(3, KILL, "scraper_logger", 0.002)))
    assert bench.done == ["kill scraper_logger"]
    assert bench.waited == [{"http://scraper_logger"}] * 3
    assert (line["tick"], line["target"], line["hit"]) == (3, "scraper_logger", 2)
    assert line["at"] == TICKS[0].instant.isoformat()


def test_a_suspension_counts_the_deliveries_that_hung_to_its_end() -> None:
    """Of two deliveries under way, the one still there at the end is counted."""
    bench = Bench(["scraper_runner", "scraper_logger"], ["scraper_logger", "execution_tracker"])
    (line,) = hits(strike(bench, Disturbance(0, SUSPEND, "storage", 0.0, 0.001)))
    assert bench.done == ["suspend storage", "resume storage"]
    assert line["hit"] == 1


def test_bigquery_is_suspended_while_a_function_that_calls_it_works() -> None:
    """Deliveries to the executor and the runner, which never call BigQuery, do not count."""
    bench = Bench(["execution_tracker"], [])
    strike(bench, Disturbance(0, SUSPEND, "bigquery", 0.0))
    assert bench.waited[0].isdisjoint({"http://workflow_executor", "http://scraper_runner"})
    assert len(bench.waited[0]) == 5


def test_storage_is_suspended_while_any_function_works() -> None:
    """Each of them calls it."""
    bench = Bench(["workflow_executor"], [])
    strike(bench, Disturbance(0, SUSPEND, "storage", 0.0))
    functions = {one.function for one in TOPOLOGY.subscriptions}
    assert bench.waited == [{f"http://{function}" for function in functions}]


def test_lines_are_in_the_order_of_their_instants() -> None:
    """Whether or not an instant has a part of a second, and whatever its offset is."""
    broker: Any = Bench()
    whole = TICKS[0].instant
    later = eastern(whole + timedelta(milliseconds=1))
    broker.disturbed_messages = lambda: [
        DisturbedMessage(at, "a/sub", str(at), (Fate(hold=True),)) for at in (later, whole)
    ]
    ids = [line["message_id"] for line in Strikes(broker, broker, broker).lines()]
    assert ids == [str(whole), str(later)]


def test_nothing_strikes_after_the_end() -> None:
    """A stopped broker ends the wait of an armed disturbance."""
    bench = Bench()
    assert hits(strike(bench, Disturbance(0, KILL, "scraper_runner", 0.0))) == []
    assert bench.done == []


def test_what_the_broker_did_is_recorded_in_order_of_time() -> None:
    """A duplicate, its delay and its reordering have a line each, before the later kill."""
    lines = strike(Bench(["scraper_runner"]), Disturbance(0, KILL, "scraper_runner", 0.0))
    at = TICKS[0].instant
    about = {
        "at": (at - timedelta(minutes=1)).isoformat(),
        "target": "sub",
        "message_id": "17",
    }
    kill = {"tick": 0, "action": KILL, "target": "scraper_runner", "delay": 0.0, "seconds": 0.0}
    assert lines == [
        {**about, "action": "duplicate"},
        {**about, "action": "delay", "seconds": 30.3},
        {**about, "action": "reorder"},
        {"at": at.isoformat(), **kill, "hit": 1},
    ]


@pytest.mark.parametrize(
    ("fates", "actions"),
    [
        ([Fate(hold=True)], ["reorder"]),
        ([Fate(late=timedelta(seconds=1))], ["delay"]),
        ([Fate(), Fate()], ["duplicate"]),
        ([Fate(), Fate(hold=True)], ["duplicate", "reorder"]),
    ],
)
def test_each_disturbance_of_a_message_is_a_line(fates: list[Fate], actions: list[str]) -> None:
    """And no other is; the broker is told to draw each kind."""
    broker: Any = Bench()
    broker.disturbed_messages = lambda: [DisturbedMessage(broker.now(), "a/sub", "1", tuple(fates))]
    assert [line["action"] for line in Strikes(broker, broker, broker).lines()] == actions
    drawn = DELIVERY_FAULTS
    assert min(drawn.duplicate, drawn.delay, drawn.max_delay_seconds, drawn.reorder) > 0


@pytest.fixture(scope="module")
def plain() -> Tables:
    """The tables of the day, on which the simulator disturbs nothing."""
    return simulated(SEASON, DAY, REFUSED)


def judge(day: RoughDay, plain: Tables) -> None:
    """Compare the day with the undisturbed one; times alone differ."""
    assert differences(plain, day.outcome.tables) == []
    assert day.outcome.dead_letters == 0
    assert len(day.outcome.coverage.games) == len(day.outcome.coverage.lines_before_tipoff) == 2
    assert day.outcome.coverage.missing == ()
    assert day.outcome.disturbances == Counter(line["action"] for line in day.lines)


@pytest.mark.stack
def test_a_day_with_chaos_leaves_the_same_tables(rough_day: RoughDay, plain: Tables) -> None:
    """Every disturbance strikes and hits calls under way, and the tables differ in times only."""
    judge(rough_day, plain)
    struck = hits(rough_day.lines)
    planned = Counter((one.action, one.target) for one in plan(1, TICKS))
    assert Counter((line["action"], line["target"]) for line in struck) == planned
    assert all(line["hit"] for line in struck if line["action"] == KILL)
    assert any(line["hit"] for line in struck if line["target"] == "storage")
    assert any(line["hit"] for line in struck if line["target"] == "bigquery")
    assert {"duplicate", "delay", "reorder"} <= {line["action"] for line in rough_day.lines}


@pytest.mark.soak
@pytest.mark.stack
@pytest.mark.parametrize("seed", range(2, 8))
def test_other_seeds_leave_the_same_tables(plain: Tables, tmp_path: Path, seed: int) -> None:
    """A day with other kills and suspensions leaves the same tables, too."""
    with lived_through(seed, tmp_path) as day:
        judge(day, plain)
        assert day.lines
