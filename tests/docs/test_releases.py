"""A version is told in one place, and the workflow of continuous integration says what is so."""

import re
import tomllib
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from common.settings import ROOT
from local.commands.cli import main

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())
STEPS = [(name, step) for name, job in WORKFLOW["jobs"].items() for step in job["steps"]]


def test_the_changelog_begins_with_this_version() -> None:
    """Who deploys reads there what changes for them."""
    headings = re.findall(
        r"^## (\S+), \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert headings[0] == VERSION
    assert len(set(headings)) == len(headings)


def test_the_command_line_prints_it() -> None:
    """Without a command."""
    done = CliRunner().invoke(main, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"nba-orchestration {VERSION}\n")


def test_the_repository_has_a_license() -> None:
    """Somebody who finds it knows what they may do."""
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")


def test_every_make_target_of_the_workflow_exists() -> None:
    """It runs the same commands as a person."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    run = " ".join(step.get("run", "") for _, step in STEPS)
    asked = set(re.findall(r"make ([a-z-]+)", run))
    assert {"test", "bundle"} <= asked <= targets


def test_the_workflow_uses_the_deployed_python() -> None:
    """config/python.txt names it once."""
    deployed = (ROOT / "config" / "python.txt").read_text().split()[0]
    used = [step["with"]["python-version"] for _, step in STEPS if "setup-python" in str(step)]
    assert set(used) == {deployed}


def test_a_change_is_planned_and_only_main_is_applied() -> None:
    """And nothing is planned before the tests have passed."""
    assert WORKFLOW["jobs"]["terraform"]["needs"] == "test"
    applying = [step for _, step in STEPS if "apply" in step.get("run", "")]
    assert [step["if"] for step in applying] == ["github.event_name == 'push'"]
    assert WORKFLOW[True]["push"] == {"branches": ["main"]}  # YAML 1.1 reads `on` as true


def test_what_is_applied_is_what_was_planned() -> None:
    """With the bundle of the same checkout, after signing in, and into the same state."""
    steps = WORKFLOW["jobs"]["terraform"]["steps"]
    said = [f"{step.get('uses', '')}{step.get('run', '')}" for step in steps]
    words = ("checkout@", "auth@", "make bundle", " init ", " plan ", " apply ")
    order = [next(n for n, text in enumerate(said) if word in text) for word in words]
    assert order == sorted(order)
    *_, planned, applied = said
    assert planned.split("-out=")[1] == applied.split()[-1] == "change.tfplan"
    for name, value in (("bucket", "STATE_BUCKET"), ("prefix", "STATE_PREFIX")):
        assert f"-backend-config={name}=${{{{ vars.{value} }}}}" in said[order[3]]
    assert all("-input=false" in text for text in said if "terraform -chdir" in text)


def test_a_change_of_others_gets_no_rights_of_ours() -> None:
    """It may read and sign in, waits for the reviewers before an apply, and for the one before."""
    assert WORKFLOW[True] == {"pull_request": None, "push": {"branches": ["main"]}}
    assert WORKFLOW["permissions"] == {"contents": "read", "id-token": "write"}
    assert all("permissions" not in job for job in WORKFLOW["jobs"].values())
    reviewed = "${{ github.event_name == 'push' && 'production' || 'plan' }}"
    assert WORKFLOW["jobs"]["terraform"]["environment"] == reviewed
    assert WORKFLOW["concurrency"] == "deploy-${{ github.ref }}"
    assert WORKFLOW["env"]["TF_VAR_project"] == "${{ vars.PROJECT }}"


@pytest.mark.parametrize("name", ["PROJECT", "STATE_BUCKET", "STATE_PREFIX", "DEPLOYER"])
def test_each_variable_of_the_workflow_is_documented(name: str) -> None:
    """docs/deploy.md says what it wants."""
    assert f"vars.{name} " in (ROOT / ".github/workflows/deploy.yml").read_text()
    assert f"`{name}`" in (ROOT / "docs" / "deploy.md").read_text()
