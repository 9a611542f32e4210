"""A weekend on which much happens that pages and commands tell of, on a day of 25 hours too.

Sources refuse, answer late and answer wrong; messages, ticks and events are lost; BigQuery is
away; somebody pauses, forces and uploads. It ends on Sunday at 17:00 ET in the middle of two runs.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from google.api_core.exceptions import ServiceUnavailable

from common.cloud.ports import Row
from common.eastern import at
from common.logs import silent
from common.state.pauses import Pause, read_pauses, write_pauses
from local.fake_sources.answers import Answer, answer
from local.fake_sources.slate import Slate
from local.scheduler import Tick, ticks_of
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import Break, failing, raising, tapped
from tests.kit.incidents import incident_row
from tests.kit.losses import is_for
from tests.kit.seasons import season_of
from tests.kit.world import forget, unnoticed

SATURDAY, SUNDAY = date(2031, 11, 1), date(2031, 11, 2)
CONTROLLER, SWEEPS = "tick-master-controller", "tick-cleanup-processor"
BUCKET = "nba-scraped-data"
WORKFLOWS = (
    *("morning_operations", "betting_lines", "injury_discovery", "referee_discovery"),
    *("post_game_window_2", "late_game_catch_up"),
)


def on(day: date, clock: str) -> datetime:
    """Return an Eastern wall time as an instant."""
    return at(day, time.fromisoformat(clock))


END = on(SUNDAY, "17:00") + timedelta(seconds=30)
"""Half a minute after the last tick: what is read up to now has its rows."""
REFUSED = {
    "/static/json/liveData/playbyplay": (403, SATURDAY, "00:00", SUNDAY, "20:00"),
    "/get-game-officials": (503, SATURDAY, "00:00", SUNDAY, "00:00"),
    "/pdfs/20311101/20311101_DALDEN": (503, SATURDAY, "00:00", SUNDAY, "20:00"),
    "/pdfs/": (404, SATURDAY, "00:00", SUNDAY, "12:30"),
    "scheduleLeagueV2": (403, SUNDAY, "11:30", SUNDAY, "20:00"),
    "/v4/sports": (429, SATURDAY, "15:30", SATURDAY, "17:30"),
    "/stats/commonallplayers": (200, SATURDAY, "00:00", SUNDAY, "00:00"),
}
"""What sources answer, by a part of the path: the status, and from when until when."""
FAILS = (on(SUNDAY, "07:30"), SWEEPS)
"""The tick at which a bug shows."""
FORCED = {
    on(SUNDAY, "12:30"): ("referee_discovery", "12:00"),
    on(SUNDAY, "16:45"): ("betting_lines", "15:00"),
}
"""Which workflow is decided again for which slot, by when that is asked for."""
LOST = {
    "master_controller": (SATURDAY, "09:30", "10:30"),
    "workflow_executor": (SUNDAY, "16:45", "16:55"),
}
"""Whose messages are lost, and when."""


def slate() -> Slate:
    """Games of both days and the next: one abroad, one without a time, one that is moved away."""
    days = {
        SATURDAY: ["13:00", "19:00", "19:00", "22:30", "TBD", "20:00"],
        SUNDAY: ["08:00", "16:30", "19:00"],
        SUNDAY + timedelta(days=1): ["19:00"],
    }
    made = season_of(days)
    *others, moved = (game for game in made.games if game.game_date == SATURDAY)
    games = (*others, replace(moved, postponed=True))
    return replace(made, games=(*games, *(g for g in made.games if g.game_date != SATURDAY)))


def _asked(world: World, path: str, params: Mapping[str, str]) -> Answer:
    now = world.clock.now()
    for part, (status, first, begin, last, end) in REFUSED.items():
        if part in path and on(first, begin) <= now < on(last, end):
            return Answer(status, {}, b'{"resultSets": "none"}')
    return answer(path, params, world.slate, now)


def _lose(world: World) -> None:
    def is_lost(delivery: Delivery) -> bool:
        now, function = world.clock.now(), delivery.function
        day, begin, end = LOST.get(function, (SATURDAY, "00:00", "00:00"))
        if on(day, begin) <= now < on(day, end):
            return True
        late = now >= on(SUNDAY, "17:00")
        return late and is_for("scraper_runner", "oddsa_game_lines")(delivery)

    world.transport.lose(is_lost)


def _pause(world: World, *, by: str) -> None:
    held, generation = read_pauses(world.runtime.state)
    pause = Pause(by=by, since=world.clock.now(), why="credits")
    write_pauses(world.runtime.state, {**held, "injury_discovery": pause}, generation)


def _between(world: World, now: datetime) -> None:
    """Upload, pause and force, each once."""
    if now == on(SATURDAY, "12:15"):
        with unnoticed(world):
            for number in range(3):
                world.storage.create(BUCKET, f"lines/2031-11-01/{number}.json", b"{}")
    if now == on(SUNDAY, "06:15"):
        _pause(world, by="ann")
    if now in FORCED:
        workflow, clock = FORCED[now]
        slot = on(SUNDAY, clock).isoformat()
        body = {"schema": "tick", "version": 1, "scheduled_time": slot, "force": True}
        world.publisher.publish(CONTROLLER, {**body, "workflow": workflow}, {})


def _settle(world: World, tick: Tick) -> None:
    """Settle a tick; BigQuery cannot be read at one of the controller and one of the cleanup."""
    blind = {CONTROLLER: {on(SATURDAY, "14:00")}, SWEEPS: {on(SATURDAY, "07:15")}}
    around = None
    if tick.instant in blind.get(tick.topic, ()):
        around = failing(ServiceUnavailable("BigQuery is away"), "select")
    if (tick.instant, tick.topic) == FAILS:
        around = Break(1, raising(LookupError("a bug"))).around
    with tapped(world, around, "warehouse") if around else nullcontext():
        world.settle(tick.instant)


@lru_cache(maxsize=1)
def weekend() -> World:
    """Live it once, for tests that only look at it."""
    world = World(slate(), on(SATURDAY, "00:00"), collect_since=SATURDAY)
    flows = world.runtime.configured
    world.runtime = world.runtime.but(configured={name: flows[name] for name in WORKFLOWS})
    world.ask = lambda path, params: _asked(world, path, params)
    _lose(world)
    with silent():
        for tick in (
            t for day in (SATURDAY, SUNDAY) for t in ticks_of(world.runtime.topology, day)
        ):
            if tick.instant > END:
                break
            world.settle(tick.instant)
            world.clock.move(tick.instant)
            _between(world, tick.instant)
            world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
            _settle(world, tick)
        world.settle(END)
    world.clock.move(END)
    _forget_first(world)
    world.warehouse.views.update(incidents=_incidents(), freshness=_freshness())
    return world


def _forget_first(world: World) -> None:
    """Delete the state of the first run, as its bucket does in the end."""
    first = world.rows["workflow_executions"][0]["execution_id"]
    forget(world, world.runtime.settings.state_bucket, f"executions/{first}/")


@lru_cache(maxsize=1)
def nothing() -> World:
    """Return a place in which nothing has happened yet, on the same Sunday."""
    return World(slate(), END)


def _incidents() -> list[Row]:
    """Two that are open, and more closed ones than are shown."""
    open_ = [
        incident_row("silent", "controller", on(SUNDAY, "10:15")),
        incident_row("data-lacking", "nbac_injury_report", on(SUNDAY, "14:00"), level="WARNING"),
    ]
    begun = on(SATURDAY, "06:00")
    hours = [timedelta(hours=number) for number in range(22)]
    closed = [
        incident_row("execution", f"flow_{number}", begun + hour, begun + 2 * hour)
        for number, hour in enumerate(hours)
    ]
    return [*closed, *open_]


def _freshness() -> list[Row]:
    """Rows of the view, none in the order in which they are shown."""
    begun = on(SATURDAY, "06:00")
    return [
        {
            "kind": kind,
            "name": name,
            "last_success": begun if minutes else None,
            "minutes_since_success": minutes,
            "last_asked": begun,
            "last_decision": begun,
            "minutes_since_decision": 5,
            "is_due": is_due,
        }
        for kind, name, minutes, is_due in (
            ("workflow", "betting_lines", 80, False),
            ("scraper", "oddsa_events", None, True),
            ("workflow", "morning_operations", 740, True),
            ("scraper", "nbac_boxscore", 12, False),
        )
    ]
