"""Eastern time: decisions are made in it, storage is in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def eastern(instant: datetime) -> datetime:
    """The same instant on an Eastern clock."""
    return instant.astimezone(EASTERN)


def eastern_date(instant: datetime) -> date:
    """The Eastern calendar date of an instant."""
    return eastern(instant).date()


def at(day: date, clock: time) -> datetime:
    """The UTC instant of a wall time in Eastern time.

    A time that the spring change skips maps to the instant an hour later on the clock; one that
    the autumn change repeats maps to its first occurrence.
    """
    return datetime.combine(day, clock, EASTERN).astimezone(UTC)


def parse_clock(text: str) -> time:
    """The wall time of `HH:MM`.

    Raises:
        ValueError: the text is not of that form.
    """
    if not re.fullmatch("[0-9]{2}:[0-9]{2}", text):
        raise ValueError(f"{text!r} is not a wall time of the form HH:MM")
    return time.fromisoformat(text)


def minutes_between(earlier: datetime, later: datetime) -> float:
    """Minutes from one instant to another; negative when they are the other way round."""
    return (later - earlier) / timedelta(minutes=1)
