"""Makes a world on a real day and advances it until just before a function's event."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from common.cloud.ports import Row
from common.settings import ROOT
from local.fake_sources.slate import Slate, load
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.transport import Delivery
from local.simulator.world import ROUTES, World

FUNCTIONS = tuple(ROUTES)
DAY = date(2025, 11, 12)
NOON = datetime(2025, 11, 12, 17, 45, tzinfo=UTC)
"""12:45 ET, when the schedule refresh is due; the next controller slot is 13:00 ET."""
SLOT = NOON + timedelta(minutes=15)
SWEEP = SLOT + timedelta(minutes=30)
LOST_UPLOAD = "uploads/2025-11-12/by-hand.json"
REFRESHES = [
    *("nbac_schedule_api", "espn_scoreboard", "nbac_schedule_api"),
    *("nbac_schedule_api", "espn_scoreboard", "nbac_schedule_api"),
]
"""The scrapers of the scheduler's own requests on each day: 04:45, 04:50, 10:45, 16:45 …"""
TICK_TOPICS = {
    "schedule_locker": "tick-schedule-locker",
    "cleanup_processor": "tick-cleanup-processor",
}
WORKFLOW_NAMES = ("betting_lines", "injury_discovery", "post_game_window_1")
"""Two workflows that run in the slot, one of them in two steps, and one that does not."""
LAST_TASK = "execution_tracker of the last task"
EVENTS = (*FUNCTIONS, LAST_TASK)
"""One event for each function, and the one that ends an execution."""


@dataclass(frozen=True)
class Answer:
    """A function's answer over HTTP."""

    status: int
    body: dict[str, Any]


Call = Callable[..., Answer]
"""Posts to a function: its name, a body (bytes, or what JSON holds), headers."""


@lru_cache(maxsize=1)
def slate() -> Slate:
    """Load the real games of 11-13 November 2025."""
    return load(ROOT / "config" / "slates" / "2025-11.json")


class ForgetfulWarehouse(MemoryWarehouse):
    """Accepts a job key many times, as bqemulator does, so that only claims keep rows single."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)

    def append(
        self, table_name: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append under a job key that was never used."""
        fresh = f"{job_key} {next(self._numbers)}"
        super().append(table_name, rows, job_key=fresh, look_first=look_first)


def new_world(warehouse: type[MemoryWarehouse] = MemoryWarehouse) -> World:
    """Make a world at 12:45 ET on the day, its schedule stored and logged."""
    world = World(slate(), NOON, warehouse=warehouse())
    flows = world.runtime.configured
    world.runtime = world.runtime.but(
        # Reads the storage itself, so that a broken read is one of the function under test.
        season=world.runtime.season,
        configured={name: flows[name] for name in WORKFLOW_NAMES},
    )
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    world.publisher.publish("scraper-requests", request, {})
    world.settle()
    return world


def before(world: World, event: str) -> Delivery:
    """Run the chain until an event of `EVENTS` is due; returns that delivery, unqueued."""
    if event == "cleanup_processor":
        lose_two(world)
    tick(world, TICK_TOPICS.get(event, "tick-master-controller"))
    if event == LAST_TASK:
        return run_to(world, lambda delivery: _ends(world, delivery))
    return run_to(world, lambda delivery: delivery.function == event)


def rest(world: World, event: str) -> None:
    """Settle the chain; after a sweep also run the two sweeps that follow it."""
    world.settle()
    if event == "cleanup_processor":
        for number in (1, 2):
            tick(world, "tick-cleanup-processor", SWEEP + number * timedelta(minutes=15))
            world.settle()


def tick(world: World, topic: str, due: datetime | None = None, *, force: bool = False) -> None:
    """Publish a scheduler's tick at its instant."""
    due = due or (SWEEP if "cleanup" in topic else SLOT)
    body = {"schema": "tick", "version": 1, "scheduled_time": due.isoformat(), "force": force}
    world.clock.move(due)
    world.publisher.publish(topic, body, {})


def run_to(world: World, wanted: Callable[[Delivery], bool]) -> Delivery:
    """Deliver until the next delivery is a wanted one; take that one."""
    while not wanted(world.queue[0]):
        world.deliver(world.take())
    return world.take()


def _ends(world: World, delivery: Delivery) -> bool:
    """Whether a delivery is the last result that an execution waits for."""
    labels = delivery.message.body.get("metadata", {})
    if delivery.function != "execution_tracker" or labels.get("step") != "1":
        return False
    prefix = f"executions/{labels['execution_id']}/steps/1/results/"
    return len(list(world.storage.list(world.runtime.settings.state_bucket, prefix))) == 1


def lose_two(world: World) -> None:
    """Lose a finalize event and a decision's message, for the sweep to find."""
    with unnoticed(world):
        world.storage.create(world.runtime.settings.data_bucket, LOST_UPLOAD, b"{}")
    tick(world, "tick-master-controller")
    run_to(world, lambda delivery: delivery.function == "workflow_executor")
    world.settle()


def unnoticed(world: World) -> AbstractContextManager[None]:
    """Lose the events of all objects that are written for a while."""
    return world.transport.losing(lambda delivery: delivery.message.topic == "scraped-objects")


def forget(world: World, bucket: str, prefix: str) -> None:
    """Delete the objects below a prefix, as an operator may."""
    for stored in list(world.storage.list(bucket, prefix)):
        world.storage.delete(bucket, stored.name)
