"""`python -m local check` names everything that is wrong or missing at once."""

import json
from pathlib import Path

import pytest

from common.settings import ROOT
from local.commands.operate.check import findings
from local.commands.operate.findings import Finding, of_environment
from local.commands.operate.scraper_findings import of_lists
from tests.kit.workflow_edits import line_of
from tests.local.commands.command_line import run

SHIPPED = (ROOT / "config" / "workflows.yaml").read_text()
TOPOLOGY = (ROOT / "config" / "topology.yaml").read_text()
WEEK_AT = f"topology.yaml:{line_of(TOPOLOGY, '604800')}"
READY = {"NBA_ODDS_API_KEY": "k", "NBA_HTTP_PROXY": "http://proxy.example:3128"}


def at(found: list[Finding], where: str) -> Finding:
    """Return the one finding at a place."""
    (one,) = [each for each in found if each.where == where]
    return one


def test_the_committed_tree_has_no_error() -> None:
    """With a key and a proxy there are notes alone, and each names a reason."""
    found = findings(READY)
    assert found
    assert {one.level for one in found} == {"note"}
    standings = [one for one in found if "nbac_standings" in one.text]
    assert [one.where for one in standings] == ["common/scrapers/nba/standings.py:35"]
    assert "needs a proxy to stats.nba.com" in standings[0].text


def test_a_source_that_is_off_says_what_is_lost() -> None:
    """Without a proxy and a key, each source names its variables and what workflows lack."""
    found = findings({})
    stats = at(found, "NBA_NBA_STATS_PROXY")
    assert stats.level == "warning"
    for said in ("NBA_NBA_STATS_ROUTES", "NBA_NBA_STATS_URL", "morning_operations lacks nbac_play"):
        assert said in stats.text
    odds = at(found, "NBA_ODDS_API_KEY")
    assert "betting_lines lacks oddsa_events, oddsa_game_lines, oddsa_player_props" in odds.text
    unused = at(found, "NBA_BETTINGPROS_KEY")
    assert unused.level == "note"
    assert unused.text.endswith("; nothing that is triggered needs it")


def test_fu17_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Both files and the environment have several errors each, and none hides another."""
    flows, topology = tmp_path / "flows.yaml", tmp_path / "topology.yaml"
    flows.write_text(SHIPPED.replace("every_hours: 2", "every_hours: x"))
    topology.write_text(TOPOLOGY.replace('"*/15 * * * *"', "soon").replace("api}", "apy}"))
    environment = {
        "NBA_TOPOLOGY_FILE": str(topology),
        "NBA_LEASE_SECONDS": "soon",
        "NBA_NBA_CDM_URL": "https://x.example",
        "NBA_NBA_CDN_ROUTES": "ftp://user:pass-word@x.example",
    }
    found = [one for one in findings(environment, flows) if one.level == "error"]
    assert [one.where for one in found] == [
        f"{flows}:{line_of(SHIPPED, 'every_hours: 2')}",
        f"{topology}:{line_of(TOPOLOGY, '*/15')}",
        f"{topology}:{line_of(TOPOLOGY, 'scraper: nbac')}",
        "NBA_LEASE_SECONDS",
        "NBA_NBA_CDN_ROUTES",
        "NBA_NBA_CDM_URL",
    ]
    assert "pass-word" not in "".join(map(str, found))


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (None, "flows.yaml", "NBA_WORKFLOWS_FILE"),
        ("a: ]", "flows.yaml:1", "not YAML"),
        ("a: 1\na: 2\n", "flows.yaml:2", "there already"),
    ],
)
def test_a_workflow_file_that_cannot_be_read(
    tmp_path: Path, text: str | None, where: str, said: str
) -> None:
    """It is one error with its line; the rest is checked all the same."""
    path = tmp_path / "flows.yaml"
    if text is not None:
        path.write_text(text)
    found = findings({"NBA_LEASE_SECONDS": "x"}, path)
    assert said in at(found, str(tmp_path / where)).text
    assert at(found, "NBA_LEASE_SECONDS").level == "error"


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (None, "topology.yaml", "NBA_TOPOLOGY_FILE"),
        ("version: ]", "topology.yaml:1", "not YAML"),
        (TOPOLOGY.replace("604800", "week"), WEEK_AT, "got 'week'"),
        ("# \u00fc", "topology.yaml", "can't decode byte 0xfc"),
    ],
)
def test_a_topology_that_cannot_be_read(
    tmp_path: Path, text: str | None, where: str, said: str
) -> None:
    """It is an error with its line, and the workflows' times count as not checked."""
    path = tmp_path / "topology.yaml"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    found = findings({"NBA_TOPOLOGY_FILE": str(path)})
    told = at(found, str(tmp_path / where)).text
    assert said in told
    assert not told.startswith((str(path), " "))
    assert "not compared with the ticks" in at(found, "config/workflows.yaml").text


def test_the_workflow_file_is_that_of_the_environment(tmp_path: Path) -> None:
    """As a function would read it, where no other one is named."""
    path = tmp_path / "flows.yaml"
    path.write_text("a: ]")
    found = findings({**READY, "NBA_WORKFLOWS_FILE": str(path)})
    assert at(found, f"{path}:1").text.endswith("; correct the line")


@pytest.mark.parametrize(("old", "new"), [("version: 1", "version: ]"), ('"0 6-23 * * *"', "soon")])
def test_beside_a_broken_topology_the_form_of_the_workflows_is_checked(
    old: str, new: str, tmp_path: Path
) -> None:
    """Neither a topology that cannot be read nor one without a rhythm hides an error there."""
    flows, topology = tmp_path / "flows.yaml", tmp_path / "topology.yaml"
    flows.write_text(SHIPPED.replace("every_hours: 2", "every_hours: x"))
    assert old in TOPOLOGY
    topology.write_text(TOPOLOGY.replace(old, new, 1))
    found = findings({**READY, "NBA_TOPOLOGY_FILE": str(topology)}, flows)
    assert at(found, f"{flows}:{line_of(SHIPPED, 'every_hours: 2')}").level == "error"


def test_variables_that_nothing_reads_and_secrets_that_are_not_there(tmp_path: Path) -> None:
    """A misspelt variable stops the functions; a key file that is missing is a warning."""
    environment = {"NBA_PROJCT": "x", "NBA_ODDS_API_KEY_FILE": str(tmp_path / "key"), "PATH": "/"}
    found = list(of_environment(environment))
    assert "no setting has this name; NBA_PROJECT has" in at(found, "NBA_PROJCT").text
    assert "is no file" in at(found, "NBA_ODDS_API_KEY_FILE").text
    assert [one.level for one in found] == ["error", "warning"]


def test_a_key_that_is_given_needs_no_file(tmp_path: Path) -> None:
    """The functions take the key, so that a missing file loses nothing; a file will do alone."""
    environment = {"NBA_ODDS_API_KEY_FILE": str(tmp_path / "key"), "NBA_ODDS_API_KEY": "k"}
    assert list(of_environment(environment)) == []
    (tmp_path / "key").write_text("k")
    assert list(of_environment({"NBA_ODDS_API_KEY_FILE": str(tmp_path / "key")})) == []


def test_what_nothing_triggers_is_named_once(tmp_path: Path) -> None:
    """A scraper that the file disables has the file's reason alone."""
    flows = tmp_path / "flows.yaml"
    flows.write_text(SHIPPED + "\ndisabled_scrapers: {nbac_standings: nobody reads it}\n")
    named = [one for one in findings(READY, flows) if "nbac_standings" in one.text]
    assert [one.text for one in named] == ["nbac_standings is disabled: nobody reads it"]


def test_a_controller_without_a_rhythm_leaves_the_workflows_unchecked(tmp_path: Path) -> None:
    """The topology's error is one, and that the times were not compared a warning."""
    path = tmp_path / "topology.yaml"
    path.write_text(TOPOLOGY.replace('"0 6-23 * * *"', "soon"))
    found = findings({**READY, "NBA_TOPOLOGY_FILE": str(path)})
    assert [one.level for one in found if one.level != "note"] == ["error", "warning"]
    assert "not compared with the ticks" in at(found, "config/workflows.yaml").text


def test_a_list_that_is_older_than_what_it_lists(tmp_path: Path) -> None:
    """A stale schema is a warning, a missing line of the table a note; no file is no finding."""
    schema, table = tmp_path / "schema.json", tmp_path / "scrapers.md"
    assert list(of_lists(schema, table)) == []
    schema.write_text("{}")
    table.write_text((ROOT / "docs" / "scrapers.md").read_text().replace("`bp_events` ", "`bp` "))
    stale, lacking = of_lists(schema, table)
    assert (stale.level, stale.where) == ("warning", str(schema))
    again = f"write it anew: python -m local schema > {schema}"
    assert stale.text == f"is older than the models; {again}"
    assert (lacking.level, lacking.where) == ("note", str(table))
    assert lacking.text.startswith("has no line for ")
    assert "bp_events" in lacking.text


def test_the_lists_are_among_what_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale one of this checkout is found by the whole check."""
    stale = tmp_path / "schema.json"
    stale.write_text("{}")
    monkeypatch.setattr("local.commands.operate.scraper_findings.SCHEMA", stale)
    assert at(findings(READY), str(stale)).text.startswith("is older than the models")


def test_the_command_ends_with_1_for_an_error_alone(tmp_path: Path) -> None:
    """A user sees a line a finding and the counts; `--json` prints the same as a list."""
    clean = run("check", **READY)
    assert (clean.returncode, clean.stderr) == (0, "")
    *lines, counts = clean.stdout.splitlines()
    assert counts == f"errors: 0, warnings: 0, notes: {len(lines)}"
    wrong = tmp_path / "workflows.yaml"
    wrong.write_text("version: 7\n")
    failed = run("check", "--workflows", str(wrong), "--json", **READY)
    first, *_ = json.loads(failed.stdout)
    assert failed.returncode == 1
    assert (first["level"], first["where"]) == ("error", f"{wrong}:1")
    assert first["text"].startswith("version: ")


def test_a_warning_is_no_error_to_a_script() -> None:
    """Without keys there are some: they stand before the notes, and the exit status is 0."""
    done = run("check")
    *lines, counts = done.stdout.splitlines()
    levels = [line.split()[0] for line in lines]
    warnings, notes = levels.count("warning"), levels.count("note")
    assert levels == ["warning"] * warnings + ["note"] * notes
    assert (done.returncode, warnings > 0, notes > 0) == (0, True, True)
    assert counts == f"errors: 0, warnings: {warnings}, notes: {notes}"
