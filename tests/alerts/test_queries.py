"""The watchdog's query on an emulated BigQuery: it fails with a reason from its threshold on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.cloud.tables import NAMES
from common.errors import BadInputError
from tests.alerts.days import PROJECT, Emulator, Rows
from tests.alerts.policies import WATCHDOG

pytestmark = pytest.mark.stack
NOON = datetime(2032, 1, 15, 17, tzinfo=UTC)
"""12:00 ET."""
TEST = "log: INCIDENT_OPENED test road"


def sweeps(begin: datetime, end: datetime, **more: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of the sweeps from an instant to before another."""
    while begin < end:
        is_test = begin.hour == NOON.hour and begin.minute == 0
        told = [TEST] if is_test else []
        row = {"cleanup_id": f"{begin}", "cleanup_time": begin, "status": "OK", "told": told}
        yield {**row, **more}
        begin += timedelta(minutes=15)


def minutes(number: float) -> datetime:
    """Return an instant by its minutes after noon."""
    return NOON + timedelta(minutes=number)


SWEEPS: dict[str, list[dict[str, Any]]] = {
    "swept": [*sweeps(minutes(-2880), minutes(1))],
    "blind": [
        *sweeps(minutes(-2880), minutes(1)),
        *sweeps(minutes(15), minutes(60), status="ERROR"),
    ],
    "mute": [
        *sweeps(minutes(-2880), minutes(1)),
        *sweeps(minutes(15), minutes(1600), told=["webhook: INCIDENT_OPENED test road"]),
    ],
    "fresh": [*sweeps(minutes(-60), minutes(1), told=[])],
    "never": [*sweeps(minutes(-1575), minutes(1), told=[])],
    "empty": [],
}
CASES = [
    ("swept", minutes(30), None),
    ("swept", minutes(31), "no-cleanup: last of 48 hours: 2032-01-15 17:00:00"),
    ("blind", minutes(46), "no-cleanup: last of 48 hours: 2032-01-15 17:00:00+00, failed: 3"),
    ("mute", minutes(26 * 60), None),
    ("mute", minutes(26 * 60 + 1), "no-notice: the last test was told at: 2032-01-15 17:00:00"),
    ("fresh", minutes(29), None),
    ("never", minutes(-15), None),
    ("never", minutes(-14), "no-notice: the last test was told at: not in 48 hours"),
    ("empty", minutes(0), "no-cleanup: last of 48 hours: none"),
]


@pytest.mark.parametrize(("swept", "now", "reason"), CASES)
def test_it_fails_with_its_reason_in_its_time(
    emulator: Emulator, swept: str, now: datetime, reason: str | None
) -> None:
    """Nobody sweeps, sweeps look at nothing, or nobody is told; else it answers `quiet`."""
    rows: Rows = {name: [] for name in NAMES} | {"cleanup_operations": SWEEPS[swept]}
    if reason is None:
        assert emulator.query(rows, WATCHDOG.read_text(), now)[1] == [("quiet",)]
        return
    with pytest.raises(BadInputError) as raised:
        emulator.query(rows, WATCHDOG.read_text(), now)
    assert f"ALERT {reason}" in str(raised.value)


def test_it_reads_one_table_of_two_days() -> None:
    """Its bytes do not grow, and it fails for no table of the others."""
    sql = "\n".join(line.split("--")[0] for line in WATCHDOG.read_text().splitlines())
    assert [name for name in NAMES if name in sql] == ["cleanup_operations"]
    assert f"FROM `{PROJECT}." in sql
    assert "INTERVAL 48 HOUR" in sql


def test_the_rows_are_those_of_the_real_sweeps(healthy: Rows) -> None:
    """A lived day's sweeps have the columns that it reads, and were told of nothing there."""
    assert {tuple(row["told"]) for row in healthy["cleanup_operations"]} == {()}
