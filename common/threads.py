"""Remote calls at once: threads that make them, and clients that are built once for all of them."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from functools import cached_property, partial
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


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


_LEVEL: ContextVar[int] = ContextVar("level", default=0)
"""How many calls, each submitted by the one before, this code is in."""


class CallThreads(ThreadPoolExecutor):
    """Makes each call in the context of who submits it, so that it logs as its caller does.

    What a call submits runs in threads of the next level: with one level alone all threads of an
    instance that serves many deliveries could wait for a call that none is left to make.
    """

    def __init__(self, most: int) -> None:
        super().__init__(most, thread_name_prefix="calls")
        self._most = most

    @once
    def _deeper(self) -> "CallThreads":
        return CallThreads(self._most)

    def submit(self, call: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        """Make a call in a thread; what it raises is raised by the future's `result`."""
        pool, level = self, _LEVEL.get()
        for _ in range(level):
            pool = pool._deeper
        run = partial(copy_context().run, _at_level, level + 1, partial(call, *args, **named))
        return ThreadPoolExecutor.submit(pool, run)


def _at_level(level: int, call: Callable[[], T]) -> T:
    _LEVEL.set(level)
    return call()
