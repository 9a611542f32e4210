"""The documents against the code: what exists is documented, and what is documented exists."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

from common.cloud.tables import NAMES
from common.configuration.topology import load_topology
from common.scrapers.source import BUILT_IN, SourceSpec
from common.settings import ROOT, Settings, variable
from common.source_settings import SourceSettings
from local.commands.cli import main
from tests.docs.pages import (
    DOCS,
    OURS,
    anchored,
    anchors,
    exists,
    folder_of,
    links,
    named_tests,
    paths,
    shell_lines,
)

TOPOLOGY = load_topology(Settings().topology_file)
SOURCES = [
    path
    for folder in ("common", "functions", "local", "tests", "tools")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/main.py"))
CONTRIBUTING = shell_lines(DOCS["CONTRIBUTING.md"])


VARIABLES = {variable(field) for field in Settings.model_fields if field != "sources"}
OF_A_SOURCE = {variable(f"<source>_{field}") for field in SourceSettings.model_fields}


@pytest.mark.parametrize("name", sorted(VARIABLES | OF_A_SOURCE))
def test_every_setting_is_documented(name: str) -> None:
    """docs/settings.md names the variable of each setting, and each field of a source's."""
    assert f"| `{name}` |" in DOCS["settings.md"] or f" `{name}` " in DOCS["settings.md"]


def test_no_setting_is_documented_that_does_not_exist() -> None:
    """Every variable in docs/settings.md is one that is read."""
    rows = [line for line in DOCS["settings.md"].splitlines() if line.startswith("| `")]
    first = " ".join(row.split("|")[1] for row in rows)
    named = set(re.findall(r"`((?:NBA_|BIGQUERY_|STORAGE_|PUBSUB_)[\w<>]+)`", first))
    assert named == VARIABLES | OF_A_SOURCE


def test_every_source_is_documented_as_it_is_declared() -> None:
    """The last table of docs/settings.md has one row for each built-in source."""
    table = DOCS["settings.md"].split("| Source | Owner |")[1].splitlines()[2:]
    prefixes = {spec.name: f"`{spec.prefix}`" if spec.prefix else "" for spec in BUILT_IN}
    assert table == [
        f"| `{spec.name}` | {spec.owner} | `{spec.base_url}` | {prefixes[spec.name]} "
        f"| {spec.absence} | {spec.needs or ''} |"
        for spec in BUILT_IN
    ]


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.name)
def test_what_clouds_meet_at_every_host_is_documented(spec: SourceSpec) -> None:
    """docs/deploy.md has a row that names the source and its host."""
    section = DOCS["deploy.md"].split("### What a cloud collects")[1].split("\n### ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    host = spec.base_url.removeprefix("https://")
    assert [row for row in rows if f"`{spec.name}`" in row and f"`{host}`" in row]


@pytest.mark.parametrize("topic", TOPOLOGY.topics)
def test_every_topic_is_documented(topic: str) -> None:
    """docs/messages.md describes what each topic carries."""
    assert f"`{topic}`" in DOCS["messages.md"]


@pytest.mark.parametrize("table", NAMES)
def test_every_table_is_documented(table: str) -> None:
    """docs/tables.md has each table."""
    assert table in DOCS["tables.md"]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_documented(command: str) -> None:
    """The README shows each command of `python -m local`."""
    assert f"python -m local {command}" in DOCS["README.md"]


def test_every_subscription_has_its_function() -> None:
    """The folders of functions/ are those that the topology names, and the one for people."""
    subscribed = [found.function for found in TOPOLOGY.subscriptions]
    assert sorted([*subscribed, "console"]) == FUNCTIONS
    assert len(FUNCTIONS) == 8


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_contract(function: str) -> None:
    """Its main.py is short, and its docstring names trigger, effects, no-op and duplicates."""
    text = (ROOT / "functions" / function / "main.py").read_text()
    assert len(text.splitlines()) <= 40
    refused = "Refused" if function == "console" else "Acknowledged"
    for word in ("Trigger", "Reads", "Writes", "No-op", refused, "Raised", "Duplicates"):
        assert re.search(rf"^{word}\b", text, re.MULTILINE), word


def test_links_lead_somewhere() -> None:
    """Every relative link leads to a file of the repository."""
    found = [(name, target) for name, text in OURS.items() for target in links(text)]
    assert len(found) > 60
    assert [(name, one) for name, one in found if not (folder_of(name) / one).exists()] == []


def test_links_to_a_heading_lead_somewhere() -> None:
    """Every `#anchor`, of the page itself or of another one, is a heading there."""
    found = [
        (name, page or name, anchor)
        for name, text in OURS.items()
        for page, anchor in anchored(text)
    ]
    assert len(found) > 50
    assert len({page for name, page, _ in found if page != name}) > 3
    assert [one for one in found if one[2] not in anchors(DOCS[one[1]])] == []


def test_every_page_is_linked() -> None:
    """A reader who begins at the README reaches every page."""
    reached, ahead = set[str](), ["README.md"]
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead += [
            target
            for target in (Path(link).name for link in links(DOCS[name]))
            if target in DOCS and target not in reached
        ]
    assert set(DOCS) == reached


def test_named_paths_exist() -> None:
    """Every file and folder that a page names in backticks is there."""
    found = {(name, path) for name, text in OURS.items() for path in paths(text)}
    assert len(found) > 150
    assert sorted(one for one in found if not exists(one[1])) == []


def test_named_tests_exist() -> None:
    """Every `file::test` that a page names is a test of that file."""
    found = {one for text in OURS.values() for one in named_tests(text)}
    assert len(found) > 150
    missing = [one for one in found if f"def {one[1]}(" not in (ROOT / one[0]).read_text()]
    assert missing == []


def test_pages_that_the_source_names_exist() -> None:
    """A docstring or comment that refers to a page of docs/ refers to one that is there."""
    named = {
        (str(path.relative_to(ROOT)), page)
        for path in SOURCES
        for page in re.findall(r"\bdocs/([\w-]+\.md)", path.read_text())
    }
    assert len(named) > 10
    assert sorted(one for one in named if one[1] not in DOCS) == []


def test_every_reason_code_is_documented() -> None:
    """docs/decisions.md lists each reason_code that the core can give."""
    folder = ROOT / "common" / "decisions"
    sources = [folder / "decide.py", *(folder / "kinds").glob("*.py")]
    pattern = r"(?:skip\(\s*|Decision\(\s*\"\w+\",\s*)\"([A-Z_]+)\""
    codes = {code for path in sources for code in re.findall(pattern, path.read_text())}
    assert len(codes) > 15
    missing = {code for code in codes if f"`{code}`" not in DOCS["decisions.md"]}
    assert not missing


def test_every_cited_rule_is_defined() -> None:
    """docs/rules.md has each rule that the source cites."""
    cited = {
        rule for path in SOURCES for rule in re.findall(r"\bR(?:10|[1-9])\b", path.read_text())
    }
    defined = set(re.findall(r"^## (R\d+)$", DOCS["rules.md"], re.MULTILINE))
    assert len(cited) > 5
    assert cited <= defined == {f"R{number}" for number in range(1, 11)}


@pytest.mark.parametrize("rule", re.split(r"^## ", DOCS["rules.md"], flags=re.MULTILINE)[1:])
def test_a_rule_names_what_enforces_and_what_holds_it(rule: str) -> None:
    """Each rule has modules of common/ that enforce it, and tests that hold it."""
    _, enforced, held = re.split(r"^- (?:Enforced in|Held by) ", rule, flags=re.MULTILINE)
    assert any(path.startswith("common/") for path in paths(enforced))
    assert any(Path(path).name.startswith("test_") for path in paths(held))


def test_the_glossary_is_in_alphabetical_order() -> None:
    """A word is found by its first letters."""
    words = re.findall(r"^\| (\w[^|]*?) \|", DOCS["glossary.md"], re.MULTILINE)[1:]
    assert len(words) > 25
    assert words == sorted(words, key=str.lower)


def test_the_guide_has_commands_of_each_kind() -> None:
    """The blocks of CONTRIBUTING.md were found."""
    for beginning in ("make ", ".venv/bin/python -m pytest ", ".venv/bin/python -m local "):
        assert [one for one in CONTRIBUTING if one.startswith(beginning)], beginning


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with the files that the commands of the guide name."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    (tmp_path / "new.yaml").symlink_to(ROOT / "config" / "workflows.yaml")
    (tmp_path / "answer.json").write_text("{}")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("command", CONTRIBUTING)
def test_a_command_of_the_guide_is_one_that_is_understood(command: str) -> None:
    """`make` has the target, pytest finds the tests, and our command line takes the words."""
    words = shlex.split(command)
    if words[0] == "make":
        subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, check=True)
    elif words[1:3] == ["-m", "pytest"]:
        named = [word.partition("::")[0] for word in words[3:] if word.startswith("tests/")]
        assert all(exists(path) for path in named)
    elif words[1:3] == ["-m", "local"]:
        taken = main.commands[words[3]]
        with click.Context(main) as parent:
            assert taken.make_context(words[3], words[4:], parent=parent).params
    else:
        assert words[0] == "cp" or all(
            "ruff" in one or "mypy" in one for one in command.split("&&")
        )
