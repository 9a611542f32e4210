"""The named crash points that a run with everything in it passes, by function, in order."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from local.simulator.chance import Chance
from local.simulator.run import SimulateOptions, run


def passed(schedule: Path, first: date, last: date) -> dict[str, list[str]]:
    """What each function writes, in the order in which it first does; lost messages included."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    with _noting(found):
        run(SimulateOptions(schedule, first, last, 1, "crash=1%,drop=3%"))
    return {function: list(points) for function, points in sorted(found.items())}


@contextmanager
def _noting(found: dict[str, dict[str, None]]) -> Iterator[None]:
    happens = Chance.happens

    def note(self: Chance, share: float, kind: str, point: str, *about: object) -> bool:
        if kind != "crash":
            return happens(self, share, kind, point, *about)  # type: ignore[arg-type] # passed on
        function, when, what = point.split(" ", 2)
        if when == "before":
            found[function][what] = None
        return False

    Chance.happens = note  # type: ignore[method-assign] # put back below
    try:
        yield
    finally:
        Chance.happens = happens  # type: ignore[method-assign] # as it was
