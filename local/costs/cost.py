"""What a month in Google Cloud costs: counted operations times list prices.

`docs/cost-counts.json` holds what `local/costs/metered.py` and `local/costs/watching.py` counted,
`config/prices.yaml` the prices and all that counting cannot know; `docs/cost.md` is computed from
the two.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from common.configuration.topology import load_topology
from common.errors import BadInputError
from common.settings import ROOT, Settings
from local.costs.prices import Assumed, Kind, Prices
from local.costs.usage import Usage, read_usage
from local.costs.watching import Watching, watching

COUNTS = ROOT / "docs" / "cost-counts.json"
BASE = ROOT / "docs" / "cost-base.json"
"""The quantities of a commit to compare with, as it computed them."""
PAGE = ROOT / "docs" / "cost.md"
MONTHS = {"game month": date(2025, 1, 1), "off-season month": date(2025, 8, 1)}
"""First days in the season 2024-25: every day of the first month has games, none of the second."""
DAYS = 31
HIGH_LOAD_FACTOR = 10
GIB, TIB = 2**30, 2**40
QUERY_BYTES_MIN = 10 * 2**20
"""Bytes billed at least for each table of a query: https://cloud.google.com/bigquery/pricing"""
WAITS: Mapping[str, Kind] = {
    "storage": "storage",
    "selects": "query",
    "inserts": "insert",
    "publishes": "publish",
    "requests": "source",
}
"""What a function waits for, by the name under which it was counted."""
ALERTING = "conditions"
"""The price that outweighs all others, and is the least certain one."""
INTRO = """\
Computed by `python -m local cost --write`; do not edit. Counted is every operation of the deployed
handlers in a simulated January 2025 (games on every day) and August 2025 (none). What cannot be
counted here (how long a call computes and waits, how large a real answer is, how often somebody
looks) is assumed: config/prices.yaml and config/latencies.yaml say what, and where each figure is
from. Calls at once are added up as if they followed one another, so that fewer seconds are billed.
Ten times the load is ten times every counted operation, the ticks included; what is watched stays
as it is.

A month in US dollars, beyond the free tiers:"""


@dataclass(frozen=True)
class Counts:
    """The counts: scheduler jobs, alerts and dashboards, and the usage of each of `MONTHS`."""

    jobs: int
    watching: Watching
    months: Mapping[str, Usage]


def load_counts(path: Path = COUNTS) -> Counts:
    """Read the counts.

    Raises:
        BadInputError: there is no such file.
    """
    try:
        held = json.loads(path.read_text())
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror}; count first, with --count FILE") from error
    months = {name: read_usage(each) for name, each in held["months"].items()}
    return Counts(held["jobs"], Watching(**held["watching"]), months)


def recount(schedule: Path) -> Counts:
    """Simulate both months, and count alerts and dashboards.

    Raises:
        BadInputError: the schedule cannot be read.
    """
    from local.costs.metered import count  # noqa: PLC0415 - the handlers only where they run

    months = {name: count(schedule, first, DAYS) for name, first in MONTHS.items()}
    return Counts(len(load_topology(Settings().topology_file).jobs), watching(), months)


def save_counts(counts: Counts, path: Path = COUNTS) -> None:
    """Write the counts."""
    held = {
        "jobs": counts.jobs,
        "watching": asdict(counts.watching),
        "months": {name: usage.document() for name, usage in counts.months.items()},
    }
    path.write_text(json.dumps(held, indent=1) + "\n")


def quantities(counts: Counts, month: str, prices: Prices, load: int = 1) -> dict[str, float]:
    """Compute a month's quantities by price, in its unit, at so many times the counted load."""
    usage, assumed = counts.months[month], prices.assumed
    amounts, functions = usage.amounts, usage.functions
    seconds = load * sum(seconds_of(name, asked, prices) for name, asked in functions.items())
    calls = load * sum(asked["calls"] for asked in functions.values())
    kept = assumed.months_kept * load
    return {
        "cpu": seconds * assumed.vcpu,
        "memory": seconds * assumed.gib,
        "calls": calls / 1e6,
        "messages": load * amounts["message_bytes"] / GIB,
        "class_a": load * amounts["class_a"] / 1e3,
        "class_b": load * amounts["class_b"] / 1e3,
        "objects": (kept * data_bytes(usage, assumed) + load * amounts["state_bytes"]) / GIB,
        "queries": sum(query_bytes(counts, month, prices, load).values()) / TIB,
        "tables": kept * amounts["row_bytes"] / GIB,
        "jobs": counts.jobs,
        "secrets": 1,
        "secret_reads": load * functions.get("scraper_runner", {"cold": 0})["cold"] / 1e4,
        "logs": calls * assumed.log_bytes / GIB,
        "images": assumed.image_gib,
        "conditions": counts.watching.conditions,
    }


def seconds_of(function: str, asked: Mapping[str, int], prices: Prices) -> float:
    """Compute the seconds for which a function's instances are billed."""
    assumed, own = prices.assumed, prices.measured[function]
    return (
        asked["calls"] * (own.warm / assumed.vcpu + assumed.rounding)
        + asked["cold"] * ((own.cold - own.warm) / assumed.vcpu + prices.seconds("start"))
        + sum(asked.get(name, 0) * prices.seconds(kind) for name, kind in WAITS.items())
    )


def data_bytes(usage: Usage, assumed: Assumed) -> int:
    """Compute the bytes a month adds to the data bucket, in real sizes where those are known."""
    return sum(
        max(held["bytes"], held["objects"] * assumed.object_bytes.get(scraper, 0))
        for scraper, held in usage.objects.items()
    )


def query_bytes(counts: Counts, month: str, prices: Prices, load: int = 1) -> dict[str, int]:
    """Compute the billed bytes of a month's queries by origin: a minimum for each table read."""
    usage, watched, assumed = counts.months[month], counts.watching, prices.assumed
    looks = sum(
        tables * assumed.page_loads.get(page, assumed.page_loads_otherwise)
        for page, tables in watched.page_tables.items()
    )
    tables = {
        "functions": load * usage.amounts["query_tables"],
        "alerts": watched.alert_tables_a_day * usage.days,
        "dashboards": looks * usage.days,
    }
    return {name: number * QUERY_BYTES_MIN for name, number in tables.items()}


def dollars(key: str, quantity: float, prices: Prices, *, free: bool) -> float:
    """Compute the cost of a quantity, with or without its free part."""
    price = prices.prices[key]
    return price.price * max(0.0, quantity - (price.free if free else 0.0))


def render(counts: Counts, prices: Prices) -> str:
    """Make the text of docs/cost.md."""
    cases = [(month, month, 1) for month in counts.months]
    cases.append(("ten times the game month", next(iter(counts.months)), HIGH_LOAD_FACTOR))
    taken = {name: quantities(counts, month, prices, load) for name, month, load in cases}
    parts = (
        _intro(taken, prices),
        _money(taken, prices),
        _before(taken, prices),
        _airflow(prices),
        _calls(counts),
        _queries(counts, prices),
        _sources(prices),
    )
    return "\n".join(line for part in parts for line in (*part, ""))[:-1] + "\n"


def total(taken: Mapping[str, float], prices: Prices, *, free: bool, alerting: bool) -> float:
    """Compute the cost of a month, with or without alert conditions."""
    return sum(
        dollars(key, quantity, prices, free=free)
        for key, quantity in taken.items()
        if alerting or key != ALERTING
    )


def _intro(taken: Mapping[str, Mapping[str, float]], prices: Prices) -> Iterator[str]:
    yield "# What it costs"
    yield ""
    yield from INTRO.splitlines()
    yield ""
    for name, held in taken.items():
        known = total(held, prices, free=True, alerting=False)
        alerting = dollars(ALERTING, held[ALERTING], prices, free=True)
        yield f"- {name}: ${known:.2f}, and at most ${alerting:.2f} for alert conditions"


def _money(taken: Mapping[str, Mapping[str, float]], prices: Prices) -> Iterator[str]:
    yield _row("Service", "Unit", *(text for name in taken for text in (name, "list", "less free")))
    yield _row("---", "---", *["---:"] * 3 * len(taken))
    for key, price in prices.prices.items():
        cells = [price.label, price.unit]
        for held in taken.values():
            costs = (dollars(key, held[key], prices, free=free) for free in (False, True))
            cells += [_short(held[key]), *(f"${each:,.2f}" for each in costs)]
        yield _row(*cells)
    for label, alerting in (("**Total**", True), ("**Total without alert conditions**", False)):
        cells = [label, ""]
        for held in taken.values():
            sums = (total(held, prices, free=free, alerting=alerting) for free in (False, True))
            cells += ["", *(f"**${each:,.2f}**" for each in sums)]
        yield _row(*cells)


def _before(taken: Mapping[str, Mapping[str, float]], prices: Prices) -> Iterator[str]:
    base = json.loads(BASE.read_text())
    months = base["months"]
    yield "## Before and after"
    yield ""
    yield f"At list prices, as commit {base['commit']} computed it and as it is now."
    yield ""
    yield _row("Service", *(text for name in months for text in (f"{name}, before", "now")))
    yield _row("---", *["---:"] * 2 * len(months))
    pairs = [held for name in months for held in (months[name], taken[name])]
    for key, price in prices.prices.items():
        costs = [f"${dollars(key, held[key], prices, free=False):,.2f}" for held in pairs]
        if any(cost != costs[0] for cost in costs):
            yield _row(f"{price.label}, {price.unit}", *costs)
    for label, alerting in (("**Total**", True), ("**Total without alert conditions**", False)):
        sums = (total(held, prices, free=False, alerting=alerting) for held in pairs)
        yield _row(label, *(f"**${each:,.2f}**" for each in sums))


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"  # noqa: PLR2004 - a reader's


def _airflow(prices: Prices) -> Iterator[str]:
    other = prices.airflow
    yield "## Beside it: a managed Airflow"
    yield ""
    yield f"{other.label}, its smallest environment: about ${other.month:.0f} a month, even idle."
    yield f"Source: <{other.source}>, read on {other.taken}: {other.note}."


def _calls(counts: Counts) -> Iterator[str]:
    asked = ("calls", "cold", "storage", "selects", "inserts", "publishes", "requests")
    yield "## Counted"
    for month, usage in counts.months.items():
        yield ""
        yield f"### {month.capitalize()} ({usage.days} days)"
        yield ""
        yield _row(
            "Function", "calls", "cold starts", "storage calls", *asked[3:6], "source requests"
        )
        yield _row("---", *["---:"] * len(asked))
        for name, held in usage.functions.items():
            yield _row(f"`{name}`", *(f"{held[what]:,}" for what in asked))
        yield ""
        amounts = (f"{name.replace('_', ' ')} {number:,}" for name, number in usage.amounts.items())
        yield f"Billed: {', '.join(amounts)}."


def _queries(counts: Counts, prices: Prices) -> Iterator[str]:
    yield "## Who asks BigQuery"
    yield ""
    yield "GiB a month, at the 10 MiB that a query is billed at least for each table it reads; an"
    yield "INSERT is counted as one. Alerts and dashboards ask as much without load."
    yield ""
    yield _row("", *counts.months)
    yield _row("---", *["---:"] * len(counts.months))
    asked = [query_bytes(counts, month, prices) for month in counts.months]
    for who in asked[0]:
        yield _row(who, *(f"{held[who] / GIB:.1f}" for held in asked))


def _sources(prices: Prices) -> Iterator[str]:
    yield "## Prices"
    yield ""
    yield _row("Service", "Price", "Free a month", "Page", "Read on", "Confirmed")
    yield _row(*["---"] * 6)
    for price in prices.prices.values():
        sure = ": ".join(filter(None, ("yes" if price.confirmed else "no", price.note)))
        per = f"${price.price:.10g} per {price.unit}"
        yield _row(
            price.label, per, _short(price.free), f"<{price.source}>", f"{price.taken}", sure
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
