"""The published JSON schema of the workflow file."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from common.configuration.workflows import parse_source
from common.errors import ConfigError
from common.settings import Settings
from local.commands.cli import main
from local.commands.develop.schema import PATH

VALIDATOR = Draft202012Validator(json.loads(PATH.read_text()))
SHIPPED: dict[str, Any] = yaml.safe_load(Settings().workflows_file.read_text())


@pytest.mark.parametrize(
    ("words", "path"),
    [((), PATH), (("--notice",), PATH.with_name("incident-notice.schema.json"))],
)
def test_the_published_schemas_are_current(words: tuple[str, ...], path: Path) -> None:
    """`python -m local schema` prints that of the workflow file, or that of a notice."""
    assert CliRunner().invoke(main, ("schema", *words)).stdout == path.read_text()


def test_the_shipped_file_fits_and_names_the_schema() -> None:
    """An editor with a YAML language server finds the schema by the file's first line."""
    Draft202012Validator.check_schema(json.loads(PATH.read_text()))
    assert list(VALIDATOR.iter_errors(SHIPPED)) == []
    first = Settings().workflows_file.read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={PATH.name}"


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("betting_lines", "every_hours", 0),
        ("betting_lines", "start", "8:00"),
        ("betting_lines", "lead", 6),
        ("post_game_window_1", "games_of", "tomorrow"),
        ("injury_discovery", "attempts", 49),
        ("late_game_catch_up", "backoff_hours", []),
        ("morning_operations", "priority", "URGENT"),
    ],
)
def test_editors_refuse_what_the_functions_refuse(name: str, field: str, value: object) -> None:
    """A wrong field is an error to the schema and to the functions."""
    flow = {**SHIPPED["workflows"][name], field: value}
    document = {**SHIPPED, "workflows": {name: flow}}
    assert list(VALIDATOR.iter_errors(document))
    with pytest.raises(ConfigError, match=rf"mine\.yaml:\d+: workflows\.{name}\.{field}: "):
        parse_source(yaml.safe_dump(document, sort_keys=False), "mine.yaml")


@pytest.mark.parametrize(("name", "is_refused"), [("not_yet_written", False), ("Not a name", True)])
def test_editors_know_the_form_of_a_scraper_s_name(name: str, *, is_refused: bool) -> None:
    """A new scraper needs no new schema, and what can be no name is an error."""
    flow = {**SHIPPED["workflows"]["morning_operations"], "steps": [{"scrapers": [name]}]}
    document = {**SHIPPED, "workflows": {"morning_operations": flow}}
    assert bool(list(VALIDATOR.iter_errors(document))) is is_refused
