"""The time axis follows the Eastern wall clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from common.pages.axis import WIDTH, Axis, Span


@pytest.mark.parametrize(
    ("day", "hours", "twice"),
    [
        (date(2025, 11, 12), 25, ["05", "06"]),
        (date(2025, 11, 1), 26, ["01", "05", "06"]),
        (date(2026, 3, 7), 24, ["05", "06"]),
    ],
)
def test_a_day_has_the_hours_that_pass(day: date, hours: int, twice: list[str]) -> None:
    """The night of the clock change in autumn shows 01 twice; the one in spring has no 02."""
    names = [name for _, name in Axis(day).hours()]
    assert len(names) == hours + 1
    assert sorted({name for name in names if names.count(name) > 1}) == twice
    assert ("02" in names) is (hours != 24)


def test_instants_lie_in_proportion_and_the_edges_hold_the_rest() -> None:
    """Half of the span is the middle; what is earlier or later lies at an edge."""
    axis = Axis(date(2025, 11, 12))
    assert axis.begin == datetime(2025, 11, 12, 10, tzinfo=UTC)
    assert axis.x(axis.begin + (axis.end - axis.begin) / 2) == WIDTH / 2
    assert axis.x(axis.begin - timedelta(days=1)) == 0
    assert axis.x(axis.end + timedelta(days=1)) == WIDTH


def test_a_bar_is_wide_enough_to_be_seen() -> None:
    """An execution of a second still shows, also at the right edge."""
    axis = Axis(date(2025, 11, 12))
    x, width = axis.bar(axis.begin, axis.begin + timedelta(seconds=1), least=8)
    assert (x, width) == (0, 8)
    x, width = axis.bar(axis.end, axis.end + timedelta(hours=1), least=8)
    assert x + width == WIDTH


def test_an_instant_can_be_drawn() -> None:
    """A run of which nothing but its beginning is known."""
    axis = Axis(date(2025, 11, 12))
    span = Span(axis.begin, axis.begin)
    assert (span.x(axis.begin), span.x(axis.end)) == (0, WIDTH)
