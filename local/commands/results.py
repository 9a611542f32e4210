"""The result of a query, printed as a table, as JSON or as CSV."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import click

from local.commands.console import make_console

Form = Literal["json", "csv"] | None
"""How a result is printed; None is a table."""
UNCUT_COLUMNS = 1_000_000
"""Wider than any row of a piped table, so that no cell is folded."""


class Result(NamedTuple):
    """Column names and rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def records(self) -> list[dict[str, Any]]:
        """Return each row by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def form_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json` and `--csv` to a command; both set its argument `form`."""
    for form, text in (("csv", "Print CSV with a header."), ("json", "Print a JSON array.")):
        command = click.option(f"--{form}", "form", flag_value=form, help=text)(command)
    return command


def print_result(result: Result, form: Form) -> None:
    """Print a result on standard output; cells are whole in every form."""
    if form == "json":
        click.echo(to_json(result.records()))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([[_flat(value) for value in row] for row in result.rows])
    else:
        _print_table(result)


def to_json(value: object) -> str:
    """Return a value as JSON; times are ISO 8601, decimals are numbers."""
    return json.dumps(value, indent=2, default=_plain)


def _print_table(result: Result) -> None:
    from rich.table import Table

    shown = Table()
    for name in result.columns:
        shown.add_column(name, overflow="fold")
    for row in result.rows:
        shown.add_row(*(_cell(value) for value in row))
    console = make_console(UNCUT_COLUMNS)
    console.print(shown)
    console.print(f"{len(result.rows)} row{'' if len(result.rows) == 1 else 's'}")


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return "[dim]NULL[/dim]"
    isoformat = getattr(value, "isoformat", None)
    return escape(isoformat(sep=" ") if isoformat and hasattr(value, "date") else str(value))


def _flat(value: object) -> object:
    return to_json(value) if isinstance(value, list | dict) else _plain(value)


def _plain(value: object) -> object:
    """Return a value of BigQuery as a JSON value."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else value if _is_json(value) else str(value)


def _is_json(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)
