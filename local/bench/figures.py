"""Writes what was measured as tables: each figure, its floor, and how many floors it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HOW_TO_READ = """\
Only *times* can be compared between runs: each has floors of its own. *Before*: the commit before
issue 12, in a run of its own, whose plain chain was smaller: its odds were refused, and so were
those of the chain on memory ports. Above a load of about 2 the chains wait for the machine's other
work, longer than the single calls of their floor do."""


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its floor, in one unit."""

    name: str
    value: float
    floor: float
    unit: str
    of: str

    @property
    def times(self) -> float:
        """How many floors it is."""
        return self.value / self.floor


def figures(measured: Mapping[str, Any]) -> Iterator[Figure]:
    """Yield every figure of the main table."""
    yield from _computed(measured["compute"])
    yield from _on_the_stack(measured)
    season = measured["season"]
    yield Figure(
        "a simulated day of 12 games, processor time",
        1000 * season["seconds"] / season["days"],
        season["floor_ms"],
        "ms",
        f"JSON and dicts of a day's rows ({season['days_a_second']:g} days a second)",
    )


def _computed(compute: Mapping[str, Any]) -> Iterator[Figure]:
    plain, of = compute["plain_ms"], "the whole chain in plain Python, in dicts"
    yield Figure("a chain on memory ports, processor time", compute["chain_ms"], plain, "ms", of)
    for name, held in compute["functions"].items():
        each = held["ms"] / held["deliveries"]
        yield Figure(f"of it an event of `{name}`", each, plain, "ms", of)


def _on_the_stack(measured: Mapping[str, Any]) -> Iterator[Figure]:
    chain, plain = measured["chain"], "the chain in plain Python, HTTP and files"
    calls = ", ".join(f"{number} {kind}" for kind, number in chain["calls"].items())
    of = f"the emulators' calls on its path ({calls})"
    yield Figure("a chain on the stack, median", chain["ms"], chain["floor_ms"], "ms", of)
    yield Figure(
        "a chain on the stack, 95th percentile", chain["p95_ms"], chain["floor_ms"], "ms", of
    )
    yield Figure("a chain on the stack, median", chain["ms"], chain["plain_ms"], "ms", plain)
    for number, burst in measured["at_once"].items():
        of = f"{burst['inserts']} INSERT jobs, one after another"
        name = f"{number} chains at once on the stack"
        yield Figure(name, burst["seconds"], burst["floor_seconds"], "s", of)
        yield Figure(name, burst["seconds"], int(number) * chain["plain_ms"] / 1000, "s", plain)
    start, bare = measured["start"], measured["starts"]["bare"]
    of = "seven bare framework handlers"
    yield Figure("start of the stack", start["seconds"], start["bare_seconds"], "s", of)
    if measured["mib"] and bare["mib"]:
        name = "peak memory of all its processes"
        yield Figure(name, measured["mib"]["pss"], 7 * bare["mib"], "MiB", of)


def starts_rows(starts: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Figure]]]:
    """Yield for each function its cold start before any client, and with all of them."""
    bare = starts["bare"]
    for name, held in starts["functions"].items():
        for label, start in (("before any client", held["before"]), ("with all", held["clients"])):
            yield (
                f"`{name}`, {label}",
                {
                    what: Figure(what, start[what], bare[what], unit, "bare")
                    for what, unit in (("modules", ""), ("seconds", "s"), ("mib", "MiB"))
                },
            )


def measured_section(now: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines about what was measured.

    Args:
        now: of this run.
        base: of the commit before issue 12, in its own run.
    """
    machine = now["machine"]
    yield "## Measured"
    yield ""
    yield (
        f"On {machine['day']}, {machine['cpus']} processors, Python {machine['python']}, load "
        f"{machine['load']} at the end."
    )
    yield from HOW_TO_READ.splitlines()
    yield ""
    yield row("Figure", "value", "floor", "times", "before", "the floor is")
    yield row("---", *["---:"] * 4, "---")
    for each, was in zip(figures(now), figures(base), strict=True):
        yield row(
            each.name,
            f"{short(each.value)} {each.unit}",
            f"{short(each.floor)} {each.unit}",
            short(each.times),
            short(was.times),
            each.of,
        )
    yield ""
    yield from _chain_section(now)
    yield from _parts_section(now)
    yield from _starts_section(now["starts"], base["starts"])
    if "pages" in now:  # there was no console before issue 14
        yield from _pages_section(now["pages"])


def _chain_section(now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what takes the time of one chain, where it was measured."""
    if not (parts := now.get("chain_cpu_ms")):
        return
    cpus, whole, chain = now["machine"]["cpus"], sum(parts.values()), now["chain"]
    yield "## What takes one chain"
    yield ""
    yield (
        f"The {chain['ms']:g} ms of a chain, from its tick on, take {whole:g} ms of processor time,"
    )
    yield "by the kernel's counters; its SKIPs and the calls made at once count here, too:"
    largest_first = sorted(parts.items(), key=lambda item: -item[1])
    yield f"{', '.join(f'{part} {ms:g}' for part, ms in largest_first)}."
    yield (
        f"{cpus} processors that were busy all the time would take {whole / cpus:.0f} ms, "
        f"{whole / cpus / chain['floor_ms']:.2f} times the floor."
    )
    yield ""


def _parts_section(now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what takes the time and the memory of the last burst, where it was measured."""
    if not now.get("parts"):
        return
    number, burst = [*now["at_once"].items()][-1]
    parts = sorted(now["parts"].items(), key=lambda item: -item[1]["seconds"])
    whole = {what: sum(held[what] for _, held in parts) for what in parts[0][1]}
    yield f"## What takes the {number} chains at once"
    yield ""
    cpus = now["machine"]["cpus"]
    yield (
        f"Their {burst['seconds']:g} s by part, from the kernel's counters. "
        f"{cpus} processors cannot take less than {whole['seconds'] / cpus:.0f} s."
    )
    yield ""
    yield row("Part", "processor, s", "share", "MiB before", "MiB after")
    yield row("---", *["---:"] * 4)
    for name, held in [*parts, ("all", whole)]:
        share = f"{100 * held['seconds'] / whole['seconds']:.0f} %"
        sizes = (short(held["mib_before"]), short(held["mib_after"]))
        yield row(name, short(held["seconds"]), share, *sizes)
    yield ""
    first, after = now["calls_ms"], now["calls_after_ms"]
    kinds = ", ".join(f"{kind} {first[kind]:g} → {after[kind]:g}" for kind in first)
    yield f"One call of each kind before all bursts and after them, in ms: {kinds}."
    yield ""


def _starts_section(now: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[str]:
    bare = now["bare"]
    yield "## Cold start"
    yield ""
    yield (
        "In fresh processes: modules loaded, processor time and peak memory, as multiples of a bare"
    )
    yield (
        f"framework handler ({bare['modules']:g} modules, {bare['seconds']:.2f} s, "
        f"{bare['mib']:.0f} MiB in this run). In brackets: the commit before issue 12."
    )
    yield ""
    yield row("Function", "modules", "times", "s", "times", "MiB", "times")
    yield row("---", *["---:"] * 6)
    before = dict(starts_rows(base))
    for name, start in starts_rows(now):
        cells = []
        for what, each in start.items():
            was = f" ({before[name][what].times:.2f})" if name in before else ""
            cells += [short(each.value), f"{each.times:.2f}{was}"]
        yield row(name, *cells)


def _pages_section(now: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "## The console"
    yield ""
    season = f"{now['rows']:,} rows, {_mb(now['bytes'])}"
    yield f"Each page on memory ports with those of a season ({season}). The"
    yield (
        f"floor is JSON and dicts of a day's rows, {short(now['floor_ms'])} ms at a load of "
        f"{now['load']}. In the cloud a page waits"
    )
    yield "for its queries as well. *Read* is what BigQuery counts, columns of the partitions that"
    yield "are touched; left out are the two views of `health`, which look back 90 days."
    yield ""
    yield row("Page", "median", "95th percentile", "times", "queries", "read")
    yield row("---", *["---:"] * 5)
    for name, held in now["pages"].items():
        times = short(held["p95"] / now["floor_ms"])
        cells = (f"{short(held['median'])} ms", f"{short(held['p95'])} ms", times)
        yield row(f"`{name}`", *cells, f"{held['selects']}", _mb(held["bytes"]))


def _mb(number: int) -> str:
    return f"{short(number / 1e6)} MB"


def row(*cells: str) -> str:
    """Write a line of a table."""
    return f"| {' | '.join(cells)} |"


def short(number: float) -> str:
    """Write a number with as many digits as a reader needs."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"  # noqa: PLR2004 - a reader's
