"""What is told of a season beside its coverage, from rows that say just that."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from common.cloud.tables import NAMES
from common.configuration.checks import load_checked
from common.configuration.topology import load_topology
from common.settings import Settings
from local.records.coverage import GameCoverage
from local.simulator import season_findings
from tests.kit.situations import game

DAY, NEXT = date(2025, 11, 12), date(2025, 11, 13)
SLOT = datetime(2025, 11, 13, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
Rows = list[dict[str, Any]]


def tables(**rows: Rows) -> dict[str, Rows]:
    """Return the five tables, which are empty but for these."""
    return {name: rows.get(name, []) for name in NAMES}


def decided(
    name: str, action: str = "RUN", code: str = "X", day: date = DAY, **more: object
) -> dict[str, Any]:
    """Return a decision's row."""
    about = {"workflow_name": name, "target_date": day, "slot": SLOT, "game_ids": []}
    return {**about, "action": action, "reason_code": code, **more}


def planned(name: str, day: date = DAY) -> dict[str, Any]:
    """Return a row of the plan."""
    return {"workflow_name": name, "target_date": day, "date": NEXT}


@pytest.mark.parametrize(
    ("decisions", "plan", "missed"),
    [
        ([], [], []),
        ([decided("a")], [planned("a")], []),
        ([], [planned("a")], ["2025-11-12 a"]),
        ([decided("a", day=NEXT)], [planned("a")], ["2025-11-12 a"]),
        ([decided("b")], [planned("a")], ["2025-11-12 a"]),
        ([decided("a", "SKIP")], [planned("a")], ["2025-11-12 a"]),
        ([decided("a", "SKIP", "MISSED_WINDOW")], [], ["2025-11-12 a"]),
        ([decided("a", "SKIP", "MISSED_WINDOW"), decided("a")], [], ["2025-11-12 a"]),
        ([], [planned("a", NEXT), planned("b"), planned("b")], ["2025-11-12 b", "2025-11-13 a"]),
    ],
)
def test_a_window_is_missed_that_was_planned_and_never_run(
    decisions: Rows, plan: Rows, missed: list[str]
) -> None:
    """Or that was decided as missed; each date and workflow is named once, the earliest first."""
    found = tables(workflow_decisions=decisions, daily_expected_schedule=plan)
    assert season_findings.missed_windows(found) == missed


def covered(hours: int | None) -> GameCoverage:
    """Return a game that was complete so many hours after the slot."""
    complete = None if hours is None else SLOT + hours * HOUR
    return GameCoverage(game(1, "2025-11-12 19:00"), (), (), (), complete)


@pytest.mark.parametrize(
    ("row", "hours", "is_needless"),
    [
        (decided("w", day=NEXT), -1, True),
        (decided("w", "SKIP", day=NEXT), -1, False),
        (decided("w"), -1, False),
        (decided("w", game_ids=["1"]), -1, True),
        (decided("w", game_ids=["1"]), 0, False),
        (decided("w", game_ids=["1"]), 1, False),
        (decided("w", game_ids=["1"]), None, False),
        (decided("w", game_ids=["1", "unknown"]), -1, False),
        (decided("w", game_ids=["unknown"]), -1, False),
    ],
)
def test_a_run_is_needless_without_a_game_that_lacks_something(
    row: dict[str, Any], hours: int | None, *, is_needless: bool
) -> None:
    """A date without games, or games that all were complete before the slot."""
    found = season_findings.needless_runs(
        tables(workflow_decisions=[row]), {DAY: object()}, {"1": covered(hours)}
    )
    assert found == (["2025-11-13T04:00Z w"] if is_needless else [])


def test_each_needless_run_is_told_in_the_order_of_the_decisions() -> None:
    """What did not run between them, and what was needed, is left out."""
    rows = [decided("c", day=NEXT), decided("s", "SKIP"), decided("x"), decided("a", day=NEXT)]
    found = season_findings.needless_runs(tables(workflow_decisions=rows), {DAY: object()}, {})
    assert found == ["2025-11-13T04:00Z c", "2025-11-13T04:00Z a"]


def test_missing_lines_are_explained_by_what_was_decided_that_day() -> None:
    """By the workflows before games alone, counted by action and reason."""
    held = Settings()
    flows = load_checked(held.workflows_file, load_topology(held.topology_file))
    rows = [
        decided("betting_lines", "SKIP", "Z"),
        decided("betting_lines", "SKIP", "A"),
        decided("betting_lines", "SKIP", "Z"),
        decided("betting_lines", "RUN", "Y"),
        decided("betting_lines", "RUN", "Y", NEXT),
        decided("post_game_window_2", "RUN", "Y"),
    ]
    why = season_findings.why_no_lines
    assert why(tables(workflow_decisions=rows), flows, DAY) == "1 RUN Y, 1 SKIP A, 2 SKIP Z"
    assert why(tables(), flows, DAY) == "no decision was made that day"


def logged(
    scraper: str, outcome: str, hours: int, game_id: str | None = None, day: date = DAY
) -> dict[str, Any]:
    """Return a row of the log."""
    about = {"scraper_name": scraper, "outcome": outcome, "game_id": game_id}
    return {**about, "triggered_at": SLOT + hours * HOUR, "target_date": day}


def test_missing_data_are_explained_by_the_last_attempt_of_each_scraper() -> None:
    """Of the game or of its whole date; attempts for others and of other scrapers do not count."""
    found = game(1, "2025-11-12 19:00")
    rows = [
        logged("a", "NO_DATA", 0, found.game_id),
        logged("a", "FAILED", 1, found.game_id),
        logged("a", "BLOCKED", 2, "another"),
        logged("b", "TIMEOUT", 3),
        logged("b", "MISMATCH", 4, day=NEXT),
        logged("d", "SUCCESS", 5, found.game_id),
    ]
    log = tables(scraper_execution_log=rows)
    assert season_findings.why_missing(log, found, ["b", "a", "c"]) == (
        "b: TIMEOUT at 2025-11-13T07:00Z; a: FAILED at 2025-11-13T05:00Z; c: never requested"
    )
