"""Bounded tries of healing: one numbered object a try, so that no counter is ever overwritten."""

from common.errors import ConflictError
from common.runtime import Runtime

MAX_TRIES = 3


def count_try(runtime: Runtime, item: str) -> bool:
    """Count one more try of an item, such as `objects/<log id>`; False when they are used up."""
    for number in range(1, MAX_TRIES + 1):
        try:
            runtime.storage.create(
                runtime.settings.state_bucket, f"cleanup/{item}/try-{number}", b"{}"
            )
        except ConflictError:
            continue
        return True
    return False
