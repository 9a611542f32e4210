"""Conversions to and from Eastern time: decisions use it, everything that is stored is in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


def eastern(instant: datetime) -> datetime:
    """Return the same instant as an Eastern clock shows it."""
    return instant.astimezone(EASTERN)


def eastern_date(instant: datetime) -> date:
    """Return the Eastern calendar date of an instant (aware)."""
    return eastern(instant).date()


def at(day: date, clock: time) -> datetime:
    """Return the UTC instant of an Eastern wall time.

    A time that the spring change skips gives the instant at which the clock shows an hour more; a
    time that the autumn change repeats gives its first occurrence.
    """
    return datetime.combine(day, clock, EASTERN).astimezone(UTC)


def parse_clock(text: str) -> time:
    """Parse a wall time of the form `HH:MM`.

    Raises:
        ValueError: the text is not of that form.
    """
    if not re.fullmatch("[0-9]{2}:[0-9]{2}", text):
        raise ValueError(f"{text!r} is not a wall time of the form HH:MM")
    return time.fromisoformat(text)


def minutes_between(earlier: datetime, later: datetime) -> float:
    """Return the minutes from one instant to another; negative when `later` is the earlier one."""
    return (later - earlier) / timedelta(minutes=1)
