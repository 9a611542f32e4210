"""How long a call may take, and how long to pause before the next one."""

from itertools import pairwise

import pytest

from common.cloud.times import PAUSE_SECONDS_MAX, RATE_SECONDS_MAX, call_seconds, pauses


def test_fp10_three_calls_fit_into_a_retry() -> None:
    """Even when each of them hangs."""
    assert (call_seconds(60), call_seconds(30)) == (20, 10)


@pytest.mark.parametrize("key", ["decisions-1", "log-2", "execution-3", ""])
def test_the_pauses_double_up_to_ten_seconds_and_end_after_two_minutes(key: str) -> None:
    """Each is between half and the whole of 1, 2, 4, 8 and then 10 s."""
    found = [*pauses(key)]
    bounds = [1.0, 2.0, 4.0, 8.0, *[PAUSE_SECONDS_MAX] * len(found)]
    assert all(most / 2 <= pause <= most for pause, most in zip(found, bounds, strict=False))
    assert RATE_SECONDS_MAX - PAUSE_SECONDS_MAX < sum(found) <= RATE_SECONDS_MAX
    assert found == [*pauses(key)]


def test_calls_that_wait_together_do_not_come_together() -> None:
    """Of a hundred keys the first pauses are spread over the half second that they have."""
    first = sorted(next(pauses(f"log-{number}")) for number in range(100))
    assert (first[0] < 0.55, first[-1] > 0.95) == (True, True)
    assert max(later - earlier for earlier, later in pairwise(first)) < 0.1
