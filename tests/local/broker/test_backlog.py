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
