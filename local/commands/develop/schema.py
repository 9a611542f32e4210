"""`python -m local schema`: the JSON schema of the workflow file, for editors."""

import json

import click

from common.settings import ROOT

PATH = ROOT / "config" / "workflows.schema.json"


@click.command()
def schema() -> None:
    """Print the content of config/workflows.schema.json."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the content of config/workflows.schema.json: the form of the models.

    It has the form of a scraper's name and no list of them, so that a new scraper does not change
    it; `python -m local check` names an unknown one.
    """
    from common.configuration.workflows import WorkflowFile

    schema = WorkflowFile.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Workflows"}
    return json.dumps({**schema, **head}, indent=2) + "\n"
