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
    """Tells the time; passed to whoever needs it, never imported by the core."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait; a simulated clock returns at once and moves itself."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for real."""
        time.sleep(seconds)


class FileClock:
    """A virtual instant kept in a file, flowing with the wall clock since it was set.

    The file holds `{"virtual": ISO 8601, "wall": seconds since the epoch}`; `set_clock` replaces
    it in one step, so a reader never sees half of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """The virtual instant, aware, in UTC."""
        held = json.loads(self._path.read_text())
        flowed = timedelta(seconds=max(0.0, time.time() - held["wall"]))
        return datetime.fromisoformat(held["virtual"]) + flowed

    def sleep(self, seconds: float) -> None:
        """Wait for real: virtual time flows with it."""
        time.sleep(seconds)


def set_clock(path: Path, instant: datetime) -> None:
    """Move the virtual clock kept at `path` to `instant` (aware)."""
    held = {"virtual": instant.astimezone(UTC).isoformat(), "wall": time.time()}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(held))
    fresh.replace(path)
