"""Shrinking a failure to what it needs."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.simulator.shrink import RUNS_MAX, shrink


@given(st.sets(st.integers(0, 59), min_size=1, max_size=4))
def test_what_is_needed_is_found(needed: set[int]) -> None:
    """Of sixty items, those without which it does not fail, in their order."""
    found = shrink(range(60), lambda part: needed <= set(part))
    assert found == sorted(needed)


def test_one_item_needs_no_run() -> None:
    """Nothing can be left out of it."""

    def never(_: Sequence[int]) -> bool:
        pytest.fail("asked")

    assert shrink([1], never) == [1]


def test_it_gives_up_in_time() -> None:
    """What fails only as a whole is tried a bounded number of times."""
    asked: list[int] = []

    def fails(part: Sequence[int]) -> bool:
        asked.append(len(part))
        return len(part) == 1000

    assert len(shrink(range(1000), fails)) == 1000
    assert len(asked) == RUNS_MAX
