"""Reports on standard error what broke a simulated history, and which faults it needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from local.simulator.chance import Fired
    from local.simulator.run import BrokenError, SimulateOptions


def report_broken(options: "SimulateOptions", error: "BrokenError") -> None:
    """Report what broke, and then the faults that it needs, which takes minutes to find out."""
    click.echo(f"seed {options.seed}: {error}", err=True)
    report_needed(options, error.fired)


def report_needed(options: "SimulateOptions", fired: "Sequence[Fired]") -> None:
    """Leave out faults as long as the history still breaks, and list those that remain."""
    from local.simulator.histories import shrunk

    if not fired:
        click.echo(f"seed {options.seed}: no fault happened; it breaks without any", err=True)
        return
    click.echo(
        f"seed {options.seed}: {len(fired)} faults happened; leaving out those it does not need",
        err=True,
    )
    needed = shrunk(options, fired)
    click.echo("it needs only" if needed else "it needs none of them", err=True)
    for fault in needed:
        click.echo(f"  {fault}", err=True)
