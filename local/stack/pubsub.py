"""The stack's Pub/Sub: our broker with the topics and subscriptions of the topology."""

from collections.abc import Callable

import grpc
from google.pubsub_v1 import types
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from common.configuration.topology import Subscription, Topology
from common.messages.models import REPUBLISHED
from local.broker.servers import Servers
from local.processes.process import HOST
from local.stack.config import KEPT_DEAD_LETTERS

_EVENTS_TOPIC = "scraped-objects"
_COUNTED_EVENTS = "scraped-objects--counted"
"""A subscription that is only counted: the bucket's own events, without those sent again."""
_OWN_EVENTS = f"attributes:objectGeneration AND NOT attributes:{REPUBLISHED}"


def clients(host: str) -> tuple[PublisherClient, SubscriberClient]:
    """Return Google's clients for a Pub/Sub at `host:port` that needs no credentials."""
    return (
        PublisherClient(transport=PublisherGrpcTransport(channel=_channel(host))),
        SubscriberClient(transport=SubscriberGrpcTransport(channel=_channel(host))),
    )


def _channel(host: str) -> grpc.Channel:
    """Open a channel as the clients do by default; gRPC's own default refuses over 4 MiB."""
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    return grpc.insecure_channel(host, options=unlimited)


class PubSub:
    """The topology's topics and subscriptions on a broker in this process."""

    def __init__(self, servers: Servers, project: str, topology: Topology) -> None:
        self.broker = servers.broker
        self.host = f"{HOST}:{servers.port}"
        self.rest = f"{HOST}:{servers.rest_port}"
        self.rest_url = f"http://{self.rest}/"
        self._project = project
        self._topology = topology
        for topic in topology.topics:
            self.broker.registry.create_topic(self._path("topics", topic))

    def create_subscriptions(self, url: Callable[[str], str]) -> None:
        """Create every subscription; from now on messages are delivered.

        Args:
            url: returns the address of a function by its name.
        """
        for subscription in self._topology.subscriptions:
            self.broker.create_subscription(self._push(subscription, url(subscription.function)))
        self._create_pull(_COUNTED_EVENTS, _EVENTS_TOPIC, _OWN_EVENTS)
        self._create_pull(KEPT_DEAD_LETTERS, self._topology.delivery.dead_letter_topic)

    def wait_events(self, total: int, seconds: float) -> bool:
        """Wait until the bucket has published that many events; False after `seconds` (real)."""
        name = self._path("subscriptions", _COUNTED_EVENTS)
        return self.broker.wait_matched(name, total, seconds)

    def dead_letters(self) -> int:
        """Return how many messages wait on the dead-letter subscription."""
        return self.broker.undelivered(self._path("subscriptions", KEPT_DEAD_LETTERS))

    def _push(self, subscription: Subscription, url: str) -> types.Subscription:
        delivery = self._topology.delivery
        return types.Subscription(
            name=self._path("subscriptions", subscription.name),
            topic=self._path("topics", subscription.topic),
            push_config={"push_endpoint": url},
            ack_deadline_seconds=delivery.ack_deadline_seconds,
            filter=subscription.filter or "",
            message_retention_duration={"seconds": delivery.retention_seconds},
            retry_policy={
                "minimum_backoff": {"seconds": delivery.minimum_backoff_seconds},
                "maximum_backoff": {"seconds": delivery.maximum_backoff_seconds},
            },
            dead_letter_policy={
                "dead_letter_topic": self._path("topics", delivery.dead_letter_topic),
                "max_delivery_attempts": delivery.max_delivery_attempts,
            },
        )

    def _create_pull(self, name: str, topic: str, matching: str = "") -> None:
        self.broker.create_subscription(
            types.Subscription(
                name=self._path("subscriptions", name),
                topic=self._path("topics", topic),
                filter=matching,
            )
        )

    def _path(self, kind: str, name: str) -> str:
        return f"projects/{self._project}/{kind}/{name}"
