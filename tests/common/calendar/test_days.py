"""Weekdays and months have the names that a workflow file has."""

from datetime import date, timedelta
from typing import get_args

from common.calendar.days import Month, Weekday, month_of, weekday_of


def test_each_day_of_a_week_and_each_month_has_its_name() -> None:
    """2025-11-10 was a Monday; a year has its twelve months in order."""
    monday = date(2025, 11, 10)
    week = [weekday_of(monday + timedelta(days=number)) for number in range(7)]
    assert week == [*get_args(Weekday)]
    assert (week[0], week[6]) == ("monday", "sunday")
    year = [month_of(date(2025, number, 28)) for number in range(1, 13)]
    assert year == [*get_args(Month)]
    assert (year[0], year[11]) == ("january", "december")
