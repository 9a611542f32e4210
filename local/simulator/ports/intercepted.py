"""One proxy for all ports: a function around each call may count, refuse or repeat it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast

from common.cloud.ports import Publisher, Storage, Warehouse

Port = TypeVar("Port", bound=Storage | Warehouse | Publisher)
Do = Callable[[], Any]
"""Carries the call out and returns what the port returns."""
WRITES = frozenset({"create", "replace", "append", "publish", "publish_all"})
OF_OBJECTS = frozenset({"create", "replace", "read", "stat", "list", "folders"})


class Crash(BaseException):
    """The process is gone: nothing catches it, nothing is answered, nothing more is written."""


@dataclass(frozen=True)
class Call:
    """One call of a port's method.

    Attributes:
        name: of the method.
        args: its positional arguments; the first is a bucket, table or topic.
        named: its keyword arguments.
    """

    name: str
    args: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.name in WRITES

    @property
    def subject(self) -> str:
        """What it is about: an object's name or prefix, else a table or topic."""
        if self.name in OF_OBJECTS:
            return str(self.args[1]) if len(self.args) > 1 else ""
        return str(self.args[0])


Around = Callable[[Call, Do], Any]
"""Stands between caller and port: returns or raises what the caller is to see."""


class _Intercepted:
    """A port whose methods go through an `Around`."""

    def __init__(self, port: object, around: Around) -> None:
        self._port, self._around = port, around

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        return partial(self._call, name, getattr(self._port, name))

    def _call(self, name: str, method: Callable[..., Any], *args: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
        return self._around(Call(name, args, named), partial(method, *args, **named))


def intercepted(port: Port, around: Around) -> Port:
    """The same port, each of whose calls goes through a function.

    Args:
        port: storage, warehouse or publisher.
        around: called with the `Call` and with what carries it out.
    """
    return cast("Port", _Intercepted(port, around))
