"""RUN decisions without a finished execution: which link they stopped at, and how it is healed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from common import ids
from common.claims import claimed, is_done, started
from common.errors import ClaimBusyError, ConflictError
from common.execution import (
    give_up,
    publish_request,
    read_manifest,
    record_result,
    results_of,
    start_claim,
    step_claim,
    step_tasks,
)
from common.finalized import republish_object
from common.labels import Labels, read_labels
from common.master_controller import publish_decision
from common.messages import ExecutionRef, ObjectEvent, ScraperRequest, WorkflowDecision
from common.ports import Row, StoredObject
from common.runtime import Runtime
from common.state import read_once
from common.steps import Manifest
from common.task_objects import FAILED, find, stem, tag, task_claim
from common.tries import Try, attempt, heal_each, in_time, quarantine

GRACE = timedelta(minutes=20)
"""Longer than a claim's lease: a run this young may be held by a live delivery."""
TASK_LOST_AFTER = timedelta(minutes=60)
"""A task silent for this long is written off as failed, and the execution goes on."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Longer than Pub/Sub's 100 deliveries 10 min apart; and only when nothing of it can come."""
NEAR, FAR = timedelta(days=2), timedelta(days=8)
"""How far back runs are looked at: NEAR is longer than the day after which one is given up."""
LOST = "LOST: nothing came of it for a day; look for its dead letter, then force its slot"
_USED_UP = frozenset({Try.LAST, Try.SPENT})
COLUMNS = ("decision_id", "workflow_name", "slot", "decision_time", "forced")


def heal_runs(
    runtime: Runtime, now: datetime, republished: list[str], quarantined: list[str], *, far: bool
) -> None:
    """Send again what each unfinished RUN waits for; both lists are added to.

    `far` looks at eight days instead of two: after an outage of the sweeps themselves.
    """

    def heal(row: Row) -> None:
        manifest = read_manifest(runtime, ids.execution_id(row["decision_id"]))
        number = _last_step(runtime, manifest) if manifest else None
        age = now - (manifest.started if manifest else _decided_at(runtime, row))
        if age <= GRACE:
            return
        if manifest is None or number is None:
            tried = _heal_start(runtime, row, republished, quarantined)
        elif silent := _silent(runtime, manifest, number):
            tried = _heal_tasks(runtime, manifest, silent, now, republished)
        else:
            tried = _heal_step(runtime, manifest, number, republished, quarantined)
        if tried in _USED_UP and age > GIVE_UP_AFTER:
            _give_up(runtime, row, manifest, number, now)
            quarantined.append(f"decision {row['decision_id']}")

    heal_each(_unfinished(runtime, now, FAR if far else NEAR), heal, in_time(runtime, now))


def _last_step(runtime: Runtime, manifest: Manifest) -> int | None:
    """The last step whose tasks were asked for; None when none was."""
    last = None
    for number in range(len(manifest.steps)):
        tasks = step_tasks(runtime, manifest, number)
        if tasks is None:
            break
        last = number if tasks.requests else last
    return last


def _silent(runtime: Runtime, manifest: Manifest, number: int) -> list[ScraperRequest]:
    """A step's requests that have not reported."""
    tasks = step_tasks(runtime, manifest, number)
    reported = {result.task_id for result in results_of(runtime, manifest, number)}
    requests = tasks.requests if tasks else ()
    return [r for r in requests if r.execution and r.execution.task_id not in reported]


def _unfinished(runtime: Runtime, now: datetime, span: timedelta) -> list[Row]:
    since, until = now - span, now + timedelta(days=1)
    runs = runtime.warehouse.select(
        "workflow_decisions", COLUMNS, since=since, until=until, where={"action": "RUN"}
    )
    waiting = [row for row in runs if now - row["decision_time"] > GRACE]
    if not waiting:
        return []
    ended = runtime.warehouse.select(
        "workflow_executions", ("decision_id",), since=since, until=until
    )
    done = {row["decision_id"] for row in ended}
    return [row for row in waiting if row["decision_id"] not in done]


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
    bucket, prefix = runtime.settings.state_bucket, f"decided/{ids.stamp(row['slot'])}"
    for stored in runtime.storage.list(bucket, prefix):
        batch = read_once(runtime, stored.name)
        for entry in batch["decisions"] if batch else ():
            if entry["message"]["decision_id"] == row["decision_id"]:
                return entry, stored.created
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
    stored = StoredObject(
        runtime.settings.data_bucket,
        result.object,
        result.generation,
        metadata=result.metadata(),
        created=result.started_at,
    )
    send = partial(republish_object, runtime, stored)
    tried = attempt(runtime, f"steps/{manifest.execution_id}-{number}", send)
    return _told(tried, name, republished, quarantined)


def _give_up(
    runtime: Runtime, row: Row, manifest: Manifest | None, number: int | None, now: datetime
) -> None:
    """End a run with a failed row, whatever it waits for; nobody goes on with it afterwards."""
    execution_id = ids.execution_id(row["decision_id"])
    manifest = manifest or _unstarted(runtime, row, now)
    if manifest is None:
        return
    key = start_claim(execution_id) if number is None else step_claim(execution_id, number)
    with suppress(ClaimBusyError):  # a live delivery is at it: the next sweep sees what came of it
        give_up(runtime, manifest, key, LOST)


def _unstarted(runtime: Runtime, row: Row, now: datetime) -> Manifest | None:
    """The manifest of an execution that never began, for its row."""
    entry, _ = _stored_decision(runtime, row)
    if entry is None:
        return None
    decision = WorkflowDecision.model_validate(entry["message"])
    return Manifest(
        execution_id=ids.execution_id(decision.decision_id),
        decision=decision,
        steps=(),
        per_game=(),
        per_event=(),
        started=now,
    )


def _heal_tasks(
    runtime: Runtime,
    manifest: Manifest,
    silent: Sequence[ScraperRequest],
    now: datetime,
    republished: list[str],
) -> Try:
    """Ask again for silent tasks of the current step; write the long silent ones off.

    A task that has written has run: asking again would be a no-op, so its object's event goes out.

    Returns:
        SENT while one of them may still run or report: what it brings must not be missing from
        the row. SPENT when someone has deleted what they wrote, and nothing can come.
    """
    over = True
    for request in silent:
        assert request.execution is not None
        task_id = request.execution.task_id
        stored = _object_of(runtime, manifest, request, task_id)
        vanished = stored is None and is_done(runtime, task_claim(task_id))
        send = (
            partial(republish_object, runtime, stored)
            if stored
            else partial(publish_request, runtime, request)
        )
        tried = attempt(runtime, f"tasks/{task_id}", send)
        if tried is Try.SENT:
            republished.append(f"task {task_id}")
        elif tried is not Try.WAITING and now - manifest.started > TASK_LOST_AFTER:
            if stored:
                _report(runtime, stored)
            else:
                write_off(runtime, manifest, request, now)
        over &= vanished and tried in _USED_UP
    return Try.SPENT if over else Try.SENT


def _report(runtime: Runtime, stored: StoredObject) -> None:
    """Keep the result of a task whose every event was lost."""
    labels = read_labels(stored.metadata, stored.name)
    assert labels is not None
    found = ObjectEvent(bucket=stored.bucket, name=stored.name, generation=stored.generation)
    record_result(runtime, found, labels)


def _object_of(
    runtime: Runtime, manifest: Manifest, request: ScraperRequest, task_id: str
) -> StoredObject | None:
    """The object that a task has written; None when it has not run."""
    began = started(runtime, task_claim(task_id))
    if began is None:
        return None
    game_id = request.game.game_id if request.game else None
    begin = stem(request.scraper, manifest.decision.target_date, game_id, began)
    return find(runtime, begin, task_id)


def write_off(runtime: Runtime, manifest: Manifest, request: ScraperRequest, now: datetime) -> None:
    """Write the `failed/` object of a task that never ran; its event does the rest.

    Under the task's own claim: a request that comes after all finds it done, and one that is under
    way, or has run, is left alone.
    """
    execution = request.execution
    assert execution is not None
    game_id = request.game.game_id if request.game else None
    with (
        suppress(ClaimBusyError),
        claimed(runtime, task_claim(execution.task_id)) as claim,
    ):
        if claim is None:
            return
        begin = stem(request.scraper, manifest.decision.target_date, game_id, claim.started)
        if claim.takeover and find(runtime, begin, execution.task_id):
            return
        labels = _labels_of_lost(manifest, request, execution, now)
        with suppress(ConflictError):  # our own write, whose answer was lost
            runtime.storage.create(
                runtime.settings.data_bucket,
                f"{FAILED}{begin}{tag(execution.task_id)}.json",
                labels.model_dump_json().encode(),
                metadata=labels.metadata(),
                custom_time=now,
            )


def _labels_of_lost(
    manifest: Manifest, request: ScraperRequest, execution: ExecutionRef, now: datetime
) -> Labels:
    return Labels(
        task_id=execution.task_id,
        scraper=request.scraper,
        status="FAILED",
        outcome="FAILED",
        records=0,
        started_at=now,
        duration_seconds=0,
        target_date=manifest.decision.target_date,
        game_id=request.game.game_id if request.game else None,
        execution_id=execution.execution_id,
        decision_id=execution.decision_id,
        workflow_name=execution.workflow_name,
        step=execution.step,
        slot=execution.slot,
        error_class="TaskLost",
        error_message="The task never ran; look for its claim and its dead letter",
    )
