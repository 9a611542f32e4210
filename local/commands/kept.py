"""The kept stack, as the commands need it: up, or not up."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from common.errors import OrchestrationError

if TYPE_CHECKING:
    from local.stack.driver import RunningStack


def require_kept(otherwise: str = "") -> "RunningStack":
    """Return the kept stack.

    Args:
        otherwise: what the user may do instead of starting a stack.

    Raises:
        OrchestrationError: no stack is up, or a part of it has died.
    """
    from local.stack import driver

    stack = driver.kept_stack()
    if stack is None:
        raise OrchestrationError(f"no stack is up; start one with: python -m local up{otherwise}")
    stack.require_emulators()
    return stack


@contextmanager
def keeping() -> Iterator[None]:
    """Hold the one place of a kept stack, until it is up or this process ends.

    Raises:
        OrchestrationError: a kept stack is up, or another command is about to keep one.
    """
    from local.stack import driver

    driver.KEPT_FILE.parent.mkdir(parents=True, exist_ok=True)
    with driver.KEPT_FILE.with_suffix(".lock").open("w") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OrchestrationError(
                "another command is starting a stack that stays up; wait for it, or interrupt it"
            ) from None
        if driver.kept_stack() is not None:
            raise OrchestrationError(
                "a kept stack is up already; stop it with: python -m local stop"
            )
        yield
