"""`python -m local sql`: queries the kept stack."""

from collections.abc import Sequence
from typing import Any

import click

from local.commands.console import make_console
from local.commands.kept import require_kept

PIPED_WIDTH = 200


@click.command()
@click.argument("statement")
def sql(statement: str) -> None:
    """Run a SQL STATEMENT against the kept stack."""
    from local.records.sql import run_sql

    stack = require_kept()
    endpoint = stack.environment["BIGQUERY_EMULATOR_HOST"]
    print_table(*run_sql(endpoint, stack.where["project"], statement))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a result as a table on standard output, followed by the number of rows."""
    from rich.table import Table

    shown = Table(*columns)
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    console = make_console(PIPED_WIDTH)
    console.print(shown)
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return "[dim]NULL[/dim]"
    isoformat = getattr(value, "isoformat", None)
    return escape(isoformat(sep=" ") if isoformat and hasattr(value, "hour") else str(value))
