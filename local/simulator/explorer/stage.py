"""The stage of the explorer's scenes: a small world, and its deliveries run up to a point."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import islice

from common.settings import ROOT
from common.state import names
from local.fake_sources.slate import Slate, load
from local.simulator.explorer.turns import Work
from local.simulator.transport import Delivery
from local.simulator.world import World

NOON = datetime(2025, 11, 12, 17, 45, tzinfo=UTC)
"""12:45 ET; the controller's next slot is 13:00, in which betting lines and injury report run."""
SLOT, NEXT_SLOT = NOON + timedelta(minutes=15), NOON + timedelta(minutes=75)
NIGHT = datetime(2025, 11, 13, 4, tzinfo=UTC)
"""23:00 ET, when the night's window collects the finished games."""
GAMES_MAX = 2
TICKS, SWEEPS, LOCKS = "tick-master-controller", "tick-cleanup-processor", "tick-schedule-locker"
BY_DAY = ("betting_lines", "injury_discovery")
BY_NIGHT = ("post_game_window_2", "late_game_catch_up")
Works = dict[str, Work]


@lru_cache(maxsize=1)
def slate() -> Slate:
    """Return real games of three days, of each day the first two."""
    whole = load(ROOT / "config" / "slates" / "2025-11.json")
    days = sorted({game.game_date for game in whole.games})
    games = [game for day in days for game in islice(whole.on(day), GAMES_MAX)]
    return Slate(tuple(games), whole.season)


def world_at(instant: datetime, workflows: tuple[str, ...]) -> World:
    """Make a world in which the schedule was stored a quarter of an hour before an instant."""
    world = World(slate(), instant - timedelta(minutes=15))
    flows = world.runtime.configured
    world.runtime = world.runtime.but(configured={name: flows[name] for name in workflows})
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    world.publisher.publish("scraper-requests", request, {})
    world.settle()
    return world


def tick(world: World, topic: str, slot: datetime, *, force: bool = False) -> None:
    """Publish a scheduler's tick for a slot; the clock moves to the slot."""
    body = {"schema": "tick", "version": 1, "scheduled_time": slot.isoformat(), "force": force}
    world.clock.move(slot)
    world.publisher.publish(topic, body, {})


def run_to(world: World, function: str, *, step: str = "", last: int = 0) -> Delivery:
    """Deliver until a function's delivery is due, and take it.

    Args:
        world: the world.
        function: the function.
        step: only of this step's results, where it is given.
        last: only when so many results of the step were recorded before.
    """
    while not _is_wanted(world, world.queue[0], function, step, last):
        world.deliver(world.take())
    return world.take()


def _is_wanted(world: World, delivery: Delivery, function: str, step: str, last: int) -> bool:
    if delivery.function != function:
        return False
    labels = delivery.message.body.get("metadata", {})
    if step and labels.get("step") != step:
        return False
    if not last:
        return True
    prefix = names.results(labels["execution_id"], int(step))
    return len(list(world.storage.list(world.runtime.settings.state_bucket, prefix))) == last


def delivered(world: World, *deliveries: Delivery) -> tuple[World, Works]:
    """Let deliveries be the pieces of work."""
    return world, {
        letter: partial(world.deliver, delivery)
        for letter, delivery in zip("ABC", deliveries, strict=False)
    }
