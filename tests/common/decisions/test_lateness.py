"""When a game's data is due, and when it is late."""

from datetime import UTC, datetime, timedelta

import pytest

from common.configuration.fresh_by import parse_fresh_by
from common.decisions.lateness import due_at, is_late

TIPOFF = datetime(2025, 11, 13, 0, 30, tzinfo=UTC)
DUE = datetime(2025, 11, 13, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("limit", "hours"), [("tip-off - 60 min", -1.0), ("final + 6 h", 8.5), ("final + 0 h", 2.5)]
)
def test_a_limit_counts_from_the_tipoff_or_two_and_a_half_hours_later(
    limit: str, hours: float
) -> None:
    """A game counts as over after as long as for the decisions."""
    assert due_at(parse_fresh_by(limit), TIPOFF) == TIPOFF + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "now", "late"),
    [
        (DUE, DUE + MINUTE, False),
        (DUE + MINUTE, DUE + 2 * MINUTE, True),
        (None, DUE, False),
        (None, DUE + MINUTE, True),
    ],
)
def test_data_is_late_from_the_minute_after_it_is_due(
    first: datetime | None, now: datetime, *, late: bool
) -> None:
    """So it is while it has not come, and when it came later."""
    assert is_late(DUE, first, now) is late
