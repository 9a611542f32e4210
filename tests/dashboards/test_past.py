"""Panels whose query has the end of its range; the coverage of games is that of now."""

from collections.abc import Mapping
from datetime import time, timedelta

import pytest

from common.eastern import at
from local.dashboards.source import sources
from tests.alerts.days import FIRST, Emulator, Rows
from tests.dashboards.conftest import END, START, Grafana

pytestmark = pytest.mark.stack
FIRST_DAY = (at(FIRST, time()), START - timedelta(seconds=1))
WITH_AN_END = [
    (name, panel.title)
    for name, dashboard in sources()
    for panel in dashboard.panels
    if "$__to" in panel.sql and "game_coverage" not in panel.sql
]
"""Panels that say themselves where a range ends; what games have is told as of now."""
WHEN = {
    "daily_expected_schedule": "expected_run_time",
    "workflow_decisions": "decision_time",
    "workflow_executions": "execution_time",
    "scraper_execution_log": "triggered_at",
    "cleanup_operations": "cleanup_time",
}
Shown = Mapping[tuple[str, str], list[str]]


def shown(grafana: Grafana) -> Shown:
    """Return the rows that each panel shows of the first day, a day after it, in any order."""
    return {one: sorted(map(repr, grafana.ask(*one, FIRST_DAY)[1])) for one in WITH_AN_END}


@pytest.fixture(scope="module")
def followed(replayed: Grafana) -> Shown:
    """The first day where the second one has come."""
    return shown(replayed)


@pytest.fixture(scope="module")
def alone(emulator: Emulator, two_days: Rows) -> Shown:
    """The first day where nothing has come after it."""
    rows = {
        table: [row for row in two_days[table] if row[column] < START]
        for table, column in WHEN.items()
    }
    return shown(Grafana(emulator, rows, END))


@pytest.mark.parametrize("panel", WITH_AN_END, ids=": ".join)
def test_the_day_after_changes_nothing_in_a_day(
    panel: tuple[str, str], alone: Shown, followed: Shown
) -> None:
    """A panel shows the same of a day, whether or not there is another one after it."""
    assert followed[panel] == alone[panel]
