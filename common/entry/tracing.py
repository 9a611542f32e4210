"""To which trace a delivery belongs, and which ids its lines have."""

import re
from collections.abc import Iterator, Mapping

from common.deliveries import Value
from common.ids import execution_id
from common.messages.models import (
    NAME,
    UUID,
    Message,
    ObjectEvent,
    ScraperRequest,
    WorkflowDecision,
)

_HEADERS = (
    ("traceparent", re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")),
    ("x-cloud-trace-context", re.compile(r"([0-9a-f]{32})(?:/.*)?")),
)
"""The W3C's header and the one that Cloud Run has always sent, each with the trace in it.
https://www.w3.org/TR/trace-context/, https://cloud.google.com/trace/docs/trace-context"""
_IDS = ("decision_id", "execution_id", "task_id")


def trace_of(headers: Mapping[str, str]) -> str:
    """Return the trace that the platform gave a request; empty for none, and for a strange one."""
    lowered = {name.lower(): value for name, value in headers.items()}
    for name, form in _HEADERS:
        found = form.fullmatch(lowered.get(name, "").lower())
        if found and int(found[1], 16):
            return found[1]
    return ""


def ids_of(message: Message) -> dict[str, Value]:
    """Return the ids of the decision, execution and task that a message is about, for its lines."""
    if isinstance(message, WorkflowDecision):
        decision = message.decision_id
        return {
            "decision_id": decision,
            "execution_id": execution_id(decision),
            "workflow": message.workflow_name,
        }
    if isinstance(message, ScraperRequest):
        run = message.execution
        ids = {name: getattr(run, name) for name in _IDS} if run else {}
        return {**ids, "workflow": run.workflow_name if run else None, "scraper": message.scraper}
    if isinstance(message, ObjectEvent):
        return dict(_labelled(message.metadata or {}))
    return {}


def _labelled(metadata: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """Yield the ids among an object's metadata; anyone may write those, so only in our form."""
    for name in _IDS:
        if re.fullmatch(UUID, value := metadata.get(name, "")):
            yield name, value
    if re.fullmatch(NAME, workflow := metadata.get("workflow_name", "")):
        yield "workflow", workflow
