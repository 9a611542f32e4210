"""Measures everything that takes time, each beside its floor in the same run."""

import os
import platform
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.clock import SystemClock
from local.bench.compute import measure_compute
from local.bench.console.pages import measure_pages
from local.bench.scene import WARM_UP, make_scene
from local.bench.seasons import measure_season
from local.bench.stack import measure_stack

CHAINS = 20
SEASON_DAYS = 8
"""Days of twelve games each; what is left undone takes a day more."""
Measured = dict[str, Any]


def measure(say: Callable[[str], None]) -> Measured:
    """Measure compute, seasons, the stack and cold starts, in some minutes.

    Args:
        say: told what is measured next.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        scene = make_scene(folder, WARM_UP + CHAINS)
        say("handlers on memory ports")
        compute = measure_compute()
        say("simulated days")
        season = measure_season(scene.slate, scene.days[0], scene.days[SEASON_DAYS - 1])
        say("pages of the console with a season of rows")
        pages = measure_pages()
        say("the local stack: start, chains one by one, 50 and 200 at once, cold starts")
        stack = measure_stack(scene, folder)
    return {"machine": _machine(), "compute": compute, "season": season, "pages": pages, **stack}


def _machine() -> dict[str, Any]:
    return {
        "day": f"{SystemClock().now():%Y-%m-%d}",
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }
