"""Eastern wall times."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.eastern import at, eastern, eastern_date, minutes_between, parse_clock
from tests.kit.situations import MANY, et


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 1, 15), 12), (date(2026, 7, 15), 11)], ids=str
)
def test_t7_seven_eastern_in_winter_and_summer(day: date, expected: int) -> None:
    """07:00 is 12:00Z in January and 11:00Z in July, to the second."""
    assert at(day, time(7)) == datetime.combine(day, time(expected), UTC)


def test_t8_a_skipped_wall_time_is_an_hour_later() -> None:
    """02:30 on the spring date is 03:30 EDT."""
    assert at(date(2026, 3, 8), time(2, 30)) == et("2026-03-08 03:30")


def test_t8_a_repeated_wall_time_is_its_first() -> None:
    """01:30 on the autumn date is the one in daylight time."""
    assert at(date(2025, 11, 2), time(1, 30)) == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)


@MANY
@given(st.dates(date(2000, 1, 1), date(2099, 1, 1)), st.integers(180, 24 * 60 - 1))
def test_wall_times_come_back(day: date, minutes: int) -> None:
    """From 03:00 on, where no change happens, the wall shows what was asked for."""
    clock = time(minutes // 60, minutes % 60)
    shown = eastern(at(day, clock))
    assert (shown.date(), shown.time()) == (day, clock)


@MANY
@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_eastern_is_the_same_instant(instant: datetime) -> None:
    """The Eastern form of an instant differs only by four or five hours on the clock."""
    # Python never calls two zones equal in a repeated hour (PEP 495), so back to UTC it goes.
    assert eastern(instant).astimezone(UTC) == instant
    assert eastern(instant).utcoffset() in {timedelta(hours=-4), timedelta(hours=-5)}


def test_t4_the_evening_belongs_to_the_eastern_date() -> None:
    """00:05Z on 2 January is still 1 January."""
    assert eastern_date(datetime(2026, 1, 2, 0, 5, tzinfo=UTC)) == date(2026, 1, 1)


@MANY
@given(st.times())
def test_clocks_are_read_as_written(clock: time) -> None:
    """Every minute of the day, written HH:MM, is read back."""
    assert parse_clock(f"{clock:%H:%M}") == clock.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7:00",
        "07:0",
        "0700",
        "24:00",
        "07:60",
        "+1:00",
        "1 :00",
        "07:00:00",
        "\u0660\u0667:\u0660\u0660",
        "-1:00",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    """A text that is not two digits, a colon and two digits of a real time is refused."""
    with pytest.raises(ValueError, match=r"HH:MM|must be in|Invalid isoformat"):
        parse_clock(text)


def test_minutes_between_have_a_sign() -> None:
    """The minutes are negative when the second instant is the earlier one."""
    early, late = et("2025-11-12 18:55"), et("2025-11-12 19:00")
    assert (minutes_between(early, late), minutes_between(late, early)) == (5, -5)


def test_minutes_have_parts_and_a_sign() -> None:
    """Half a minute counts, in either direction."""
    assert minutes_between(et("2025-11-12 12:00"), et("2025-11-12 12:01:30")) == 1.5
    assert minutes_between(et("2025-11-12 12:01:30"), et("2025-11-12 12:00")) == -1.5


@pytest.mark.parametrize("text", ["6:00", "06:0", "006:00", "06:00:00", "06.00", ""])
def test_a_wall_time_has_two_and_two_digits(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match="HH:MM"):
        parse_clock(text)
