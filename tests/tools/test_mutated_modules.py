"""The table of the mutation check names modules and tests that exist."""

from common.settings import ROOT
from tools.mutated_modules import MODULES


def test_every_module_and_test_exists() -> None:
    """A module or test that is moved without its row in the table fails here."""
    paths = {*MODULES, *(test for tests in MODULES.values() for test in tests)}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_every_module_of_the_decision_core_is_checked() -> None:
    """A new module of the decision core needs a row in the table."""
    core = {str(path.relative_to(ROOT)) for path in (ROOT / "common/decisions").rglob("*.py")}
    assert {path for path in core if not path.endswith("__init__.py")} <= MODULES.keys()
