"""What a decision knows of runs of slots to come that were forced long before."""

from datetime import UTC, datetime, timedelta

import pytest

from common.handlers.situation_reader import HISTORY_SPAN, read_history
from tests.kit.tables import holding

SLOT = datetime(2025, 11, 12, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LONGEST = HISTORY_SPAN + timedelta(days=8)
"""How long before a slot the oldest execution began that is looked for."""


@pytest.mark.parametrize(
    ("ago", "forced", "status"),
    [
        (HISTORY_SPAN + MINUTE, True, "failed"),
        (LONGEST, True, "failed"),
        (LONGEST + MINUTE, True, None),
        (HISTORY_SPAN + MINUTE, False, None),
    ],
)
def test_a_run_that_was_forced_before_the_days_that_are_read_is_known_to_be_over(
    ago: timedelta, status: str | None, *, forced: bool
) -> None:
    """It counts in the hour in which it ran, whatever of it is logged; another one is open."""
    began = SLOT - ago
    decided = {"at": SLOT, "decision_id": "d", "workflow_name": "lines", "action": "RUN"}
    ended = {"at": began, "decision_id": "d", "status": "failed"}
    place = holding(
        SLOT,
        workflow_decisions=[{**decided, "slot": SLOT, "forced": forced}],
        workflow_executions=[{**ended, "scraper_execution_ids": ["of long ago"]}],
    )
    (run,) = read_history(place, SLOT).runs
    hour = began.replace(minute=0)
    assert (run.status, run.slot) == (status, hour if status else SLOT)
