"""The declared mistakes can still be made, and the tests that must notice them exist."""

import pytest

from common.settings import ROOT
from tools.mistake import Mistake
from tools.mistakes import MISTAKES


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_can_be_made(mistake: Mistake) -> None:
    """Its text stands in its file once; one that has moved must be declared anew."""
    assert (ROOT / mistake.file).read_text(encoding="utf-8").count(mistake.old) == 1
    assert mistake.old != mistake.new
    assert mistake.tests
    assert [test for test in mistake.tests if not (ROOT / test).exists()] == []


def test_every_mistake_has_its_own_name() -> None:
    """A line that says which one no test noticed names one mistake."""
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


def test_ft1_to_ft10_are_declared() -> None:
    """Each of the ten mistakes that no test noticed once can be made again."""
    words = {word for mistake in MISTAKES for word in mistake.name.split()}
    assert {f"FT{number}" for number in range(1, 11)} <= words
