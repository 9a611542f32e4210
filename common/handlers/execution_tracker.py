"""Brings an execution on when one of its tasks has written its object."""

from collections.abc import Mapping

from common.errors import BadInputError
from common.executions.execution import (
    advance,
    read_manifest,
    record_result,
    results_of,
    step_claim,
    step_tasks,
)
from common.executions.steps import Manifest
from common.handlers.scraper_logger import check_bucket, completed
from common.messages.envelope import Event
from common.messages.labels import read_labels
from common.messages.models import ObjectEvent
from common.runtime import Runtime
from common.state.claims import claimed


def track(runtime: Runtime, event: Event, found: ObjectEvent) -> Mapping[str, object]:
    """Record a task's result; the last one of a step brings the next step or the finished row.

    An object outside any execution is a no-op.

    Raises:
        BadInputError: the object names an execution or task that was never started.
    """
    del event
    check_bucket(runtime, found)
    found = completed(runtime, found)
    labels = read_labels(found.metadata, found.name)
    if labels is None or labels.execution_id is None or labels.step is None:
        return {"result": "not part of an execution", "object": found.name}
    manifest = read_manifest(runtime, labels.execution_id)
    tasks = step_tasks(runtime, manifest, labels.step) if manifest else None
    if manifest is None or tasks is None or labels.task_id not in _task_ids(tasks.requests):
        raise BadInputError(
            f"metadata of {found.name!r}: task {labels.task_id} of execution "
            f"{labels.execution_id} was never started; remove the labels or the object"
        )
    record_result(runtime, found, labels)
    if len(results_of(runtime, manifest, labels.step)) < len(tasks.requests):
        return {"result": "recorded", "execution_id": labels.execution_id, "step": labels.step}
    return _complete(runtime, manifest, labels.step)


def _complete(runtime: Runtime, manifest: Manifest, step: int) -> Mapping[str, object]:
    """Complete a step once: bring the next one, or the finished row.

    Raises:
        ClaimBusyError: another delivery is at it. Never acknowledged: it may be this very message,
            delivered again because its first delivery died while holding the claim.
    """
    reply = {"execution_id": manifest.execution_id, "step": step}
    with claimed(runtime, step_claim(manifest.execution_id, step)) as claim:
        if claim is None:
            return {"result": "already completed", **reply}
        brought = advance(runtime, manifest, step, look_first=claim.takeover)
        return {"result": brought, **reply}


def _task_ids(requests: object) -> set[str]:
    assert isinstance(requests, tuple)
    return {request.execution.task_id for request in requests if request.execution}
