"""Where a task's object goes, and whether it is there: whoever holds the task's claim may ask.

`oddsa-events/2025-11-12/133045.json`; per game with the game id before the time; tagged with a
short task id when another task has the same second; failures below `failed/`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from common.eastern import eastern

if TYPE_CHECKING:  # annotations only: a cold start loads no port for them
    from common.cloud.ports import Storage, StoredObject


FAILED = "failed/"


def stem(scraper: str, target_date: date, game_id: str | None, began: datetime) -> str:
    """How all names of a task's object begin; `began` is when it was first claimed."""
    game = f"{game_id}/" if game_id else ""
    return f"{_folder(scraper, target_date)}{game}{eastern(began):%H%M%S}"


def is_home(name: str, scraper: str, target_date: date) -> bool:
    """Whether a task's own object can have a name; a copy of it elsewhere has its labels too."""
    return name.removeprefix(FAILED).startswith(_folder(scraper, target_date))


def _folder(scraper: str, target_date: date) -> str:
    return f"{scraper.replace('_', '-')}/{target_date}/"


def tag(task_id: str) -> str:
    """What tells two tasks of one second apart."""
    return f"-{task_id[:8]}"


def find(storage: Storage, bucket: str, name_stem: str, task_id: str) -> StoredObject | None:
    """Find the object that an earlier holder of the task's claim wrote before it stopped."""
    for prefix in (name_stem, FAILED + name_stem):
        for stored in storage.list(bucket, prefix):
            if stored.metadata.get("task_id") == task_id:
                return stored
    return None
