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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from common import ids
from common.claims import Claim, claimed
from common.eastern import eastern_date
from common.events import Event
from common.finalized import republish_object
from common.lost_runs import heal_runs
from common.messages import Tick, event_time, force_id
from common.ports import Row, StoredObject
from common.runtime import Runtime
from common.slots import slot_of
from common.tables import build_row
from common.tries import attempt, heal_each

TABLE = "cleanup_operations"
TICKS = "tick-cleanup-processor"
LOOK_BACK = timedelta(days=8)
"""Longer than the 7 days for which Pub/Sub retries a message."""
GRACE = timedelta(minutes=10)
"""An event younger than this may still be on its way."""
STORM_SHARE, STORM_LEAST = 0.8, 20
"""When most of many objects look unlogged, the lookup is wrong, not the world (scenario C1)."""
FAILED = "failed/"
_SHOWN = 1000


@dataclass
class Sweep:
    """What one cleanup saw and did."""

    checked: int = 0
    missing: int = 0
    republished: list[str] = field(default_factory=list)
    quarantined: list[str] = field(default_factory=list)
    status: str = "OK"
    error: str | None = None


def clean_up(runtime: Runtime, event: Event, tick: Tick) -> Mapping[str, object]:
    """Sweep once for the tick's slot and leave one row, also when the lookup fails."""
    now = runtime.clock.now()
    began = runtime.elapsed()
    slot = slot_of(runtime.cron(TICKS), event_time(tick, event, now))
    forced_by = force_id(tick, event, runtime.new_owner())
    key = f"cleanup_processor/{ids.stamp(slot)}{forced_by and '-' + forced_by}"
    with claimed(runtime, key) as claim:
        if claim is None:
            return {"result": "already swept", "slot": slot.isoformat()}
        swept = sweep(runtime, now)
        row = _row(swept, ids.cleanup_id(slot, forced_by), slot, now, runtime.elapsed() - began)
        _append(runtime, row, key, claim)
        return {"result": swept.status, "slot": slot.isoformat(), "rows": len(swept.republished)}


def sweep(runtime: Runtime, now: datetime) -> Sweep:
    """Look for what was lost and send it again."""
    swept = Sweep()
    try:
        _heal_objects(runtime, now, swept)
        if swept.status == "OK":
            heal_runs(runtime, now, swept.republished, swept.quarantined)
    except Exception as error:  # noqa: BLE001 - a sweep that failed is a row that says so (C3)
        swept.status = "ERROR"
        swept.error = f"{type(error).__name__}: {error}"[:_SHOWN]
    return swept


def _heal_objects(runtime: Runtime, now: datetime, swept: Sweep) -> None:
    objects = _recent_objects(runtime, now)
    swept.checked = len(objects)
    if not objects:
        return
    logged = {
        row["execution_id"]
        for row in runtime.warehouse.select(
            "scraper_execution_log",
            ("execution_id",),
            since=now - LOOK_BACK - timedelta(days=1),
            until=now + timedelta(days=1),
        )
    }
    missing = [stored for stored in objects if _log_id(stored) not in logged]
    swept.missing = len(missing)
    if len(missing) >= STORM_LEAST and len(missing) > STORM_SHARE * len(objects):
        swept.status = "STORM"
        swept.error = f"{len(missing)} of {len(objects)} objects look unlogged; nothing was sent"
        return
    heal_each(missing, partial(_heal_object, runtime, swept))


def _heal_object(runtime: Runtime, swept: Sweep, stored: StoredObject) -> None:
    send = partial(republish_object, runtime, stored)
    sent = attempt(runtime, f"objects/{_log_id(stored)}", send)
    told = swept.republished if sent else swept.quarantined
    told.append(f"gs://{stored.bucket}/{stored.name}")


def _recent_objects(runtime: Runtime, now: datetime) -> list[StoredObject]:
    """Objects old enough to be logged: by folder and date, so the bucket's age costs nothing."""
    bucket, storage = runtime.settings.data_bucket, runtime.storage
    earliest, latest = now - LOOK_BACK, now - GRACE
    first = eastern_date(earliest).isoformat()
    folders = [name for name in storage.folders(bucket) if name != FAILED]
    folders += [f"{FAILED}{name}" for name in storage.folders(bucket, FAILED)]
    return [
        stored
        for folder in folders
        for stored in storage.list(bucket, folder, start=f"{folder}{first}")
        if (written := stored.custom_time or stored.created) and earliest <= written <= latest
    ]


def _append(runtime: Runtime, row: Row, key: str, claim: Claim) -> None:
    runtime.warehouse.append(TABLE, [row], job_key=key, look_first=claim.takeover)


def _log_id(stored: StoredObject) -> str:
    return ids.log_id(stored.bucket, stored.name, stored.generation)


def _row(swept: Sweep, cleanup: str, slot: datetime, now: datetime, seconds: float) -> Row:
    return build_row(
        TABLE,
        {
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
        },
    )
