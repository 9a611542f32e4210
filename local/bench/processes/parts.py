"""What each part of a running stack takes of the processors and of the memory (Linux only)."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from local.bench.processes.memory import PROC, family, pss_of

PARTS = {
    "local.stack.storage_server": "storage server",
    "local.stack.bigquery_server": "BigQuery emulator",
    "local.processes.fork_server": "functions",
    "local.fake_sources": "sources",
}
"""Names of the parts, by what stands in their command lines."""
OTHERS = "broker, clock and scheduler"
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Use:
    """What a part has taken.

    Attributes:
        seconds: of processor time, since it started.
        mib: of memory now; what processes share counts once.
    """

    seconds: float = 0.0
    mib: float = 0.0

    def and_of(self, pid: int) -> "Use":
        """Add what a process has taken."""
        # The name is in brackets and may hold blanks; user and system time are the 12th and 13th.
        stat = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        ticks = int(stat[11]) + int(stat[12])
        return Use(self.seconds + ticks / _TICKS, self.mib + pss_of(pid) / 1024)


def parts_of(pid: int) -> dict[str, Use]:
    """Return what the parts of a stack have taken, by name.

    Args:
        pid: the stack's own process.
    """
    found: dict[str, Use] = {}
    for each in family(pid):
        with suppress(OSError):  # it has ended meanwhile
            part = _part(each)
            found[part] = found.get(part, Use()).and_of(each)
    return found


def _part(pid: int) -> str:
    line = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((part for word, part in PARTS.items() if word in line), OTHERS)


def taken(before: Mapping[str, Use], after: Mapping[str, Use]) -> dict[str, dict[str, float]]:
    """Return what each part took between two looks: `seconds`, and MiB at either."""
    return {
        part: {
            "seconds": round(use.seconds - before.get(part, Use()).seconds, 2),
            "mib_before": round(before.get(part, Use()).mib, 1),
            "mib_after": round(use.mib, 1),
        }
        for part, use in after.items()
    }
