"""Reads a workflow file as far as possible, so that all that is wrong in it is named at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from common.configuration.checks import defects
from common.configuration.topology import Topology
from common.configuration.workflows import WorkflowFile, form_defects, text_of
from common.configuration.yaml_file import Defect, Document, parse_yaml


@dataclass(frozen=True)
class Reading:
    """A workflow file as far as it can be read.

    Attributes:
        document: the content with its lines.
        file: the workflows that have the form; None where nothing can be made of the file.
        form: the places where the file has another form.
    """

    document: Document
    file: WorkflowFile | None
    form: Sequence[Defect]

    def defects(self, topology: Topology) -> Iterator[Defect]:
        """Yield every defect: of the form, and of the workflows that have it.

        Raises:
            ConfigError: the topology has no job for the controller, or one with a malformed cron.
        """
        yield from self.form
        for place, text in defects(self.file, topology) if self.file else ():
            # What nothing triggers cannot be told while a workflow is unreadable.
            if place[0] == "workflows" or not self.form:
                yield place, text


def read_partly(path: Path) -> Reading:
    """Read a workflow file without the workflows that have another form.

    Raises:
        ConfigError: the file is missing or is not YAML; the message names file and line.
    """
    document = parse_yaml(text_of(path), str(path))
    try:
        return Reading(document, WorkflowFile.model_validate(document.data), ())
    except ValidationError as error:
        found = form_defects(error)
        return Reading(document, _without(document.data, found), found)


def _without(data: Any, found: Sequence[Defect]) -> WorkflowFile | None:  # noqa: ANN401 - as YAML
    """Return a file without the workflows that have a defect; None where anything else has one."""
    of_workflows = [place for place, _ in found if len(place) > 1 and place[0] == "workflows"]
    if len(of_workflows) < len(found):
        return None
    broken = {place[1] for place in of_workflows}
    flows = {name: flow for name, flow in data["workflows"].items() if name not in broken}
    return WorkflowFile.model_validate({**data, "workflows": flows}) if flows else None
