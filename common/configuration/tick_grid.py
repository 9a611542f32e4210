"""The controller's ticks as minutes of the day, for the checks of a configuration.

The minutes are wall times, so the two days of a clock change do not matter.
"""

from datetime import time
from functools import cached_property
from itertools import pairwise
from math import gcd

from common.calendar.slots import Cron

DAY_MINUTES = 24 * 60


class Ticks:
    """When the controller ticks, in minutes of the day, in order."""

    def __init__(self, cron: Cron) -> None:
        self.minutes = sorted(60 * hour + minute for hour in cron.hours for minute in cron.minutes)

    def between(self, first: float, last: float) -> list[int]:
        """Return the ticks of a span, both ends included."""
        return [tick for tick in self.minutes if first <= tick <= last]

    @cached_property
    def spacing(self) -> int:
        """Return the greatest number of minutes that divides every gap between two ticks."""
        return gcd(*(b - a for a, b in pairwise(self.minutes))) or DAY_MINUTES

    def widest(self, first: int, last: int) -> int:
        """Return the widest gap in minutes between two ticks of a span; 1 if it has one tick."""
        return max((b - a for a, b in pairwise(self.between(first, last))), default=1)

    def nearest(self, minute: int) -> int:
        """Return the tick nearest to a minute of the day."""
        return min(self.minutes, key=lambda tick: abs(tick - minute))

    def __str__(self) -> str:
        times = [clock(minute) for minute in self.minutes]
        begin, further = ", ".join(times[:2]), times[2:]
        return f"{begin} … {further[-1]}" if further else begin


def minutes(wall: time) -> int:
    """Return a wall time as minutes of the day."""
    return wall.hour * 60 + wall.minute


def clock(minute: float) -> str:
    """Format minutes of the day as a wall time."""
    return f"{int(minute) % DAY_MINUTES // 60:02d}:{int(minute) % 60:02d}"
