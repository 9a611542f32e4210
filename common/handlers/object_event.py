"""What the two readers of a finalized object's event have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.errors import BadInputError
from common.messages.models import ObjectEvent

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Storage


def check_bucket(found: ObjectEvent, data_bucket: str) -> None:
    """Refuse another bucket's objects.

    Raises:
        BadInputError: names the bucket.
    """
    if found.bucket != data_bucket:
        raise BadInputError(
            f"ObjectEvent.bucket: {found.bucket!r} is not {data_bucket!r}; "
            "correct the notification or NBA_DATA_BUCKET"
        )


def completed(found: ObjectEvent, storage: Storage) -> ObjectEvent:
    """Return the object's description, read from storage where the event has only its name."""
    if found.time_created is not None:
        return found
    stored = storage.stat(found.bucket, found.name)
    if stored is None or stored.generation != found.generation:
        return found
    return found.model_copy(
        update={
            "metadata": dict(stored.metadata),
            "size": stored.size,
            "time_created": stored.created,
        }
    )
