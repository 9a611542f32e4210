"""One policy for the times of a call: a call may take a third of what its retries may take.

The platform hangs now and then: a connection is open and nothing comes. A call whose time-out is
all the time of its retries is then never tried again.
"""

from collections.abc import Iterator
from zlib import crc32

CALLS_MIN = 3
"""How many calls fit into the time of a retry even when each of them hangs."""
RATE_SECONDS_MAX = 120.0
"""How long an append waits for a table's rate of statements; a function runs 540 s at most."""
PAUSE_SECONDS_MAX = 10.0
"""The longest pause between two tries: the rate is counted in 10 seconds."""


def call_seconds(retry_seconds: float) -> float:
    """Return how long one call may take that is retried for `retry_seconds`."""
    return retry_seconds / CALLS_MIN


def pauses(key: str) -> Iterator[float]:
    """Yield the seconds to pause before each further try of a call that was too early.

    They double from 1 s, and differ between keys, so that many waiting calls do not come together.

    Args:
        key: names the call; the same key waits in the same way.
    """
    waited = 0.0
    for number in range(1000):
        share = crc32(f"{key} {number}".encode()) / 2**32
        pause = min(2.0**number, PAUSE_SECONDS_MAX) * (0.5 + share / 2)
        waited += pause
        if waited > RATE_SECONDS_MAX:
            return
        yield pause
