"""Self-healing: finds what a link of the chain lost, and sends its event again (rule R8).

| Lost | Found by | Healed by |
| --- | --- | --- |
| a finalize event | an object without a log row | its notification, published again |
| a decision message | a RUN without a first step | the stored decision, published again |
| a task | a started execution whose task never reported | its request, then a `failed/` object |
| a task's report | a log row that the execution does not know | its object's event, likewise |
| a step's completion | every task reported, and nothing after | a result's event, likewise |

What stays lost after its tries ends in a failed row of `workflow_executions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from common import ids
from common.calendar.slots import next_slot
from common.cloud.ports import Row
from common.handlers.tick_slot import tick_slot
from common.healing.attempts import heal_each
from common.healing.objects import Found, heal_objects
from common.healing.runs import heal_runs
from common.messages.envelope import Event
from common.messages.models import Tick
from common.runtime import Runtime
from common.state.claims import Claim, claimed

TABLE = "cleanup_operations"
TICKS = "tick-cleanup-processor"
_SHOWN = 1000


@dataclass
class Sweep(Found):
    """What one cleanup saw and did."""

    status: str = "OK"
    error: str | None = None


def clean_up(runtime: Runtime, event: Event, tick: Tick) -> Mapping[str, object]:
    """Sweep once for the tick's slot and leave one row, also when the lookup fails."""
    now = runtime.clock.now()
    began = runtime.elapsed()
    asked = tick_slot(runtime, event, tick, TICKS)
    slot, forced_by = asked.slot, asked.forced_by
    key = f"cleanup_processor/{ids.stamp(slot)}{forced_by and '-' + forced_by}"
    with claimed(runtime, key) as claim:
        if claim is None:
            return {"result": "already swept", "slot": slot.isoformat()}
        swept = sweep(runtime, now, far=_ends_an_hour(runtime, slot))
        row = _row(swept, ids.cleanup_id(slot, forced_by), slot, now, runtime.elapsed() - began)
        _append(runtime, row, key, claim)
        return {"result": swept.status, "slot": slot.isoformat(), "rows": len(swept.republished)}


def sweep(runtime: Runtime, now: datetime, *, far: bool) -> Sweep:
    """Look for what was lost and send it again; see `heal_objects` on `far`.

    A table that cannot be read does not keep the sweep from the others (scenario C4).
    """
    swept = Sweep()

    def objects() -> None:
        heal_objects(runtime, now, swept, far=far)

    def runs() -> None:
        if not swept.storm:
            heal_runs(runtime, now, swept.republished, swept.quarantined, far=far)

    try:
        heal_each((objects, runs), lambda heal: heal())
        if swept.storm:
            swept.status, swept.error = "STORM", swept.storm
    except Exception as error:  # noqa: BLE001 - a sweep that failed is a row that says so (C3)
        swept.status = "ERROR"
        swept.error = f"{type(error).__name__}: {error}"[:_SHOWN]
    return swept


def _ends_an_hour(runtime: Runtime, slot: datetime) -> bool:
    """The last sweep before the next decisions looks further back than the others."""
    return next_slot(runtime.cron(TICKS), slot).hour != slot.hour


def _append(runtime: Runtime, row: Row, key: str, claim: Claim) -> None:
    runtime.warehouse.append(TABLE, [row], job_key=key, look_first=claim.takeover)


def _row(swept: Sweep, cleanup: str, slot: datetime, now: datetime, seconds: float) -> Row:
    return {
        "cleanup_time": now,
        "cleanup_id": cleanup,
        "files_checked": swept.checked,
        "missing_files_found": swept.missing,
        "republished_count": len(swept.republished),
        "duration_seconds": round(max(seconds, 0.0), 3),
        "slot": slot,
        "status": swept.status,
        "error_message": swept.error,
        "republished": swept.republished,
        "quarantined": swept.quarantined,
    }
