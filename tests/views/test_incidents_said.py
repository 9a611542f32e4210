"""What `incidents` says of a row that went wrong, also of one that has no words of its own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.views.conftest import View, placed

pytestmark = pytest.mark.stack
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


def wrong(reason: str | None, error: str | None, outcome: str | None) -> dict[str, Any]:
    """Return tables with as much of each kind as makes an incident, by what the rows say."""
    times = [NOON - timedelta(minutes=minutes) for minutes in (30, 20, 10)]
    decision = {"workflow_name": "flow", "action": "ABORT", "alert_level": "ERROR"}
    ended = {"workflow_name": "flow", "status": "failed", "outcome": outcome}
    return placed(
        workflow_decisions=[{**decision, "decision_time": times[0], "reason": reason}],
        workflow_executions=[
            {**ended, "execution_time": when, "error_message": error} for when in times
        ],
        cleanup_operations=[
            {"cleanup_time": when, "status": "STORM", "error_message": error} for when in times[1:]
        ],
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("budget spent", "it broke", "FAILED"),
            {
                "decision": "ABORT: budget spent",
                "execution": "it broke",
                "cleanup": "STORM: it broke",
            },
        ),
        (
            (None, None, None),
            {
                "decision": "ABORT: no reason",
                "execution": "no message",
                "cleanup": "STORM: no message",
            },
        ),
    ],
)
def test_what_went_wrong_is_told_with_its_words_or_with_none(
    view: View, words: tuple[str | None, ...], said: dict[str, str]
) -> None:
    """An adopted row may lack its reason or error: it is an incident all the same."""
    asked = (
        "SELECT rule, detail FROM {}.incidents WHERE rule IN ('decision', 'execution', 'cleanup')"
    )
    rows = view(wrong(*words)).ask(NOON, asked)
    assert {row["rule"]: row["detail"] for row in rows} == said
