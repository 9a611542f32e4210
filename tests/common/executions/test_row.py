"""The end of an execution: its outcome and its first errors."""

import pytest

from common.executions.row import first_errors, outcome_of


@pytest.mark.parametrize(
    ("tasks", "failed", "blocked", "outcome"),
    [
        (0, 0, 0, "NOTHING_READY"),
        (3, 0, 0, "COMPLETED"),
        (3, 1, 0, "PARTIAL"),
        (3, 0, 1, "PARTIAL"),
        (3, 3, 0, "FAILED"),
        (1, 1, 2, "FAILED"),
        (0, 0, 2, "FAILED"),
    ],
)
def test_x6_the_outcome_tells_all_some_or_none(
    tasks: int, failed: int, blocked: int, outcome: str
) -> None:
    """One of three that failed is no completion, and nothing to ask for is no failure."""
    assert outcome_of(tasks, failed, blocked) == outcome


def test_x16_the_first_errors_are_shown_and_the_rest_counted() -> None:
    """Null only when there is none."""
    assert first_errors([]) is None
    assert first_errors(["a"]) == "a"
    assert first_errors(["a", "b", "c"]) == "a; b; c"
    assert first_errors(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more"
