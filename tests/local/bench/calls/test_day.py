"""What a metered day's ticks led to, told apart by their messages."""

from datetime import UTC, datetime, timedelta

import pytest

from local.bench.calls.day import MeteredDay
from local.bench.calls.meter import Effect
from local.bench.calls.path import Path
from local.scheduler import Tick

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
TICKS = {
    "1": Tick(NOON, "master-controller", "tick-master-controller"),
    "2": Tick(NOON, "cleanup-processor", "tick-cleanup-processor"),
    "3": Tick(NOON + timedelta(hours=1), "master-controller", "tick-master-controller"),
}
EFFECTS = tuple(
    Effect(trigger, function, Path(), Path(), None)
    for trigger, function in (("1", "a"), ("2", "b"), ("1", "c"), ("3", "d"))
)


@pytest.mark.parametrize(
    ("topic", "hours", "functions"),
    [
        ("tick-master-controller", 0, ["a", "c"]),
        ("tick-cleanup-processor", 0, ["b"]),
        ("tick-master-controller", 1, ["d"]),
        ("tick-cleanup-processor", 1, []),
    ],
)
def test_a_tick_is_its_topic_at_its_instant(topic: str, hours: int, functions: list[str]) -> None:
    """Two topics have ticks at one instant, and one topic has many."""
    found = MeteredDay(TICKS, EFFECTS).after(topic, NOON + timedelta(hours=hours))
    assert [effect.function for effect in found] == functions
