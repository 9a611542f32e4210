"""Measures how long a delivery waits for a port, for its log line."""

import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from common.deliveries import spend

Port = TypeVar("Port")
Clock = Callable[[], float]


class _Timed:
    """A port whose calls are timed, a listing page by page as it is read."""

    def __init__(self, port: object, name: str, clock: Clock) -> None:
        self._port, self._name, self._clock = port, name, clock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        method = getattr(self._port, name)
        if not callable(method):
            return method

        def call(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any call
            answer = self._time(lambda: method(*args, **named))
            return self._listed(answer) if isinstance(answer, Iterator) else answer

        return call

    def _time(self, do: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        began = self._clock()
        try:
            return do()
        finally:
            spend(self._name, self._clock() - began)

    def _listed(self, items: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while (item := self._time(lambda: next(items, end))) is not end:
            yield item


def timed(port: Port, name: str, clock: Clock = time.monotonic) -> Port:
    """Return the same port, whose calls count as time of the delivery.

    Args:
        port: any, with methods and attributes.
        name: stands in the line as `<name>_ms`.
        clock: seconds of a monotonic clock.
    """
    return cast("Port", _Timed(port, name, clock))
