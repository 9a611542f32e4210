"""The requests that the broker refuses, each with the error of the service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.broker import Broker
from local.broker.refusals import (
    AlreadyExistsError,
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)
from local.broker.subscriptions import read_subscription

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
        ({"ack_deadline_seconds": 5}, f"^subscription {PUSH}: ack_deadline_seconds=5: 10 to 600"),
        ({"ack_deadline_seconds": 601}, "ack_deadline_seconds=601"),
        (
            {"message_retention_duration": timedelta(minutes=9)},
            "message_retention_duration=0:09:00: 10 minutes to 31 days",
        ),
        (
            {"retry_policy": {"minimum_backoff": timedelta(seconds=601)}},
            "retry_policy: 0:10:01 to 0:10:00: 0 to 600 s, minimum <= maximum",
        ),
        (
            {"dead_letter_policy": {"dead_letter_topic": DEAD, "max_delivery_attempts": 101}},
            "dead_letter_policy.max_delivery_attempts=101: 5 to 100",
        ),
        (
            {"push_config": {"push_endpoint": "localhost:8080"}},
            "push_endpoint='localhost:8080': an http or https URL",
        ),
        (
            {"name": "scraper-requests"},
            "name 'scraper-requests': expected projects/PROJECT/subscriptions/NAME",
        ),
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


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"bigquery_config": {"table": "p.d.t"}}, "bigquery_config"),
        ({"bigquery_config": {}}, "bigquery_config"),
        ({"cloud_storage_config": {"bucket": "b"}}, "cloud_storage_config"),
        ({"bigtable_config": {}}, "bigtable_config"),
        ({"enable_message_ordering": True}, "enable_message_ordering"),
        ({"enable_exactly_once_delivery": True}, "enable_exactly_once_delivery"),
        ({"message_transforms": [{}]}, "message_transforms"),
        (
            {"push_config": {"push_endpoint": "http://h", "no_wrapper": {}}},
            "push_config.no_wrapper",
        ),
    ],
)
def test_a_feature_that_the_broker_lacks_is_refused(
    broker: Broker, fields: dict[str, Any], lacks: str
) -> None:
    """A subscription with such a feature, be it empty, is refused instead of served without it."""
    said = f"^subscription {PUSH}: the local broker lacks {lacks}; leave it out$"
    with pytest.raises(UnimplementedError, match=said):
        subscribe(broker, **fields)


def test_a_feature_that_is_switched_off_is_not_asked_for(broker: Broker) -> None:
    """A client may write its default."""
    subscribe(broker, enable_message_ordering=False, enable_exactly_once_delivery=False)


@pytest.mark.parametrize(
    ("data", "attributes", "complaint"),
    [
        (b"", {}, "both data and attributes are empty"),
        (b"x" * 10_000_001, {}, "at most 10000000"),
        (b"x", {"googclient": "x"}, "not goog"),
        (b"x", {"": "x"}, "attribute key ''"),
        (b"x", {"key": "x" * 1025}, "at most 1024"),
        (b"x", {str(number): "x" for number in range(101)}, "101 attributes, at most 100"),
        (b"x" * 9_999_999, {"k": "v"}, "message: 10000001 bytes, attributes included"),
        (b"x", {"k" * 257: "x"}, "attribute key 'k{40}': 1 to 256 bytes, not goog"),
        (b"x", {"ä" * 129: "x"}, "1 to 256 bytes"),
        (b"x", {"key": "ä" * 513}, "attribute 'key' has 1026 bytes, at most 1024"),
    ],
)
def test_a_message_beyond_the_limits_is_refused(
    broker: Broker, data: bytes, attributes: dict[str, str], complaint: str
) -> None:
    """A message beyond a quota of the service is refused with the quota."""
    with pytest.raises(InvalidArgumentError, match=complaint):
        broker.publish(TOPIC, data, attributes)


NOWHERE, NOBODY = "projects/p/topics/nowhere", "projects/p/subscriptions/nobody"
NO_POLICY = {"dead_letter_topic": NOWHERE}
PUSHED = {"push_config": {"push_endpoint": "http://h"}}


@pytest.mark.parametrize(
    ("ask", "error", "named"),
    [
        (lambda broker: broker.publish(NOWHERE, b"x"), NotFoundError, NOWHERE),
        (lambda broker: broker.registry.topic(NOWHERE), NotFoundError, NOWHERE),
        (lambda broker: broker.registry.delete_topic(NOWHERE), NotFoundError, NOWHERE),
        (lambda broker: broker.registry.subscriptions_of(NOWHERE), NotFoundError, NOWHERE),
        (lambda broker: subscribe(broker, name=NOBODY, topic=NOWHERE), NotFoundError, NOWHERE),
        (
            lambda broker: subscribe(broker, name=NOBODY, dead_letter_policy=NO_POLICY),
            NotFoundError,
            NOWHERE,
        ),
        (lambda broker: broker.registry.subscription(NOBODY), NotFoundError, NOBODY),
        (lambda broker: broker.delete_subscription(NOBODY), NotFoundError, NOBODY),
        (lambda broker: broker.pull(NOBODY, 1, 0), NotFoundError, NOBODY),
        (lambda broker: broker.acknowledge(NOBODY, []), NotFoundError, NOBODY),
        (lambda broker: broker.modify_ack_deadline(NOBODY, [], 0), NotFoundError, NOBODY),
        (lambda broker: broker.pull(PUSH, 1, 0), InvalidArgumentError, PUSH),
        (lambda broker: broker.acknowledge(PUSH, []), InvalidArgumentError, PUSH),
        (lambda broker: broker.modify_ack_deadline(PUSH, [], 0), InvalidArgumentError, PUSH),
        (lambda broker: broker.registry.create_topic(TOPIC), AlreadyExistsError, TOPIC),
        (lambda broker: broker.registry.create_topic(PUSH), InvalidArgumentError, PUSH),
        (subscribe, AlreadyExistsError, PUSH),
    ],
)
def test_what_is_not_there_or_is_of_another_kind_is_told_apart(
    broker: Broker, ask: Callable[[Broker], object], error: type[Exception], named: str
) -> None:
    """A name without a resource, a push subscription that is pulled from, and a name that is taken.

    Each error names what it is about, and changes nothing.
    """
    subscribe(broker, push_config={"push_endpoint": "http://h"})
    with pytest.raises(error) as caught:
        ask(broker)
    assert type(caught.value) is error
    texts = {
        NotFoundError: f"Resource not found (resource={named}).",
        AlreadyExistsError: f"Resource already exists in the project (resource={named}).",
    }
    assert texts.get(error, named) in str(caught.value)
    if named == PUSH and "pull" in str(caught.value):
        advice = "is a push subscription; pull from a subscription without a push endpoint"
        assert str(caught.value) == f"{PUSH} {advice}"
    assert [one.name for one in broker.registry.subscriptions("projects/p")] == [PUSH]
    assert [one.name for one in broker.registry.topics("projects/p")] == [DEAD, TOPIC]


@pytest.mark.parametrize(
    ("data", "attributes"),
    [
        (b"x" * 10_000_000, {}),
        (b"x" * 9_999_998, {"k": "v"}),
        (b"", {"k": ""}),
        (b"x", {"k" * 256: "x" * 1024}),
        (b"x", {"ä" * 128: "ä" * 512}),
        (b"x", {str(number): "x" for number in range(100)}),
        (b"x", {"a-goog": "x"}),
    ],
)
def test_a_message_at_a_limit_is_taken(
    broker: Broker, data: bytes, attributes: dict[str, str]
) -> None:
    """The quota itself is allowed."""
    assert broker.publish(TOPIC, data, attributes)


@pytest.mark.parametrize(
    "fields",
    [
        {"ack_deadline_seconds": 10},
        {"ack_deadline_seconds": 600},
        {"message_retention_duration": timedelta(minutes=10)},
        {"message_retention_duration": timedelta(days=31)},
        {"retry_policy": {"minimum_backoff": timedelta(0), "maximum_backoff": timedelta(0)}},
        {"retry_policy": {"minimum_backoff": timedelta(seconds=600)}},
        {"dead_letter_policy": {"dead_letter_topic": DEAD, "max_delivery_attempts": 5}},
        {"dead_letter_policy": {"dead_letter_topic": DEAD, "max_delivery_attempts": 100}},
        {"push_config": {"push_endpoint": "http://h"}},
        {"push_config": {"push_endpoint": "https://h"}},
        {"name": "projects/p/subscriptions/abc"},
        {"name": f"projects/p/subscriptions/{'a' * 255}"},
    ],
)
def test_a_subscription_at_a_limit_is_taken(broker: Broker, fields: dict[str, Any]) -> None:
    """The ends of each range are allowed."""
    subscribe(broker, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"ack_deadline_seconds": 9},
        {"message_retention_duration": timedelta(days=31, seconds=1)},
        {
            "retry_policy": {
                "minimum_backoff": timedelta(seconds=2),
                "maximum_backoff": timedelta(1),
            }
        },
        {
            "retry_policy": {
                "minimum_backoff": timedelta(seconds=2),
                "maximum_backoff": timedelta(seconds=1),
            }
        },
        {"dead_letter_policy": {"dead_letter_topic": DEAD, "max_delivery_attempts": 4}},
        {"retry_policy": {"minimum_backoff": timedelta(seconds=-1)}},
        {"push_config": {"push_endpoint": "ftp://h"}},
        {"name": "projects/p/subscriptions/ab"},
        {"name": f"projects/p/subscriptions/{'a' * 256}"},
        {"name": "projects/p/topics/abc"},
    ],
)
def test_a_subscription_beyond_a_limit_is_refused(broker: Broker, fields: dict[str, Any]) -> None:
    """One step further is not."""
    with pytest.raises(InvalidArgumentError):
        subscribe(broker, **fields)


def test_what_a_subscription_leaves_out_is_as_the_service_has_it(broker: Broker) -> None:
    """Ten seconds, seven days, five attempts; backoff from 10 to 600 s where a policy is given."""
    asked = types.Subscription(name=PUSH, topic=TOPIC)
    made = read_subscription(asked)
    assert asked == types.Subscription(name=PUSH, topic=TOPIC), "the caller's stays as it is"
    assert made.resource == types.Subscription(
        name=PUSH,
        topic=TOPIC,
        ack_deadline_seconds=10,
        message_retention_duration=timedelta(days=7),
        state=types.Subscription.State.ACTIVE,
    )
    assert (made.ack_deadline, made.retention) == (10, timedelta(days=7))
    assert (made.minimum_backoff, made.maximum_backoff) == (timedelta(0), timedelta(0))
    assert (made.max_attempts, made.dead_letter_topic, made.endpoint) == (0, "", "")
    pushed = types.Subscription({**PUSHED, "name": PUSH, "topic": TOPIC})
    short = read_subscription(pushed)
    backoff = (short.minimum_backoff.total_seconds(), short.maximum_backoff.total_seconds())
    assert backoff == (0.1, 60), "a failing endpoint is not asked at once again and again"
    policy = {"dead_letter_policy": {"dead_letter_topic": DEAD}, "retry_policy": {}}
    given = {"name": PUSH, "topic": TOPIC, **policy}
    made = read_subscription(types.Subscription(given))
    assert (made.max_attempts, made.dead_letter_topic) == (5, DEAD)
    seconds = (made.minimum_backoff.total_seconds(), made.maximum_backoff.total_seconds())
    assert seconds == (10, 600)
    waits = [made.backoff(attempt).total_seconds() for attempt in (1, 2, 3, 6, 7, 8, 10_000)]
    assert waits == [10, 20, 40, 320, 600, 600, 600]
