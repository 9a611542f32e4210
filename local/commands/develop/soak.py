"""`python -m local soak`: many short histories with faults, on all cores."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # the handlers only where they run
    from local.simulator.chance import Fired
    from local.simulator.histories import Lived
    from local.simulator.run import BrokenError, SimulateOptions

FAULTS = (
    "duplicate=5%,reorder,drop=0.5%,crash=1%,bigquery=1%,storage=1%,pubsub=1%,source=1%,"
    "delay=1%,clock=1%"
)
DAYS, SHRUNK = 7, 3
TOLD_EVERY = 10.0
"""Seconds between two lines of progress."""


def shrink_and_tell(options: "SimulateOptions", error: "BrokenError") -> None:
    """Tell on standard error what broke, and then which faults it needs: that takes minutes."""
    click.echo(f"seed {options.seed}: {error}", err=True)
    _tell_shrunk(options, error.fired)


def _tell_shrunk(options: "SimulateOptions", fired: "Sequence[Fired]") -> None:
    from local.simulator.histories import shrunk  # noqa: PLC0415 - the handlers only where they run

    if not fired:
        click.echo(f"seed {options.seed}: no fault happened; it is broken without", err=True)
        return
    click.echo(
        f"seed {options.seed}: {len(fired)} faults happened; leaving out what it can do without",
        err=True,
    )
    needed = shrunk(options, fired)
    click.echo("it needs only" if needed else "it needs none of them", err=True)
    for fault in needed:
        click.echo(f"  {fault}", err=True)


@click.command()
@click.option(
    "--schedule",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="A scheduleLeagueV2 file.",
)
@click.option(
    "--seeds", type=click.IntRange(1), default=25, show_default=True, help="How many histories."
)
@click.option("--from-seed", default=0, show_default=True, help="The first one's seed.")
@click.option(
    "--days", type=click.IntRange(1), default=DAYS, show_default=True, help="Length of a history."
)
@click.option("--faults", default=FAULTS, show_default=True, help="See docs/faults.md.")
@click.option(
    "--outages/--no-outages",
    default=True,
    show_default=True,
    help="Let one function or service be out for hours in every other history.",
)
def soak(
    schedule: Path, seeds: int, from_seed: int, days: int, faults: str, *, outages: bool
) -> None:
    """Live through a random week with faults for each of many seeds; shrinks what fails.

    Tells every 10 s on standard error how far it is. Exit status 1 when a rule was broken.
    """
    from local.simulator.histories import Search, live_all, tally  # noqa: PLC0415 - as above

    search, happened, events = Search(schedule, faults, days, outages), Counter[str](), 0
    due = TOLD_EVERY

    def tell(lived: "Lived", number: int, seconds: float) -> None:
        nonlocal events, due
        events += lived.events
        happened.update(tally(lived.fired))
        if lived.wrong:
            click.echo(f"seed {lived.seed} ({lived.first}): {lived.wrong}")
        if seconds >= due:
            due = seconds + TOLD_EVERY
            click.echo(f"{number} of {seeds} seeds, {seconds:.0f} s", err=True)

    failed = live_all(search, range(from_seed, from_seed + seeds), tell)
    for name, number in sorted(happened.items()):
        click.echo(f"{number:8} {name}")
    click.echo(f"{seeds} histories, {events} deliveries, {len(failed)} broke a rule")
    for lived in failed[:SHRUNK]:
        _tell_shrunk(search.week(lived.seed), lived.fired)
    if failed:
        sys.exit(1)
