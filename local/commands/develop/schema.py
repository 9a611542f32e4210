"""The JSON schema of the workflow file, from which editors complete it and show what is wrong."""

import json
from typing import Any

from common.configuration.workflows import WorkflowFile
from common.scrapers import REGISTRY
from common.settings import ROOT

PATH = ROOT / "config" / "workflows.schema.json"


def schema_text() -> str:
    """What config/workflows.schema.json holds: the models, with the names of the scrapers."""
    schema = WorkflowFile.model_json_schema()
    names: dict[str, Any] = {"type": "string", "enum": sorted(REGISTRY)}
    step = schema["$defs"]["Step"]["properties"]
    step["scrapers"]["items"] = names
    step["events_from"]["anyOf"][0] = names
    schema["properties"]["disabled_scrapers"]["propertyNames"] = names
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Workflows"}
    return json.dumps({**schema, **head}, indent=2) + "\n"
