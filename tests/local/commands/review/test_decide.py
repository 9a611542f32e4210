"""`python -m local decide` prints decisions without a stack."""

import json

import pytest

from tests.local.commands.command_line import assert_one_line, run

EXAMPLES = {
    "2025-11-12T13:30:15": ("betting_lines", "RUN", "Ready: 12 games today, 5.5h until first game"),
    "2025-11-12T15:00:10": ("post_game_window_1", "SKIP", "Not in time window (20:00 ±30min)"),
    "2025-11-12T18:55:00": (
        "betting_lines",
        "ABORT",
        "Missed window (first game in 5 min, needed 6h lead time)",
    ),
}


@pytest.mark.parametrize("instant", EXAMPLES)
def test_decide_prints_the_seeds_examples(instant: str) -> None:
    """The three example decisions of docs/03-bigquery-schemas.md are printed word for word."""
    workflow, action, reason = EXAMPLES[instant]
    done = run("decide", "--at", instant, "--workflow", workflow)
    (row,) = json.loads(done.stdout)
    assert done.returncode == 0
    assert (row["action"], row["reason"]) == (action, reason)


def test_decide_refuses_an_unknown_workflow() -> None:
    """An unknown workflow is refused with the names of the configured ones."""
    done = run("decide", "--at", "2025-11-12T13:00", "--workflow", "nope")
    assert_one_line(done, "betting_lines")
