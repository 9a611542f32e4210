"""Self-healing: finds what a link of the chain lost, and sends its event again (rule R8).

| Lost | Found by | Healed by |
| --- | --- | --- |
| a finalize event | an object without a log row | its notification, published again |
| a decision message | a RUN without tasks | the stored decision, published again |
| a task | a started execution whose task never reported | its request, then a `failed/` object |
| a task's report | the object of a task without a result | its object's event, likewise |
| a step's completion | every task reported, and nothing after | a result's event, likewise |

What stays lost after its resends ends in a failed row of `workflow_executions`.

The same sweep tells people of incidents: what is new, what is over, and once a day what lasts
(`common/incidents/`). A notice that cannot be sent keeps it neither from healing nor from its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from common import ids
from common.calendar.slots import Cron, next_slot
from common.cloud.ports import Row
from common.handlers.tick_slot import tick_slot
from common.healing.attempts import Healed, heal_each
from common.healing.objects import ObjectSweep, heal_objects
from common.healing.runs import heal_runs, unfinished_runs
from common.incidents.tell import Telling
from common.messages.envelope import Event
from common.messages.models import Tick
from common.redaction import shown
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed

TABLE = "cleanup_operations"
TICKS = "tick-cleanup-processor"
ERROR_CHARACTERS_MAX = 1000


@dataclass
class Sweep:
    """What one cleanup saw and did."""

    objects: ObjectSweep = field(default_factory=ObjectSweep)
    healed: Healed = field(default_factory=Healed)
    status: str = "OK"
    error: str | None = None
    told: list[str] = field(default_factory=list)


def clean_up(runtime: Runtime, event: Event, tick: Tick) -> Mapping[str, object]:
    """Sweep once for the tick's slot and leave one row, also when the lookup fails."""
    now = runtime.clock.now()
    began = runtime.elapsed()
    asked = tick_slot(runtime, event, tick, TICKS)
    slot, forced_by = asked.slot, asked.forced_by
    key = names.slot_key("cleanup_processor", slot, forced_by)
    with claimed(runtime.state, key) as claim:
        if claim is None:
            return {"result": "already swept", "slot": slot.isoformat()}
        telling = Telling(runtime, now)
        swept = sweep(runtime, now, deep=_ends_an_hour(runtime.cron(TICKS), slot))
        swept.told = telling.tell()
        row = _row(swept, ids.cleanup_id(slot, forced_by), slot, now, runtime.elapsed() - began)
        runtime.warehouse.append(TABLE, [row], job_key=key, look_first=claim.takeover)
        sent = len(swept.healed.republished)
        return {"result": swept.status, "slot": slot.isoformat(), "rows": sent}


def sweep(runtime: Runtime, now: datetime, *, deep: bool) -> Sweep:
    """Look for what was lost and send it again; see `heal_objects` on `deep`.

    A table that cannot be read does not keep the sweep from the others (scenario C4).
    """
    swept = Sweep()
    # Read beside the bucket: of a run that ends meanwhile, the claim of its next effect is done.
    unfinished = runtime.threads.submit(unfinished_runs, runtime.warehouse, now, deep=deep)

    def objects() -> None:
        heal_objects(runtime, now, swept.objects, swept.healed, deep=deep)

    def runs() -> None:
        if not swept.objects.storm:
            heal_runs(runtime, now, unfinished.result(), swept.healed, deep=deep)

    try:
        heal_each((objects, runs), lambda heal: heal())
        if swept.objects.storm:
            swept.status, swept.error = "STORM", swept.objects.storm
    except Exception as error:  # noqa: BLE001 - a sweep that failed is a row that records it (C3)
        swept.status = "ERROR"
        swept.error = shown(f"{type(error).__name__}: {error}", ERROR_CHARACTERS_MAX)
    return swept


def _ends_an_hour(cron: Cron, slot: datetime) -> bool:
    """Whether a sweep is the last of its hour; that one looks further back than the others."""
    return next_slot(cron, slot).hour != slot.hour


def _row(swept: Sweep, cleanup: str, slot: datetime, now: datetime, seconds: float) -> Row:
    return {
        "cleanup_time": now,
        "cleanup_id": cleanup,
        "files_checked": swept.objects.checked,
        "missing_files_found": swept.objects.missing,
        "republished_count": len(swept.healed.republished),
        "duration_seconds": round(max(seconds, 0.0), 3),
        "slot": slot,
        "status": swept.status,
        "error_message": swept.error,
        "republished": swept.healed.republished,
        "quarantined": swept.healed.quarantined,
        "told": swept.told,
    }
