"""`python -m local soak`: many short histories with faults, on all cores."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from local.commands.develop.shrunk import report_needed
from local.commands.options import season_option

if TYPE_CHECKING:
    from local.simulator.histories import Lived

FAULTS = (
    "duplicate=5%,reorder,drop=0.5%,crash=1%,bigquery=1%,storage=1%,pubsub=1%,source=1%,"
    "delay=1%,clock=1%"
)
HISTORY_DAYS = 7
SHRUNK_HISTORIES_MAX = 3
"""How many failed histories are shrunk: each takes minutes."""
PROGRESS_SECONDS = 10.0
"""Seconds between two lines of progress."""


@dataclass
class Tally:
    """Counts what happened in all histories so far, and prints how far the search is."""

    seeds: int
    due: float
    faults: Counter[str] = field(default_factory=Counter)
    events: int = 0

    def add(self, lived: "Lived", number: int, seconds: float) -> None:
        """Count one history, the `number`-th to end, `seconds` after the search began."""
        from local.simulator.histories import tally

        self.events += lived.events
        self.faults.update(tally(lived.fired))
        if lived.wrong:
            click.echo(f"seed {lived.seed} ({lived.first}): {lived.wrong}")
        if seconds >= self.due:
            self.due = seconds + PROGRESS_SECONDS
            click.echo(f"{number} of {self.seeds} seeds, {seconds:.0f} s", err=True)


@click.command()
@season_option
@click.option("--seeds", type=click.IntRange(1), metavar="N", default=25, help="Histories.")
@click.option("--from-seed", type=int, metavar="N", default=0, help="The first one's seed.")
@click.option(
    "--days", type=click.IntRange(1), metavar="N", default=HISTORY_DAYS, help="Days of each."
)
@click.option("--faults", metavar="SPEC", default=FAULTS, help="See docs/simulator.md.")
@click.option(
    "--outages/--no-outages",
    default=True,
    help="Let one function or service be out for hours in every other history.",
)
def soak(
    schedule: Path, seeds: int, from_seed: int, days: int, faults: str, *, outages: bool
) -> None:
    """Run a random week with faults for each of many seeds.

    Shrinks the faults of a week that broke a rule. Prints its progress every 10 s on standard
    error. Exit status 1 when a rule was broken.
    """
    from local.simulator.histories import Search, live_all

    search = Search(schedule, faults, days, outages)
    found = Tally(seeds, PROGRESS_SECONDS)
    failed = live_all(search, range(from_seed, from_seed + seeds), found.add)
    for name, number in sorted(found.faults.items()):
        click.echo(f"{number:8} {name}")
    click.echo(f"{seeds} histories, {found.events} deliveries, {len(failed)} broke a rule")
    for lived in failed[:SHRUNK_HISTORIES_MAX]:
        report_needed(search.week(lived.seed), lived.fired)
    if failed:
        sys.exit(1)
