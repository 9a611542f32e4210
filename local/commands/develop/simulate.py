"""`python -m local simulate`: a range of dates in memory, on a virtual clock."""

import sys
from datetime import date
from pathlib import Path

import click

from local.commands.develop.shrunk import report_broken
from local.commands.options import (
    first_option,
    last_option,
    make_folder,
    out_option,
    season_option,
    workflows_option,
)

MISSED_SHOWN_MAX = 10


@click.command()
@season_option
@first_option
@last_option
@out_option
@click.option("--seed", type=int, metavar="N", default=0, help="Seed of everything random.")
@click.option("--faults", metavar="SPEC", default="", help="See docs/simulator.md.")
@workflows_option
@click.option("--without-alternatives", is_flag=True, help="No other owner stands in.")
@click.option("--progress", is_flag=True, help="Print a line a day on standard error.")
def simulate(
    out: Path,
    *,
    schedule: Path,
    first: date,
    last: date,
    seed: int,
    faults: str,
    workflows: Path | None,
    without_alternatives: bool,
    progress: bool,
) -> None:
    """Run the real handlers over a range of dates, in memory.

    Invariants are checked after every event; the same seed gives the same run. Exit status 1 when a
    window was missed.
    """
    from local.simulator import run as simulator
    from local.simulator import summary

    options = simulator.SimulateOptions(
        schedule, first, last, seed, faults, workflows, alternatives=not without_alternatives
    )
    report = summary.print_progress if progress else lambda _: None
    make_folder(out)
    try:
        outcome = simulator.run(options, report)
    except simulator.BrokenError as error:
        report_broken(options, error)
        raise
    summary.write_outcome(outcome, out)
    summary.print_summary(outcome, out)
    for missed in outcome.missed_windows[:MISSED_SHOWN_MAX]:
        click.echo(f"Missed window: {missed}", err=True)
    if outcome.missed_windows:
        sys.exit(1)
