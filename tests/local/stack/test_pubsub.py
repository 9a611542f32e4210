"""The stack's Pub/Sub: which subscriptions it makes of the topology, and what it counts."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import SystemClock
from common.cloud import limits
from common.configuration.topology import load_topology
from common.messages.models import REPUBLISHED
from common.settings import Settings
from local.broker.broker import Broker
from local.broker.servers import Servers
from local.simulator.world import ManualClock
from local.stack.config import KEPT_DEAD_LETTERS
from local.stack.pubsub import PubSub, clients

TOPOLOGY = load_topology(Settings().topology_file)
EVENTS = "projects/p/topics/scraped-objects"


@pytest.fixture
def pubsub() -> PubSub:
    """Make a Pub/Sub whose broker pushes nothing."""
    broker = Broker(ManualClock(datetime(2025, 11, 12, 18, tzinfo=UTC)))
    servers: Any = SimpleNamespace(broker=broker, port=11, rest_port=12)
    made = PubSub(servers, "p", TOPOLOGY)
    made.create_subscriptions(lambda function: f"http://{function}/")
    return made


def test_its_addresses_are_those_of_its_servers(pubsub: PubSub) -> None:
    """GRPC and REST have ports of their own."""
    assert (pubsub.host, pubsub.rest) == ("127.0.0.1:11", "127.0.0.1:12")
    assert pubsub.rest_url == "http://127.0.0.1:12/"


def test_it_has_the_topics_and_subscriptions_of_the_topology(pubsub: PubSub) -> None:
    """Each pushes to its function, with the delivery's times and dead letters."""
    registry, delivery = pubsub.broker.registry, TOPOLOGY.delivery
    topics = [topic.name for topic in registry.topics("projects/p")]
    assert topics == sorted(f"projects/p/topics/{topic}" for topic in TOPOLOGY.topics)
    for declared in TOPOLOGY.subscriptions:
        made = registry.subscription(f"projects/p/subscriptions/{declared.name}")
        assert made.resource.topic == f"projects/p/topics/{declared.topic}"
        assert made.endpoint == f"http://{declared.function}/"
        assert made.resource.filter == (declared.filter or "")
        assert made.ack_deadline == delivery.ack_deadline_seconds
        assert made.retention.total_seconds() == delivery.retention_seconds
        assert made.minimum_backoff.total_seconds() == delivery.minimum_backoff_seconds
        assert made.maximum_backoff.total_seconds() == delivery.maximum_backoff_seconds
        assert made.max_attempts == delivery.max_delivery_attempts
        assert made.dead_letter_topic == f"projects/p/topics/{delivery.dead_letter_topic}"


@pytest.mark.parametrize(
    ("attributes", "counts"),
    [
        ({"objectGeneration": "1"}, True),
        ({"objectGeneration": "1", REPUBLISHED: "1"}, False),
        ({"other": "1"}, False),
    ],
)
def test_only_the_buckets_own_events_are_counted(
    pubsub: PubSub, attributes: dict[str, str], *, counts: bool
) -> None:
    """One that cleanup sends again is of an object that was counted."""
    pubsub.broker.publish(EVENTS, b"{}", attributes)
    assert pubsub.wait_events(1, 0) is counts
    assert not pubsub.wait_events(2, 0)


def test_dead_letters_wait_for_the_operator(pubsub: PubSub) -> None:
    """They are counted until somebody acknowledges them."""
    assert pubsub.dead_letters() == 0
    for _ in range(2):
        pubsub.broker.publish(f"projects/p/topics/{TOPOLOGY.delivery.dead_letter_topic}", b"x")
    assert pubsub.dead_letters() == 2
    kept = "projects/p/subscriptions/dead-letters--kept"
    ((ack_id, _),) = pubsub.broker.pull(kept, 1, 0)
    pubsub.broker.acknowledge(kept, [ack_id])
    assert pubsub.dead_letters() == 1


def test_a_client_takes_what_pub_sub_takes() -> None:
    """A message of 10 MB less its envelope goes and comes; gRPC's own bound is 4 MiB."""
    data = b"x" * (limits.MESSAGE_BYTES.most - 1000)
    with Servers(Broker(SystemClock())) as servers:
        made = PubSub(servers, "p", TOPOLOGY)
        made.create_subscriptions(lambda function: f"http://{function}/")
        publisher, subscriber = clients(made.host)
        letters = f"projects/p/topics/{TOPOLOGY.delivery.dead_letter_topic}"
        publisher.publish(topic=letters, messages=[{"data": data}])
        kept = f"projects/p/subscriptions/{KEPT_DEAD_LETTERS}"
        found = subscriber.pull(subscription=kept, max_messages=1)
    assert [one.message.data for one in found.received_messages] == [data]
