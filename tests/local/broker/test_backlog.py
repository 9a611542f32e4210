"""The push deliveries that wait until they are due."""

from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.backlog import Backlog
from local.broker.messages import Delivery, Message
from local.broker.subscriptions import Subscription, read_subscription


def subscription() -> Subscription:
    """Return a push subscription."""
    return read_subscription(
        types.Subscription(
            name="projects/p/subscriptions/runner",
            topic="projects/p/topics/scraper-requests",
            push_config={"push_endpoint": "http://127.0.0.1:1/"},
        )
    )


@pytest.mark.parametrize(
    ("hold", "late"), [(True, timedelta()), (False, timedelta()), (False, timedelta(hours=1))]
)
def test_nothing_waits_for_a_deleted_subscription(
    clock: Any, *, hold: bool, late: timedelta
) -> None:
    """Neither what was held for the next message, nor what is due now or later."""
    backlog, deleted, other = Backlog(clock), subscription(), subscription()
    message = Message("1", b"x", {}, clock.now(), "")
    backlog.put(Delivery(message, deleted), clock.now() + late, hold=hold)
    backlog.drop(deleted)
    assert backlog.wait_idle(0)
    assert backlog.next_due() is None
    backlog.put(Delivery(message, other), clock.now())
    backlog.drop(deleted)
    assert not backlog.wait_idle(0)


def test_what_is_held_comes_after_the_next_and_is_never_replaced(clock: Any) -> None:
    """A second one that would be held is the next; until then the first keeps the broker busy."""
    backlog, to = Backlog(clock), subscription()
    first, second = (Delivery(Message(name, b"x", {}, clock.now(), ""), to) for name in "12")
    backlog.put(first, clock.now(), hold=True)
    assert not backlog.wait_idle(0)
    backlog.put(second, clock.now(), hold=True)
    assert [backlog.take(), backlog.take()] == [second, first]


def test_what_is_late_is_not_held_besides(clock: Any) -> None:
    """It is due when it is due, whatever is published meanwhile."""
    backlog, to = Backlog(clock), subscription()
    due = clock.now() + timedelta(hours=1)
    backlog.put(Delivery(Message("1", b"x", {}, clock.now(), ""), to), due, hold=True)
    assert backlog.next_due() == due
    assert backlog.wait_idle(0)
