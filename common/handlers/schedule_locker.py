"""Locks the day's plan: what should run when, if everything goes as published.

The locks of a date are numbered, and one that is not done keeps the next from beginning: no two
ever insert at the same time. A plain tick is for the first; a forced one is the first that is not
done, and adds what the locks before it have not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from common import ids
from common.eastern import eastern_date
from common.errors import ClaimBusyError, TransientError
from common.handlers.tick_slot import tick_slot
from common.messages.envelope import Event
from common.messages.models import Tick
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed, is_done

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row
    from common.decisions.plan import PlannedRun


TABLE = "daily_expected_schedule"
TICKS = "tick-schedule-locker"
CONTROLLER_TICKS = "tick-master-controller"


def lock(runtime: Runtime, event: Event, tick: Tick) -> Mapping[str, object]:
    """Write the plan of the tick's Eastern date; a second lock of it is a no-op that says so.

    A forced lock leaves the rows that are there, and adds what the schedule has brought since.

    Raises:
        ClaimBusyError: the date is being locked, or was while a forced lock was about to.
        TransientError: there is no schedule, or only an old one that lists no game of the date; the
            refresh brings one.
    """
    slot = tick_slot(runtime, event, tick, TICKS).slot
    day = eastern_date(slot)
    key = _next_lock(runtime, day) if tick.force else names.lock_key(day, 1)
    with claimed(runtime.state, key) as claim:
        if claim is None and tick.force:
            raise ClaimBusyError(f"claim {key}: done by another delivery meanwhile; deliver again")
        if claim is None:
            return {"result": "already locked", "slot": slot.isoformat()}
        from common.decisions.plan import plan_day  # noqa: PLC0415 - most exits plan nothing

        season = runtime.season.read(runtime.clock.now())
        if season.is_stale(runtime.clock.now()) and day not in season.calendar:
            raise TransientError(f"the schedule is stale and lists no game on {day}; deliver again")
        planned = plan_day(
            runtime.workflows,
            season.calendar,
            day,
            cron=runtime.cron(CONTROLLER_TICKS),
            per_game=runtime.per_game,
            collect_since=runtime.settings.collect_since,
        )
        rows = [_row(runtime, run, day.isoformat()) for run in planned]
        if rows:
            look_first = claim.takeover or tick.force
            runtime.warehouse.append(TABLE, rows, job_key=key, look_first=look_first)
        return {"result": "locked", "slot": slot.isoformat(), "rows": len(rows)}


def _next_lock(runtime: Runtime, day: date) -> str:
    """The first lock of a date that is not done, whether a delivery is at it or not."""
    keys = (names.lock_key(day, number) for number in count(1))
    return next(key for key in keys if not is_done(runtime.state, key))


def _row(runtime: Runtime, run: PlannedRun, day: str) -> Row:
    decision = run.decision
    return {
        "date": eastern_date(run.slot),
        "locked_at": runtime.clock.now(),
        "workflow_name": run.workflow,
        "expected_run_time": run.slot,
        "reason": run.reason,
        "scrapers": list(decision.scrapers),
        "plan_id": ids.plan_id(day, run.workflow, run.slot),
        "reason_code": decision.reason_code,
        "target_date": decision.target_date,
        "game_ids": list(decision.game_ids),
        "config_hash": runtime.config_hash,
    }
