"""Ports whose calls must be under way at once."""

from itertools import count
from threading import Barrier
from typing import Any

from local.simulator.ports.intercepted import Around, Call, Do

WAIT_SECONDS_MAX = 20.0
"""Calls that follow one another never meet; the first then raises."""


def meeting(*methods: str) -> Around:
    """Hold the first calls of some methods until as many are under way as there are names.

    `meeting("select", "select")` holds the first select until there is a second one.
    """
    barrier, numbers = Barrier(len(methods)), count()

    def around(call: Call, do: Do) -> Any:
        if call.name in methods and next(numbers) < len(methods):
            barrier.wait(WAIT_SECONDS_MAX)
        return do()

    return around
