"""Slots are the scheduled instants of a cron; every event belongs to one of them (rule R3)."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from common.eastern import EASTERN, eastern_date
from common.errors import ConfigError

EVENT_EARLY_MAX = timedelta(minutes=5)
"""How long before its slot an event may come, because scheduler and publisher clocks differ."""
JITTER_MAX = timedelta(minutes=2)
"""How far from its slot an event may come and still be decided as if it came at the slot."""
SLOT_AGE_MAX = timedelta(minutes=60)
"""How long after its slot a tick is still decided; a later one is skipped as expired."""
FORCED_AHEAD_MAX = timedelta(days=8)
"""How long before its slot a forced tick may come: what looks for what came of it looks as far."""
_PART = re.compile(r"(\*|[0-9]+(-[0-9]+)?)(/[1-9][0-9]*)?")
_RANGES = {"minute": 60, "hour": 24}


@dataclass(frozen=True)
class Cron:
    """The minutes and Eastern hours at which a job fires every day, in order."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]


def _field(text: str, name: str) -> tuple[int, ...]:
    """Expand one cron field: `*`, `n`, `a-b`, with `/step`, in a comma list."""
    top = _RANGES[name]
    values: set[int] = set()
    for part in text.split(","):
        if not _PART.fullmatch(part):
            raise ValueError(f"{part!r} is no field part")
        span, _, step = part.partition("/")
        low, _, high = ("0", "-", str(top - 1)) if span == "*" else span.partition("-")
        last = int(high or (top - 1 if step else low))
        if not 0 <= int(low) <= last < top:
            raise ValueError(f"{part!r} is outside 0-{top - 1}")
        values.update(range(int(low), last + 1, int(step or 1)))
    return tuple(sorted(values))


@lru_cache(maxsize=32)
def parse_cron(text: str) -> Cron:
    """Parse a daily cron: a minute field, an hour field, and `* * *`.

    Raises:
        ConfigError: the text has another form; the message names the cron and the field.
    """
    parts = text.split()
    if len(parts) != len(_RANGES) + 3 or parts[2:] != ["*", "*", "*"]:
        raise ConfigError(
            f"cron {text!r}: write 'MINUTE HOUR * * *', only daily crons are known; "
            "some weekdays or months alone are fields of a workflow"
        )
    try:
        return Cron(_field(parts[0], "minute"), _field(parts[1], "hour"))
    except ValueError as error:
        raise ConfigError(
            f"cron {text!r}: {error}; use *, n, a-b, /step or a comma list"
        ) from error


@lru_cache(maxsize=1024)
def slots_on(cron: Cron, day: date) -> tuple[datetime, ...]:
    """Return the UTC instants at which the cron fires on an Eastern date, in order.

    A wall time that the spring clock change skips does not fire; one that the autumn change repeats
    fires twice.
    """
    return tuple(
        sorted(
            {
                instant
                for hour in cron.hours
                for minute in cron.minutes
                for instant in _instants(datetime.combine(day, time(hour, minute)))
            }
        )
    )


def _instants(wall: datetime) -> Iterator[datetime]:
    """Yield the UTC instants (none, one or two) at which an Eastern clock shows a wall time."""
    for fold in (0, 1):
        instant = wall.replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)
        if instant.astimezone(EASTERN).replace(tzinfo=None) == wall:
            yield instant


def slot_of(cron: Cron, event_time: datetime) -> datetime:
    """Return an event's slot: the latest one at or before the event's time plus 5 minutes."""
    horizon = event_time + EVENT_EARLY_MAX
    day = eastern_date(horizon)
    while True:
        slots = slots_on(cron, day)
        if due := bisect_right(slots, horizon):
            return slots[due - 1]
        day -= timedelta(days=1)


def next_slot(cron: Cron, after: datetime) -> datetime:
    """Return the first slot later than `after`."""
    day = eastern_date(after)
    while True:
        slots = slots_on(cron, day)
        if (following := bisect_right(slots, after)) < len(slots):
            return slots[following]
        day += timedelta(days=1)


def judged_at(slot: datetime, now: datetime) -> datetime:
    """Return the instant conditions are evaluated at: the slot for an event on time, else now."""
    return slot if abs(now - slot) <= JITTER_MAX else now


def is_expired(slot: datetime, now: datetime) -> bool:
    """Return whether a tick comes too late for its slot to be decided."""
    return now - slot > SLOT_AGE_MAX
