"""A source's health, seen by all instances: its latest events, its circuit, and its alerts.

An event is one small object that is created and never changed, so that many instances write at
once; its name holds all of it, so that one listing tells the state. A healthy source writes
nothing.

The circuit (X7) goes by results, not by exceptions, and by base URL: while the one of the source
itself is open, the fallback is asked. Once its time is up every instance may ask again; the next
failure opens it anew, any other result closes it. A task that finds it open ends as FAILED without
a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from common.logs import log
from common.settings import Settings
from common.sources.errors import Verdict
from common.state import names
from common.state.store import StateStore

EVENT_AGE_MAX = timedelta(days=3)
Code = Literal["SOURCE_CHANGED", "CIRCUIT_OPEN", "QUOTA_SPENT"]
ALERTS: dict[Code, str] = {
    "SOURCE_CHANGED": "A source answers in another form than before; mend its scraper or base URL",
    "CIRCUIT_OPEN": "A source failed several times in a row and is not asked for a while",
    "QUOTA_SPENT": "The Odds API is not asked because its credits do not suffice",
}
EMPTY_SLOTS_MAX = 3
"""Slots without anything, on game days and when there should be something (S8)."""
EMPTY_GAMES_MIN = 2
"""One game whose data is late is no changed source."""
_NO_SLOT = "-"


@dataclass(frozen=True)
class SourceEvent:
    """What one attempt showed of a source; see `Verdict`.

    Attributes:
        at: aware.
        verdict: what the attempt shows.
        route: which base URL was asked.
        slot: of the decision behind it, as text; `-` for a request of its own.
        about: the game or the date that was asked for.
    """

    at: datetime
    verdict: Verdict
    route: str
    slot: str
    about: str

    @property
    def name(self) -> str:
        """Last part of its object's name, before the task's id."""
        stamp = f"{self.at.astimezone(UTC):{names.EVENT_STAMP}}"
        return f"{stamp}.{self.verdict}.{self.route}.{self.slot}.{self.about}"


@dataclass(frozen=True)
class Circuit:
    """The circuit of one scraper and one of its base URLs.

    Attributes:
        failures: in a row, since any other result.
        until: it is open before this instant (aware); None when it is closed.
    """

    failures: int
    until: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Whether the source is left alone."""
        return self.until is not None and now < self.until


def slot_text(slot: datetime | None) -> str:
    """Write a slot as events name it."""
    return f"{slot.astimezone(UTC):%Y%m%dT%H%M}" if slot else _NO_SLOT


def recent(state: StateStore, scraper: str, now: datetime) -> tuple[SourceEvent, ...]:
    """Read a scraper's events of the last three days, oldest first."""
    folder = names.source_events(scraper)
    start = f"{folder}{(now - EVENT_AGE_MAX).astimezone(UTC):{names.EVENT_STAMP}}"
    listed = state.list(folder, start=start)
    found = (_read(stored.name.removeprefix(folder)) for stored in listed)
    return tuple(event for event in found if event is not None)


def note(state: StateStore, scraper: str, event: SourceEvent, task_id: str) -> None:
    """Keep an event for all instances."""
    state.mark(f"{names.source_events(scraper)}{event.name}.{task_id[:8]}")


def failures_in_a_row(events: Sequence[SourceEvent], route: str) -> list[SourceEvent]:
    """Select the last failures of a route since any other result."""
    failures: list[SourceEvent] = []
    for event in events:
        if event.route == route:
            failures = [*failures, event] if event.verdict == "failed" else []
    return failures


def since_ok(events: Sequence[SourceEvent]) -> tuple[SourceEvent, ...]:
    """Select the events after the last one that brought data."""
    after = max((n for n, event in enumerate(events, 1) if event.verdict == "ok"), default=0)
    return tuple(events[after:])


def circuit_of(events: Sequence[SourceEvent], route: str, settings: Settings) -> Circuit:
    """Compute the circuit of a route from the scraper's latest events."""
    failures = failures_in_a_row(events, route)
    if len(failures) < settings.circuit_failures:
        return Circuit(len(failures), None)
    until = failures[-1].at + timedelta(seconds=settings.circuit_seconds)
    return Circuit(len(failures), until)


def has_changed(events: Sequence[SourceEvent], *, per_game: bool) -> bool:
    """Whether a source seems to have changed its form or its names.

    Args:
        events: of one scraper, the latest included.
        per_game: whether it collects one game a task.
    """
    lately = since_ok(events)
    if any(event.verdict == "changed" for event in lately):
        return True
    empty = [event for event in lately if event.verdict == "empty" and event.slot != _NO_SLOT]
    slots, games = {event.slot for event in empty}, {event.about for event in empty}
    return len(slots) >= EMPTY_SLOTS_MAX and (not per_game or len(games) >= EMPTY_GAMES_MIN)


def alert_once(
    state: StateStore,
    code: Code,
    scraper: str,
    events: Sequence[SourceEvent],
    now: datetime,
    **fields: object,
) -> None:
    """Log an alert, unless this incident had its line today.

    Cloud Monitoring counts these lines by `jsonPayload.reason_code`.

    Args:
        state: holds the mark that it was logged.
        code: what is wrong.
        scraper: whose source it is.
        events: its latest; an incident lasts until one brings data.
        now: aware.
        fields: of the line; only allow-listed ones are shown.
    """
    ok = _last_ok(events)
    since = f"{ok.at:%Y%m%dT%H%M%S}" if ok else "start"
    if state.mark(names.source_alert(code, scraper, now, since)):
        log("ERROR", ALERTS[code], reason_code=code, scraper=scraper, **fields)


def _last_ok(events: Sequence[SourceEvent]) -> SourceEvent | None:
    """The last data of the source's own URL; names the incident that followed it."""
    own = (event for event in reversed(events) if event.route == "primary")
    return next((event for event in own if event.verdict == "ok"), None)


def _read(name: str) -> SourceEvent | None:
    """The event of an object's name; None for a name of another form."""
    try:
        stamp, verdict, route, slot, about, _ = name.split(".")
        at = datetime.strptime(stamp, names.EVENT_STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    known = next((each for each in get_args(Verdict) if each == verdict), None)
    return SourceEvent(at, known, route, slot, about) if known else None
