"""What waits to be pulled: for how long it is leased, and who is told that it came."""

from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.broker import Broker
from local.broker.mailbox import Mailbox
from local.broker.messages import Delivery

TOPIC, NAME = "projects/p/topics/t-1", "projects/p/subscriptions/s-1"


@pytest.fixture
def broker(answered: Any, clock: Any) -> Broker:
    """Make a broker with a pull subscription."""
    made = Broker(clock)
    made.registry.create_topic(TOPIC)
    made.create_subscription(types.Subscription(name=NAME, topic=TOPIC))
    return made


def test_a_lease_lasts_as_long_as_is_asked(broker: Broker, clock: Any) -> None:
    """From when it is asked; an ack id that is not on lease is ignored."""
    broker.publish(TOPIC, b"x")
    ((ack_id, _),) = broker.pull(NAME, 10, 0)
    clock.sleep(5)
    broker.modify_ack_deadline(NAME, ["nobody's", ack_id], 30)
    clock.sleep(29)
    assert broker.pull(NAME, 10, 0) == []
    clock.sleep(1)
    assert len(broker.pull(NAME, 10, 0)) == 1


@pytest.mark.parametrize("waits", ["pull", "wait_matched"])
def test_who_waits_for_a_message_is_told_at_once(answered: Any, broker: Broker, waits: str) -> None:
    """It need not wait to the end of its time."""
    (got,) = answered(
        lambda: getattr(broker, waits)(NAME, 1, 60), lambda: broker.publish(TOPIC, b"x")
    )
    assert got is True or [one.message.data for _, one in got] == [b"x"]


def test_each_copy_of_a_message_is_on_a_lease_of_its_own(broker: Broker, clock: Any) -> None:
    """A message that comes twice is acknowledged twice."""
    broker.publish(TOPIC, b"x")
    ((_, delivery),) = broker.pull(NAME, 10, 0)
    returned: list[Delivery] = []
    mailbox = Mailbox(clock, returned.append)
    for _ in range(2):
        mailbox.put(delivery, clock.now())
    (first, _), (second, _) = mailbox.pull(10, 0)
    assert (mailbox.acknowledge([first, first]), len(mailbox)) == (1, 1)
    clock.sleep(600)
    mailbox.extend([], 0)
    assert (returned, mailbox.acknowledge([second])) == ([delivery], 0)
