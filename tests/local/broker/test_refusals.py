"""The requests that the broker refuses, each with the error of the service."""

from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.broker import Broker
from local.broker.refusals import InvalidArgumentError, NotFoundError, UnimplementedError

TOPIC = "projects/p/topics/scraper-requests"
DEAD = "projects/p/topics/dead-letters"
PUSH = "projects/p/subscriptions/scraper-requests--runner"


@pytest.fixture
def broker(clock: Any) -> Broker:
    """Make a broker with both topics; it delivers nothing."""
    broker = Broker(clock)
    for topic in (TOPIC, DEAD):
        broker.registry.create_topic(topic)
    return broker


def subscribe(broker: Broker, **fields: Any) -> None:
    """Create a subscription to the topic with these fields."""
    broker.create_subscription(types.Subscription({"name": PUSH, "topic": TOPIC, **fields}))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"ack_deadline_seconds": 5}, "ack_deadline_seconds=5: 10 to 600"),
        ({"ack_deadline_seconds": 601}, "ack_deadline_seconds=601"),
        ({"message_retention_duration": timedelta(minutes=9)}, "10 minutes to 31 days"),
        ({"retry_policy": {"minimum_backoff": timedelta(seconds=601)}}, "0 to 600 s"),
        ({"dead_letter_policy": {"dead_letter_topic": DEAD, "max_delivery_attempts": 101}}, "=101"),
        ({"push_config": {"push_endpoint": "localhost:8080"}}, "an http or https URL"),
        ({"name": "scraper-requests"}, "Invalid resource name"),
        ({"name": "projects/p/subscriptions/goog-x"}, "Invalid resource name"),
        ({"filter": "nonsense"}, "expected 'attributes'"),
    ],
)
def test_an_invalid_subscription_is_refused(
    broker: Broker, fields: dict[str, Any], complaint: str
) -> None:
    """The error names the field, its value and the allowed range."""
    with pytest.raises(InvalidArgumentError, match=complaint):
        subscribe(broker, **fields)


def test_a_feature_that_the_broker_lacks_is_refused(broker: Broker) -> None:
    """A subscription with message ordering is refused instead of being served without it."""
    with pytest.raises(UnimplementedError, match="lacks enable_message_ordering"):
        subscribe(broker, enable_message_ordering=True)


@pytest.mark.parametrize(
    ("data", "attributes", "complaint"),
    [
        (b"", {}, "both data and attributes are empty"),
        (b"x" * 10_000_001, {}, "at most 10000000"),
        (b"x", {"googclient": "x"}, "not goog"),
        (b"x", {"": "x"}, "attribute key ''"),
        (b"x", {"key": "x" * 1025}, "at most 1024"),
        (b"x", {str(number): "x" for number in range(101)}, "101 attributes"),
    ],
)
def test_a_message_beyond_the_limits_is_refused(
    broker: Broker, data: bytes, attributes: dict[str, str], complaint: str
) -> None:
    """A message beyond a quota of the service is refused with the quota."""
    with pytest.raises(InvalidArgumentError, match=complaint):
        broker.publish(TOPIC, data, attributes)


def test_an_unknown_topic_is_not_found(broker: Broker) -> None:
    """Publishing in this process raises the error that a client would get."""
    with pytest.raises(NotFoundError, match=r"projects/p/topics/nowhere"):
        broker.publish("projects/p/topics/nowhere", b"x")
