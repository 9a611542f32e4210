"""`incidents`: what went wrong, from the first bad row to the next good one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from common.eastern import at as wall
from tests.alerts.days import Rows
from tests.views.conftest import View, Viewed

pytestmark = pytest.mark.stack
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
PATH = "gs://nba-scraped-data/notes/2025-11-12/lost.json"
OTHER = "gs://nba-scraped-data/notes/2025-11-12/other.json"
FIRST, SECOND = (f"gs://nba-scraped-data/odds/2025-11-12/{name}.json" for name in ("1", "2"))
"""Of these the one is given up as the other comes back."""
LOST = "run-1100"
ALL = "SELECT * FROM {}.incidents WHERE rule != 'test' ORDER BY rule, key, opened"


WRITTEN = {
    "daily_expected_schedule": "locked_at",
    "workflow_decisions": "decision_time",
    "workflow_executions": "execution_time",
    "scraper_execution_log": "triggered_at",
    "cleanup_operations": "cleanup_time",
}
"""When a row of each table is of."""
RowsOf = Callable[[datetime], list[dict[str, Any]]]
"""The rows of the view at an instant."""


def after(minutes: float) -> datetime:
    """Return an instant by its minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def ended(
    minutes: float, status: str, workflow: str = "betting_lines", decision: str | None = None
) -> dict[str, Any]:
    """Return the row of a run that ended."""
    return {
        "execution_id": f"run-{minutes}",
        "execution_time": after(minutes),
        "finished_at": after(minutes),
        "workflow_name": workflow,
        "scrapers_requested": [],
        "scrapers_triggered": 1,
        "scrapers_succeeded": int(status == "completed"),
        "scrapers_failed": int(status == "failed"),
        "status": status,
        "decision_id": decision,
        "error_message": f"error at {minutes}" if status == "failed" else None,
    }


def decided(
    minutes: float,
    action: str,
    level: str,
    workflow: str = "injury_discovery",
    *,
    forced: bool = False,
) -> dict[str, Any]:
    """Return the row of a decision."""
    named = {"decision_id": f"made-{workflow}-{minutes}", "workflow_name": workflow}
    return {**named, "decision_time": after(minutes), "slot": after(minutes), "action": action} | {
        "alert_level": level,
        "reason": "budget spent",
        "forced": forced,
    }


def run(minutes: float, name: str, *, forced: bool = False) -> dict[str, Any]:
    """Return the row of a RUN of a workflow and id of a name."""
    return decided(minutes, "RUN", "NONE", name, forced=forced) | {"decision_id": name}


def swept(minutes: float, status: str, *quarantined: str, missing: int = 0) -> dict[str, Any]:
    """Return the row of a sweep."""
    return {"cleanup_id": f"sweep-{minutes}", "cleanup_time": after(minutes)} | {
        "files_checked": 50,
        "missing_files_found": missing,
        "status": status,
        "error_message": None if status == "OK" else "BigQuery is down",
        "quarantined": [*quarantined],
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "daily_expected_schedule": [],
    "workflow_executions": [
        ended(-10, "completed"),
        *(ended(1.8 * number, "failed") for number in range(600)),
        ended(1100, "completed"),
        *(ended(1200 + number, "failed") for number in range(2)),
        # Without an end and, the last one, without an error.
        *({**ended(700 + n, "failed", "said"), "finished_at": None} for n in range(2)),
        {**ended(702, "failed", "said"), "finished_at": None}
        | {"error_message": None, "outcome": "PARTIAL"},
        ended(500.5, "completed", "long", "long"),
        ended(450.5, "failed", "overlapping", "overlapping"),
        ended(310.5, "completed", "in-time", "in-time"),
    ],
    "workflow_decisions": [
        decided(0, "SKIP", "NONE"),
        decided(60, "SKIP", "WARNING"),
        decided(120, "ABORT", "ERROR"),
        {**decided(180, "SKIP", "INFO"), "decision_time": after(184)},  # it was held up
        decided(200, "SKIP", "ERROR", forced=True),
        *(run(305, name) for name in ("long", "overlapping", "in-time", "never")),
        run(305, "asked-by-hand", forced=True),
        {**run(305, "adopted"), "decision_id": None},
        # To 15:00 ET, from 18:00 to 23:00 ET, and at 06:00 ET on the day after.
        *(decided(60 * hour, "SKIP", "NONE", "hourly") for hour in (1, 2, 3, *range(6, 12), 18)),
    ],
    "cleanup_operations": [
        swept(0, "OK", PATH, OTHER, f"step 1 of execution {LOST}", "decision never-ended"),
        swept(15, "ERROR", missing=40),
        swept(30, "OK", FIRST),
        swept(45, "ERROR"),
        swept(60, "STORM", missing=40),
        swept(75, "OK", SECOND, missing=6),
        swept(90, "OK", PATH, OTHER, missing=5),
        *(swept(105 + 15 * number, "OK") for number in range(80)),
    ],
    "scraper_execution_log": [
        {"execution_id": "found", "triggered_at": after(1), "logged_at": after(500)}
        | {"scraper_name": "upload", "outcome": "UPLOADED", "gcs_path": PATH},
        {"execution_id": "found-too", "triggered_at": after(1), "logged_at": after(600)}
        | {"scraper_name": "upload", "outcome": "UPLOADED", "gcs_path": OTHER},
        # Sent again by hand later: what was given up has been back since the first row.
        {"execution_id": "found-again", "triggered_at": after(1), "logged_at": after(900)}
        | {"scraper_name": "upload", "outcome": "UPLOADED", "gcs_path": OTHER},
        *(
            {"execution_id": path, "triggered_at": after(1), "logged_at": after(minutes)}
            | {"scraper_name": "upload", "outcome": "UPLOADED", "gcs_path": path}
            for path, minutes in ((FIRST, 75), (SECOND, 90))
        ),
        {"execution_id": "begun", "triggered_at": after(308), "decision_id": "long"},
        {"execution_id": "begun-later", "triggered_at": after(400), "decision_id": "long"},
        {"execution_id": "begun-too", "triggered_at": after(308), "decision_id": "overlapping"},
        {"execution_id": "in-time", "triggered_at": after(309), "decision_id": "in-time"},
    ],
}


@pytest.fixture(scope="module")
def incidents(rows_of: RowsOf) -> list[dict[str, Any]]:
    """All incidents at 08:40 ET of the day after, by rule and time; the daily test left out."""
    return rows_of(after(1240))


@pytest.fixture(scope="module")
def rows_of(view: View) -> RowsOf:
    """What the view shows of the rows at an instant."""
    viewed: Viewed = view(ROWS)

    def ask(now: datetime) -> list[dict[str, Any]]:
        return [dict(row) for row in viewed.ask(now, ALL)]

    return ask


def of(incidents: list[dict[str, Any]], rule: str) -> list[tuple[Any, ...]]:
    """Return key, begin, end and how often of each incident of a rule, in minutes after noon."""
    return [
        (row["key"], at(row["opened"]), at(row["closed"]), row["times"])
        for row in incidents
        if row["rule"] == rule
    ]


def at(instant: datetime | None) -> float | None:
    """Return an instant as minutes after noon."""
    return None if instant is None else (instant - NOON).total_seconds() / 60


def test_600_equal_failures_are_one_incident(incidents: list[dict[str, Any]]) -> None:
    """It opens with the third and closes with the next good run; two more are none yet."""
    row, _ = (row for row in incidents if row["rule"] == "execution")
    assert (row["key"], row["times"], row["level"]) == ("betting_lines", 600, "ERROR")
    assert (at(row["opened"]), at(row["closed"]), row["recovered"]) == (3.6, 1100, True)
    assert row["last_seen"] == after(1.8 * 599)
    assert row["detail"] == f"error at {1.8 * 599}"


def test_a_run_without_an_end_ended_when_it_began(incidents: list[dict[str, Any]]) -> None:
    """What it says is its error, or else its outcome."""
    _, row = (row for row in incidents if row["rule"] == "execution")
    assert (row["key"], at(row["opened"]), row["detail"]) == ("said", 702, "PARTIAL")


def test_one_that_begins_as_another_ends_goes_on(incidents: list[dict[str, Any]]) -> None:
    """It is one incident, last seen when the second began."""
    (row,) = (row for row in incidents if row["key"] == "odds")
    assert [at(row[name]) for name in ("opened", "last_seen", "closed")] == [30, 75, 90]
    assert (row["times"], row["detail"]) == (2, f"cleanup has given up {SECOND}")


def test_what_lasts_was_last_seen_when_the_last_of_it_began(
    incidents: list[dict[str, Any]],
) -> None:
    """Of two objects that were given up at once, one was back before the other."""
    first, *_ = (row for row in incidents if row["key"] == "notes")
    assert [at(first[name]) for name in ("opened", "last_seen", "closed")] == [0, 0, 600]


def test_what_is_to_come_is_not_seen(rows_of: RowsOf) -> None:
    """At an instant the view shows what the tables had then: the 600 failures still last."""
    early = rows_of(after(600))
    assert of(early, "execution") == [("betting_lines", 3.6, None, 334)]
    assert of(early, "quarantine")[0] == ("notes", 0, 600, 2)
    assert of(rows_of(after(50)), "cleanup") == []


def test_a_decision_s_level_counts_whatever_its_action(incidents: list[dict[str, Any]]) -> None:
    """A SKIP with WARNING and the ABORT after it are one incident of the worse level.

    A forced decision is none: it is as of another instant, and its operator looks at it.
    """
    (row,) = (row for row in incidents if row["rule"] == "decision")
    assert (row["key"], row["level"], row["times"]) == ("injury_discovery", "ERROR", 2)
    assert (row["opened"], row["closed"]) == (after(60), after(184))


def test_what_cleanup_gave_up_closes_when_all_of_it_is_back(
    incidents: list[dict[str, Any]],
) -> None:
    """The objects of a folder are one incident, and so are runs; one of those never ended."""
    assert of(incidents, "quarantine") == [
        ("notes", 0, 600, 2),
        ("odds", 30, 90, 2),
        ("runs", 0, None, 2),
    ]


def test_two_failed_sweeps_are_an_incident_and_one_is_none(
    incidents: list[dict[str, Any]],
) -> None:
    """The next sweep heals what one could not."""
    assert of(incidents, "cleanup") == [("cleanup_processor", 60, 75, 2)]


def test_each_rule_has_a_level_of_its_own(incidents: list[dict[str, Any]]) -> None:
    """What the next sweep may heal is a warning, as are missing files; all else is an error."""
    assert {(row["rule"], row["level"]) for row in incidents} == {
        ("cleanup", "WARNING"),
        ("decision", "ERROR"),
        ("execution", "ERROR"),
        ("missing-files", "WARNING"),
        ("no-decision", "ERROR"),
        ("quarantine", "ERROR"),
        ("run-without-execution", "ERROR"),
    }


def test_more_than_five_missing_files_are_an_incident(incidents: list[dict[str, Any]]) -> None:
    """Of a storm as well; five are none, nor are those of a sweep that could not look."""
    assert of(incidents, "missing-files") == [("cleanup_processor", 60, 90, 2)]


def test_sweeps_that_stop_or_see_nothing_are_an_incident(
    incidents: list[dict[str, Any]], rows_of: RowsOf
) -> None:
    """From 30 minutes after the last good one on; when the next comes at 30, none is late."""
    assert of(incidents, "no-cleanup") == []
    late = of(rows_of(after(1330)), "no-cleanup")
    assert late == [("cleanup_processor", 105 + 15 * 79 + 30, None, 1)]


def test_a_run_that_does_not_start_or_end_is_an_incident(
    incidents: list[dict[str, Any]],
) -> None:
    """After ten minutes without a sign, and after two hours without its end."""
    assert of(incidents, "run-without-execution") == [
        ("long", 425, 500.5, 1),
        ("never", 315, None, 2),
        ("overlapping", 425, 450.5, 1),
    ]


def test_no_decision_for_two_hours_of_the_day_is_an_incident(
    incidents: list[dict[str, Any]],
) -> None:
    """15:00 to 17:05 ET is too long, 23:00 to 06:00 is the night; from 08:00 on a day is late."""
    assert of(incidents, "no-decision") == [
        ("master_controller", 304, 305, 1),
        ("master_controller", 1200, None, 1),
    ]


def test_what_nobody_waits_for_any_more_is_closed_without_a_recovery(rows_of: RowsOf) -> None:
    """A week after it was last seen; the runs that cleanup gave up have not come back."""
    (row,) = (row for row in rows_of(after(7 * 1440)) if row["key"] == "runs")
    assert (at(row["closed"]), row["recovered"]) == (7 * 1440, False)


@pytest.mark.parametrize(("clock", "is_open"), [(29, True), (30, False)])
def test_once_a_day_an_incident_proves_the_road(good: Viewed, clock: int, *, is_open: bool) -> None:
    """It is open from 12:00 to 12:30 ET, and marked as a test."""
    sql = "SELECT * FROM {}.incidents WHERE rule = 'test'"
    (row,) = good.ask(after(1440 + clock), sql)
    assert (row["key"], row["level"]) == ("road", "TEST")
    assert (row["closed"] is None) is is_open
    assert row["opened"] == after(1440)


@pytest.mark.parametrize("clock", ["05:35", "08:05", "23:10"])
def test_a_good_day_has_no_incident(good: Viewed, clock: str) -> None:
    """The tables of days on which nothing fails, at times when something might be due."""
    now = wall(date(2025, 11, 13), time.fromisoformat(clock))
    assert good.ask(now, ALL) == []


def test_what_was_due_before_the_first_decision_is_no_incident(view: View, good_days: Rows) -> None:
    """A new deployment is told of no lines of the evening before, which nobody could ask for."""
    began, night = (wall(date(2025, 11, day), time(hour)) for day, hour in ((12, 5), (12, 23)))
    rows = {
        name: [row for row in held if row[WRITTEN[name]] >= began]
        for name, held in good_days.items()
    }
    lines = "scraper_name = 'oddsa_game_lines' AND game_date = '2025-11-11'"
    lacking = view(rows).ask(night, f"SELECT state FROM {{}}.game_coverage WHERE {lines}")
    assert {row["state"] for row in lacking} == {"missing"}
    told = view(rows).ask(night, "SELECT key FROM {}.incidents WHERE rule = 'late-data'")
    assert [row["key"] for row in told if row["key"].startswith("oddsa")] == []
