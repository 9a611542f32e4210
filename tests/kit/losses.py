"""Lost deliveries, the sweeps after them, and objects whose content is spoilt."""

from collections.abc import Callable
from datetime import timedelta

from common.healing.attempts import Healed
from common.healing.runs import heal_runs, unfinished_runs
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import Break, raising, tapped
from tests.kit.world import LAST_TASK, SLOT, before, run_to, tick


def is_for(function: str, text: str = "") -> Callable[[Delivery], bool]:
    """Select the deliveries to a function whose body contains a text."""
    return lambda found: found.function == function and text in str(found.message.body)


def lose(world: World, wanted: Callable[[Delivery], bool]) -> None:
    """Run the slot of 13:00, losing the first wanted delivery for good."""
    tick(world, "tick-master-controller")
    run_to(world, wanted)
    world.settle()


def heal(world: World, after: timedelta, *, deep: bool = False) -> tuple[list[str], list[str]]:
    """Sweep some time after the slot; returns what was resent and what was quarantined."""
    world.clock.move(SLOT + after)
    now, healed = world.clock.now(), Healed()
    unfinished = unfinished_runs(world.runtime.warehouse, now, deep=deep)
    heal_runs(world.runtime, now, unfinished, healed, deep=deep)
    return healed.republished, healed.quarantined


def fail_to_complete(world: World) -> None:
    """Run the slot of 13:00 until an execution's last task reports, and fail its completion."""
    delivery = before(world, LAST_TASK)
    with tapped(world, Break(1, raising(LookupError("a bug"))).around, "warehouse"):
        assert world.deliver(delivery) == 500


def spoil(world: World, bucket: str, name: str, body: bytes) -> None:
    """Replace an object's bytes without a new generation."""
    world.storage.corrupt(bucket, name, body)
