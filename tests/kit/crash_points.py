"""Records the named points at which a function's process may die: before and after each write."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from common.logs import silent
from local.simulator.ports.intercepted import Call, Do
from local.simulator.ports.port_faults import point_of
from local.simulator.run import TAIL_DAYS_MAX, SimulateOptions, live_day, make_simulation
from local.simulator.transport import Delivery
from tests.kit.breaks import tapped


def passed(schedule: Path, first: date, last: date) -> dict[str, list[str]]:
    """List what each function writes, in order of its first write; some messages are lost."""
    simulation = make_simulation(SimulateOptions(schedule, first, last, 1, "drop=3%"))
    world, deliver = simulation.world, simulation.world.around
    found: dict[str, dict[str, None]] = defaultdict(dict)
    running = [""]

    def note_function(delivery: Delivery, do: Callable[[], int]) -> int:
        running[0] = delivery.function
        return deliver(delivery, do)

    def note_write(call: Call, do: Do) -> Any:
        if call.writes:
            found[running[0]][point_of(call)] = None
        return do()

    world.around = note_function
    with tapped(world, note_write), silent():
        for number in range((last - first).days + 1 + TAIL_DAYS_MAX):
            live_day(simulation, first + timedelta(days=number))
    return {function: list(points) for function, points in sorted(found.items())}
