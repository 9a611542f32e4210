"""RUN decisions without a finished execution: which link they stopped at, and how it is healed."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from common import ids
from common.cloud.ports import Row, StoredObject
from common.decisions.history import ours
from common.errors import BadInputError, ClaimBusyError
from common.executions.execution import (
    check_known,
    give_up,
    readable_manifest,
    readable_tasks,
    results_of,
    start_claim,
    step_claim,
)
from common.executions.steps import Manifest
from common.handlers.master_controller import publish_decision
from common.healing.attempts import USED_UP, Try, attempt, heal_each, in_time, quarantine
from common.healing.republish import republish_object
from common.healing.tasks import heal_tasks
from common.messages.models import ScraperRequest, WorkflowDecision
from common.runtime import Runtime
from common.state.claims import done_at
from common.state.decided import batches_of, decisions_of

GRACE = timedelta(minutes=20)
"""Longer than a claim's lease: a run this young may be held by a live delivery."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Longer than Pub/Sub's 100 deliveries 10 min apart; and only when nothing of it can come."""
NEAR, FAR = timedelta(days=2), timedelta(days=8)
"""How far back runs are looked at, and ahead, where slots to come are run by force: NEAR is longer
than the day after which a run is given up."""
LOST = "LOST: nothing came of it for a day; look for its dead letter, then force its slot"
COLUMNS = (
    *("decision_id", "workflow_name", "action", "slot", "decision_time", "target_date"),
    *("scrapers", "forced"),
)


def heal_runs(
    runtime: Runtime, now: datetime, republished: list[str], quarantined: list[str], *, far: bool
) -> None:
    """Send again what each unfinished RUN waits for; both lists are added to.

    `far` looks at eight days instead of two: after an outage of the sweeps themselves.
    """
    span = FAR if far else NEAR

    def heal(row: Row) -> None:
        manifest, number = _reached(runtime, row)
        age = now - (manifest.started if manifest else _decided_at(runtime, row))
        if not GRACE < age <= span:  # older: the end of a slot run ahead is not in the span
            return
        if number is None and (refused := _refusal(runtime, row)):
            end(row, manifest, number, refused)
            return
        if manifest is None or number is None:
            tried = _heal_start(runtime, row, republished, quarantined)
        elif silent := _silent(runtime, manifest, number):
            tried = heal_tasks(runtime, manifest, silent, now, republished)
        else:
            tried = _heal_step(runtime, manifest, number, republished, quarantined)
        if tried in USED_UP and age > GIVE_UP_AFTER:
            end(row, manifest, number, LOST)

    def end(row: Row, manifest: Manifest | None, number: int | None, why: str) -> None:
        if _give_up(runtime, row, manifest, number, why):
            quarantined.append(f"decision {row['decision_id']}")

    heal_each(_unfinished(runtime, now, span), heal, in_time(runtime, now))


def _reached(runtime: Runtime, row: Row) -> tuple[Manifest | None, int | None]:
    """How far a run came: its manifest, and the last step whose tasks were asked for."""
    manifest = readable_manifest(runtime, ids.execution_id(row["decision_id"]))
    return manifest, _last_step(runtime, manifest) if manifest else None


def _refusal(runtime: Runtime, row: Row) -> str:
    """Why the executor refuses a run since another configuration was deployed; empty otherwise.

    It would do so each time: ended at once, the next tick decides by what is configured now.
    """
    try:
        check_known(runtime, row["workflow_name"], row["scrapers"])
    except BadInputError as error:
        return f"REFUSED: {error}; the next tick decides anew"
    return ""


def _last_step(runtime: Runtime, manifest: Manifest) -> int | None:
    """The last step whose tasks were asked for; None when none was."""
    last = None
    for number in range(len(manifest.steps)):
        tasks = readable_tasks(runtime, manifest, number)
        if tasks is None:
            break
        last = number if tasks.requests else last
    return last


def _silent(runtime: Runtime, manifest: Manifest, number: int) -> list[ScraperRequest]:
    """A step's requests that have not reported."""
    tasks = readable_tasks(runtime, manifest, number)
    reported = {result.task_id for result in results_of(runtime, manifest, number)}
    requests = tasks.requests if tasks else ()
    return [r for r in requests if r.execution and r.execution.task_id not in reported]


def _unfinished(runtime: Runtime, now: datetime, span: timedelta) -> list[Row]:
    since, until = now - span, now + span
    decisions = runtime.warehouse.select(
        "workflow_decisions", COLUMNS, since=since, until=until, where={"action": "RUN"}
    )
    if not (runs := ours(decisions)):
        return []
    ended = runtime.warehouse.select(
        "workflow_executions", ("decision_id",), since=since, until=until
    )
    done = {row["decision_id"] for row in ended}
    return [row for row in runs if row["decision_id"] not in done]


def _heal_start(runtime: Runtime, row: Row, republished: list[str], quarantined: list[str]) -> Try:
    """Publish the decision again, as stored in its slot's batch."""
    item = f"decisions/{row['decision_id']}"
    entry, _ = _stored_decision(runtime, row)
    if entry:
        tried = attempt(runtime, item, partial(publish_decision, runtime, entry))
    else:
        tried = quarantine(runtime, item)
    return _told(tried, f"decision {row['decision_id']}", republished, quarantined)


def _told(tried: Try, name: str, republished: list[str], quarantined: list[str]) -> Try:
    if tried is Try.SENT:
        republished.append(name)
    elif tried is Try.LAST:
        quarantined.append(name)
    return tried


def _decided_at(runtime: Runtime, row: Row) -> datetime:
    """When a decision was made; a forced one is made as of an instant that may be days ago."""
    when: datetime = row["decision_time"]
    _, written = _stored_decision(runtime, row) if row["forced"] else (None, None)
    return written or when


def _stored_decision(
    runtime: Runtime, row: Row
) -> tuple[Mapping[str, Any] | None, datetime | None]:
    """The decision as its slot's batch holds it, and when that was written; None when gone."""
    for batch in batches_of(runtime, row["slot"]):
        for entry in decisions_of(runtime, batch):
            if entry["message"]["decision_id"] == row["decision_id"]:
                return entry, batch.created
    return None, None


def _heal_step(
    runtime: Runtime,
    manifest: Manifest,
    number: int,
    republished: list[str],
    quarantined: list[str],
) -> Try:
    """Send a result's event again: whoever gets it completes the step."""
    name = f"step {number} of execution {manifest.execution_id}"
    result = results_of(runtime, manifest, number)[0]
    bucket, labels = runtime.settings.data_bucket, result.metadata()
    stored = StoredObject(bucket, result.object, result.generation, metadata=labels)
    send = partial(republish_object, runtime, stored)
    tried = attempt(runtime, f"steps/{manifest.execution_id}-{number}", send)
    return _told(tried, name, republished, quarantined)


def _give_up(
    runtime: Runtime, row: Row, manifest: Manifest | None, number: int | None, why: str
) -> bool:
    """End a run with a failed row, whatever it waits for; True when this sweep has written it.

    Nobody goes on with the run afterwards: the row is written under the claim of its next effect.
    """
    now = runtime.clock.now()
    key = _claim_of_the_end(runtime, row, number, now)
    with suppress(ClaimBusyError):  # a live delivery is at it: the next sweep sees what came of it
        return give_up(runtime, manifest or _unstarted(runtime, row, now), key, why)
    return False


def _claim_of_the_end(runtime: Runtime, row: Row, number: int | None, now: datetime) -> str:
    """The claim of a run's next effect; one of its own where all that came of that is gone."""
    execution_id = ids.execution_id(row["decision_id"])
    key = start_claim(execution_id) if number is None else step_claim(execution_id, number)
    done = done_at(runtime, key)
    went_on = done is None or now - done < GRACE or _reached(runtime, row)[1] != number
    return key if went_on else f"cleanup_processor/ends/{execution_id}"


def _unstarted(runtime: Runtime, row: Row, now: datetime) -> Manifest:
    """The manifest of an execution that never began, for its row.

    Where the slot's batch is gone, the decision's row tells all but its games.
    """
    entry, _ = _stored_decision(runtime, row)
    names = WorkflowDecision.model_fields.keys() & row.keys()
    message = entry["message"] if entry else {name: row[name] for name in names}
    return Manifest(
        execution_id=ids.execution_id(row["decision_id"]),
        decision=WorkflowDecision.model_validate(message),
        steps=(),
        per_game=(),
        per_event=(),
        started=now,
    )
