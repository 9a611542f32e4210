"""The controller's ticks as minutes of the day."""

import pytest

from common.calendar.slots import parse_cron
from common.configuration.tick_grid import Ticks

DAILY = Ticks(parse_cron("0 12 * * *"))
ODD = Ticks(parse_cron("0,20,50 12 * * *"))


def test_a_single_tick_comes_once_a_day() -> None:
    """There is no gap between two of a day: a period is a multiple of the whole day."""
    assert (DAILY.spacing, DAILY.widest(0, 1440), f"{DAILY}") == (1440, 1, "12:00")


def test_ticks_of_a_span_and_the_gaps_between_them() -> None:
    """Both ends belong to a span; every gap is a multiple of the spacing."""
    assert ODD.minutes == [720, 740, 770]
    assert (ODD.between(720, 770), ODD.between(721, 769)) == ([720, 740, 770], [740])
    assert (ODD.spacing, ODD.widest(720, 770), ODD.widest(720, 740)) == (10, 30, 20)
    assert [ODD.nearest(minute) for minute in (0, 729, 731, 1439)] == [720, 720, 740, 770]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("6", "06:00"),
        ("6,9", "06:00, 09:00"),
        ("6,9,12", "06:00, 09:00 … 12:00"),
        ("6-23", "06:00, 07:00 … 23:00"),
    ],
)
def test_of_many_ticks_the_first_two_and_the_last_are_said(hours: str, said: str) -> None:
    """One or two are said in full."""
    assert f"{Ticks(parse_cron(f'0 {hours} * * *'))}" == said
