"""`python -m local diff`: what a changed workflow file would decide differently."""

import sys
from datetime import date
from pathlib import Path

import click

from local.commands.options import GivenFile, first_option, last_option, season_option


@click.command()
@season_option
@first_option
@last_option
@click.option("--exit-code", is_flag=True, help="Exit status 1 when a decision changes.")
@click.argument("old", type=GivenFile())
@click.argument("new", type=GivenFile())
def diff(old: Path, new: Path, *, schedule: Path, first: date, last: date, exit_code: bool) -> None:
    """Show which decisions change from the workflow file OLD to NEW."""
    from local.review import diff as differ

    found = differ.diff(schedule, first, last, old, new)
    click.echo("\n".join(differ.lines_of(found)))
    if exit_code and found.changes:
        sys.exit(1)
