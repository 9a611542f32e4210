"""Judges every workflow of a slot once, records the decisions, and publishes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from common import ids
from common.calendar.slots import FORCED_AHEAD_MAX, slot_of
from common.decisions.situation import Decision, Situation
from common.errors import BadInputError
from common.handlers.situation_reader import Batches, read_situation
from common.handlers.tick_slot import tick_slot
from common.messages.envelope import Event
from common.messages.models import ControllerTick, WorkflowDecision
from common.runtime import Runtime
from common.state import names
from common.state.claims import Claim, claimed
from common.state.decided import near_batches, publish_decisions

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row, StoredObject


TABLE = "workflow_decisions"
TICKS = "tick-master-controller"


def control(runtime: Runtime, event: Event, tick: ControllerTick) -> Mapping[str, object]:
    """Decide a slot.

    Decided → stored in the state bucket → rows → messages: each effect repeats harmlessly. A
    redelivery goes on with what was decided first. If the next slot began before this slot's rows
    were written, decide again: the stored decision was never visible to any reader.

    Raises:
        BadInputError: a forced tick names a workflow that is not enabled, or a slot too far ahead.
    """
    now = runtime.clock.now()
    _check_workflow(runtime, tick.workflow)
    check_ahead(tick.scheduled_time or now, now)
    asked = tick_slot(runtime, event, tick, TICKS)
    slot, forced_by = asked.slot, asked.forced_by
    key = names.tick_stamp(slot, forced_by)
    with claimed(runtime.state, names.slot_key("master_controller", slot, forced_by)) as claim:
        if claim is None:
            return {"result": "already decided", "slot": slot.isoformat()}
        # A forced tick that names a time asks what should have happened then.
        when = asked.happened if tick.force else now
        batch = _decided(runtime, Asked(slot, when, forced_by, tick.workflow), now)
        _record(runtime, key, batch, claim)
        return {"result": "decided", "slot": slot.isoformat(), "rows": len(batch["decisions"])}


def check_ahead(scheduled: datetime, now: datetime) -> None:
    """Refuse a tick so far ahead that nobody would look for what came of its slot.

    Raises:
        BadInputError: it is more than `FORCED_AHEAD_MAX` ahead of the clock.
    """
    if scheduled - now > FORCED_AHEAD_MAX:
        raise BadInputError(
            f"ControllerTick: scheduled_time: {scheduled.isoformat()} is more than "
            f"{FORCED_AHEAD_MAX.days} days ahead of the clock ({now.isoformat()}); force it later"
        )


@dataclass(frozen=True)
class Asked:
    """What is to be decided: a slot, as of an instant, what forced it, and for which workflow."""

    slot: datetime
    when: datetime
    forced_by: str
    workflow: str | None = None

    @property
    def key(self) -> str:
        """The key of the batch."""
        return names.tick_stamp(self.slot, self.forced_by)


def _check_workflow(runtime: Runtime, workflow: str | None) -> None:
    if workflow is not None and workflow not in runtime.workflows:
        known = ", ".join(runtime.workflows)
        raise BadInputError(
            f"ControllerTick: workflow: {workflow!r} is not enabled; known: {known}"
        )


def _decided(runtime: Runtime, asked: Asked, now: datetime) -> Mapping[str, Any]:
    """Return the stored decisions of a slot, storing them first where nobody has.

    Of two ticks that are decided at once the one whose batch is stored later sees the other's, and
    decides again: the RUNs of a stored batch are under way (FR3, FR4). So does one whose slot is
    over, as long as its rows are not written.
    """
    state, name = runtime.state, names.batch(asked.key)
    near = runtime.threads.submit(_near, runtime, asked)
    judged = _judge(runtime, asked, lambda: near.result()[1])
    batch = state.write_once(name, judged)
    is_new = batch is judged
    mine, others = _near(runtime, asked)
    outdated = _was_late(mine, batch, others) or (not is_new and _is_behind(runtime, batch, now))
    if outdated and (is_new or not _is_recorded(runtime, asked.key, batch)):
        return state.write_anew(name, _judge(runtime, asked, lambda: others), mine)
    return batch


def _was_late(
    mine: StoredObject | None, batch: Mapping[str, Any], others: Sequence[StoredObject]
) -> bool:
    """Return whether a batch was stored after another tick's which it had not seen."""
    unseen = [each for each in others if _version(each) not in batch.get("seen", ())]
    return mine is not None and any(each.generation < mine.generation for each in unseen)


def _version(batch: StoredObject) -> str:
    return f"{batch.name}#{batch.generation}"


def _near(runtime: Runtime, asked: Asked) -> tuple[StoredObject | None, list[StoredObject]]:
    """List the tick's own batch, and those of other ticks near its slot."""
    found = {stored.name: stored for stored in near_batches(runtime.state, asked.slot)}
    return found.pop(names.batch(asked.key), None), [*found.values()]


def _judge(runtime: Runtime, asked: Asked, others: Batches) -> dict[str, Any]:
    from common.decisions.recording import decide_recorded  # noqa: PLC0415 - most exits judge nothing

    situation = read_situation(runtime, asked.slot, asked.when, others)
    is_forced, config = bool(asked.forced_by), runtime.config_hash
    judged: dict[str, Decision] = {}
    for name, flow in runtime.workflows.items():
        if asked.workflow not in (None, name):
            continue
        off = runtime.left_out(name)
        try:
            judged[name] = decide_recorded(
                name, flow, situation, forced=is_forced, config=config, off=off
            )
        except Exception as error:  # noqa: BLE001 - a bug in one workflow must not stop the others
            judged[name] = _failed(error, situation)
    return {
        "slot": asked.slot.isoformat(),
        "now": asked.when.isoformat(),
        "forced": is_forced,
        "seen": [_version(each) for each in others()],
        "decisions": [
            _entry(name, runtime.workflows[name].priority, decision, situation, asked.forced_by)
            for name, decision in judged.items()
        ],
    }


def _failed(error: Exception, situation: Situation) -> Decision:
    from common.decisions.situation import Decision  # noqa: PLC0415 - as in `_judge`

    reason = f"The decision failed: {type(error).__name__}: {error}"
    return Decision("ABORT", "DECISION_FAILED", reason[:500], situation.day, "ERROR")


def _entry(
    name: str, priority: str, decision: Decision, situation: Situation, forced_by: str
) -> dict[str, Any]:
    """One decision as stored: its row's values and its message's, JSON-ready."""
    message = WorkflowDecision(
        decision_id=ids.decision_id(name, situation.slot, forced_by),
        workflow_name=name,
        action=decision.action,
        slot=situation.slot,
        decision_time=situation.now,
        target_date=decision.target_date,
        scrapers=decision.scrapers,
        targets=decision.targets,
    )
    return {
        "message": message.body(),
        "reason": decision.reason,
        "reason_code": decision.reason_code,
        "priority": priority,
        "alert_level": decision.alert_level,
        "next_check": decision.next_check.isoformat() if decision.next_check else None,
        "game_ids": list(decision.game_ids),
        "inputs": json.dumps(decision.inputs, separators=(",", ":")),
        "forced": bool(forced_by),
    }


def _is_behind(runtime: Runtime, batch: Mapping[str, Any], now: datetime) -> bool:
    """Whether a slot has begun since a stored batch was decided."""
    cron = runtime.cron(TICKS)
    return slot_of(cron, datetime.fromisoformat(batch["now"])) != slot_of(cron, now)


def _is_recorded(runtime: Runtime, key: str, batch: Mapping[str, Any]) -> bool:
    """Whether the rows of a stored batch, which all have one time, are in the table or may be yet.

    A job that BigQuery keeps waiting writes them however late, and stands for any other under its
    key.
    """
    if runtime.warehouse.has_begun(TABLE, job_key=_job_key(key)):
        return True
    decided = datetime.fromisoformat(batch["now"])
    wanted = [entry["message"]["decision_id"] for entry in batch["decisions"]]
    found = runtime.warehouse.select(
        TABLE,
        ("decision_id",),
        since=decided,
        until=decided + timedelta(seconds=1),
        where={"decision_id": wanted},
    )
    return bool(found)


def _record(runtime: Runtime, key: str, batch: Mapping[str, Any], claim: Claim) -> None:
    entries = batch["decisions"]
    rows = [decision_row(entry) for entry in entries]
    runtime.warehouse.append(TABLE, rows, job_key=_job_key(key), look_first=claim.takeover)
    publish_decisions(runtime.publisher, _final(runtime, key, batch)["decisions"])


def _final(runtime: Runtime, key: str, batch: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a batch as it is stored once its rows are written.

    Until then another delivery may have decided anew, while this one was held up (FR9).
    """
    return runtime.state.read_once(names.batch(key)) or batch


def _job_key(key: str) -> str:
    return f"decisions-{key}"


def decision_row(entry: Mapping[str, Any]) -> Row:
    """The row of a stored decision."""
    message = WorkflowDecision.model_validate(entry["message"])
    again = entry["next_check"]
    return {
        "decision_time": message.decision_time,
        "workflow_name": message.workflow_name,
        "action": message.action,
        "reason": entry["reason"],
        "priority": entry["priority"],
        "alert_level": entry["alert_level"],
        "next_check": datetime.fromisoformat(again) if again else None,
        "scrapers": list(message.scrapers),
        "decision_id": message.decision_id,
        "slot": message.slot,
        "target_date": message.target_date,
        "reason_code": entry["reason_code"],
        "game_ids": entry["game_ids"],
        "forced": entry["forced"],
        "inputs": entry["inputs"],
    }
