"""Starts an execution: a RUN decision becomes a manifest and its first step's requests."""

from collections.abc import Mapping

from common import ids
from common.executions.execution import Execution, is_given_up
from common.executions.manifest import Manifest, check_known, manifest_of
from common.messages.envelope import Event
from common.messages.models import WorkflowDecision
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed


def execute(runtime: Runtime, event: Event, decision: WorkflowDecision) -> Mapping[str, object]:
    """Start the execution of a RUN decision; any other decision is a no-op.

    Raises:
        BadInputError: the workflow or a scraper is not known here.
    """
    del event
    if decision.action != "RUN":
        return {"result": "not a RUN", "workflow": decision.workflow_name}
    manifest = _manifest(runtime, decision)
    execution_id = ids.execution_id(decision.decision_id)
    key = names.start_key(execution_id)
    with claimed(runtime.state, key) as claim:
        if claim is None:
            return {"result": "already started", "execution_id": execution_id}
        if claim.takeover and is_given_up(runtime, key):
            return {"result": "given up before", "execution_id": execution_id}
        execution = Execution.start(runtime, manifest)
        # A decision that names no scraper has no step at all.
        published = execution.publish_first(key)
        if not published:
            execution.advance(0, look_first=claim.takeover)
        return {
            "result": "started",
            "workflow": decision.workflow_name,
            "execution_id": execution_id,
            "tasks": published,
        }


def _manifest(runtime: Runtime, decision: WorkflowDecision) -> Manifest:
    check_known(runtime.workflows, decision.workflow_name, decision.scrapers)
    return manifest_of(
        decision,
        runtime.workflows[decision.workflow_name],
        per_game=sorted(runtime.per_game),
        per_event=sorted(runtime.per_event),
        started=runtime.clock.now(),
    )
