"""Remote calls at once: threads that make them, and clients that are built once for all of them."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property, partial
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class CallThreads(ThreadPoolExecutor):
    """Makes each call in the context of who submits it, so that it logs as its caller does."""

    def submit(self, call: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        """Make a call in a thread; what it raises is raised by the future's `result`."""
        return super().submit(copy_context().run, partial(call, *args, **named))


class once(cached_property[T]):  # noqa: N801 - named as what it stands in for
    """A cached property that several threads may ask for at the same time.

    `cached_property` has no lock since Python 3.12: each of them would build a client.
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        super().__init__(build)
        self._lock = Lock()

    def __get__(self, instance: object, owner: type[Any] | None = None) -> T:  # type: ignore[override]  # never asked of the class
        """Return what was built, building it first where nobody has."""
        with self._lock:
            return super().__get__(instance, owner)
