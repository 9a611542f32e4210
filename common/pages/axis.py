"""The time axis of a day's page: Eastern wall clock; a day of 23 or 25 hours is drawn so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.eastern import at, eastern

BEGINS, ENDS = time(5), time(6)
"""From the refresh of the schedule to the first window of the next morning."""
WIDTH = 1200
"""Of the drawing, in units of its own."""
SHORTEST = timedelta(microseconds=1)
"""Of a span, so that one instant can be drawn."""


@dataclass(frozen=True)
class Span:
    """From one instant to another, both aware."""

    begin: datetime
    end: datetime

    def x(self, instant: datetime) -> float:
        """Return where an instant lies, in units from the left; the edges hold what is outside."""
        share = (instant - self.begin) / max(self.end - self.begin, SHORTEST)
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    def bar(self, since: datetime, until: datetime, least: float = 3) -> tuple[float, float]:
        """Return the left edge and the width of a bar, which is at least so wide that it shows."""
        left = min(self.x(since), WIDTH - least)
        return left, round(max(least, self.x(until) - left), 1)


class Axis(Span):
    """From 05:00 of an Eastern date to 06:00 of the next one."""

    def __init__(self, day: date) -> None:
        super().__init__(at(day, BEGINS), at(day + timedelta(days=1), ENDS))

    def hours(self) -> Iterator[tuple[float, str]]:
        """Yield each full hour that passes, with its wall clock's name: one twice in November."""
        instant = self.begin
        while instant <= self.end:
            yield self.x(instant), f"{eastern(instant):%H}"
            instant += timedelta(hours=1)
