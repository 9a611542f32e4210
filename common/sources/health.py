"""What lately happened to a scraper's source: one small object an event, seen by all instances.

An object is created and never changed, so that many instances write at once; all that it says is
in its name, so that one listing tells the circuit's state. A source that is well writes nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from common.errors import ConflictError
from common.runtime import Runtime
from common.sources.errors import Verdict

KEPT = timedelta(days=3)
_STAMP = "%Y%m%dT%H%M%S%f"
_NONE = "-"


@dataclass(frozen=True)
class SourceEvent:
    """One event; see `Verdict`.

    Attributes:
        at: aware.
        says: what it says of the source.
        route: which base URL was asked.
        slot: of the decision behind it, in words; `-` for a request of its own.
        about: the game or the date that was asked for.
    """

    at: datetime
    says: Verdict
    route: str
    slot: str
    about: str

    @property
    def name(self) -> str:
        """Last part of its object's name, before the task's id."""
        return (
            f"{self.at.astimezone(UTC):{_STAMP}}.{self.says}.{self.route}.{self.slot}.{self.about}"
        )


def slot_text(slot: datetime | None) -> str:
    """A slot as events name it."""
    return f"{slot.astimezone(UTC):%Y%m%dT%H%M}" if slot else _NONE


def recent(runtime: Runtime, scraper: str, now: datetime) -> tuple[SourceEvent, ...]:
    """A scraper's events of the last three days, oldest first."""
    folder = f"sources/{scraper}/"
    start = f"{folder}{(now - KEPT).astimezone(UTC):{_STAMP}}"
    listed = runtime.storage.list(runtime.settings.state_bucket, folder, start=start)
    found = (_read(stored.name.removeprefix(folder)) for stored in listed)
    return tuple(event for event in found if event is not None)


def note(runtime: Runtime, scraper: str, event: SourceEvent, task_id: str) -> None:
    """Keep an event."""
    name = f"sources/{scraper}/{event.name}.{task_id[:8]}"
    with suppress(ConflictError):  # the library wrote it a second time
        runtime.storage.create(runtime.settings.state_bucket, name, b"")


def failures_in_a_row(events: Sequence[SourceEvent], route: str) -> list[SourceEvent]:
    """The last failures of a route since anything else came of it."""
    failures: list[SourceEvent] = []
    for event in events:
        if event.route == route:
            failures = [*failures, event] if event.says == "failed" else []
    return failures


def since_ok(events: Sequence[SourceEvent]) -> tuple[SourceEvent, ...]:
    """The events after the last one that brought data."""
    after = max((number for number, event in enumerate(events, 1) if event.says == "ok"), default=0)
    return tuple(events[after:])


def last_ok(events: Sequence[SourceEvent]) -> SourceEvent | None:
    """The last data of the source's own URL; names the incident that followed it."""
    own = (event for event in reversed(events) if event.route == "primary")
    return next((event for event in own if event.says == "ok"), None)


def _read(name: str) -> SourceEvent | None:
    """The event of a name; None for what is none of ours."""
    parts = name.split(".")
    try:
        stamp, says, route, slot, about, _ = parts
        at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    known = next((verdict for verdict in get_args(Verdict) if verdict == says), None)
    return SourceEvent(at, known, route, slot, about) if known else None
