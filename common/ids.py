"""Ids that derive from what they identify, so that a repeat writes the same row (rule R6)."""

from datetime import UTC, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

_ROOT = uuid5(NAMESPACE_URL, "https://cloud.google.com/nba-orchestration")


def derive(kind: str, *parts: str) -> str:
    """Derive a UUID that depends on nothing but the kind and the parts."""
    return str(uuid5(_namespace(kind), "\x1f".join(parts)))


@lru_cache(maxsize=32)
def _namespace(kind: str) -> UUID:
    return uuid5(_ROOT, kind)


def stamp(instant: datetime) -> str:
    """Write an instant (aware) in UTC as a text that sorts by time: `20251112T183000Z`."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def decision_id(workflow: str, slot: datetime, forced_by: str = "") -> str:
    """Identify the decision of a workflow in a slot; a forced tick adds the id of its message."""
    return derive("decision", workflow, stamp(slot), forced_by)


def plan_id(day: str, workflow: str, run_time: datetime) -> str:
    """Identify the plan row of a date, a workflow and an expected run."""
    return derive("plan", day, workflow, stamp(run_time))


def execution_id(decision: str) -> str:
    """Identify the one execution of a decision."""
    return derive("execution", decision)


def task_id(execution: str, step: int, scraper: str, entity: str) -> str:
    """Identify the task of an execution, a step, a scraper and a game (or a date)."""
    return derive("task", execution, str(step), scraper, entity)


def request_id(message_id: str) -> str:
    """Identify the task of a request without an execution, such as a scheduled refresh."""
    return derive("request", message_id)


@lru_cache(maxsize=16384)  # every 15 minutes a sweep needs the ids of eight days' objects
def log_id(bucket: str, name: str, generation: int) -> str:
    """Identify the log row of one finalized version of an object."""
    return derive("object", bucket, name, str(generation))


def trace_id(root: str) -> str:
    """Return the trace of a decision, or of a task that belongs to none, in W3C's 32 digits."""
    return root.replace("-", "")


def span_id(of: str) -> str:
    """Return the span of a decision, an execution or a task: the first 16 digits of its id."""
    return of.replace("-", "")[:16]


def cleanup_id(slot: datetime, forced_by: str = "") -> str:
    """Identify the cleanup run of a slot; a forced tick adds the id of its message."""
    return derive("cleanup", stamp(slot), forced_by)
