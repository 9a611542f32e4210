"""Plans chaos on real processes: which functions are killed and which emulators hang, and when.

A tick arms a disturbance, which strikes when its target is next at work (`strikes.py`), so that it
always meets calls under way. The plan is pure: a seed always gives the same one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from local.broker.delivery_faults import Faults
from local.scheduler import Tick

KILL, SUSPEND = "kill", "suspend"
DELIVERY_FAULTS = Faults(duplicate=0.1, delay=0.05, max_delay_seconds=60, reorder=0.05)
"""The broker draws them for each message and push subscription, from the same seed."""
OUTSIDE_CHAIN = ("schedule_locker", "cleanup_processor")
"""Functions that publish nothing in an undisturbed day; each is killed once."""
CHAIN = (
    "master_controller",
    "workflow_executor",
    "scraper_runner",
    "scraper_logger",
    "execution_tracker",
)
"""Functions that follow one another; each is killed once, and `SECOND_KILLS` of them again."""
SECOND_KILLS = 2
SUSPENDED = ("storage", "bigquery", "storage", "bigquery")
SUSPENSION_SECONDS_MIN, SUSPENSION_SECONDS_MAX = 1.0, 3.0
"""Well below the 20 s that clients allow a call, so that suspended calls do not fail."""
DELAY_SECONDS_MAX = 0.15
"""Most deliveries take 0.05-0.5 s, so that most strikes hit a delivery."""
QUICK_DELAY_SECONDS_MAX = {"workflow_executor": 0.03, "schedule_locker": 0.03}
"""For functions whose deliveries are short and rare. The locker has one a day: a strike that comes
after its end is never carried out."""
HOURLY_TOPIC = "tick-master-controller"


@dataclass(frozen=True, order=True)
class Disturbance:
    """One kill or suspension.

    Attributes:
        tick: the number of the day's tick that arms it.
        action: `kill` or `suspend`.
        target: a function to kill; `storage` or `bigquery` to suspend.
        delay: real seconds from the moment at which the target is at work to the strike.
        seconds: real seconds that a suspension lasts; 0 for a kill.
    """

    tick: int
    action: str
    target: str
    delay: float
    seconds: float = 0.0


def plan(seed: int, ticks: Sequence[Tick]) -> list[Disturbance]:
    """Return the disturbances of a day, in the order of its ticks.

    No two kills of the chain are armed by the same hour: a killed function's claim expires after
    11 minutes, and the hour's work has to finish before the next hour is decided.
    """
    return sorted(_drawn(Random(seed), ticks))  # noqa: S311 - test faults, nothing secret


def _drawn(random: Random, ticks: Sequence[Tick]) -> Iterator[Disturbance]:
    hours = [number for number, tick in enumerate(ticks) if tick.topic == HOURLY_TOPIC]
    killed = [*CHAIN, *random.sample(CHAIN, SECOND_KILLS)]
    for hour, function in zip(random.sample(hours[:-1], len(killed)), killed, strict=True):
        yield Disturbance(hour, KILL, function, _delay(random, function))
    locker, cleanup = OUTSIDE_CHAIN
    yield Disturbance(0, KILL, locker, _delay(random, locker))
    yield Disturbance(random.randrange(hours[-1]), KILL, cleanup, _delay(random, cleanup))
    for hour, emulator in zip(random.sample(hours[:-1], len(SUSPENDED)), SUSPENDED, strict=True):
        seconds = round(random.uniform(SUSPENSION_SECONDS_MIN, SUSPENSION_SECONDS_MAX), 1)
        yield Disturbance(hour, SUSPEND, emulator, _delay(random, emulator), seconds)


def _delay(random: Random, target: str) -> float:
    longest = QUICK_DELAY_SECONDS_MAX.get(target, DELAY_SECONDS_MAX)
    return round(random.uniform(0, longest), 3)
