"""A slot's batches: its decisions, stored before their rows; a forced tick has one of its own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from common import ids
from common.cloud.ports import StoredObject
from common.runtime import Runtime
from common.state.reading import read_as

_FOLDER = "decided/"


class _Batch(BaseModel):
    decisions: tuple[Mapping[str, Any], ...]


def batch_name(key: str) -> str:
    """The state object of a tick's batch; `key` is its slot's stamp and what forced it."""
    return f"{_FOLDER}{key}.json"


def batches_of(runtime: Runtime, slot: datetime) -> Iterator[StoredObject]:
    """The batches of a slot, unread."""
    return runtime.storage.list(runtime.settings.state_bucket, f"{_FOLDER}{ids.stamp(slot)}")


def decisions_of(runtime: Runtime, batch: StoredObject) -> Sequence[Mapping[str, Any]]:
    """The stored decisions of a batch; none when it is gone, or cannot be read any more."""
    held, _ = read_as(runtime, batch.bucket, batch.name, _Batch.model_validate_json)
    return held.decisions if held else ()
