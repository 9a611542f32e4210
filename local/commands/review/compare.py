"""`python -m local compare`: the tables of two days, times aside."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("one", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("other", metavar="DIR", type=click.Path(path_type=Path))
def compare(one: Path, other: Path) -> None:
    """Show the rows that only one of two days has. Exit status 1 if there are any."""
    from local.records.compare import differences, read_folder

    found = differences(read_folder(one), read_folder(other))
    click.echo("\n".join(found) or "The same but for times.")
    if found:
        sys.exit(1)
