"""Chaos on real processes: which functions are killed and which emulators hang, and when.

A disturbance is armed by a tick and strikes when its target is next at work (`strikes.py`), so
that it always meets calls under way. The plan is pure: a seed gives the same one every time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from local.broker import Faults
from local.scheduler import Tick

KILL, SUSPEND = "kill", "suspend"
DELIVERY_FAULTS = Faults(duplicate=0.1, delay=0.05, max_delay_seconds=60, reorder=0.05)
"""Drawn by the broker for each message and subscription, from the same seed."""
ONCE = ("schedule_locker", "cleanup_processor")
"""Killed once: nothing follows from what they do."""
CHAIN = (
    "master_controller",
    "workflow_executor",
    "scraper_runner",
    "scraper_logger",
    "execution_tracker",
)
"""Each killed once, and some of them once more."""
MORE_KILLS = 2
HANGS = ("storage", "bigquery", "storage", "bigquery")
HANG_SECONDS = (1.0, 3.0)
"""Well below the clients' 20 s a call: what hangs goes on, it does not fail."""
MOST_DELAY = 0.15
"""Seconds; most deliveries take 0.05-0.5 s, so that strikes hit the middle of one."""
QUICK = {"workflow_executor": 0.03}
"""Done sooner than others, and rarely at work."""
HOURLY = "tick-master-controller"


@dataclass(frozen=True, order=True)
class Disturbance:
    """One thing that goes wrong.

    Attributes:
        tick: the number of the day's tick that arms it.
        action: `kill` or `suspend`.
        target: a function; `storage` or `bigquery`.
        delay: real seconds from when the target is at work until it strikes.
        seconds: real, how long a suspension lasts; 0 for a kill.
    """

    tick: int
    action: str
    target: str
    delay: float
    seconds: float = 0.0


def plan(seed: int, ticks: Sequence[Tick]) -> list[Disturbance]:
    """What goes wrong in a day, in the order of its ticks.

    No two kills of the chain are armed by the same hour: a killed function's claim runs out after
    11 minutes, and the hour's work is to be done before the next hour is decided.
    """
    return sorted(_drawn(Random(seed), ticks))  # noqa: S311 - test faults, nothing secret


def _drawn(random: Random, ticks: Sequence[Tick]) -> Iterator[Disturbance]:
    hours = [number for number, tick in enumerate(ticks) if tick.topic == HOURLY]
    killed = [*CHAIN, *random.sample(CHAIN, MORE_KILLS)]
    for hour, function in zip(random.sample(hours[:-1], len(killed)), killed, strict=True):
        yield Disturbance(hour, KILL, function, _delay(random, function))
    yield Disturbance(0, KILL, ONCE[0], _delay(random, ONCE[0]))
    yield Disturbance(random.randrange(hours[-1]), KILL, ONCE[1], _delay(random, ONCE[1]))
    for hour, emulator in zip(random.sample(hours[:-1], len(HANGS)), HANGS, strict=True):
        seconds = round(random.uniform(*HANG_SECONDS), 1)
        yield Disturbance(hour, SUSPEND, emulator, _delay(random, emulator), seconds)


def _delay(random: Random, target: str) -> float:
    return round(random.uniform(0, QUICK.get(target, MOST_DELAY)), 3)
