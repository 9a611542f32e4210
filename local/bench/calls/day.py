"""One real day in memory, every remote call of which is metered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from common.eastern import at
from common.logs import silent
from common.settings import ROOT
from local.bench.calls.meter import Effect, Meter, settle
from local.bench.calls.path import ONE_EACH
from local.fake_sources.slate import load
from local.scheduler import Tick, ticks_of
from local.simulator.world import World

DAY = date(2025, 11, 12)
"""Twelve games, of which nine are over by the night's window."""
SLATE = ROOT / "config" / "slates" / "2025-11.json"
Wanted = Callable[[Effect], bool]


@dataclass(frozen=True)
class MeteredDay:
    """What the day's ticks led to.

    Attributes:
        ticks: each tick by the id of its message.
        effects: all that was done.
    """

    ticks: Mapping[str, Tick]
    effects: tuple[Effect, ...]

    def after(self, topic: str, instant: datetime) -> Iterator[Effect]:
        """Yield what one tick led to."""
        for effect in self.effects:
            tick = self.ticks[effect.trigger]
            if (tick.topic, tick.instant) == (topic, instant):
                yield effect


def metered_day(weights: Mapping[str, float] = ONE_EACH, *, cold: bool = False) -> MeteredDay:
    """Live the day; every delivery meets a fresh instance where it is cold."""
    world = World(load(SLATE), at(DAY, time()), collect_since=DAY)
    meter, topology = Meter(world, weights, cold=cold), world.runtime.topology
    ticks: dict[str, Tick] = {}
    with silent():
        for instant, together in groupby(ticks_of(topology, DAY), lambda tick: tick.instant):
            world.clock.move(instant)
            for tick in together:
                message_id = world.publisher.publish(tick.topic, tick.body(topology), {})
                ticks[message_id] = tick
            settle(world, meter)
    return MeteredDay(ticks, tuple(meter.effects))
