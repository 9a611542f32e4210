"""A day's ticks are those of every job's cron, in the order in which they are published."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from common.configuration.topology import load_topology
from common.settings import Settings
from local.scheduler import Tick, ticks_of

TOPOLOGY = load_topology(Settings().topology_file)


@pytest.mark.parametrize(
    ("day", "first", "last", "sweeps"),
    [
        (date(2025, 11, 12), "2025-11-12T05:00Z", "2025-11-13T04:45Z", 96),
        (date(2025, 11, 2), "2025-11-02T04:00Z", "2025-11-03T04:45Z", 100),
        (date(2026, 3, 8), "2026-03-08T05:00Z", "2026-03-09T03:45Z", 92),
    ],
    ids=["plain", "autumn", "spring"],
)
def test_a_day_goes_from_eastern_midnight_to_midnight(
    day: date, first: str, last: str, sweeps: int
) -> None:
    """Every job of the topology has its ticks, also on days of 23 and 25 hours."""
    ticks = ticks_of(TOPOLOGY, day)
    assert ticks[0].instant == datetime.fromisoformat(first)
    assert ticks[-1].instant == datetime.fromisoformat(last)
    counted = Counter((tick.job, tick.topic) for tick in ticks)
    assert counted == {
        ("cleanup-processor", "tick-cleanup-processor"): sweeps,
        ("master-controller-hourly", "tick-master-controller"): 18,
        ("daily-schedule-locker", "tick-schedule-locker"): 1,
        ("schedule-refresh", "scraper-requests"): 4,
        ("scoreboard-refresh", "scraper-requests"): 2,
    }


def test_ticks_are_in_the_order_of_time_and_of_one_instant_by_job() -> None:
    """Two ticks of one instant always come in the same order."""
    ticks = ticks_of(TOPOLOGY, date(2025, 11, 12))
    assert ticks == sorted(ticks, key=lambda tick: (tick.instant, tick.job))
    assert len({tick.instant for tick in ticks}) < len(ticks)


def test_a_tick_is_its_job_s_message_with_the_instant() -> None:
    """Its `scheduled_time` is the slot; of two jobs each has its own message."""
    instant = datetime(2025, 11, 12, 17, tzinfo=UTC)
    at = {"scheduled_time": "2025-11-12T17:00:00+00:00"}
    for job in TOPOLOGY.jobs:
        assert Tick(instant, job.name, job.topic).body(TOPOLOGY) == {**job.message, **at}
