"""The commands that judge decisions: ahead, back, and under another configuration."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click

from local.commands.options import Day, Instant
from local.stack.config import DEFAULT_SLATE


@click.command()
@click.option("--schedule", type=click.Path(path_type=Path), help="A scheduleLeagueV2 file.")
@click.option("--at", "instant", type=Instant(), required=True, help="When; Eastern by default.")
@click.option("--workflow", help="Only this workflow.")
@click.option("--history", type=click.Path(path_type=Path), help="A folder that `day` wrote.")
@click.option("--explain", is_flag=True, help="Each rule with the facts it saw, not JSON.")
def decide(
    schedule: Path | None,
    instant: datetime,
    workflow: str | None,
    history: Path | None,
    *,
    explain: bool,
) -> None:
    """Print what the controller would decide at an instant, as a JSON array."""
    from local.review.decide import decisions_at, explained_at  # noqa: PLC0415 - only where it decides

    asked = (schedule or DEFAULT_SLATE, instant, workflow, history)
    if explain:
        click.echo("\n".join(explained_at(*asked)))
    else:
        click.echo(json.dumps(decisions_at(*asked), indent=2))


@click.command()
@click.option("--schedule", type=click.Path(path_type=Path), required=True)
@click.option("--from", "first", type=Day(), required=True, help="First date (Eastern).")
@click.option("--to", "last", type=Day(), required=True, help="Last date.")
@click.option("--exit-code", "tell", is_flag=True, help="Exit status 1 when something changes.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def diff(old: Path, new: Path, *, schedule: Path, first: date, last: date, tell: bool) -> None:
    """Show which decisions the workflow file NEW would make otherwise than OLD."""
    from local.review import diff as differ  # noqa: PLC0415 - the core only where it decides

    found = differ.diff(schedule, first, last, old, new)
    click.echo("\n".join(differ.lines_of(found)))
    if tell and found.changes:
        sys.exit(1)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
def replay(folder: Path, workflows: Path | None) -> None:
    """Judge the recorded decisions of DIR again; exit status 1 when one is made otherwise."""
    from local.review import rejudge  # noqa: PLC0415 - the core only where it decides

    found = rejudge.rejudge(folder, workflows)
    click.echo("\n".join(rejudge.lines_of(found)))
    if found.otherwise:
        sys.exit(1)


@click.command()
def schema() -> None:
    """Print the JSON schema of the workflow file: config/workflows.schema.json."""
    from local.commands.develop.schema import schema_text  # noqa: PLC0415 - only here

    click.echo(schema_text(), nl=False)
