"""The names of the objects that tasks write, such as `oddsa-events/2025-11-12/133045.json`.

The time is Eastern. A per-game object has the game id before the time, a failure begins with
`failed/`, and a task adds a short id of its own when another task has the same second. Only the
holder of a task's claim may look for its object.
"""

from __future__ import annotations

from datetime import date, datetime

from common.eastern import eastern

FAILED = "failed/"


def stem(scraper: str, target_date: date, game_id: str | None, began: datetime) -> str:
    """Begin every name of a task's object; `began` is the instant of its first claim (aware)."""
    folder = _folder(scraper, target_date)
    folder = game_folder(scraper, target_date, game_id) if game_id else folder
    return f"{folder}{eastern(began):%H%M%S}"


def game_folder(scraper: str, target_date: date, game_id: str) -> str:
    """Begin the names of all objects of a game, those of failures left out."""
    return f"{_folder(scraper, target_date)}{game_id}/"


def is_own_name(name: str, scraper: str, target_date: date) -> bool:
    """Return whether a task's own object can have a name; a copy elsewhere has the same labels."""
    return name.removeprefix(FAILED).startswith(_folder(scraper, target_date))


def _folder(scraper: str, target_date: date) -> str:
    return f"{scraper.replace('_', '-')}/{target_date}/"


def object_name(name_stem: str, suffix: str, *, failed: bool = False, task_id: str = "") -> str:
    """Return the whole name; with a task's id it differs from another task's of the same second."""
    end = f"-{task_id[:8]}" if task_id else ""
    return f"{FAILED if failed else ''}{name_stem}{end}.{suffix}"
