"""Weekdays and months by the names that a workflow file has."""

from datetime import date
from typing import Literal, get_args

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Month = Literal[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


def weekday_of(day: date) -> Weekday:
    """Return a date's weekday."""
    weekday: Weekday = get_args(Weekday)[day.weekday()]
    return weekday


def month_of(day: date) -> Month:
    """Return a date's month."""
    month: Month = get_args(Month)[day.month - 1]
    return month
