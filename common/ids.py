"""Ids that derive from what they name, so that a repeat writes the same row (rule R6)."""

from datetime import UTC, datetime
from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

_ROOT = uuid5(NAMESPACE_URL, "https://cloud.google.com/nba-orchestration")


def derive(kind: str, *parts: str) -> str:
    """A UUID that depends only on the kind and the parts."""
    return str(uuid5(_namespace(kind), "\x1f".join(parts)))


@lru_cache(maxsize=32)
def _namespace(kind: str) -> UUID:
    return uuid5(_ROOT, kind)


def stamp(instant: datetime) -> str:
    """An instant as a sortable, name-safe text in UTC: `20251112T183000Z`."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def decision_id(workflow: str, slot: datetime, forced_by: str = "") -> str:
    """One decision a workflow and slot; a forced tick adds its message's id."""
    return derive("decision", workflow, stamp(slot), forced_by)


def plan_id(day: str, workflow: str, run_time: datetime) -> str:
    """One plan row a date, workflow and expected run."""
    return derive("plan", day, workflow, stamp(run_time))


def execution_id(decision: str) -> str:
    """One execution a decision."""
    return derive("execution", decision)


def task_id(execution: str, step: int, scraper: str, entity: str) -> str:
    """One task an execution, step, scraper and game (or date)."""
    return derive("task", execution, str(step), scraper, entity)


def request_id(message_id: str) -> str:
    """The task of a request that no execution made, such as a scheduled refresh."""
    return derive("request", message_id)


@lru_cache(maxsize=16384)  # a sweep asks for those of eight days, every 15 minutes
def log_id(bucket: str, name: str, generation: int) -> str:
    """One log row a finalized object version."""
    return derive("object", bucket, name, str(generation))


def cleanup_id(slot: datetime, forced_by: str = "") -> str:
    """One cleanup run a slot."""
    return derive("cleanup", stamp(slot), forced_by)
