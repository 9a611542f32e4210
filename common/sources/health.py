"""The health of a source as all instances see it: its latest events, its circuit and its alerts.

An event is a small object that is created once and never changed, so that many instances can write
at the same time. Its name contains all of it, so that one listing gives the state. No event is
written for a healthy source.

Each scraper has a circuit for each route (X7), which counts the verdicts of attempts. While the
circuit of the source's own URL is open, the next route is asked. When its time is up, every
instance may ask again: the next failure opens it again, any other verdict closes it. A task that
finds every circuit open ends as FAILED without a request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from common.logs import Severity, log
from common.settings import Settings
from common.sources.errors import Verdict
from common.sources.routes import PRIMARY
from common.state import names
from common.state.store import StateStore

EVENT_AGE_MAX = timedelta(days=3)
"""Older events are not read, so that a listing stays short."""
Code = Literal["SOURCE_CHANGED", "CIRCUIT_OPEN", "QUOTA_SPENT", "ANSWER_MISMATCH"]
ALERTS: dict[Code, str] = {
    "SOURCE_CHANGED": "A source answers in another form than before; mend its scraper or base URL",
    "CIRCUIT_OPEN": "A source failed several times in a row and is not asked for a while",
    "ANSWER_MISMATCH": "An answer does not fit what was asked for, and is asked for again",
    "QUOTA_SPENT": "The Odds API is not asked because its credits do not suffice",
}
EMPTY_SLOTS_MIN = 3
"""Slots without data, on game days and when data was due, that show a changed source (S8)."""
EMPTY_GAMES_MIN = 2
"""Games without data that show it too; a single game may just be late."""
_NO_SLOT = "-"


@dataclass(frozen=True)
class SourceEvent:
    """What one attempt showed of a source.

    Attributes:
        at: the instant of the attempt (aware).
        verdict: what the attempt shows.
        route: the name of the route that was asked, such as `primary` or `route-1`.
        slot: the slot of the decision behind it, as text; `-` for a request without a decision.
        about: the game or the date that was asked for.
    """

    at: datetime
    verdict: Verdict
    route: str
    slot: str
    about: str

    @property
    def name(self) -> str:
        """The last part of its object's name, without the task's id."""
        stamp = f"{self.at.astimezone(UTC):{names.EVENT_STAMP}}"
        return f"{stamp}.{self.verdict}.{self.route}.{self.slot}.{self.about}"


@dataclass(frozen=True)
class Circuit:
    """The circuit of one scraper and one of its routes.

    Attributes:
        failures: the failures in a row since any other verdict.
        until: the instant (aware) until which the circuit is open; None when it is closed.
    """

    failures: int
    until: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Return whether the route must not be asked now."""
        return self.until is not None and now < self.until


def slot_text(slot: datetime | None) -> str:
    """Write a slot (aware) as the names of events contain it."""
    return f"{slot.astimezone(UTC):%Y%m%dT%H%M}" if slot else _NO_SLOT


def recent(state: StateStore, scraper: str, now: datetime) -> tuple[SourceEvent, ...]:
    """Read a scraper's events of the last three days, oldest first."""
    folder = names.source_events(scraper)
    start = f"{folder}{(now - EVENT_AGE_MAX).astimezone(UTC):{names.EVENT_STAMP}}"
    listed = state.list(folder, start=start)
    found = (_read(stored.name.removeprefix(folder)) for stored in listed)
    return tuple(event for event in found if event is not None)


def note(state: StateStore, scraper: str, event: SourceEvent, task_id: str) -> None:
    """Store an event for all instances."""
    state.mark(f"{names.source_events(scraper)}{event.name}.{task_id[:8]}")


def failures_in_a_row(events: Sequence[SourceEvent], route: str) -> list[SourceEvent]:
    """Select the latest failures of a route that no other verdict interrupts."""
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
    """Return whether a source seems to have changed its form or its addresses.

    Args:
        events: the events of one scraper, the latest included.
        per_game: whether the scraper collects one game a task.
    """
    lately = since_ok(events)
    if any(event.verdict == "changed" for event in lately):
        return True
    empty = [event for event in lately if event.verdict == "empty" and event.slot != _NO_SLOT]
    slots, games = {event.slot for event in empty}, {event.about for event in empty}
    return len(slots) >= EMPTY_SLOTS_MIN and (not per_game or len(games) >= EMPTY_GAMES_MIN)


def alert_once(
    state: StateStore,
    code: Code,
    scraper: str,
    events: Sequence[SourceEvent],
    now: datetime,
    **fields: object,
) -> None:
    """Log an alert, unless it was logged for this incident on this day (UTC).

    Cloud Monitoring counts these lines by `jsonPayload.reason_code`.

    Args:
        state: holds the mark that the alert was logged.
        code: what is wrong.
        scraper: the scraper whose source it is.
        events: the scraper's latest events; an incident lasts until one of them brings data.
        now: the instant (aware).
        fields: further fields of the line; only allowed ones are shown.
    """
    ok = _last_ok(events)
    since = f"{ok.at:%Y%m%dT%H%M%S}" if ok else "start"
    if state.mark(names.source_alert(code, scraper, now, since)):
        severity: Severity = "WARNING" if code == "ANSWER_MISMATCH" else "ERROR"
        log(severity, ALERTS[code], reason_code=code, scraper=scraper, **fields)


def _last_ok(events: Sequence[SourceEvent]) -> SourceEvent | None:
    """Find the last data of the source's own URL, which identifies the incident after it."""
    own = (event for event in reversed(events) if event.route == PRIMARY)
    return next((event for event in own if event.verdict == "ok"), None)


def _read(name: str) -> SourceEvent | None:
    """Read an event from an object's name; None for a name of another form."""
    try:
        stamp, verdict, route, slot, about, _ = name.split(".")
        at = datetime.strptime(stamp, names.EVENT_STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    known = next((each for each in get_args(Verdict) if each == verdict), None)
    return SourceEvent(at, known, route, slot, about) if known else None
