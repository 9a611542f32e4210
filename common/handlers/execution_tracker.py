"""Brings an execution on when one of its tasks has written its object."""

from collections.abc import Mapping

from common.errors import BadInputError
from common.executions.execution import Execution
from common.executions.manifest import StepTasks
from common.handlers.object_event import check_bucket, completed
from common.messages.envelope import Event
from common.messages.labels import read_labels
from common.messages.models import ObjectEvent
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed
from common.state.own_objects import own_labels


def track(runtime: Runtime, event: Event, found: ObjectEvent) -> Mapping[str, object]:
    """Record a task's result; the last one of a step brings the next step or the finished row.

    An object outside any execution is a no-op.

    Raises:
        BadInputError: the object names an execution or task that was never started.
    """
    del event
    check_bucket(found, runtime.settings.data_bucket)
    found = completed(found, runtime.storage)
    opened = runtime.threads.submit(_open, runtime, found)
    labels = own_labels(runtime.state, runtime.threads, found)
    if labels is None or labels.execution_id is None or labels.step is None:
        return {"result": "not part of an execution", "object": found.name}
    execution, tasks = opened.result()
    if execution is None or tasks is None or labels.task_id not in _task_ids(tasks):
        raise BadInputError(
            f"metadata of {found.name!r}: task {labels.task_id} of execution "
            f"{labels.execution_id} was never started; remove the labels or the object"
        )
    execution.record(found, labels)
    if len(execution.results(labels.step)) < len(tasks.requests):
        return {"result": "recorded", "execution_id": labels.execution_id, "step": labels.step}
    return _complete(runtime, execution, labels.step)


def _open(runtime: Runtime, found: ObjectEvent) -> tuple[Execution | None, StepTasks | None]:
    """Read the execution and the step that an object names, whether it is its task's own or not."""
    labels = read_labels(found.metadata, found.name)
    if labels is None or labels.execution_id is None or labels.step is None:
        return None, None
    execution = Execution.open(runtime, labels.execution_id, step=labels.step)
    return execution, execution.tasks_of(labels.step) if execution else None


def _complete(runtime: Runtime, execution: Execution, step: int) -> Mapping[str, object]:
    """Complete a step once: bring the next one, or the finished row.

    Raises:
        ClaimBusyError: another delivery is at it. Never acknowledged: it may be this very message,
            delivered again because its first delivery died while holding the claim.
    """
    reply = {"execution_id": execution.execution_id, "step": step}
    with claimed(runtime.state, names.step_key(execution.execution_id, step)) as claim:
        if claim is None:
            return {"result": "already completed", **reply}
        done = execution.advance(step, look_first=claim.takeover)
        return {"result": done, **reply}


def _task_ids(tasks: StepTasks) -> set[str]:
    return {request.execution.task_id for request in tasks.requests if request.execution}
