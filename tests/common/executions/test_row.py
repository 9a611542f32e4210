"""The end of an execution: its outcome and its first errors."""

from datetime import timedelta

import pytest

from common import ids
from common.executions.manifest import Manifest
from common.executions.result import Result
from common.executions.row import finished_row, first_errors, outcome_of
from common.messages.models import GameTarget, WorkflowDecision
from tests.kit.situations import DAY, et

SLOT, MINUTE = et("2025-11-12 23:00"), timedelta(minutes=1)
GAME = "0022500213"
MANIFEST = Manifest(
    execution_id=ids.execution_id("decision"),
    decision=WorkflowDecision(
        decision_id=ids.decision_id("a_workflow", SLOT),
        workflow_name="a_workflow",
        action="RUN",
        slot=SLOT,
        decision_time=SLOT + MINUTE,
        target_date=DAY,
        scrapers=("nbac_boxscore", "oddsa_events"),
        targets=(GameTarget(game_id=GAME, away="MIL", home="CHA", scrapers=("nbac_boxscore",)),),
    ),
    steps=(),
    per_game=(),
    per_event=(),
    started=SLOT + 2 * MINUTE,
)


def task(scraper: str, game_id: str | None) -> Result:
    """Return the result of a task that was refused."""
    return Result(
        task_id=ids.task_id("execution", 0, scraper, str(game_id)),
        scraper=scraper,
        status="FAILED",
        outcome="BLOCKED",
        records=0,
        started_at=SLOT,
        duration_seconds=1,
        target_date=DAY,
        game_id=game_id,
        error_message="refused",
        log_id=f"log-{scraper}",
        object="an-object",
        generation=1,
    )


@pytest.mark.parametrize(
    ("tasks", "failed", "blocked", "outcome"),
    [
        (0, 0, 0, "NOTHING_READY"),
        (3, 0, 0, "COMPLETED"),
        (3, 1, 0, "PARTIAL"),
        (3, 0, 1, "PARTIAL"),
        (3, 3, 0, "FAILED"),
        (1, 1, 2, "FAILED"),
        (0, 0, 2, "FAILED"),
    ],
)
def test_x6_the_outcome_tells_all_some_or_none(
    tasks: int, failed: int, blocked: int, outcome: str
) -> None:
    """One of three that failed is no completion, and nothing to ask for is no failure."""
    assert outcome_of(tasks, failed, blocked) == outcome


def test_x16_an_error_names_what_its_task_was_about() -> None:
    """Its game, or its date; why the whole was blocked or given up comes first."""
    failed = [task("nbac_boxscore", GAME), task("oddsa_events", None)]
    now = MANIFEST.started + timedelta(days=1, seconds=2)
    assert finished_row(MANIFEST, failed, ["LOST"], now) == {
        "execution_id": MANIFEST.execution_id,
        "execution_time": SLOT + 2 * MINUTE,
        "workflow_name": "a_workflow",
        "decision_id": ids.decision_id("a_workflow", SLOT),
        "scrapers_requested": ["nbac_boxscore", "oddsa_events"],
        "scrapers_triggered": 2,
        "scrapers_succeeded": 0,
        "scrapers_failed": 2,
        "scraper_execution_ids": ["log-nbac_boxscore", "log-oddsa_events"],
        "status": "failed",
        "duration_seconds": 86_402,
        "error_message": (
            "LOST; nbac_boxscore 0022500213: refused; oddsa_events 2025-11-12: refused"
        ),
        "outcome": "FAILED",
        "slot": SLOT,
        "target_date": DAY,
        "game_ids": [GAME],
        "finished_at": now,
    }
    assert finished_row(MANIFEST, failed[::-1], [], SLOT)["scraper_execution_ids"] == [
        "log-nbac_boxscore",
        "log-oddsa_events",
    ]


def test_x16_the_first_errors_are_shown_and_the_rest_counted() -> None:
    """Null only when there is none."""
    assert first_errors([]) is None
    assert first_errors(["a"]) == "a"
    assert first_errors(["a", "b", "c"]) == "a; b; c"
    assert first_errors(["a", "b", "c", "d"]) == "a; b; c; and 1 more"
    assert first_errors(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"
