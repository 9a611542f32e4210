"""The page of the health: the contract's numbers, freshness, incidents, sources and credits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from common.cloud.ports import Row
from common.eastern import at, eastern_date
from common.look.coverage import NOT_YET, cover_if_known, lacking_before
from common.look.datum import DateCoverage
from common.look.sources import Failure, Sources, failures_since, sources_of
from common.look.verdict import Alive, alive
from common.pages.documents import iso, of_lacking, of_row
from common.runtime import Runtime
from common.state.pauses import Pause, read_pauses

DAYS = 7
"""How far back rates look, as the contract's queries do."""
CLOSED_SHOWN_MAX = 20
NO_ANSWER = (*NOT_YET, "NOTHING_READY")
"""A source that has nothing yet has not failed, nor has a run of such answers alone."""
FRESHNESS = (
    *("kind", "name", "last_success", "minutes_since_success", "last_asked"),
    *("last_decision", "minutes_since_decision", "is_due"),
)
INCIDENTS = ("rule", "key", "level", "opened", "last_seen", "closed", "times", "detail")
SWEEPS = ("cleanup_time", "status", "missing_files_found", "republished_count", "quarantined")


@dataclass(frozen=True)
class Rate:
    """How often something succeeded.

    Attributes:
        name: a workflow, or a scraper.
        total: how often it ended.
        good: how often well.
        outcomes: how often with which outcome; those of `NO_ANSWER` count for neither.
    """

    name: str
    total: int
    good: int
    outcomes: Mapping[str, int]

    @property
    def percent(self) -> float:
        """The share of the good ones."""
        return round(100 * self.good / self.total, 1) if self.total else 100.0


@dataclass(frozen=True)
class HealthPage:
    """What an operator looks at when something seems wrong.

    Attributes:
        now: when it was read, aware.
        day: its Eastern date.
        decided: today's decisions by workflow, and in it by action.
        alerts: today's decisions of level WARNING or ERROR.
        sweeps: today's sweeps by status, and what they found and sent again.
        flows: the rate of each workflow's executions.
        scrapers: the rate of each scraper.
        freshness: rows of the view, those that are due first.
        incidents: rows of the view: the open ones, then those closed last.
        failures: the hours of the last two days in which a function failed.
        sources: circuits, switches, credits.
        pauses: the paused workflows by name.
        lacking: the dates that lack data now: today, and those before that catch-up still collects.
        alive: when the controller and the cleanup wrote last.
        blind: why it is not known what lacks, in words; empty where it is.
    """

    template: ClassVar[str] = "health.html"
    title: ClassVar[str] = "Health"
    now: datetime
    day: date
    decided: Mapping[str, Mapping[str, int]]
    alerts: tuple[Row, ...]
    sweeps: Mapping[str, int]
    flows: tuple[Rate, ...]
    scrapers: tuple[Rate, ...]
    freshness: tuple[Row, ...]
    incidents: tuple[Row, ...]
    failures: tuple[Failure, ...]
    sources: Sources
    pauses: Mapping[str, Pause]
    lacking: tuple[DateCoverage, ...]
    alive: tuple[Alive, ...]
    blind: str = ""

    @property
    def failing(self) -> list[str]:
        """The scrapers of which an attempt was the last, and failed, on some route."""
        routes = (one for one in self.sources.routes if one.circuit.failures)
        return sorted({one.scraper for one in routes})

    @property
    def is_well(self) -> bool:
        """Whether nothing is lacking, failing or silent, and no incident is open."""
        silent = any(one.is_late for one in self.alive)
        is_open = any(row["closed"] is None for row in self.incidents)
        return not (self.lacking or self.blind or self.failing or silent or is_open)

    def document(self) -> Mapping[str, Any]:
        """Return the page as JSON holds it."""
        usage = self.sources.usage
        return {
            "now": iso(self.now),
            "well": self.is_well,
            "lacking": [of_lacking(one) for one in self.lacking],
            "blind": self.blind or None,
            "failing": self.failing,
            "alive": [
                {"name": one.name, "last": iso(one.last), "late": one.is_late} for one in self.alive
            ],
            "decided": self.decided,
            "alerts": [
                of_row(row, "decision_id", "workflow_name", "reason") for row in self.alerts
            ],
            "sweeps": self.sweeps,
            "workflows": [{**vars(one), "percent": one.percent} for one in self.flows],
            "scrapers": [{**vars(one), "percent": one.percent} for one in self.scrapers],
            "freshness": [of_row(row, *FRESHNESS) for row in self.freshness],
            "incidents": [of_row(row, *INCIDENTS) for row in self.incidents],
            "failures": [vars(one) for one in self.failures],
            "routes": [
                {
                    "scraper": one.scraper,
                    "route": one.route,
                    "verdict": one.last.verdict,
                    "at": iso(one.last.at),
                    "failures": one.circuit.failures,
                    "open_until": iso(one.circuit.until),
                }
                for one in self.sources.routes
            ],
            "replaced": self.sources.replaced,
            "credits": usage and {"remaining": usage.remaining, "seen": iso(usage.seen)},
            "paused": {name: held.model_dump(mode="json") for name, held in self.pauses.items()},
        }


def read_health(place: Runtime) -> HealthPage:
    """Read how the system is."""
    now = place.clock.now()
    day = eastern_date(now)
    start, soon = at(day, time()), now + timedelta(days=1)
    since = at(day - timedelta(days=DAYS), time())
    select, begin = place.warehouse.select, place.threads.submit
    decided = begin(
        select,
        "workflow_decisions",
        ("decision_id", "workflow_name", "slot", "action", "alert_level", "reason", "reason_code"),
        since=start,
        until=soon,
    )
    ran = begin(
        select, "workflow_executions", ("workflow_name", "outcome"), since=since, until=soon
    )
    log = begin(
        select, "scraper_execution_log", ("scraper_name", "outcome"), since=since, until=soon
    )
    swept = begin(select, "cleanup_operations", SWEEPS, since=start, until=soon)
    fresh = begin(place.warehouse.view, "freshness", FRESHNESS)
    incidents = begin(place.warehouse.view, "incidents", INCIDENTS)
    made, today = decided.result(), cover_if_known(place, day)
    return HealthPage(
        now=now,
        day=day,
        decided=_by_action(made),
        alerts=_alerts(made),
        sweeps=_swept(swept.result()),
        flows=tuple(_rates(ran.result(), "workflow_name", "outcome", "COMPLETED")),
        scrapers=tuple(_rates(log.result(), "scraper_name", "outcome", "SUCCESS")),
        freshness=_due_first(fresh.result()),
        incidents=_open_first(incidents.result()),
        failures=tuple(failures_since(place, now - timedelta(days=2))),
        sources=sources_of(place),
        pauses=read_pauses(place.state)[0],
        lacking=_lacking(place, today),
        alive=alive(place),
        blind=today.blind,
    )


def _lacking(place: Runtime, today: DateCoverage) -> tuple[DateCoverage, ...]:
    if today.blind:
        return ()
    return (*([today] if today.is_lacking else ()), *lacking_before(place, today.day))


def _alerts(made: Iterable[Row]) -> tuple[Row, ...]:
    """Return our own decisions of level WARNING or ERROR, as their slots follow each other."""
    ours = (row for row in made if row["slot"] is not None)
    found = [row for row in ours if row["alert_level"] in ("WARNING", "ERROR")]
    return tuple(sorted(found, key=lambda row: (row["slot"], row["workflow_name"])))


def _by_action(made: Iterable[Row]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for row in made:
        counts.setdefault(row["workflow_name"], Counter())[row["action"]] += 1
    return {name: dict(counts[name]) for name in sorted(counts)}


def _swept(rows: Sequence[Row]) -> dict[str, int]:
    found = sum(row["missing_files_found"] or 0 for row in rows)
    again = sum(row["republished_count"] or 0 for row in rows)
    given_up = sum(len(row["quarantined"]) for row in rows)
    statuses = Counter(f"sweeps {row['status']}" for row in rows)
    return {**statuses, "found unlogged": found, "sent again": again, "given up": given_up}


def _rates(rows: Iterable[Row], name: str, outcome: str, good: str) -> Iterator[Rate]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        if row[outcome] and row[outcome] != "UPLOADED":
            counts.setdefault(row[name], Counter())[row[outcome]] += 1
    rates = (_rate(key, held, good) for key, held in counts.items())
    yield from sorted(rates, key=lambda one: (one.percent, one.name))


def _rate(name: str, counts: Counter[str], good: str) -> Rate:
    answered = counts.total() - sum(counts[each] for each in NO_ANSWER)
    return Rate(name, answered, counts[good], dict(counts))


def _due_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (not row["is_due"], row["kind"], row["name"])))


def _open_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    latest = sorted(rows, key=lambda row: row["last_seen"], reverse=True)
    lasting = [row for row in latest if row["closed"] is None]
    closed = [row for row in latest if row["closed"] is not None]
    return (*lasting, *closed[:CLOSED_SHOWN_MAX])
