"""Ports that break at a chosen write: the process dies there, or the service fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, cast

from google.api_core.exceptions import ServiceUnavailable

from common.runtime import Given
from local.simulator.ports.intercepted import Around, Call, Crash, Do, intercepted
from local.simulator.transport import Delivery
from local.simulator.world import World

Act = Callable[[Do], Any]
PORTS = ("storage", "warehouse", "publisher")


@dataclass
class Break:
    """Lets writes through, except one at which something else is done; notes them all.

    Attributes:
        at: the number of that write, from 1; 0 is none.
        act: does something else there; given what carries the write out.
        seen: the writes so far, such as `create claims/x/lease`.
    """

    at: int = 0
    act: Act = lambda do: do()
    seen: list[str] = field(default_factory=list)
    is_dead: bool = False

    def around(self, call: Call, do: Do) -> Any:
        """Carry a call out, or act at the chosen write; a dead process calls nothing more."""
        if self.is_dead:
            raise Crash
        if not call.writes:
            return do()
        self.seen.append(f"{call.name} {call.subject}")
        try:
            return self.act(do) if len(self.seen) == self.at else do()
        except Crash:
            self.is_dead = True
            raise


def die_before(do: Do) -> None:
    """The process dies before the write."""
    del do
    raise Crash


def die_after(do: Do) -> None:
    """The process dies after the write."""
    do()
    raise Crash


def fail_before(do: Do) -> None:
    """The service refuses the write."""
    del do
    raise ServiceUnavailable("not done")


def fail_after(do: Do) -> None:
    """The write is done, but its answer is lost."""
    do()
    raise ServiceUnavailable("done, but the answer was lost")


def write_twice(do: Do) -> Any:
    """The answer is lost, and the client library writes again by itself."""
    do()
    return do()


def raising(error: Exception) -> Act:
    """The write is not done and raises an error."""

    def fail(do: Do) -> None:
        raise error

    return fail


def die_for_good(do: Do) -> None:
    """The process dies after the write, and its message is never delivered again."""
    do()
    raise KeyboardInterrupt


def failing(error: Exception, *methods: str) -> Around:
    """Fail every call of some methods, or of all."""

    def around(call: Call, do: Do) -> Any:
        if not methods or call.name in methods:
            raise error
        return do()

    return around


def tapped(world: World, around: Around, *ports: str) -> AbstractContextManager[None]:
    """Let the calls of some ports, or of all three, go through a function for a while."""
    held = {name: intercepted(getattr(world.runtime, name), around) for name in ports or PORTS}
    return world.with_ports(**cast("Given", held))


def deliver_through(world: World, delivery: Delivery, breaking: Break) -> int:
    """Deliver with breaking ports; a process that dies answers nothing (0), and Pub/Sub retries."""
    with tapped(world, breaking.around):
        return world.deliver(delivery)
