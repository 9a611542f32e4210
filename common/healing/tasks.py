"""Tasks of an execution that never reported: asked for again, then written off as failed."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from common.cloud.ports import StoredObject
from common.errors import ClaimBusyError, ConflictError
from common.executions.execution import publish_request, record_result
from common.executions.steps import Manifest
from common.healing.attempts import USED_UP, Try, attempt
from common.healing.republish import republish_object
from common.messages.labels import Labels, read_labels
from common.messages.models import ExecutionRef, ObjectEvent, ScraperRequest
from common.messages.object_names import FAILED, find, stem, tag, task_claim
from common.runtime import Runtime
from common.state.claims import claimed, is_done, started

TASK_LOST_AFTER = timedelta(minutes=60)
"""A task silent for this long is written off as failed, and the execution goes on."""


def heal_tasks(
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
        over &= vanished and tried in USED_UP
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
    return find(runtime, _stem(manifest, request, began), task_id)


def _stem(manifest: Manifest, request: ScraperRequest, began: datetime) -> str:
    game_id = request.game.game_id if request.game else None
    return stem(request.scraper, manifest.decision.target_date, game_id, began)


def write_off(runtime: Runtime, manifest: Manifest, request: ScraperRequest, now: datetime) -> None:
    """Write the `failed/` object of a task that never ran; its event does the rest.

    Under the task's own claim: a request that comes after all finds it done, and one that is under
    way, or has run, is left alone.
    """
    execution = request.execution
    assert execution is not None
    with (
        suppress(ClaimBusyError),
        claimed(runtime, task_claim(execution.task_id)) as claim,
    ):
        if claim is None:
            return
        begin = _stem(manifest, request, claim.started)
        if find(runtime, begin, execution.task_id):
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
