"""The clock port: the only place that reads the wall clock.

`SystemClock` is what is deployed. `FileClock` follows a virtual instant that the local stack
writes, so that a whole day can be replayed in seconds on real processes.
"""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Gives the time; it is passed to the code that needs it, so that a test can set it."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait some seconds; a simulated clock moves on by them and returns at once."""


class SystemClock:
    """Gives the time of the machine."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block the thread for some seconds."""
        time.sleep(seconds)


class FileClock:
    """Gives a virtual time: an instant that a file holds, plus the wall time since it was set.

    The file holds `{"virtual": ISO 8601, "wall": seconds since the epoch}`. `set_clock` replaces
    it in one step, so that a reader never finds half of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the virtual instant, aware, in UTC."""
        held = json.loads(self._path.read_text())
        flowed = timedelta(seconds=max(0.0, time.time() - held["wall"]))
        return datetime.fromisoformat(held["virtual"]) + flowed

    def sleep(self, seconds: float) -> None:
        """Block the thread for some seconds; the virtual time passes meanwhile."""
        time.sleep(seconds)


def set_clock(path: Path, instant: datetime) -> None:
    """Set the virtual clock whose file is `path` to an instant (aware)."""
    held = {"virtual": instant.astimezone(UTC).isoformat(), "wall": time.time()}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(held))
    fresh.replace(path)
