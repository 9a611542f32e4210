"""`python -m local sql`: queries the kept stack."""

import click

from local.commands.kept import require_kept
from local.commands.results import Form, Result, form_options, print_result


@click.command(context_settings={"ignore_unknown_options": True})  # a comment looks like one
@click.argument("statement")
@form_options
def sql(statement: str, form: Form) -> None:
    """Run a SQL STATEMENT against the kept stack."""
    from local.records.sql import run_sql

    stack = require_kept()
    endpoint = stack.environment["BIGQUERY_EMULATOR_HOST"]
    result = Result(*run_sql(endpoint, stack.where["project"], statement))
    warn_of_refusals(statement)
    print_result(result, form)


def warn_of_refusals(statement: str) -> None:
    """Print on standard error, a line each, why BigQuery itself would refuse a statement."""
    from local.records.refusals import refusals

    for why in refusals(statement):
        click.echo(f"note: BigQuery would refuse this text: {why}", err=True)
