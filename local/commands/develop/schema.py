"""`python -m local schema`: the JSON schemas of the workflow file and of a webhook's notice."""

import json
from collections.abc import Mapping

import click

from common.settings import ROOT

PATH = ROOT / "config" / "workflows.schema.json"


@click.command()
@click.option("--notice", is_flag=True, help="Of config/incident-notice.schema.json instead.")
def schema(*, notice: bool) -> None:
    """Print the content of config/workflows.schema.json."""
    click.echo(notice_text() if notice else schema_text(), nl=False)


def schema_text() -> str:
    """Return the content of config/workflows.schema.json: the form of the models.

    It has the form of a scraper's name and no list of them, so that a new scraper does not change
    it; `python -m local check` names an unknown one.
    """
    from common.configuration.workflows import WorkflowFile

    return _text(WorkflowFile.model_json_schema(), "Workflows")


def notice_text() -> str:
    """Return the content of config/incident-notice.schema.json: the plain form of a webhook."""
    from common.incidents.forms.plain import PlainNotice

    return _text(PlainNotice.model_json_schema(), "Notice of incidents")


def _text(schema: Mapping[str, object], title: str) -> str:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps({**schema, **head}, indent=2) + "\n"
