"""The table of the mutation check names modules and tests that exist."""

import pytest

from common.settings import ROOT
from tools.mutated_modules import MODULES


def test_every_module_and_test_exists() -> None:
    """A module or test that is moved without its row in the table fails here."""
    paths = {*MODULES, *(test for tests in MODULES.values() for test in tests)}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize(
    "room",
    ["cloud", "decisions", "entry", "executions", "handlers", "healing", "sources", "state"],
)
def test_every_module_of_a_checked_room_is_checked(room: str) -> None:
    """A new module of one of these rooms needs a row in the table."""
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "common" / room).rglob("*.py")}
    checked = {path for path in found if not path.endswith("__init__.py")}
    assert checked
    assert checked <= MODULES.keys()
