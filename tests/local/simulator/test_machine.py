"""A state machine drives the world: any order, any loss, any crash, at any time."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from common.configuration.topology import load_topology
from common.eastern import at, parse_clock
from common.logs import silent
from common.settings import Settings
from local.scheduler import Tick, ticks_of
from local.simulator.run import SimulateOptions, make_simulation
from local.simulator.simulation import Simulation
from local.simulator.transport import Delivery
from tests.kit.breaks import Break, deliver_through, die_after, die_before, fail_after, fail_before
from tests.kit.seasons import season_of, write_season

FIRST = date(2031, 12, 21)
DAYS = {FIRST: ["13:00", "19:00"], FIRST + timedelta(days=1): ["22:30"]}
QUIET_SPAN = timedelta(hours=40)
"""Time without further trouble at the end: longer than the day after which a run is given up."""
PLACES = st.integers(0, 200)


@cache
def schedule() -> Path:
    """Write two days of games."""
    return write_season(Path(mkdtemp()) / "season.json", season_of(DAYS))


@cache
def ticks() -> tuple[Tick, ...]:
    """List the ticks of six days."""
    topology = load_topology(Settings().topology_file)
    return tuple(tick for n in range(6) for tick in ticks_of(topology, FIRST + timedelta(days=n)))


class Chain(RuleBasedStateMachine):
    """The whole chain; Hypothesis chooses what happens next."""

    @initialize(hour=st.integers(0, 23))
    def begin(self, hour: int) -> None:
        """Begin at any hour of the first day."""
        options = SimulateOptions(schedule(), FIRST, max(DAYS))
        self.simulation: Simulation = make_simulation(options)
        self.world = self.simulation.world
        runtime = self.world.runtime
        # Built once, on the storage itself, so that a Break meets the function's own calls only.
        self.world.runtime = runtime.but(season=runtime.season, configured=runtime.configured)
        self.start = at(FIRST, parse_clock("00:00")) + timedelta(hours=hour)
        self.world.clock.move(self.start)
        self.ahead = [tick for tick in ticks() if tick.instant > self.start]
        self.uploads = 0

    @rule(minutes=st.integers(1, 180))
    def time_passes(self, minutes: int) -> None:
        """Let the scheduler tick without delivering anything."""
        self._pass(self.world.clock.now() + timedelta(minutes=minutes))

    @rule(number=st.integers(1, 40))
    def some_are_delivered(self, number: int) -> None:
        """Deliver those that are due first."""
        for _ in range(number):
            if self.world.queue:
                self._deliver(self._take(0))

    @precondition(lambda self: self.world.queue)
    @rule(place=PLACES)
    def one_overtakes_the_others(self, place: int) -> None:
        """Deliver any one of those that wait."""
        self._deliver(self._take(place))

    @precondition(lambda self: self.world.queue)
    @rule(place=PLACES)
    def one_comes_twice(self, place: int) -> None:
        """Deliver one at once, and again when it is due."""
        delivery = self._take(place)
        self.world.queue.append(delivery)
        self.world.queue.sort()
        self._deliver(delivery)

    @precondition(lambda self: self.world.queue)
    @rule(place=PLACES)
    def one_is_lost(self, place: int) -> None:
        """Lose one for good."""
        self._take(place)

    @precondition(lambda self: self.world.queue)
    @rule(
        place=PLACES,
        number=st.integers(1, 6),
        act=st.sampled_from([die_before, die_after, fail_before, fail_after]),
    )
    def one_goes_wrong(self, place: int, number: int, act: Any) -> None:
        """Let its process die, or a service fail, at one of its writes."""
        with silent():
            deliver_through(self.world, self._take(place), Break(number, act))
        self.simulation.invariants.after_event(self.world.clock.now())

    @rule(folder=st.sampled_from(["", "notes/", f"notes/{FIRST}/", "failed/notes/"]))
    def someone_uploads(self, folder: str) -> None:
        """Upload an object anywhere in the bucket."""
        self.uploads += 1
        bucket = self.world.runtime.settings.data_bucket
        self.world.storage.create(bucket, f"{folder}{self.uploads}.csv", b"a,b")

    def teardown(self) -> None:
        """Let the chain heal itself; nothing may be lost or done twice."""
        if not hasattr(self, "world"):
            return
        self._pass(self.world.clock.now() + QUIET_SPAN, settle=True)
        self.simulation.invariants.at_rest()
        assert self.simulation.dead_letters == 0

    def _pass(self, until: datetime, *, settle: bool = False) -> None:
        with silent():
            while self.ahead and self.ahead[0].instant <= until:
                tick = self.ahead.pop(0)
                if settle:
                    self.world.settle(tick.instant)
                self.world.clock.move(tick.instant)
                body = tick.body(self.world.runtime.topology)
                self.world.publisher.publish(tick.topic, body, {})
            if settle:
                self.world.settle()
        self.world.clock.move(until)

    def _take(self, place: int) -> Delivery:
        return self.world.queue.pop(place % len(self.world.queue))

    def _deliver(self, delivery: Delivery) -> None:
        self.world.clock.move(delivery.due)
        with silent():
            self.world.deliver(delivery)


QUICK = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)


def test_whatever_happens_the_chain_heals_itself() -> None:
    """Eight histories of at most 25 steps each end soundly."""
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415 - only here

    run_state_machine_as_test(Chain, settings=QUICK)


@pytest.mark.soak
def test_a_thousand_histories_heal_themselves() -> None:
    """A thousand longer histories end soundly."""
    from hypothesis.stateful import run_state_machine_as_test  # noqa: PLC0415 - only here

    run_state_machine_as_test(
        Chain, settings=settings(QUICK, max_examples=1000, stateful_step_count=60)
    )
