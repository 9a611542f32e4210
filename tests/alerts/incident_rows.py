"""Rows of one incident each, and what the alert queries answer to them.

Each incident has a day of January 2032 for itself, so that one dataset holds them all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from common.cloud.tables import NAMES, build_row
from common.eastern import at, eastern_date

LINES = ("oddsa_events", "oddsa_player_props", "oddsa_game_lines")
BOXES = ("nbac_schedule_api", "nbac_boxscore")
Row = dict[str, Any]


def et(day: int, clock: str) -> datetime:
    """An Eastern wall time of January 2032, as UTC."""
    return at(date(2032, 1, day), time.fromisoformat(clock))


@dataclass(frozen=True)
class Case:
    """What an alert's query answers at an instant.

    Attributes:
        query: the alert's name.
        now: when it is asked; aware.
        incidents: how each incident that it answers begins; none when it is quiet.
        why: the reason, for the test's name.
    """

    query: str
    now: datetime
    incidents: tuple[str, ...]
    why: str


CASES = (
    Case("no-plan", et(2, "05:30"), ("no-plan 2032-01-02",), "a late game is left to collect"),
    Case("no-plan", et(2, "05:29"), (), "the locker has until 05:30"),
    Case("no-plan", et(4, "05:45"), (), "yesterday's games are collected, today's not yet known"),
    Case("no-plan", et(4, "06:15"), ("no-plan 2032-01-04",), "a run for today's games"),
    Case("no-plan", et(6, "06:15"), (), "the plan is there"),
    Case("no-plan", et(7, "12:00"), (), "no games today and nothing left of yesterday"),
    Case("no-decision", et(2, "08:16"), ("no-decision",), "the last one was yesterday's"),
    Case("no-decision", et(2, "07:59"), (), "06:00 is not two hours ago"),
    Case("no-decision", et(2, "03:00"), (), "nothing is due at night"),
    Case("no-decision", et(4, "08:00"), (), "06:00:15 is not yet two hours ago"),
    Case("no-decision", et(4, "08:01"), ("no-decision",), "06:00:15 is two hours ago"),
    Case("no-decision", et(8, "15:00"), ("no-decision",), "a forced tick proves no schedule"),
    Case("run-without-execution", et(9, "13:11"), ("not-started run-9",), "neither row"),
    Case("run-without-execution", et(9, "13:09"), (), "ten minutes are not over"),
    Case("run-without-execution", et(11, "13:30"), (), "the first scraper has reported"),
    Case("run-without-execution", et(11, "15:01"), ("not-ended run-11",), "two hours are over"),
    Case("run-without-execution", et(12, "18:00"), (), "it has ended"),
    Case("run-without-execution", et(25, "13:11"), (), "it has no id: it is not one of ours"),
    Case("run-without-execution", et(25, "15:01"), (), "no execution can ever name it"),
    Case("no-cleanup", et(13, "12:46"), ("no-cleanup",), "12:15 is 31 minutes ago"),
    Case("no-cleanup", et(13, "12:44"), (), "12:15 is 29 minutes ago"),
    Case("no-cleanup", et(14, "12:31"), ("no-cleanup",), "what came since could not look"),
    Case("no-cleanup", et(30, "12:00"), ("no-cleanup",), "nothing at all"),
    Case("missing-files", et(15, "12:20"), ("missing-files storm",), "6 files"),
    Case("missing-files", et(15, "12:50"), (), "reported by earlier runs"),
    Case("missing-files", et(16, "12:20"), (), "5 files are healed without an alert"),
    Case("abort", et(17, "19:10"), ("abort late", "abort unreadable"), "WARNING and ERROR"),
    Case("abort", et(17, "20:00"), (), "reported by earlier runs"),
    Case("abort", et(18, "19:10"), (), "a SKIP with WARNING is no ABORT"),
    Case("failing-executions", et(20, "18:10"), ("failing betting_lines",), "three in a row"),
    Case("failing-executions", et(20, "16:10"), (), "two in a row"),
    Case("failing-executions", et(20, "19:10"), (), "reported by earlier runs"),
    Case("failing-executions", et(22, "18:10"), (), "the one in between succeeded"),
    Case(
        "late-data", et(27, "17:45"), ("late-data oddsa_game_lines 2032-01-27",), "an hour before"
    ),
    Case("late-data", et(27, "17:25"), (), "they are due at 17:30"),
    Case("late-data", et(27, "18:05"), (), "reported by earlier runs"),
    Case("late-data", et(28, "17:45"), (), "the lines of that game have come"),
)


# As the previous controller wrote it into a table that is adopted: every row of ours has an id.
SEED_RUN: Row = {
    "decision_time": et(25, "13:00") - timedelta(seconds=45),
    "workflow_name": "betting_lines",
    "action": "RUN",
    "reason": "Ready: 12 games today",
    "priority": "CRITICAL",
    "alert_level": "NONE",
    "scrapers": list(LINES),
}


def rows() -> dict[str, list[Row]]:
    """Build the five tables with all incidents."""
    made: dict[str, list[Row]] = {name: [] for name in NAMES}
    for part in (_plans, _decisions, _runs, _cleanups, _executions, _lines):
        for table, row in part():
            made[table].append(build_row(table, row))
    made["workflow_decisions"].append(SEED_RUN)
    return made


def _decision(name: str, when: datetime, **more: object) -> tuple[str, Row]:
    return "workflow_decisions", {
        "decision_id": name,
        "decision_time": when + timedelta(seconds=15),
        "slot": when,
        "workflow_name": "betting_lines",
        "alert_level": "NONE",
        "target_date": eastern_date(when),
        **more,
    }


def _plans() -> Iterator[tuple[str, Row]]:
    games = {"action": "RUN", "reason_code": "READY"}
    yield _decision("lines-1", et(1, "13:00"), **games, scrapers=LINES, game_ids=["a", "b"])
    yield _decision("boxes-1", et(1, "23:00"), **games, scrapers=BOXES, game_ids=["a"])
    yield _decision("lines-3", et(3, "13:00"), **games, scrapers=LINES, game_ids=["c"])
    yield _decision("boxes-3", et(3, "23:00"), **games, scrapers=BOXES, game_ids=["c"])
    yield _decision("morning-4", et(4, "06:00"), action="RUN", reason_code="IN_WINDOW")
    yield _decision("morning-6", et(6, "06:00"), action="RUN", reason_code="IN_WINDOW")
    yield _decision("quiet-7", et(7, "06:00"), action="SKIP", reason_code="OFF_DAY")
    planned = {"date": date(2032, 1, 6), "expected_run_time": et(6, "06:00"), "plan_id": "plan-6"}
    yield "daily_expected_schedule", planned


def _decisions() -> Iterator[tuple[str, Row]]:
    skip = {"action": "SKIP", "alert_level": "WARNING"}
    yield _decision("forced-8", et(8, "14:30"), action="SKIP", forced=True)
    yield _decision("late", et(17, "18:55"), action="ABORT", alert_level="WARNING", reason="late")
    yield _decision("unreadable", et(17, "19:00"), action="ABORT", alert_level="ERROR", reason="?")
    yield _decision("missed-18", et(18, "19:00"), **skip, reason_code="MISSED_WINDOW")


def _runs() -> Iterator[tuple[str, Row]]:
    for day in (9, 11, 12):
        run = {"action": "RUN", "reason_code": "READY"}
        yield _decision(f"run-{day}", et(day, "12:59"), **run)
    for day in (11, 12):
        began = {"triggered_at": et(day, "13:00"), "decision_id": f"run-{day}"}
        yield "scraper_execution_log", {**began, "execution_id": f"log-{day}"}
    yield _execution("run-12", et(12, "13:00"), "completed")


def _cleanups() -> Iterator[tuple[str, Row]]:
    def cleanup(name: str, when: datetime, missing: int = 0, status: str = "OK") -> Row:
        row = {"cleanup_id": name, "cleanup_time": when, "status": status, "files_checked": 40}
        return {**row, "missing_files_found": missing, "republished_count": missing}

    table = "cleanup_operations"
    yield table, cleanup("fine-13", et(13, "12:15"))
    yield table, cleanup("fine-14", et(14, "12:00"))
    yield table, cleanup("blind-14", et(14, "12:15"), status="ERROR")
    yield table, cleanup("blind-14b", et(14, "12:30"), status="ERROR")
    yield table, cleanup("storm", et(15, "12:15"), missing=6)
    yield table, cleanup("few", et(16, "12:15"), missing=5)


def _execution(decision: str, when: datetime, status: str) -> tuple[str, Row]:
    counts = {"scrapers_triggered": 1, "scrapers_succeeded": 0, "scrapers_failed": 1}
    return "workflow_executions", {
        "execution_id": f"execution-{decision}",
        "execution_time": when,
        "finished_at": when + timedelta(minutes=1),
        "workflow_name": "betting_lines",
        "decision_id": decision,
        "status": status,
        "error_message": None if status == "completed" else "BLOCKED: oddsa_events",
        **counts,
    }


def _executions() -> Iterator[tuple[str, Row]]:
    failed, completed = "failed", "completed"
    for day, statuses in ((20, (failed, failed, failed)), (22, (failed, completed, failed))):
        for hour, status in zip((14, 16, 18), statuses, strict=True):
            when = et(day, f"{hour}:00")
            yield _execution(f"decision-{day}-{hour}", when, status)


def _lines() -> Iterator[tuple[str, Row]]:
    """Yield a run before each of two games at 18:30; the first one's brought no lines."""
    for day in (27, 28):
        inputs = {"games": {f"2032-01-{day}": [[f"00331005{day}", "MIL", "CHA", 19_800, 1, 0]]}}
        stored = {"inputs": json.dumps(inputs, separators=(",", ":"))}
        asked = {"scrapers": LINES, "game_ids": [f"00331005{day}"], **stored}
        yield _decision(f"lines-{day}", et(day, "13:00"), action="RUN", **asked)
        yield _execution(f"lines-{day}", et(day, "13:01"), "completed")
        yield _scrape(day, "oddsa_player_props", "SUCCESS")
        yield _scrape(day, "oddsa_game_lines", {27: "FAILED", 28: "SUCCESS"}[day])


def _scrape(day: int, scraper: str, outcome: str) -> tuple[str, Row]:
    return "scraper_execution_log", {
        "triggered_at": et(day, "13:00"),
        "execution_id": f"log-{scraper}-{day}",
        "decision_id": f"lines-{day}",
        "scraper_name": scraper,
        "outcome": outcome,
    }
