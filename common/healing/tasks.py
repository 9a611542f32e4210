"""Tasks of an execution that never reported: asked for again, then written off as failed."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from common.cloud.ports import StoredObject
from common.errors import ClaimBusyError
from common.executions.execution import Execution, publish_requests
from common.healing.attempts import USED_UP, Healed, Resend, resend
from common.healing.republish import republish_object
from common.messages.labels import Labels, read_labels
from common.messages.models import ExecutionRef, ObjectEvent, ScraperRequest
from common.messages.object_names import object_name, stem
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed, is_done
from common.state.own_objects import SECRET, create_noted, find_noted, note

TASK_LOST_AFTER = timedelta(minutes=60)
"""When its resends are used up and its execution is older than this, a silent task is written off
as failed, and the execution goes on."""


def heal_tasks(
    runtime: Runtime,
    execution: Execution,
    silent: Sequence[ScraperRequest],
    now: datetime,
    healed: Healed,
) -> bool:
    """Ask again for silent tasks of the current step; write the long silent ones off.

    A task that has written its object has run: asking again would be a no-op, so its object's
    event is sent again.

    Returns:
        False while one of them may still run or report: what it brings must not be missing from
        the row. True when what they wrote was deleted, or its labels were changed, and nothing can
        come.
    """
    hopeless = [_heal_task(runtime, execution, request, now, healed) for request in silent]
    return all(hopeless)


def _heal_task(
    runtime: Runtime,
    execution: Execution,
    request: ScraperRequest,
    now: datetime,
    healed: Healed,
) -> bool:
    """Heal one task; True when nothing can come of it any more."""
    assert request.execution is not None
    task_id = request.execution.task_id
    stored = _object_of(runtime, task_id)
    labels = read_labels(stored.metadata, stored.name) if stored else None
    is_gone = labels is None and is_done(runtime.state, names.task_key(task_id))
    send = (
        partial(republish_object, runtime.publisher, stored)
        if stored
        else partial(publish_requests, runtime.publisher, [request])
    )
    resent = resend(runtime.state, f"tasks/{task_id}", send)
    is_late = now - execution.manifest.started > TASK_LOST_AFTER
    if resent is Resend.SENT:
        healed.note(f"task {task_id}", resent)
    elif resent is not Resend.WAITING and is_late:
        if stored is None:
            write_off(runtime, request, now)
        elif labels:  # changed ones make it an upload
            _report(execution, stored, labels)
    return is_gone and resent in USED_UP


def _report(execution: Execution, stored: StoredObject, labels: Labels) -> None:
    """Record the result of a task whose every event was lost."""
    found = ObjectEvent(bucket=stored.bucket, name=stored.name, generation=stored.generation)
    execution.record(found, labels)


def _object_of(runtime: Runtime, task_id: str) -> StoredObject | None:
    """The object that a task has written; None when it has not run."""
    return find_noted(runtime.state, runtime.storage, runtime.settings.data_bucket, task_id)


def _stem(request: ScraperRequest, began: datetime) -> str:
    assert request.target_date is not None, "an execution's request carries its decision's date"
    game_id = request.game.game_id if request.game else None
    return stem(request.scraper, request.target_date, game_id, began)


def write_off(runtime: Runtime, request: ScraperRequest, now: datetime) -> None:
    """Write the `failed/` object of a task that never ran; its event does the rest.

    Under the task's own claim: a late request finds it done, and a task that is under way, or has
    run, is left alone.
    """
    execution = request.execution
    assert execution is not None
    with (
        suppress(ClaimBusyError),
        claimed(runtime.state, names.task_key(execution.task_id)) as claim,
    ):
        if claim is None:
            return
        if _object_of(runtime, execution.task_id):
            return
        begin, labels = _stem(request, claim.started), _labels_of_lost(request, execution, now)
        name = object_name(begin, "json", failed=True, task_id=execution.task_id)
        held = note(runtime.state, execution.task_id, [name])
        create_noted(
            runtime.storage,
            runtime.settings.data_bucket,
            held,
            labels.model_dump_json().encode(),
            metadata={**labels.metadata(), SECRET: held.secret},
            custom_time=now,
        )


def _labels_of_lost(request: ScraperRequest, execution: ExecutionRef, now: datetime) -> Labels:
    assert request.target_date is not None, "an execution's request carries its decision's date"
    return Labels(
        task_id=execution.task_id,
        scraper=request.scraper,
        status="FAILED",
        outcome="FAILED",
        records=0,
        started_at=now,
        duration_seconds=0,
        target_date=request.target_date,
        game_id=request.game.game_id if request.game else None,
        execution_id=execution.execution_id,
        decision_id=execution.decision_id,
        workflow_name=execution.workflow_name,
        step=execution.step,
        slot=execution.slot,
        error_class="TaskLost",
        error_message="The task never ran; look for its claim and its dead letter",
    )
