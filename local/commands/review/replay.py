"""`python -m local replay`: recorded decisions, decided again by today's code."""

import sys
from pathlib import Path

import click

from local.commands.options import workflows_option


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@workflows_option
def replay(folder: Path, workflows: Path | None) -> None:
    """Decide the recorded decisions of DIR again. Exit status 1 when one differs."""
    from local.review import rejudge

    found = rejudge.rejudge(folder, workflows)
    click.echo("\n".join(rejudge.lines_of(found)))
    if found.changed:
        sys.exit(1)
