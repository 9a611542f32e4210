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


def ended(name: str, minutes: float, status: str = "completed") -> dict[str, Any]:
    """Return the row of an execution of the RUN of a name, which had begun five minutes before."""
    times = {"execution_time": after(minutes - 5), "finished_at": after(minutes)}
    done = {"execution_id": f"{name}-{minutes}", "decision_id": name, "workflow_name": name}
    said = {"outcome": status.upper(), "error_message": f"{name} {status}"}
    return done | times | {"status": status} | said


YESTERDAY = date(2025, 11, 11)
ROWS = placed(
    workflow_decisions=[
        run("twice", -300, YESTERDAY),
        run("caught-up", -1200, YESTERDAY - timedelta(days=1), game_ids=["older"]),
    ],
    workflow_executions=[ended("twice", -100), ended("twice", -170), ended("caught-up", -1199)],
    scraper_execution_log=[
        {"triggered_at": after(-175), "logged_at": after(-160), "decision_id": "twice"}
    ],
)


def test_the_first_end_of_a_run_counts_and_a_plan_is_missed_for_its_own_day(view: View) -> None:
    """A scrape that is logged later is no later end of its run.

    An older date's run says nothing of today's games, nor of what yesterday's have left.
    """
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


def swept(minutes: float, missing: int | None, status: str | None = None) -> dict[str, Any]:
    """Return the row of a sweep; the previous controller's have no status."""
    found = {"missing_files_found": missing, "files_checked": 50, "quarantined": []}
    return {"cleanup_time": after(minutes), "status": status, **found}


LOOKED = '{"2025-11-11":[["0022500201","MIL","CHA",-43200,3,1]]}'
"""A game of yesterday, as a decision of 07:00 ET has it: it began at 19:00 ET."""
EDGES = placed(
    # At 21:15 ET of the day before, and today at 06:00, 08:00 and 10:00 ET.
    workflow_decisions=[
        *(run("hourly", at, YESTERDAY, action="SKIP") for at in (-885, -360, -240, -120)),
        run("hourly", -300, YESTERDAY, action="SKIP", inputs=LOOKED),
        run("begun", -15, YESTERDAY, scrapers=["nbac_boxscore"]),
    ],
    workflow_executions=[
        *(ended("hourly", at, "failed") for at in (-50, -40, -30)),
        ended("hourly", -30),
    ],
    cleanup_operations=[swept(-45, 9), swept(-20, None), swept(-5, None, "OK")],
    scraper_execution_log=[
        {"triggered_at": after(-14), "logged_at": after(5), "decision_id": "begun"}
    ],
)


def test_what_falls_on_an_edge_is_told_from_what_falls_past_it(view: View) -> None:
    """A decision is due until 23:15 ET itself; of good and bad at one instant the bad came first.

    A sweep that could not count is no good one, and what is logged later has not begun yet.
    """
    rows = view(EDGES).ask(NOON, "SELECT * FROM {}.incidents WHERE rule != 'test' ORDER BY rule")
    told = [tuple(row[name] for name in ("rule", "key", "times", "detail")) for row in rows]
    assert told == [
        ("execution", "hourly", 3, "hourly failed"),
        ("late-data", "nbac_boxscore 2025-11-11", 1, "MIL@CHA was due at 2025-11-12 06:30:00 ET"),
        ("missing-files", "cleanup_processor", 1, "9 of 50 files had no log row"),
        ("no-decision", "master_controller", 1, f"{LAST} 2025-11-12 02:15:00+00"),
        ("run-without-execution", "begun", 1, f"{LATE} 2025-11-12 16:45:00+00"),
    ]
    spans = [(row["opened"], row["last_seen"], row["closed"], row["recovered"]) for row in rows]
    assert spans == [
        (after(-30), after(-30), after(-30), True),
        (after(-330), after(-330), None, None),
        (after(-45), after(-45), None, None),
        (after(-765), after(-765), after(-360), True),
        (after(-5), after(-5), None, None),
    ]


LAST = "the last decision was made at"
LATE = "not started after 10 min: the RUN of"
