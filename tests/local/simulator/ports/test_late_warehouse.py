"""Rows that are not visible yet are left out of reads, and nothing else of them changes."""

from datetime import UTC, datetime, timedelta

import pytest

from local.simulator.ports.late_warehouse import LateWarehouse
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
SWEEPS, DECISIONS = "cleanup_operations", "workflow_decisions"


def sweep(name: str, status: str) -> dict[str, object]:
    """Return the row of a sweep."""
    return {"cleanup_time": NOON, "cleanup_id": name, "status": status}


@pytest.mark.parametrize("is_late", [False, True])
def test_a_read_keeps_its_span_and_filter(*, is_late: bool) -> None:
    """They hold while some row is hidden as while none is."""
    late = LateWarehouse(ManualClock(NOON).now)
    rows = [
        sweep("a", "OK"),
        sweep("b", "STORM"),
        {**sweep("c", "OK"), "cleanup_time": NOON + HOUR},
    ]
    late.append(SWEEPS, rows, job_key="1")
    if is_late:
        row = sweep("d", "OK")
        late.hide_while(lambda: late.append(SWEEPS, [row], job_key="2"), NOON + HOUR)
    found = late.select(
        SWEEPS, ["cleanup_id"], since=NOON, until=NOON + HOUR, where={"status": "OK"}
    )
    assert [dict(row) for row in found] == [{"cleanup_id": "a"}]


def test_a_hidden_row_hides_no_row_of_another_table() -> None:
    """Ids are of their table alone."""
    late = LateWarehouse(ManualClock(NOON).now)
    late.hide_while(lambda: late.append(SWEEPS, [sweep("a", "OK")], job_key="1"), NOON + HOUR)
    late.append(DECISIONS, [{"decision_time": NOON, "decision_id": "a"}], job_key="1")
    for table, column, left in ((SWEEPS, "cleanup_id", 0), (DECISIONS, "decision_id", 1)):
        assert len(late.select(table, [column], since=NOON, until=NOON + HOUR)) == left
