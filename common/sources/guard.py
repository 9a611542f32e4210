"""Stands between a task and its source: what may be asked, and what came of it is kept for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.eastern import at
from common.logs import log
from common.runtime import Runtime
from common.scrapers.model import Call, Scraper, Target
from common.sources.alerts import Code, alert_once, has_changed
from common.sources.circuit import circuit_of
from common.sources.client import Way
from common.sources.errors import CircuitOpenError, QuotaError
from common.sources.health import SourceEvent, failures_in_a_row, note, since_ok, slot_text
from common.sources.pacing import SharedTurns
from common.sources.quota import check_quota, keep_usage
from common.sources.scrape import Scraped, Tried

_CODES: dict[str, Code] = {
    CircuitOpenError.__name__: "CIRCUIT_OPEN",
    QuotaError.__name__: "QUOTA_SPENT",
}


@dataclass(frozen=True)
class SourceGuard:
    """Guards one task.

    Attributes:
        runtime: storage, clock and settings.
        scraper: that asks.
        target: what for.
        task_id: of the task.
        slot: of the decision behind it (aware); None for a request of its own.
        events: what lately happened to the scraper's source.
        began: when the task's time began (aware).
    """

    runtime: Runtime
    scraper: Scraper
    target: Target
    task_id: str
    slot: datetime | None
    events: tuple[SourceEvent, ...]
    began: datetime

    def ways(self, calls: Sequence[Call]) -> list[Way]:
        """How the source may be asked now, its own URL first.

        Raises:
            CircuitOpenError: it failed too often in a row.
            QuotaError: the credits do not suffice.
        """
        settings = self.runtime.settings
        deadline = self.began + timedelta(seconds=settings.scrape_seconds)
        turns = SharedTurns(
            self.runtime.storage,
            settings.state_bucket,
            self.runtime.clock,
            settings.source_interval_seconds,
        )
        ways = [Way(deadline=deadline, turns=turns)]
        if fallback := getattr(settings, f"{calls[0].source}_fallback"):
            ways.append(Way(fallback, "fallback", deadline, turns))
        circuits = {way.route: circuit_of(self.events, way.route, settings) for way in ways}
        closed = [way for way in ways if not circuits[way.route].is_open(self.began)]
        if not closed:
            until = min(circuit.until for circuit in circuits.values() if circuit.until)
            failures = max(circuit.failures for circuit in circuits.values())
            raise CircuitOpenError(
                f"{calls[0].source} was not asked: {self.scraper.name} failed {failures} times in "
                f"a row; it is left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
            )
        check_quota(self.runtime, calls, self.began)
        return closed

    def further(self, scraped: Scraped) -> tuple[SourceEvent, ...]:
        """The events that a scrape adds: none as long as its source is well."""
        now = self.runtime.clock.now()
        about = self.target.game.game_id if self.target.game else str(self.target.target_date)
        return tuple(
            SourceEvent(now, tried.says, tried.route, slot_text(self.slot), about)
            for tried in scraped.tried
            if self._matters(tried, now)
        )

    def _matters(self, tried: Tried, now: datetime) -> bool:
        if tried.says == "unasked":
            return False
        if tried.says in ("failed", "changed") or failures_in_a_row(self.events, tried.route):
            return True
        if tried.says == "ok":
            return any(event.says != "failed" for event in since_ok(self.events))
        due = self.scraper.due
        return self.slot is not None and due is not None and now >= at(self.target.target_date, due)

    def code(self, scraped: Scraped, further: Sequence[SourceEvent]) -> Code | None:
        """What is wrong with the source for more than this one task; None when nothing is."""
        if scraped.error_class in _CODES:
            return _CODES[scraped.error_class]
        says = {tried.says for tried in scraped.tried}
        events = (*self.events, *further)
        per_game = self.scraper.scope == "game"
        if "changed" in says or ("empty" in says and has_changed(events, per_game=per_game)):
            return "SOURCE_CHANGED"
        failed = {event.route for event in further if event.says == "failed"}
        circuits = (circuit_of(events, route, self.runtime.settings) for route in failed)
        return "CIRCUIT_OPEN" if any(circuit.until for circuit in circuits) else None

    def settle(self, scraped: Scraped, further: Sequence[SourceEvent], code: Code | None) -> None:
        """Keep what came of it for all instances, and alert once an incident."""
        for event in further:
            note(self.runtime, self.scraper.name, event, self.task_id)
        if any(tried.source == "odds_api" for tried in scraped.tried):
            self._keep_usage()
        if code is None:
            return
        alert_once(
            self.runtime,
            code,
            self.scraper.name,
            self.events,
            self.runtime.clock.now(),
            host=_blamed(scraped),
            outcome=scraped.outcome,
            error=scraped.error_message or scraped.reason,
            target_date=self.target.target_date,
            task_id=self.task_id,
        )

    def _keep_usage(self) -> None:
        usage = self.runtime.source.usage
        if usage is None:
            return
        keep_usage(self.runtime, usage)
        log(
            "INFO",
            "Credits of The Odds API",
            scraper=self.scraper.name,
            quota_remaining=usage.remaining,
            quota_used=usage.used,
            quota_last=usage.last,
        )


def _blamed(scraped: Scraped) -> str | None:
    """The first host that gave no data."""
    return next((tried.host for tried in scraped.tried if tried.says != "ok"), None)
