"""docs/security.md: each party has its four answers, and the table of accounts is Terraform's."""

import re

import pytest

from common.settings import ROOT
from tests.docs.pages import DOCS
from tests.terraform.parsed import Module, access

PAGE = DOCS["security.md"]
PARTIES = ("Publisher", "Uploader", "Invoker", "Operator", "Viewer", "Source", "Build", "Function")
ANSWERS = ("**Can**", "**Must not**", "**Held by**", "**Left:**")
FILE = re.compile(
    r"`((?:common|local|terraform|tests)/[\w./]+\.(?:py|tf)|requirements\.txt)(?:::\w+)?`"
)


def section(party: str) -> str:
    """Return the text about a party."""
    return PAGE.split(f"\n## {party}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("party", PARTIES)
def test_every_party_has_its_four_answers(party: str) -> None:
    """What it can, what it must not, what holds that, and what is left, in this order."""
    found = re.findall(r"^- (\*\*[\w ]+:?\*\*)", section(party), re.MULTILINE)
    assert found == list(ANSWERS)


@pytest.mark.parametrize("party", PARTIES)
def test_what_must_not_be_is_held_by_code_or_terraform_and_by_tests(party: str) -> None:
    """Each party's third answer names files of both kinds, and all of them exist."""
    held = section(party).split("**Held by**")[1].split("**Left:**")[0]
    named = FILE.findall(held)
    assert [name for name in named if not name.startswith("tests/")]
    assert [name for name in named if name.startswith("tests/")]
    assert [name for name in named if not (ROOT / name).is_file()] == []


def rows() -> list[list[str]]:
    """Return the cells of the table of accounts."""
    lines = [line for line in section("Function").splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_accounts_is_that_of_terraform() -> None:
    """Topics, buckets, prefixes and key are what iam.tf and state.tf grant, no less and no more."""
    module = Module(ROOT)
    shown, granted = set(), access(module)
    for cells in rows():
        function, topics, data, *prefixes, key = cells
        name = function.strip("`")
        every = () if name == "console" else ("dead-letters",)
        shown |= {(name, "publishes", topic) for topic in (*re.findall("`(.+?)`", topics), *every)}
        shown |= {(name, "data", use) for use in data.split(", ") if use}
        shown |= {(name, "secret", "read")} if key else set()
        state = dict(zip(("overwrites", "creates", "reads"), prefixes, strict=True))
        held = {use: re.findall("`(.+?)`", cell) for use, cell in state.items()}
        assert held == module.locals["state"][name], name
    assert shown == {one for one in granted if one[1] in ("publishes", "data", "secret")}
