"""How old a reading is, in words."""

from datetime import datetime

MINUTES_SHOWN_MAX, HOURS_SHOWN_MAX = 120, 48
"""Up to which ages are in minutes, and in hours."""


def age(instant: datetime, now: datetime) -> str:
    """Return how long ago an instant was, in the unit that fits: 15 min, 3 h, 2 days."""
    minutes = max(0, int((now - instant).total_seconds() // 60))
    hours = minutes // 60
    if minutes < MINUTES_SHOWN_MAX:
        return f"{minutes} min"
    return f"{hours} h" if hours < HOURS_SHOWN_MAX else f"{hours // 24} days"
