"""The guard between a task and its source: it decides what may be asked, and stores the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from common.eastern import at, eastern
from common.logs import log
from common.scrapers.model import Call, Scraper, Target
from common.scrapers.source import source_of
from common.settings import Settings
from common.sources.client import AskOptions, Source, interval_of
from common.sources.errors import CircuitOpenError, QuotaError
from common.sources.health import (
    Circuit,
    Code,
    SourceEvent,
    alert_once,
    circuit_of,
    failures_in_a_row,
    has_changed,
    note,
    since_ok,
    slot_text,
)
from common.sources.outcomes import AskedSource, Scraped
from common.sources.pacing import SharedTurns
from common.sources.quota import Credits
from common.sources.routes import routes_of
from common.state.store import StateStore

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Executor

_CODES: dict[str, Code] = {
    CircuitOpenError.__name__: "CIRCUIT_OPEN",
    QuotaError.__name__: "QUOTA_SPENT",
}


@dataclass(frozen=True)
class SourceGuard:
    """The guard of one task.

    Attributes:
        state: holds events, turns and quota, shared by all instances.
        source: the HTTP interface that the task uses.
        settings: intervals, routes and limits.
        scraper: the scraper that asks.
        target: what the task collects.
        task_id: identifies the task.
        slot: the slot of the decision behind it (aware); None for a request without a decision.
        events: the latest events of the scraper's source.
        quota: the credits of The Odds API.
        threads: make the calls of a task at once, each at its turn.
        began: the instant at which the task's time began (aware).
    """

    state: StateStore
    source: Source
    settings: Settings
    scraper: Scraper
    target: Target
    task_id: str
    slot: datetime | None
    events: tuple[SourceEvent, ...]
    quota: Credits
    threads: Executor
    began: datetime

    def choose(self, calls: Sequence[Call]) -> list[AskOptions]:
        """Return how the source may be asked now, its own URL first.

        Raises:
            NoRouteError: the source is off until the operator sets a way to it.
            CircuitOpenError: every route failed too often in a row.
            QuotaError: the credits do not suffice.
        """
        routes = routes_of(source_of(calls[0].source), self.settings)
        circuits = {
            route.name: circuit_of(self.events, route.name, self.settings) for route in routes
        }
        closed = [route for route in routes if not circuits[route.name].is_open(self.began)]
        if not closed:
            raise self._left_alone(calls[0].source, [*circuits.values()])
        self.quota.check(calls, self.began, reserve=self.settings.odds_api_reserve)
        deadline = self.began + timedelta(seconds=self.settings.scrape_seconds)
        interval = interval_of(calls[0].source, self.settings)
        return [
            AskOptions(route, deadline, self._turns(interval), self.threads) for route in closed
        ]

    def _turns(self, interval: float) -> SharedTurns | None:
        if interval <= 0:
            return None
        draw = Random(self.task_id).randrange  # noqa: S311 - spreads tasks, no secret
        return SharedTurns(self.state, interval, draw, self.threads)

    def _left_alone(self, source: str, circuits: Sequence[Circuit]) -> CircuitOpenError:
        until = min(circuit.until for circuit in circuits if circuit.until)
        failures = max(circuit.failures for circuit in circuits)
        return CircuitOpenError(
            f"{source} was not asked: {self.scraper.name} failed {failures} times in "
            f"a row; it is left alone until {eastern(until):%Y-%m-%d %H:%M} ET"
        )

    def new_events(self, scraped: Scraped) -> tuple[SourceEvent, ...]:
        """Return the events that a scrape adds; a healthy source adds none."""
        now = self.state.clock.now()
        about = self.target.game.game_id if self.target.game else str(self.target.target_date)
        return tuple(
            SourceEvent(now, asked.verdict, asked.route, slot_text(self.slot), about)
            for asked in scraped.asked
            if self._matters(asked, now)
        )

    def _matters(self, asked: AskedSource, now: datetime) -> bool:
        if asked.verdict == "unasked":
            return False
        if asked.verdict in ("failed", "changed") or failures_in_a_row(self.events, asked.route):
            return True
        if asked.verdict == "ok":
            return any(event.verdict != "failed" for event in since_ok(self.events))
        due = self.scraper.due
        return self.slot is not None and due is not None and now >= at(self.target.target_date, due)

    def code(self, scraped: Scraped, new_events: Sequence[SourceEvent]) -> Code | None:
        """Return what is wrong with the source beyond this task; None when nothing is."""
        if scraped.error_class in _CODES:
            return _CODES[scraped.error_class]
        verdicts = {asked.verdict for asked in scraped.asked}
        events = (*self.events, *new_events)
        per_game = self.scraper.scope == "game"
        if "changed" in verdicts or (
            "empty" in verdicts and has_changed(events, per_game=per_game)
        ):
            return "SOURCE_CHANGED"
        circuits = (circuit_of(events, event.route, self.settings) for event in new_events)
        if any(circuit.until for circuit in circuits):
            return "CIRCUIT_OPEN"
        return "ANSWER_MISMATCH" if scraped.outcome == "MISMATCH" else None

    def settle(
        self, scraped: Scraped, new_events: Sequence[SourceEvent], code: Code | None
    ) -> None:
        """Store the events and credits for all instances, and alert once an incident."""
        for event in new_events:
            note(self.state, self.scraper.name, event, self.task_id)
        if any(asked.source == "odds_api" for asked in scraped.asked):
            self._keep_usage()
        if code is None:
            return
        alert_once(
            self.state,
            code,
            self.scraper.name,
            self.events,
            self.state.clock.now(),
            host=_blamed(scraped),
            outcome=scraped.outcome,
            error=scraped.error_message or scraped.reason,
            target_date=self.target.target_date,
            task_id=self.task_id,
        )

    def _keep_usage(self) -> None:
        usage = self.source.usage
        if usage is None:
            return
        self.quota.keep(usage)
        log(
            "INFO",
            "The Odds API reported its credits",
            scraper=self.scraper.name,
            quota_remaining=usage.remaining,
            quota_used=usage.used,
            quota_last=usage.last,
        )


def _blamed(scraped: Scraped) -> str | None:
    """Return the first host that gave no data."""
    return next((asked.host for asked in scraped.asked if asked.verdict != "ok"), None)
