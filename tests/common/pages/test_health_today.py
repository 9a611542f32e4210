"""Of which day the page of the health tells, late in the evening."""

from datetime import UTC, timedelta

from common.pages.health import read_health
from tests.kit.situations import DAY, et
from tests.kit.tables import holding

EVENING = et("2025-11-12 23:30").astimezone(UTC)
MIDNIGHT = et("2025-11-12 00:00")


def test_today_lasts_until_midnight_in_new_york() -> None:
    """What has been since the midnight before counts, and nothing of before it."""
    times = (MIDNIGHT - timedelta(seconds=1), MIDNIGHT, EVENING)
    swept = [{"at": when, "status": "OK"} for when in times]
    made = [{"at": when, "workflow_name": "f", "action": "RUN"} for when in times]
    found = read_health(holding(EVENING, cleanup_operations=swept, workflow_decisions=made))
    assert found.day == DAY
    assert found.sweeps["sweeps OK"] == 2
    assert found.decided == {"f": {"RUN": 2}}
