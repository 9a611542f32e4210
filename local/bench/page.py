"""Makes docs/bench.md: what is counted now and was measured last, beside the base."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from common.settings import ROOT
from local.bench.calls.chains import Counted
from local.bench.calls.path import REMOTE
from local.bench.figures import measured_section, row

PAGE = ROOT / "docs" / "bench.md"
LAST = ROOT / "docs" / "bench-last.json"
"""What was measured when the page was last written as a whole."""
BASE = ROOT / "docs" / "bench-base.json"
"""What this bench found at the commit before issue 12 (81a2944): `calls`, and `measured`."""
HEAD = """\
# How fast it is

Written by `python -m local bench --write`, or with `--calls` what is counted alone; do not edit."""
INTRO = """\
## Sequential remote calls

How many remote calls follow one another, counted on memory ports with the deployed handlers on
2025-11-12 (12 games). Calls at once count as one; so do a job of BigQuery, however often it is
looked at, and a listing, whatever its pages. In brackets: the commit before issue 12. *Cold*: every
delivery meets an instance that has just started; *warm*: every function has one instance, which
remembers what it has read.

The seconds are modelled, never measured: each call, message, start and computation takes what
config/latencies.yaml and config/prices.yaml assume, with their sources. What is left out: waiting
for a turn at a source (one request each 0.6 s and host, at most), and a function's ten instances
when more messages come."""


def load(path: Path) -> dict[str, Any]:
    """Read what was found earlier."""
    held: dict[str, Any] = json.loads(path.read_text())
    return held


def calls_section(now: Mapping[str, Counted], base: Mapping[str, Counted]) -> Iterator[str]:
    """Yield the lines about sequential calls.

    Args:
        now: what was counted, `warm` and `cold`.
        base: what the commit before issue 12 did, in the same form.
    """
    yield from INTRO.splitlines()
    yield ""
    yield row("Chain", "calls, warm", "calls, cold", "s, warm", "s, cold", *REMOTE)
    yield row("---", *["---:"] * (4 + len(REMOTE)))
    for name in now["warm"]["chains"]:
        warm, cold = ((now[state], base[state]) for state in ("warm", "cold"))
        cells = [
            _beside("chains", name, what, *both)
            for what in ("calls", "seconds")
            for both in (warm, cold)
        ]
        cells += [_beside("chains", name, kind, *warm) for kind in REMOTE]
        yield row(name, *cells)
    yield ""
    yield "Of each function, from the begin of a delivery to its answer:"
    yield ""
    yield row("Function", "deliveries", "warm, median", "warm, most", "cold, median", "cold, most")
    yield row("---", *["---:"] * 5)
    for name, held in now["warm"]["functions"].items():
        cells = [
            _beside("functions", name, what, now[state], base[state])
            for state in ("warm", "cold")
            for what in ("median", "most")
        ]
        yield row(f"`{name}`", f"{held['deliveries']:g}", *cells)


def _beside(part: str, name: str, what: str, now: Counted, base: Counted) -> str:
    """Write a number, and that of the base in brackets."""
    before = base[part].get(name, {}).get(what)
    return f"{now[part][name][what]:g} ({'new' if before is None else f'{before:g}'})"


def render(
    calls: Mapping[str, Counted], measured: Mapping[str, Any] | None, base: Mapping[str, Any]
) -> str:
    """Make the text of docs/bench.md; what was not measured has no section."""
    lines = [*HEAD.splitlines(), ""]
    if measured:
        lines += [*measured_section(measured, base["measured"]), ""]
    return "\n".join([*lines, *calls_section(calls, base["calls"])]) + "\n"
