"""The time axis of a day's page: Eastern wall clock; a day of 23 or 25 hours is drawn so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from common.eastern import at, eastern

BEGINS, ENDS = time(5), time(6)
"""From the refresh of the schedule to the first window of the next morning."""
WIDTH = 1200
"""Of the drawing, in units of its own."""


@dataclass(frozen=True)
class Axis:
    """From 05:00 of an Eastern date to 06:00 of the next one."""

    day: date

    @property
    def begin(self) -> datetime:
        """The first instant shown, aware."""
        return at(self.day, BEGINS)

    @property
    def end(self) -> datetime:
        """The last instant shown, aware."""
        return at(self.day + timedelta(days=1), ENDS)

    def x(self, instant: datetime) -> float:
        """Return where an instant lies, in units from the left; the edges hold what is outside."""
        share = (instant - self.begin) / (self.end - self.begin)
        return round(WIDTH * min(1.0, max(0.0, share)), 1)

    def span(self, since: datetime, until: datetime, least: float = 3) -> tuple[float, float]:
        """Return the left edge and the width of a bar, which is at least so wide that it shows."""
        left = min(self.x(since), WIDTH - least)
        return left, round(max(least, self.x(until) - left), 1)

    def hours(self) -> Iterator[tuple[float, str]]:
        """Yield each full hour that passes, with its wall clock's name: one twice in November."""
        instant = self.begin
        while instant <= self.end:
            yield self.x(instant), f"{eastern(instant):%H}"
            instant += timedelta(hours=1)
