"""A day and a half on which every rule of the view `incidents` is broken, lived by the handlers."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date, datetime, time

from google.api_core.exceptions import ServiceUnavailable

from common.eastern import at
from common.logs import silent
from local.fake_sources.answers import Answer
from local.fake_sources.slate import load
from local.scheduler import Tick, ticks_of
from local.simulator.transport import Delivery
from local.simulator.world import World
from local.stack.config import DEFAULT_SLATE
from tests.alerts.days import Rows, tables
from tests.kit.breaks import failing, tapped
from tests.kit.losses import is_for
from tests.kit.world import unnoticed

TUESDAY, DAY, THURSDAY = (date(2025, 11, number) for number in (11, 12, 13))
NEVER_LOGGED = "notes/2025-11-12/never-logged.json"
SINCE_NOON = "lines/2025-11-12"
BUCKET, SWEEPS = "nba-scraped-data", "tick-cleanup-processor"


def on(day: date, clock: str) -> datetime:
    """Return an Eastern wall time as an instant."""
    return at(day, time.fromisoformat(clock))


def troubled() -> Rows:
    """Live from Tuesday's midnight to 05:45 ET on Thursday; return the five tables."""
    world = World(load(DEFAULT_SLATE), on(TUESDAY, "00:00"))
    _lose(world)
    _refuse_lines(world)
    ticks = [
        tick
        for day in (TUESDAY, DAY, THURSDAY)
        for tick in ticks_of(world.runtime.topology, day)
        if tick.instant <= on(THURSDAY, "05:45")
    ]
    with silent():
        for tick in ticks:
            world.settle(tick.instant)
            world.clock.move(tick.instant)
            if tick.topic == SWEEPS:
                _upload(world, tick.instant)
            world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
            _settle(world, tick)
    return tables(world)


def _lose(world: World) -> None:
    """Lose ticks and messages: of the controller, the cleanup, the locker, a run, and an upload."""

    def is_lost(delivery: Delivery) -> bool:
        now, function = world.clock.now(), delivery.function
        spans = {
            "master_controller": (on(TUESDAY, "11:30"), on(TUESDAY, "14:30")),
            "cleanup_processor": (on(TUESDAY, "09:10"), on(TUESDAY, "10:10")),
            "schedule_locker": (on(THURSDAY, "04:00"), on(THURSDAY, "06:00")),
            "workflow_executor": (on(DAY, "10:55"), on(DAY, "11:05")),
        }
        begin, end = spans.get(function, (now, now))
        return begin <= now < end or is_for("scraper_logger", NEVER_LOGGED)(delivery)

    world.transport.lose(is_lost)


def _refuse_lines(world: World) -> None:
    """Let The Odds API refuse from Wednesday's noon to 18:30."""
    ask = world.ask

    def refused(path: str, params: Mapping[str, str]) -> Answer:
        is_out = "apiKey" in params and on(DAY, "12:00") <= world.clock.now() < on(DAY, "18:30")
        return Answer(403, {}, b"") if is_out else ask(path, params)

    world.ask = refused


def _upload(world: World, now: datetime) -> None:
    """Upload one file whose events are always lost, and eight whose first events are."""
    if now == on(DAY, "13:15"):
        world.storage.create(BUCKET, NEVER_LOGGED, b"{}")
    if now == on(DAY, "20:00"):
        with unnoticed(world):
            for number in range(8):
                world.storage.create(BUCKET, f"{SINCE_NOON}/{number}.json", b"{}")


def _settle(world: World, tick: Tick) -> None:
    """Settle a tick; BigQuery cannot be read at one of the controller and two of the cleanup."""
    blind = {
        "tick-master-controller": {on(DAY, "09:00")},
        SWEEPS: {on(DAY, "07:15"), on(DAY, "07:30")},
    }
    is_blind = tick.instant in blind.get(tick.topic, ())
    away = failing(ServiceUnavailable("BigQuery is away"), "select")
    with tapped(world, away, "warehouse") if is_blind else nullcontext():
        world.settle(tick.instant)
