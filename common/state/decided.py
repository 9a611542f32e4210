"""A slot's batches: its decisions, stored before their rows; a forced tick has one of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from common.state import names
from common.state.store import StateStore

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Publisher, StoredObject


TOPIC = "workflow-decisions"
NEAR = timedelta(hours=2)


class _Batch(BaseModel):
    decisions: tuple[Mapping[str, Any], ...]


def batches_of(state: StateStore, slot: datetime) -> Iterator[StoredObject]:
    """List the batches of a slot, unread."""
    return state.list(names.batches(slot))


def near_batches(state: StateStore, slot: datetime) -> list[StoredObject]:
    """List the batches of a slot, of those up to two hours before it, and of later ones.

    One of an older slot is decided again before its rows are written; its decisions count no more.
    """
    return [*state.list(names.BATCHES, start=names.batches(slot - NEAR))]


def decisions_of(state: StateStore, batch: StoredObject) -> Sequence[Mapping[str, Any]]:
    """Return the stored decisions of a batch; none when it is gone or cannot be read."""
    held, _ = state.read_as(batch.name, _Batch.model_validate_json)
    return held.decisions if held else ()


def publish_decisions(publisher: Publisher, entries: Iterable[Mapping[str, Any]]) -> None:
    """Publish stored decisions, RUNs first: the first time, and when cleanup sends a lost one."""
    messages = sorted((entry["message"] for entry in entries), key=lambda m: m["action"] != "RUN")
    publisher.publish_all(TOPIC, [(message, _attributes(message)) for message in messages])


def _attributes(message: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: message[name] for name in ("action", "workflow_name")}
