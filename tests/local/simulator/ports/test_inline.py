"""Calls that would run at once run one after the other in a simulation."""

import pytest

from local.simulator.ports.inline import InlineExecutor
from local.simulator.ports.intercepted import Crash


def test_a_call_is_over_when_submit_returns() -> None:
    """Calls run in the order in which they are submitted, in the caller's thread."""
    done: list[str] = []
    futures = [InlineExecutor().submit(done.append, text) for text in ("first", "second")]
    assert done == ["first", "second"]
    assert [future.result() for future in futures] == [None, None]


def test_an_error_is_raised_by_its_own_result() -> None:
    """A call that fails does not keep the others from running."""
    failing, working = (InlineExecutor().submit(int, text) for text in ("x", "7"))
    assert working.result() == 7
    with pytest.raises(ValueError, match="invalid literal"):
        failing.result()


def test_a_process_that_dies_dies_at_once() -> None:
    """Its death is no error of the call: nobody can ask for the result any more."""

    def die() -> None:
        raise Crash

    with pytest.raises(Crash):
        InlineExecutor().submit(die)
