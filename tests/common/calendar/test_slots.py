"""A cron gives the slots of a day, and each event belongs to one slot."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar.slots import (
    Cron,
    is_expired,
    judged_at,
    next_slot,
    parse_cron,
    slot_of,
    slots_on,
)
from common.eastern import eastern, eastern_date
from common.errors import ConfigError
from tests.kit.situations import DAY, MANY, ROUND_THE_CLOCK, TICKS, et

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
FIELDS = st.lists(st.integers(0, 23), min_size=1, max_size=5, unique=True).map(sorted).map(tuple)
CRONS = st.builds(Cron, FIELDS, FIELDS)


@pytest.mark.parametrize(
    ("text", "minutes", "hours"),
    [
        ("0 5 * * *", (0,), (5,)),
        ("0 6-23 * * *", (0,), tuple(range(6, 24))),
        ("*/15 * * * *", (0, 15, 30, 45), tuple(range(24))),
        ("45 4-22/6 * * *", (45,), (4, 10, 16, 22)),
        ("5,35 1,3-4 * * *", (5, 35), (1, 3, 4)),
        ("10/25 23 * * *", (10, 35), (23,)),
        ("9/25 0,23 * * *", (9, 34, 59), (0, 23)),
    ],
)
def test_crons_are_read(text: str, minutes: tuple[int, ...], hours: tuple[int, ...]) -> None:
    """Each form of a daily cron is read into its minutes and hours."""
    assert parse_cron(text) == Cron(minutes, hours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 5 * *",
        "0 5 * * 1",
        "60 5 * * *",
        "0 24 * * *",
        "0 9-5 * * *",
        "*/0 5 * * *",
        "*/ 5 * * *",
        "0 6-23/-1 * * *",
        "0 -5 * * *",
        "0 5- * * *",
        "0, 5 * * *",
        "0 MON * * *",
        "@daily",
    ],
)
def test_other_crons_are_refused(text: str) -> None:
    """A cron of another form is refused with an error that names it."""
    with pytest.raises(ConfigError, match="cron"):
        parse_cron(text)


@pytest.mark.parametrize(
    ("day", "first", "number"),
    [
        ("2025-11-12", 11, 18),
        ("2025-07-09", 10, 18),
        ("2026-03-08", 10, 18),
        ("2025-11-02", 11, 18),
    ],
)
def test_t9_the_controller_fires_at_eastern_hours(day: str, first: int, number: int) -> None:
    """The controller has 18 slots, 06:00 to 23:00 Eastern, also on the days of a clock change."""
    slots = slots_on(TICKS, date.fromisoformat(day))
    assert len(slots) == number
    assert slots[0].hour == first
    assert [eastern(slot).hour for slot in slots] == list(range(6, 24))


@pytest.mark.parametrize(
    ("day", "number"), [("2026-03-08", 23), ("2025-11-02", 25), (str(DAY), 24)]
)
def test_t8_a_day_has_as_many_slots_as_hours(day: str, number: int) -> None:
    """An hourly cron has 23 slots in spring and 25 in autumn on the days of the clock change."""
    slots = slots_on(ROUND_THE_CLOCK, date.fromisoformat(day))
    assert len(slots) == number
    assert {later - early for early, later in pairwise(slots)} == {timedelta(hours=1)}


def test_t8_a_nightly_job_in_the_skipped_hour() -> None:
    """A cron in the skipped hour has no slot that day; an event belongs to the slot before."""
    cron = parse_cron("30 2 * * *")
    assert slots_on(cron, date(2026, 3, 8)) == ()
    assert slot_of(cron, et("2026-03-08 12:00")) == et("2026-03-07 02:30")
    assert next_slot(cron, et("2026-03-08 00:00")) == et("2026-03-09 02:30")


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ("2025-11-12 13:00:00", "2025-11-12 13:00"),
        ("2025-11-12 13:30:15", "2025-11-12 13:00"),
        ("2025-11-12 13:54:59", "2025-11-12 13:00"),
        ("2025-11-12 13:55:00", "2025-11-12 14:00"),
        ("2025-11-13 00:10:00", "2025-11-12 23:00"),
        ("2025-11-13 05:54:59", "2025-11-12 23:00"),
        ("2025-11-13 05:55:00", "2025-11-13 06:00"),
    ],
)
def test_r3_an_event_belongs_to_the_latest_slot_five_minutes_ahead(
    happened: str, expected: str
) -> None:
    """An event belongs to the latest slot at or before its time plus five minutes."""
    assert slot_of(TICKS, et(happened)) == et(expected)


@MANY
@given(CRONS, INSTANTS)
def test_slots_partition_time(cron: Cron, instant: datetime) -> None:
    """No slot lies between an event's slot and the next slot."""
    own, following = slot_of(cron, instant), next_slot(cron, instant + timedelta(minutes=5))
    assert own <= instant + timedelta(minutes=5) < following
    assert next_slot(cron, own) == following
    assert own in slots_on(cron, eastern_date(own))


@MANY
@given(CRONS, st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_slots_show_the_crons_wall_times(cron: Cron, day: date) -> None:
    """The slots of a date are in order and show the cron's minutes and hours on that date."""
    slots = slots_on(cron, day)
    assert list(slots) == sorted(set(slots))
    for slot in slots:
        shown = eastern(slot)
        assert (shown.date(), shown.second) == (day, 0)
        assert shown.minute in cron.minutes
        assert shown.hour in cron.hours


@MANY
@given(st.sampled_from(slots_on(TICKS, DAY)), st.integers(-90, 90))
def test_t14_jitter_keeps_the_slot_and_what_is_judged(slot: datetime, seconds: int) -> None:
    """An event within 90 s of a slot belongs to it and is evaluated at the slot itself."""
    happened = slot + timedelta(seconds=seconds)
    assert slot_of(TICKS, happened) == slot
    assert judged_at(slot, happened) == slot


@pytest.mark.parametrize(
    ("seconds", "on_time"), [(-121, False), (-120, True), (120, True), (121, False)]
)
def test_beyond_two_minutes_the_real_instant_is_judged(seconds: int, *, on_time: bool) -> None:
    """More than two minutes from its slot an event is evaluated at the real instant (R3)."""
    slot = et("2025-11-12 19:00")
    now = slot + timedelta(seconds=seconds)
    assert judged_at(slot, now) == (slot if on_time else now)


def test_r3_a_slot_expires_after_an_hour() -> None:
    """A slot expires more than 60 minutes after it."""
    slot = et("2025-11-12 19:00")
    assert not is_expired(slot, slot + timedelta(minutes=60))
    assert is_expired(slot, slot + timedelta(minutes=60, seconds=1))
