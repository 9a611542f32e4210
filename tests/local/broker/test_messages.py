"""What the broker pushes: the envelope of a message, and what a dead letter says of itself."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from google.pubsub_v1 import types

from local.broker.messages import Delivery, Message, size_of
from local.broker.subscriptions import Subscription, read_subscription

WHEN = datetime(2025, 11, 12, 13, 0, 3, 123456, tzinfo=timezone(timedelta(hours=-5)))
TOPIC, DEAD = "projects/p/topics/t-1", "projects/p/topics/dead"
NAME = "projects/p/subscriptions/t-1--f"


def subscription(*, dead: bool) -> Subscription:
    """A subscription, with or without a dead-letter topic."""
    policy = {"dead_letter_policy": {"dead_letter_topic": DEAD}} if dead else {}
    return read_subscription(types.Subscription({"name": NAME, "topic": TOPIC, **policy}))


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (Message("17", b"{}", {"a": "b"}, WHEN), {"data": "e30=", "attributes": {"a": "b"}}),
        (Message("17", b"", {"a": "b"}, WHEN), {"attributes": {"a": "b"}}),
        (Message("17", b"{}", {}, WHEN, ordering_key="k"), {"data": "e30=", "orderingKey": "k"}),
    ],
)
@pytest.mark.parametrize("dead", [True, False])
def test_the_envelope_is_the_services(
    message: Message, wanted: dict[str, object], *, dead: bool
) -> None:
    """Both spellings of id and time; what is empty is left out; only some count deliveries."""
    stamp = "2025-11-12T18:00:03.123Z"
    names = {"messageId": "17", "message_id": "17", "publishTime": stamp, "publish_time": stamp}
    delivery = Delivery(message, subscription(dead=dead)).again().again()
    assert json.loads(delivery.envelope()) == {
        "message": {**wanted, **names},
        "subscription": NAME,
        **({"deliveryAttempt": 3} if dead else {}),
    }


def test_a_dead_letter_says_where_it_comes_from() -> None:
    """Beside its own attributes, in those that Pub/Sub adds."""
    delivery = Delivery(Message("17", b"{}", {"a": "b"}, WHEN), subscription(dead=True), 5)
    assert delivery.dead_letter_attributes() == {
        "a": "b",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "t-1--f",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
        "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-12T18:00:03.123+00:00",
    }


@pytest.mark.parametrize(
    ("data", "attributes", "size"),
    [(b"", {}, 0), (b"\xff\xfe", {}, 2), (b"x", {"k": "ab", "\u00e9": "a\u00e9"}, 1 + 3 + 5)],
)
def test_a_message_s_size_is_counted_in_bytes(
    data: bytes, attributes: dict[str, str], size: int
) -> None:
    """The names and values of its attributes count as UTF-8, beside its data."""
    assert size_of(data, attributes) == size
