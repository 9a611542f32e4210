"""`python -m local queries`: the contract's monitoring queries on the kept stack."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from common.errors import BadInputError
from local.commands.kept import require_kept
from local.commands.options import Day
from local.commands.results import Form, Result, form_options, print_result, to_json
from local.commands.stack.sql import warn_of_refusals

if TYPE_CHECKING:
    from local.day.seed_queries import Statement


@click.command()
@click.argument("name", required=False)
@click.option("--date", "day", type=Day(), help="Another date than the stack's today.")
@form_options
def queries(name: str | None, day: date | None, form: Form) -> None:
    """Run the contract's query NAME, or all of them, on the stack.

    The texts are those of docs/03-bigquery-schemas.md, as they are written there. A part of a name
    is enough where only one query has it.
    """
    from local.day import seed_queries

    chosen = [seed_queries.query_named(name)] if name else seed_queries.queries()
    if form == "csv" and not name:
        raise BadInputError("--csv prints one query; name it")
    answers = _answers(chosen, day)
    if form == "json" and not name:
        click.echo(to_json({asked.name: result.records() for asked, result in answers}))
        return
    found = 0
    for asked, result in answers:
        if not name:
            click.echo(f"\n{asked.name}")
        print_result(result, form)
        found += len(result.rows)
    if not found and not day:
        click.echo("note: nothing is of the stack's today; --date asks about another day", err=True)


def _answers(chosen: "list[Statement]", day: date | None) -> "Iterator[tuple[Statement, Result]]":
    from local.day.seed_queries import bind
    from local.records.sql import run_sql

    stack = require_kept()
    endpoint, project = stack.environment["BIGQUERY_EMULATOR_HOST"], stack.where["project"]
    for asked in chosen:
        sql = bind(asked.sql, day) if day else asked.sql
        result = Result(*run_sql(endpoint, project, sql))
        warn_of_refusals(asked.sql)
        yield asked, result
