"""Whether a game's data came by the time that its step names (`fresh_by`)."""

from datetime import datetime

from common.configuration.fresh_by import FreshBy
from common.decisions.situation import GAME_LENGTH


def due_at(limit: FreshBy, tipoff: datetime) -> datetime:
    """Return by when a game's data must be there; a game lasts `GAME_LENGTH`.

    Args:
        limit: what the step says.
        tipoff: of the game, aware.
    """
    moment = tipoff if limit.moment == "tip-off" else tipoff + GAME_LENGTH
    return moment + limit.after


def is_late(due: datetime, first: datetime | None, now: datetime) -> bool:
    """Return whether data came after it was due, or is due and has not come.

    Args:
        due: by when it must be there, aware.
        first: when it first came, aware; None while it has not.
        now: the instant of the question, aware.
    """
    return (first or now) > due
