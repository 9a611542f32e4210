"""Deliveries that never arrive, what a sweep makes of it, and objects whose content is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from common.healing.runs import heal_runs
from local.simulator.memory import Published
from local.simulator.world import Delivery, World
from tests.kit.world import (
    LAST_TASK,
    NOON,
    SLOT,
    Break,
    Do,
    Tap,
    before,
    run_to,
    tick,
)


def is_for(function: str, text: str = "") -> Callable[[Delivery], bool]:
    """Whether a delivery is a function's and its body mentions a text."""
    return lambda found: found.function == function and text in str(found.message.body)


def lose(world: World, wanted: Callable[[Delivery], bool]) -> None:
    """Run the slot of 13:00, losing the first wanted delivery for good."""
    tick(world, "tick-master-controller")
    run_to(world, wanted)
    world.settle()


def lose_all(world: World, wanted: Callable[[Delivery], bool]) -> None:
    """From now on every wanted delivery is lost before it arrives."""
    queue = world._queue

    def queue_others(function: str, message: Published, *more: Any) -> None:
        if not wanted(Delivery(NOON, 0, function, message)):
            queue(function, message, *more)

    world._queue = queue_others  # type: ignore[method-assign] # the world's own, for this test


def heal(world: World, after: timedelta, *, far: bool = False) -> tuple[list[str], list[str]]:
    """What a sweep so long after the slot sends again, and what it leaves alone."""
    world.clock.move(SLOT + after)
    republished: list[str] = []
    quarantined: list[str] = []
    heal_runs(world.runtime, world.clock.now(), republished, quarantined, far=far)
    return republished, quarantined


def fail_to_complete(world: World) -> None:
    """Run the slot of 13:00 until all of an execution has reported; its completion stumbles."""
    delivery = before(world, LAST_TASK)
    held = world.warehouse

    def fail(breaking: Break, do: Do) -> None:
        raise LookupError("a bug")

    world.runtime.__dict__["warehouse"] = Tap(held, Break(1, fail))
    assert world.deliver(delivery) == 500
    world.runtime.__dict__["warehouse"] = held


def spoil(world: World, bucket: str, name: str, body: bytes) -> None:
    """Put other bytes into an object; its generation stays, so that only they are wrong."""
    held = world.storage._held[bucket]
    held[name] = (body, held[name][1])
