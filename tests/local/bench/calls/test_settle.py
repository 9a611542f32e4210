"""In which order what is due is delivered."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from local.bench.calls.meter import settle
from local.simulator.ports.memory_publisher import Published
from local.simulator.transport import Delivery
from local.simulator.world import ManualClock
from tests.kit.state import NOON

LATER = NOON + timedelta(seconds=10)
SENT = {"a": 3.0, "b": 1.0, "c": 1.0, "d": 0.0, "e": 2.0, "f": 0.5}
"""The logical instant at which each message was sent."""


def delivery(number: int, name: str, *, late: bool = False) -> Delivery:
    """Make the delivery of a message."""
    return Delivery(LATER if late else NOON, number, "x", Published(name, "t", b"{}", {}, NOON))


def test_what_is_due_together_comes_in_the_order_in_which_it_was_sent() -> None:
    """Of one instant the lower number first; what is due later comes later, as does its clock."""
    clock, done = ManualClock(NOON - timedelta(hours=1)), list[Any]()
    queue = [delivery(number, name) for number, name in enumerate("abc", 1)]
    queue += [delivery(4, "d", late=True), delivery(5, "e", late=True)]

    def deliver(each: Delivery) -> None:
        done.append((each.message.message_id, clock.now()))
        if each.number == 1:  # which leads to another one, due at once
            queue.insert(0, delivery(6, "f"))

    world: Any = SimpleNamespace(queue=queue, clock=clock, deliver=deliver)
    meter: Any = SimpleNamespace(start_of=lambda each: SENT[each.message.message_id])
    settle(world, meter)
    assert done == [*((name, NOON) for name in "bcaf"), *((name, LATER) for name in "de")]
    assert queue == []
