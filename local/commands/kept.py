"""The kept stack, as the commands need it: up, or not up."""

from typing import TYPE_CHECKING

from common.errors import OrchestrationError

if TYPE_CHECKING:
    from local.stack.driver import RunningStack


def require_kept(otherwise: str = "") -> "RunningStack":
    """Return the kept stack.

    Args:
        otherwise: what the user may do instead of starting a stack.

    Raises:
        OrchestrationError: no stack is up.
    """
    from local.stack import driver

    stack = driver.kept_stack()
    if stack is None:
        raise OrchestrationError(f"no stack is up; start one with: python -m local up{otherwise}")
    return stack


def refuse_second() -> None:
    """Refuse to start a stack while another one is kept.

    Raises:
        OrchestrationError: a kept stack is up.
    """
    from local.stack import driver

    if driver.kept_stack() is not None:
        raise OrchestrationError("a kept stack is up already; stop it with: python -m local stop")
