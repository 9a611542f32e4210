"""The terminal row of an execution in `workflow_executions`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from common.executions.alternatives import not_made_good
from common.executions.manifest import Manifest
from common.executions.result import Result

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row


TABLE = "workflow_executions"
ERRORS_SHOWN_MAX = 3


def finished_row(
    manifest: Manifest, results: Sequence[Result], blocked: Sequence[str], now: datetime
) -> Row:
    """Make the row of an execution that has ended.

    A failed task whose data an alternative brought is counted, and fails nothing.

    Args:
        manifest: what it was to do.
        results: of its tasks.
        blocked: in words what could not be asked for, and why it was given up.
        now: aware; when it ended.
    """
    decision = manifest.decision
    failures = sum(result.status == "FAILED" for result in results)
    failed = not_made_good(manifest, results)
    errors = [f"{r.scraper} {r.game_id or r.target_date}: {r.error_message}" for r in failed]
    return {
        "execution_id": manifest.execution_id,
        "execution_time": manifest.started,
        "workflow_name": decision.workflow_name,
        "decision_id": decision.decision_id,
        "scrapers_requested": list(decision.scrapers),
        "scrapers_triggered": len(results),
        "scrapers_succeeded": len(results) - failures,
        "scrapers_failed": failures,
        "scraper_execution_ids": sorted(result.log_id for result in results),
        "status": "failed" if failed or blocked else "completed",
        "duration_seconds": (now - manifest.started).total_seconds(),
        "error_message": first_errors([*blocked, *errors]),
        "outcome": outcome_of(len(results), len(failed), len(blocked)),
        "slot": decision.slot,
        "target_date": decision.target_date,
        "game_ids": [target.game_id for target in decision.targets],
        "finished_at": now,
    }


def outcome_of(tasks: int, failed: int, blocked: int) -> str:
    """Name the outcome: COMPLETED, PARTIAL, FAILED, or NOTHING_READY without any task."""
    if failed or blocked:
        return "FAILED" if failed == tasks else "PARTIAL"
    return "COMPLETED" if tasks else "NOTHING_READY"


def first_errors(errors: Sequence[str]) -> str | None:
    """Join the first errors and count the rest; None when there is none."""
    if not errors:
        return None
    more = len(errors) - ERRORS_SHOWN_MAX
    shown = "; ".join(errors[:ERRORS_SHOWN_MAX])
    return f"{shown}; and {more} more" if more > 0 else shown
