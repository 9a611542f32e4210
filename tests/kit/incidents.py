"""Rows of the view `incidents`, for worlds in which no SQL runs."""

from datetime import datetime

from common.cloud.ports import Row


def incident_row(
    rule: str, key: str, opened: datetime, closed: datetime | None = None, level: str = "ERROR"
) -> Row:
    """Return a row of the view; times are aware."""
    return {
        "rule": rule,
        "key": key,
        "level": level,
        "opened": opened,
        "last_seen": opened,
        "closed": closed,
        "recovered": None if closed is None else True,
        "times": 3,
        "detail": "BLOCKED: oddsa_events",
    }
