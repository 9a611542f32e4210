"""What stands first in a table, and what just stands in it."""

from copy import deepcopy
from datetime import timedelta
from itertools import groupby

import pytest

from common.eastern import eastern
from tests.alerts.days import DAY, Emulator, Rows
from tests.dashboards.conftest import END, START, Grafana

pytestmark = pytest.mark.stack
HOURS = timedelta(hours=1)


@pytest.fixture(scope="module")
def mixed(emulator: Emulator, two_days: Rows) -> Grafana:
    """A day of which a scraper failed and another one was late; two sweeps found some files."""
    rows = deepcopy(two_days)
    for row in rows["scraper_execution_log"]:
        if row["target_date"] != DAY or row["game_id"] is None:
            continue
        if row["scraper_name"] == "nbac_play_by_play":
            row["outcome"] = "FAILED"
        if row["scraper_name"] == "nbac_gamebook_pdf":
            row["triggered_at"] += 10 * HOURS
    first, second = rows["cleanup_operations"][-2:]
    first["missing_files_found"], second["missing_files_found"] = 5, 6
    return Grafana(emulator, rows, END + 12 * HOURS)


def test_what_is_missing_stands_before_what_came_late(mixed: Grafana) -> None:
    """Then comes the rest, each of the three by when it was due."""
    rows = mixed.show("scrapers", "Data of games, and by when")
    grouped = [(state, [*held]) for state, held in groupby(rows, lambda row: str(row["state"]))]
    assert [state for state, _ in grouped[:3]] == ["missing", "late", "there"]
    assert {state for state, _ in grouped[3:]}.isdisjoint({"missing", "late"})
    for _, held in grouped[:2]:
        assert held == sorted(held, key=lambda row: (row["due_at"], row["game_id"]))


def test_five_missing_files_are_no_alarm_and_six_are(mixed: Grafana) -> None:
    """As the seed's query has it."""
    rows = mixed.show("cleanup", "cleanup_operations: Alert: High Missing File Count")
    assert [row["missing_files_found"] for row in rows] == [6]


def test_a_workflow_s_newest_reason_stands_first(replayed: Grafana) -> None:
    """Workflows by name."""
    rows = replayed.show("decisions", "Reasons")
    wanted = sorted(rows, key=lambda row: (row["workflow_name"], -row["last"].timestamp()))
    assert [(row["workflow_name"], row["last"]) for row in rows] == [
        (row["workflow_name"], row["last"]) for row in wanted
    ]


@pytest.mark.parametrize(("begin", "end"), [(15, 24), (15.5, 20), (18, 18.01), (6, 23)])
def test_a_good_day_has_no_difference_from_any_hour_on(
    replayed: Grafana, begin: float, end: float
) -> None:
    """What was planned before a time range, or decided a moment after it, is not missed."""
    span = (START + begin * HOURS, min(START + end * HOURS, END))
    assert eastern(span[0]).date() == DAY
    assert replayed.show("overview", "Plan versus actual", span) == []
