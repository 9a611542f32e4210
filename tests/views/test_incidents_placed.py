"""`incidents` of a few rows: which of two counts, and whose date a row is about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.views.conftest import View, placed

pytestmark = pytest.mark.stack
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
"""12:00 ET."""


def after(minutes: float) -> datetime:
    """Return an instant by its minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def run(name: str, minutes: float, target: date, **more: Any) -> dict[str, Any]:
    """Return the row of a RUN of a workflow and id of a name, for data of a date."""
    made = {"decision_id": name, "workflow_name": name, "action": "RUN", "reason_code": "READY"}
    times = {"decision_time": after(minutes), "slot": after(minutes), "target_date": target}
    return made | times | {"alert_level": "NONE"} | more


def ended(name: str, minutes: float) -> dict[str, Any]:
    """Return the row of an execution of the RUN of a name, which had begun five minutes before."""
    times = {"execution_time": after(minutes - 5), "finished_at": after(minutes)}
    done = {"execution_id": f"{name}-{minutes}", "decision_id": name, "workflow_name": name}
    return done | times | {"status": "completed"}


YESTERDAY = date(2025, 11, 11)
ROWS = placed(
    workflow_decisions=[
        run("twice", -300, YESTERDAY),
        run("caught-up", -1200, YESTERDAY - timedelta(days=1), game_ids=["older"]),
    ],
    workflow_executions=[ended("twice", -100), ended("twice", -170), ended("caught-up", -1199)],
)


def test_the_first_end_of_a_run_counts_and_a_plan_is_missed_for_its_own_day(view: View) -> None:
    """An older date's run says nothing of today's games, nor of what yesterday's have left."""
    told = "SELECT * FROM {}.incidents WHERE rule IN ('run-without-execution', 'no-plan')"
    rows = view(ROWS).ask(NOON, told)
    assert rows == [
        {
            "rule": "run-without-execution",
            "key": "twice",
            "level": "ERROR",
            "opened": after(-290),
            "last_seen": after(-180),
            "closed": after(-170),
            "recovered": True,
            "times": 2,
            "detail": "not ended after 2 h: the RUN of 2025-11-12 12:00:00+00",
        }
    ]
