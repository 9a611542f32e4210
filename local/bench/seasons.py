"""Simulated days a second, beside the simulator's kind of work: JSON and dicts."""

import json
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from local.simulator.run import SimulateOptions, run

ROWS = [
    {
        "decision_id": f"{number:08d}",
        "workflow_name": "betting_lines",
        "slot": "2025-11-12T18:00:00Z",
        "targets": [number, number + 1, number + 2],
        "error": None,
    }
    for number in range(50)
]
"""What the floor is measured with; about as many rows as a busy day has."""
REPEATS = 60


def floor() -> float:
    """Return the processor seconds of a fixed piece of work."""
    began = time.process_time()
    for _ in range(REPEATS):
        rows = json.loads(json.dumps(ROWS))
        assert sorted({row["decision_id"]: {**row, "seen": True} for row in rows})
    return time.process_time() - began


def measure_season(schedule: Path, first: date, last: date) -> dict[str, Any]:
    """Simulate some dates, with the floor after each of them.

    Returns:
        `days` and their processor `seconds`, `days_a_second`, and the floor's milliseconds.
    """
    floors: list[float] = []
    began = time.process_time()
    run(SimulateOptions(schedule, first, last), lambda _: floors.append(floor()))
    seconds = time.process_time() - began - sum(floors)
    return {
        "days": len(floors),
        "seconds": round(seconds, 2),
        "days_a_second": round(len(floors) / seconds, 2),
        "floor_ms": round(1000 * median(floors), 2),
    }
