"""Objects that somebody may have spoilt: read as what they should hold, or as nothing.

GCS writes an object whole or not at all, so none of ours is cut short by a crash; but a person may
overwrite one, and an error about it would come back at every delivery for ever.
"""

from collections.abc import Callable
from typing import TypeVar

from common.cloud.ports import StoredObject
from common.errors import BadInputError
from common.logs import log
from common.runtime import Runtime

T = TypeVar("T")


def read_as(
    runtime: Runtime, bucket: str, name: str, take: Callable[[bytes], T]
) -> tuple[T | None, StoredObject | None]:
    """What an object holds, and the object itself.

    Args:
        runtime: storage.
        bucket: where the object is.
        name: of the object.
        take: makes of its bytes what they should hold; ValueError or BadInputError says that they
            do not. Anything else it raises is a bug of ours, and is not caught.

    Returns:
        None for what cannot be read, which one WARNING names; twice None when there is no object.
    """
    found = runtime.storage.read(bucket, name)
    if found is None:
        return None, None
    body, stored = found
    return unless_spoilt(lambda: take(body), bucket, name), stored


def unless_spoilt(read: Callable[[], T | None], bucket: str, name: str) -> T | None:
    """What a read gives; None where the object cannot be read, which one WARNING names.

    Args:
        read: see `take` of `read_as` on what it raises.
        bucket: where the object is.
        name: of the object.
    """
    try:
        return read()
    except (ValueError, BadInputError) as error:
        log(
            "WARNING",
            "An object cannot be read: what it should tell counts as unknown",
            bucket=bucket,
            object=name,
            error_class=type(error).__name__,
            error=error,
        )
        return None
