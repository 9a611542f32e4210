"""A scraper is registered by its declaration alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.errors import ConfigError
from common.scrapers.registry import Registry
from common.settings import ROOT

MODULE = """
from common.scrapers.model import Call, Parsed, Scraper

ANSWERS = Scraper(
    {name!r},
    "date",
    lambda target, now: [Call("nba_cdn", "/made-up.json", {{}}, "made up")],
    lambda bodies, target: Parsed([], len(bodies)),
)
"""


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Path:
    """Make an empty package that can be imported, named after the test."""
    folder = tmp_path / request.function.__name__
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_one_file_is_enough(package: Path) -> None:
    """A module that declares a scraper is all that the registry needs, also in a folder."""
    (package / "loose.py").write_text(MODULE.format(name="made_up"))
    (package / "owner").mkdir()
    (package / "owner" / "__init__.py").write_text("")
    (package / "owner" / "noun.py").write_text(MODULE.format(name="another"))
    found = Registry(package.name)
    assert list(found) == ["another", "made_up"]
    assert len(found) == 2
    assert found["made_up"].name == "made_up"


def test_a_scraper_that_another_module_uses_counts_once(package: Path) -> None:
    """Importing a declaration is no second one."""
    (package / "first.py").write_text(MODULE.format(name="made_up"))
    (package / "second.py").write_text(f"from {package.name}.first import ANSWERS")
    assert list(Registry(package.name)) == ["made_up"]


def test_two_declarations_of_a_name_are_refused(package: Path) -> None:
    """The error gives the module and the name."""
    for module in ("first", "second"):
        (package / f"{module}.py").write_text(MODULE.format(name="made_up"))
    with pytest.raises(ConfigError, match=r"second: made_up is declared twice"):
        len(Registry(package.name))


def test_a_copy_of_a_declaration_is_a_second_one(package: Path) -> None:
    """Though both say the same: which of them counts must not depend on their names."""
    (package / "first.py").write_text(MODULE.format(name="made_up"))
    (package / "second.py").write_text(
        f"from dataclasses import replace\nfrom {package.name}.first import ANSWERS\n"
        "COPY = replace(ANSWERS)\n"
    )
    with pytest.raises(ConfigError, match="made_up is declared twice"):
        len(Registry(package.name))


def test_no_scraper_is_imported_before_the_registry_is_looked_into() -> None:
    """An instance that refuses its message at once loads none of them."""
    text = (
        "import sys; from common.scrapers import REGISTRY; "
        "held = {name for name in sys.modules if name.startswith('common.scrapers.')}; "
        "print(sorted(held)); len(REGISTRY); print('common.scrapers.odds.live' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True
    )
    before, after = done.stdout.splitlines()
    assert before == "['common.scrapers.model', 'common.scrapers.registry']"
    assert after == "True"
