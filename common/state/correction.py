"""Finds what a source has changed in the answer for a game since it was stored before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from common.errors import BadInputError
from common.logs import log
from common.state.store import read_object

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Storage


CHANGES_SHOWN_MAX = 3
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Correction:
    """An answer that differs from the one stored before.

    Attributes:
        of: the name of the object with the earlier answer; it stays as it is.
        changes: the places in the records that differ, with both values.
    """

    of: str
    changes: Sequence[str]

    def log(self, scraper: str, game_id: str, task_id: str) -> None:
        """Log it with the first of its changes; the task's object is the new version."""
        shown = "; ".join(self.changes[:CHANGES_SHOWN_MAX])
        log(
            "WARNING",
            "A source has corrected a game's answer; the new version stands beside the earlier one",
            reason_code="CORRECTED",
            scraper=scraper,
            game_id=game_id,
            task_id=task_id,
            object=self.of,
            rows=len(self.changes),
            error=shown,
        )


@dataclass(frozen=True)
class Earlier:
    """The answer for a game that is stored.

    Attributes:
        name: of its object.
        records: what it holds.
    """

    name: str
    records: object

    def corrected_by(self, body: bytes) -> Correction | None:
        """Compare it with a new answer; None for an equal one."""
        changes = tuple(_changes("", self.records, _records(body)))
        return Correction(self.name, changes) if changes else None


def earlier_answer(storage: Storage, bucket: str, folder: str) -> Earlier | None:
    """Read the newest answer in a game's folder; None where there is none or it is unreadable."""
    stored = [
        found
        for found in storage.list(bucket, folder)
        if found.metadata.get("outcome") == "SUCCESS"
    ]
    if not stored:
        return None
    name = max(stored, key=lambda found: found.run_at or _NEVER).name
    records, _ = read_object(storage, bucket, name, _records)
    return None if records is None else Earlier(name, records)


def _records(body: bytes) -> object:
    document = json.loads(body)
    if not isinstance(document, dict) or "records" not in document:
        raise BadInputError("no object that a scraper has stored")
    found: object = document["records"]
    return found


def _changes(place: str, old: object, new: object) -> Iterator[str]:
    """Yield the places at which two JSON values differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            yield from _changes(f"{place}.{name}", old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _changes(f"{place}[{number}]", one, other)
    elif old != new:
        yield f"{place or 'records'}: {old!r:.40} is now {new!r:.40}"
