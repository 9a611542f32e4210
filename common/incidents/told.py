"""What was told already, by each road: one object of the state bucket.

It is only written as it was read, so that of two sweeps at once one tells. That one holds it while
it sends; where its process dies meanwhile, the first sweep after `HELD_FOR` sends again what was
not noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from common.incidents.incident import Level
from common.messages.models import Instant
from common.state import names

if TYPE_CHECKING:  # annotations only
    from common.state.store import StateStore

HELD_FOR = timedelta(minutes=10)
"""Longer than a function may run, shorter than the time between two sweeps."""


class Known(BaseModel):
    """What was told of a rule and key last.

    Attributes:
        level: of the incident.
        opened: when it began.
        told: when its beginning was told.
        closed: when it was over, where that was told too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    opened: Instant
    told: Instant
    closed: Instant | None = None


class Told(BaseModel):
    """What was told by one road.

    Attributes:
        since: the first look; what was over before is not told.
        digest: the Eastern date of the last digest.
        known: by the incident's name, its rule and key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Instant
    digest: date | None = None
    known: Mapping[str, Known] = Field(default_factory=dict)


class Ledger(BaseModel):
    """What was told by all roads, and until when a sweep holds it to tell more."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    held_until: Instant | None = None
    roads: Mapping[str, Told] = Field(default_factory=dict)

    def is_held(self, now: datetime) -> bool:
        """Whether another sweep is telling."""
        return self.held_until is not None and now < self.held_until

    def of(self, road: str, now: datetime) -> Told:
        """Return what was told by a road; a new one begins now."""
        return self.roads.get(road) or Told(since=now)


def read_ledger(state: StateStore) -> tuple[Ledger, int]:
    """Return what was told, and the generation of the object (0: there is none).

    One that cannot be read counts as empty, and what is open is told again; a WARNING names it.
    """
    held, generation = state.read_as(names.TOLD, Ledger.model_validate_json)
    return held or Ledger(), generation


def write_ledger(state: StateStore, ledger: Ledger, generation: int) -> bool:
    """Write what was told unless it has changed since it was read; False when it has."""
    return state.swap(names.TOLD, ledger.model_dump(mode="json"), generation)
