import re
from pathlib import Path

import pytest

from common.cloud.tables import NAMES
from common.configuration.topology import load_topology
from common.settings import ROOT, Settings, variable
from local.commands.cli import main

DOCS = {path.name: path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
TOPOLOGY = load_topology(Settings().topology_file)


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_every_setting_is_documented(field: str) -> None:
    """docs/settings.md names the variable of each setting."""
    assert f"`{variable(field)}`" in DOCS["settings.md"]


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """Every variable in docs/settings.md is one that is read."""
    named = set(re.findall(r"`((?:NBA_|BIGQUERY_|STORAGE_|PUBSUB_)\w+)`", DOCS["settings.md"]))
    assert named == {variable(field) for field in Settings.model_fields}


@pytest.mark.parametrize("topic", TOPOLOGY.topics)
def test_every_topic_is_documented(topic: str) -> None:
    """docs/messages.md says what each topic carries."""
    assert f"`{topic}`" in DOCS["messages.md"]


@pytest.mark.parametrize("table", NAMES)
def test_every_table_is_documented(table: str) -> None:
    """docs/tables.md has each table."""
    assert table in DOCS["tables.md"]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_documented(command: str) -> None:
    """The README shows each command of `python -m local`."""
    assert f"python -m local {command}" in DOCS["README.md"]


def test_every_function_has_a_contract() -> None:
    """Each main.py is short, and its docstring names trigger, effects, no-op and duplicates."""
    for path in (ROOT / "functions").glob("*/main.py"):
        text = path.read_text()
        assert len(text.splitlines()) <= 40
        for word in ("Trigger", "Reads", "Writes", "No-op", "Acknowledged", "Raised", "Duplicates"):
            assert re.search(rf"^{word}\b", text, re.MULTILINE), (path, word)


@pytest.mark.parametrize("name", DOCS)
def test_links_lead_somewhere(name: str) -> None:
    """Every relative link in the docs leads to a file of the repository."""
    folder = ROOT if name == "README.md" else ROOT / "docs"
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCS[name]):
        if name == "03-bigquery-schemas.md":
            continue  # the user's own, whose neighbours stayed with the user
        assert (folder / target).exists(), target


def test_every_reason_code_is_documented() -> None:
    """docs/decisions.md lists each reason_code that the core can give."""
    folder = Path(ROOT / "common")
    sources = [folder / "decide.py", *(folder / "kinds").glob("*.py")]
    pattern = r"(?:skip\(\s*|Decision\(\s*\"\w+\",\s*)\"([A-Z_]+)\""
    codes = {code for path in sources for code in re.findall(pattern, path.read_text())}
    assert len(codes) > 15
    missing = {code for code in codes if f"`{code}`" not in DOCS["decisions.md"]}
    assert not missing
