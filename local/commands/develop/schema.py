"""`python -m local schema`: the JSON schema of the workflow file, for editors."""

import json
from typing import Any

import click

from common.settings import ROOT

PATH = ROOT / "config" / "workflows.schema.json"


@click.command()
def schema() -> None:
    """Print the content of config/workflows.schema.json."""
    click.echo(schema_text(), nl=False)


def schema_text() -> str:
    """Return the content of config/workflows.schema.json: the models, with the scrapers' names."""
    from common.configuration.workflows import WorkflowFile
    from common.scrapers import REGISTRY

    schema = WorkflowFile.model_json_schema()
    names: dict[str, Any] = {"type": "string", "enum": sorted(REGISTRY)}
    step = schema["$defs"]["Step"]["properties"]
    step["scrapers"]["items"] = names
    step["events_from"]["anyOf"][0] = names
    schema["properties"]["disabled_scrapers"]["propertyNames"] = names
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Workflows"}
    return json.dumps({**schema, **head}, indent=2) + "\n"
