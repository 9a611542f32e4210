"""`python -m local diff`: what a changed workflow file would decide differently."""

import sys
import time
from datetime import date
from pathlib import Path

import click

from local.commands.options import GivenFile, first_option, last_option, season_option

PROGRESS_SECONDS = 10.0
"""Seconds between two lines of progress."""


class Progress:
    """Prints how far the work is."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._due = PROGRESS_SECONDS

    def __call__(self, file: Path, day: date) -> None:
        """Print a line where one is due."""
        seconds = time.monotonic() - self._began
        if seconds >= self._due:
            self._due = seconds + PROGRESS_SECONDS
            click.echo(f"{file}: {day}, {seconds:.0f} s", err=True)


@click.command()
@season_option
@first_option
@last_option
@click.option("--exit-code", is_flag=True, help="Exit status 1 when a decision changes.")
@click.argument("old", type=GivenFile())
@click.argument("new", type=GivenFile())
def diff(old: Path, new: Path, *, schedule: Path, first: date, last: date, exit_code: bool) -> None:
    """Show which decisions change from the workflow file OLD to NEW.

    Prints its progress every 10 s on standard error.
    """
    from local.review import diff as differ

    found = differ.diff(schedule, first, last, old, new, Progress())
    click.echo("\n".join(differ.lines_of(found)))
    if exit_code and found.changes:
        sys.exit(1)
