"""The memory of a process and all its children, while something else runs (Linux only)."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_SECONDS = 0.5
PROC = Path("/proc")


@dataclass
class Peaks:
    """The largest sums so far, in MiB.

    Attributes:
        mib: `pss` counts what processes share once, `rss` once for each of them. Empty where the
            system does not tell.
    """

    mib: dict[str, float] = field(default_factory=dict)

    def note(self, now: Mapping[str, int]) -> None:
        """Take a new sum, in KiB, where it is larger."""
        for name, kib in now.items():
            self.mib[name] = max(self.mib.get(name, 0.0), round(kib / 1024, 1))


@contextmanager
def watched(pid: int) -> Iterator[Peaks]:
    """Watch a process and its children inside the block."""
    peaks, over = Peaks(), threading.Event()

    def watch() -> None:
        while True:
            peaks.note(memory_of(pid))
            if over.wait(PAUSE_SECONDS):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peaks
    finally:
        over.set()
        thread.join()


def memory_of(pid: int) -> dict[str, int]:
    """Return the present sums of a process and all its children, in KiB."""
    sums: dict[str, int] = {}
    for each in family(pid):
        with suppress(OSError):  # it has ended meanwhile
            for name, kib in _sizes(each).items():
                sums[name] = sums.get(name, 0) + kib
    return sums


def pss_of(pid: int) -> int:
    """Return the KiB of one process, of which a page that n processes share counts an nth."""
    return _sizes(pid)["pss"]


def _sizes(pid: int) -> dict[str, int]:
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    named = (line.partition(":") for line in lines)
    return {name.lower(): int(rest.split()[0]) for name, _, rest in named if name in ("Rss", "Pss")}


def family(pid: int) -> list[int]:
    """Return a process and all its children, and theirs."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name is in brackets and may hold blanks; the parent is the second field after it.
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for each in found:  # grows while it is walked
        found.extend(children.get(each, []))
    return found
