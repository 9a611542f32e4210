"""Which objects are tasks' own: what the runner noted in the state bucket, before it uploaded.

Whoever may write to the data bucket can give an object any metadata, and a copy or a restore has
those of the original. So the metadata of an object only name the task; its names and a secret stand
in the task's note, and the first version that fits counts (FR1, FR8, FP07).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.errors import ConflictError
from common.messages.labels import Labels, read_labels
from common.messages.models import Message, ObjectEvent
from common.state import names

if TYPE_CHECKING:  # annotations only
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from common.cloud.ports import Storage, StoredObject
    from common.state.store import StateStore


SECRET = "note"  # noqa: S105 - the key, not the secret
"""The key of an object's metadata that holds the secret of its task's note."""


class Note(Message):
    """Where a task's object may be, the first choice first, and the secret in its metadata."""

    names: tuple[str, ...]
    secret: str


def note(state: StateStore, task_id: str, object_names: Sequence[str]) -> Note:
    """Note where a task's object goes; what an earlier delivery noted stands.

    So a later delivery writes to the same names, and of its upload and one that lands late only one
    can succeed.
    """
    fresh = Note(names=tuple(object_names), secret=state.new_owner())
    return Note.model_validate(state.write_once(names.note(task_id), fresh.body()))


def find_noted(
    state: StateStore, storage: Storage, bucket: str, task_id: str
) -> StoredObject | None:
    """Find the object that a task has written; None when it has written none."""
    held = _noted(state, task_id)
    found = (storage.stat(bucket, name) for name in (held.names if held else ()))
    return next((one for one in found if held and one and _has(one.metadata, held)), None)


def secret_of(state: StateStore, task_id: str) -> dict[str, str]:
    """Return the metadata by which a task's object is known; empty where it noted nothing."""
    held = _noted(state, task_id)
    return {SECRET: held.secret} if held else {}


def create_noted(
    storage: Storage,
    bucket: str,
    held: Note,
    body: bytes,
    **described: object,
) -> StoredObject:
    """Create a task's object under the first of its noted names that nobody else has taken.

    Raises:
        ConflictError: others have taken all of its names.
    """
    for name in held.names:
        try:
            return storage.create(bucket, name, body, **described)  # type: ignore[arg-type]  # passed on
        except ConflictError:
            stored = storage.stat(bucket, name)
            if stored and _has(stored.metadata, held):
                return stored
    raise ConflictError(f"objects {', '.join(held.names)}: others hold these names; publish again")


def own_labels(state: StateStore, threads: Executor, found: ObjectEvent) -> Labels | None:
    """Return the labels of a task's own object; None for any other object, whatever it claims.

    A later version of a task's object, such as a restored one, is no run of the task.
    """
    labels = read_labels(found.metadata, found.name)
    if labels is None:
        return None
    name = names.version(labels.task_id)
    counting = threads.submit(state.read_once, name)
    held = _noted(state, labels.task_id)
    if held is None or found.name not in held.names or not _has(found.metadata or {}, held):
        return None
    version = {"name": found.name, "generation": str(found.generation)}
    first = counting.result() or state.write_once(name, version)
    return labels if first == version else None


def _noted(state: StateStore, task_id: str) -> Note | None:
    held, _ = state.read_as(names.note(task_id), Note.model_validate_json)
    return held


def _has(metadata: Mapping[str, str], held: Note) -> bool:
    return metadata.get(SECRET) == held.secret
