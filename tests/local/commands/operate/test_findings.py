"""How a finding is told, and which place it names."""

from pathlib import Path

import pytest

from common.settings import ROOT
from local.commands.operate.check import findings
from local.commands.operate.findings import Finding, Level, of_topology, shown, usable_settings

READY = {"NBA_ODDS_API_KEY": "k", "NBA_HTTP_PROXY": "http://proxy.example:3128"}


@pytest.mark.parametrize(
    ("level", "line"),
    [
        ("error", "error   a.yaml:3: what it is, and what to do"),
        ("warning", "warning a.yaml:3: what it is, and what to do"),
        ("note", "note    a.yaml:3: what it is, and what to do"),
    ],
)
def test_a_finding_is_one_line(level: Level, line: str) -> None:
    """The places stand below one another, and a text of several lines is told in one."""
    found = Finding(level, "a.yaml:3", "what it is,\n   and what\tto do\n")
    assert str(found) == line
    assert found.as_json() == {"level": level, "where": "a.yaml:3", "text": found.text}


def test_a_path_is_shown_as_a_person_would_write_it(tmp_path: Path) -> None:
    """A path of the project begins below it, and any other one is whole."""
    assert shown(ROOT / "config" / "topology.yaml") == "config/topology.yaml"
    assert shown(tmp_path / "a.yaml") == f"{tmp_path}/a.yaml"


@pytest.mark.parametrize(("text", "beginning"), [("[]", "file: "), ("version: x", "version: ")])
def test_a_defect_begins_with_its_place(tmp_path: Path, text: str, beginning: str) -> None:
    """A defect of the file as a whole is the file's; the value that stands there is quoted."""
    path = tmp_path / "topology.yaml"
    path.write_text(text)
    found, topology = of_topology(path, 60)
    assert topology is None
    assert found[0].where == f"{path}:1"
    assert found[0].text.startswith(beginning)
    assert f"(got {text.removeprefix('version: ')!r}); correct it" in found[0].text.replace(
        '"', "'"
    )


def test_a_value_of_which_a_topology_has_too_much_is_cut(tmp_path: Path) -> None:
    """A defect quotes sixty characters."""
    path = tmp_path / "topology.yaml"
    path.write_text(f"version: {'x' * 60}y\n")
    found, _ = of_topology(path, 60)
    assert f"(got {'x' * 60!r}); correct it" in found[0].text


def test_each_disabled_scraper_is_named_with_its_line(tmp_path: Path) -> None:
    """The note has the reason that the file gives, at the line of the scraper."""
    text = (ROOT / "config" / "workflows.yaml").read_text()
    count = len(text.splitlines())
    flows = tmp_path / "flows.yaml"
    names = {"nbac_standings": "nobody reads it", "nbac_player_movement": "nor that"}
    lines = "".join(f"  {name}: {why}\n" for name, why in names.items())
    flows.write_text(f"{text}disabled_scrapers:\n{lines}")
    found = [one for one in findings(READY, flows) if "is disabled" in one.text]
    assert [(one.level, one.where, one.text) for one in found] == [
        ("note", f"{flows}:{count + 2 + number}", f"{name} is disabled: {why}")
        for number, (name, why) in enumerate(names.items())
    ]


def test_a_variable_that_is_refused_takes_no_other_with_it() -> None:
    """The settings have the variables that are right, and a default for the one that is not."""
    found = usable_settings({"NBA_PROJECT": "theirs", "NBA_LEASE_SECONDS": "soon"})
    assert found.project == "theirs"
    assert found.lease_seconds == usable_settings({}).lease_seconds
