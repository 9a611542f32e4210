"""The declared mistakes can still be made, and the tests that must notice them exist."""

from common.settings import ROOT
from tools.mistake import Mistake
from tools.mistakes import MISTAKES


def test_every_mistake_can_be_made() -> None:
    """Its text stands in its file once; one that has moved must be declared anew."""
    assert [one.name for one in MISTAKES if not _can_be_made(one)] == []


def _can_be_made(mistake: Mistake) -> bool:
    is_there = (ROOT / mistake.file).read_text(encoding="utf-8").count(mistake.old) == 1
    has_tests = mistake.tests and all((ROOT / test).exists() for test in mistake.tests)
    return is_there and mistake.old != mistake.new and bool(has_tests)


def test_every_mistake_has_its_own_name() -> None:
    """A line that says which one no test noticed names one mistake."""
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


def test_ft1_to_ft10_are_declared() -> None:
    """Each of the ten mistakes that no test noticed once can be made again."""
    words = {word for mistake in MISTAKES for word in mistake.name.split()}
    assert {f"FT{number}" for number in range(1, 11)} <= words
