"""Locks the day's plan: what should run when, if everything goes as published."""

from collections.abc import Mapping

from common import ids
from common.claims import claimed
from common.eastern import eastern_date
from common.events import Event
from common.messages import Tick
from common.plan import PlannedRun, plan_day
from common.ports import Row
from common.runtime import Runtime
from common.tables import build_row
from common.tick_slot import tick_slot
from common.workflows import config_hash

TABLE = "daily_expected_schedule"
TICKS = "tick-schedule-locker"
CONTROLLER_TICKS = "tick-master-controller"


def lock(runtime: Runtime, event: Event, tick: Tick) -> Mapping[str, object]:
    """Write the plan of the tick's Eastern date; a second lock of it is a no-op that says so.

    Raises:
        TransientError: no schedule has been stored yet; the refresh brings one.
    """
    asked = tick_slot(runtime, event, tick, TICKS)
    slot, forced_by = asked.slot, asked.forced_by
    day = eastern_date(slot)
    key = f"schedule_locker/{day}{forced_by and '-' + forced_by}"
    with claimed(runtime, key) as claim:
        if claim is None:
            return {"result": "already locked", "slot": slot.isoformat()}
        season = runtime.season.read(runtime.clock.now())
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


def _row(runtime: Runtime, run: PlannedRun, day: str) -> Row:
    decision = run.decision
    return build_row(
        TABLE,
        {
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
            "config_hash": config_hash(runtime.settings.workflows_file),
        },
    )
