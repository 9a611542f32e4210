"""docs/deploy.md and terraform.tfvars.example, held to the module."""

import re

import hcl2

from common.settings import ROOT
from tests.terraform.parsed import Module, plain

DEPLOY = (ROOT / "docs" / "deploy.md").read_text()


def test_every_variable_is_documented(module: Module) -> None:
    """And none that does not exist."""
    table = DEPLOY.split("## Variables")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == module.variables.keys()


def test_every_resource_that_is_named_exists(module: Module) -> None:
    """Commands that name a resource's address work."""
    named = set(re.findall(r"google_\w+\.\w+", DEPLOY))
    assert named
    assert named <= module.resources.keys()


def test_every_file_of_the_module_that_is_named_exists() -> None:
    """And each of the table's files says what it is for."""
    named = set(re.findall(r"`(\w+\.tf)`", DEPLOY))
    assert named <= {path.name for path in (ROOT / "terraform").glob("*.tf")}


def test_the_example_sets_variables_that_exist(module: Module) -> None:
    """Whoever copies it is told of no unknown one."""
    given = plain(hcl2.loads((ROOT / "terraform" / "terraform.tfvars.example").read_text()))
    assert given
    assert given.keys() <= module.variables.keys()
