"""How old a reading is, in words."""

from datetime import timedelta

import pytest

from common.pages.age import age
from tests.kit.world import NOON


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=-2), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=119, seconds=59), "119 min"),
        (timedelta(minutes=120), "2 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=9, hours=23), "9 days"),
    ],
)
def test_an_age_has_the_unit_that_fits(span: timedelta, words: str) -> None:
    """Whole minutes up to two hours, hours up to two days, then days; never a negative one."""
    assert age(NOON - span, NOON) == words
