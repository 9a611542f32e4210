"""Whether the controller and the cleanup are alive, by what each wrote last."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from common.calendar.slots import next_slot
from common.configuration.checks import CONTROLLER_TOPIC
from common.eastern import at, eastern_date
from common.look.decided import decisions_between
from common.runtime import Runtime

SLOT_PATIENCE = timedelta(minutes=15)
"""How long after a slot begins its decisions are there, as the view `freshness` has it."""
SWEEP_PATIENCE = timedelta(minutes=30)
"""Two ticks of the cleanup."""


@dataclass(frozen=True)
class Alive:
    """What one of the two that drive the rest wrote last.

    Attributes:
        name: of the function, in words.
        last: when it wrote, since yesterday; None where it has not.
        is_late: whether it should have written since.
    """

    name: str
    last: datetime | None
    is_late: bool


def alive(place: Runtime) -> tuple[Alive, Alive]:
    """Return how the controller and the cleanup are; a forced slot says nothing of the ticks."""
    now = place.clock.now()
    since, soon = at(eastern_date(now) - timedelta(days=1), time()), now + timedelta(minutes=1)
    made = [row for row in decisions_between(place, since, soon) if not row["forced"]]
    swept = place.warehouse.select("cleanup_operations", ("cleanup_time",), since=since, until=soon)
    slot = max((row["slot"] for row in made), default=since)
    decided = max((row["decision_time"] for row in made), default=None)
    healed = max((row["cleanup_time"] for row in swept), default=None)
    awaited = next_slot(place.cron(CONTROLLER_TOPIC), slot) + SLOT_PATIENCE
    return (
        Alive("controller", decided, now > awaited),
        Alive("cleanup", healed, healed is None or now > healed + SWEEP_PATIENCE),
    )
