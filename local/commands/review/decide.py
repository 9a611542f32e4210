"""`python -m local decide`: what the controller would decide at an instant."""

import json
from datetime import datetime
from pathlib import Path

import click

from local.commands.options import Instant, schedule_option

WARNINGS_SHOWN_MAX = 10


@click.command()
@click.option("--at", "instant", type=Instant(), required=True, help="When; Eastern by default.")
@schedule_option
@click.option("--workflow", metavar="NAME", help="Only this workflow.")
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder that `day` or `simulate` wrote.",
)
@click.option("--explain", is_flag=True, help="Each rule with the facts it saw, not JSON.")
def decide(
    instant: datetime,
    schedule: Path | None,
    workflow: str | None,
    history: Path | None,
    *,
    explain: bool,
) -> None:
    """Print what the controller would decide at an instant, as JSON."""
    from local.fake_sources.slate import load
    from local.review.decide import decisions_at, explained_at
    from local.stack.config import DEFAULT_SLATE

    asked = (schedule or DEFAULT_SLATE, instant, workflow, history)
    warnings = load(asked[0]).warnings
    for warning in warnings[:WARNINGS_SHOWN_MAX]:
        click.echo(f"Warning: {warning}", err=True)
    if len(warnings) > WARNINGS_SHOWN_MAX:
        click.echo(f"{len(warnings) - WARNINGS_SHOWN_MAX} more warnings", err=True)
    if explain:
        click.echo("\n".join(explained_at(*asked)))
    else:
        click.echo(json.dumps(decisions_at(*asked), indent=2))
