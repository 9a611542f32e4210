"""The controller's ticks as minutes of the day, for the checks of a configuration.

Wall times, so that the two days of a clock change do not matter.
"""

from datetime import time
from functools import cached_property
from itertools import pairwise
from math import gcd

from common.calendar.slots import Cron

DAY = 24 * 60


class Ticks:
    """When the controller ticks, in minutes of the day."""

    def __init__(self, cron: Cron) -> None:
        self.minutes = sorted(60 * hour + minute for hour in cron.hours for minute in cron.minutes)

    def between(self, first: float, last: float) -> list[int]:
        """The ticks of a closed span."""
        return [tick for tick in self.minutes if first <= tick <= last]

    @cached_property
    def spacing(self) -> int:
        """The span that every gap between two ticks of a day is a multiple of."""
        return gcd(*(b - a for a, b in pairwise(self.minutes))) or DAY

    def widest(self, first: int, last: int) -> int:
        """The widest gap between two ticks of a span; 1 where there is only one tick."""
        return max((b - a for a, b in pairwise(self.between(first, last))), default=1)

    def nearest(self, minute: int) -> int:
        """The tick nearest to a minute of the day."""
        return min(self.minutes, key=lambda tick: abs(tick - minute))

    def __str__(self) -> str:
        first, *others = map(clock, self.minutes)
        return f"{first}, {others[0]} … {others[-1]}" if others else first


def minutes(wall: time) -> int:
    """A wall time as minutes of the day."""
    return wall.hour * 60 + wall.minute


def clock(minute: float) -> str:
    """Minutes of the day as a wall time."""
    return f"{int(minute) % DAY // 60:02d}:{int(minute) % 60:02d}"
