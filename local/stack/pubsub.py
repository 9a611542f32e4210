"""The stack's Pub/Sub: our embedded broker, or Google's own emulator behind a counting gateway."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import grpc
from google.pubsub_v1 import types
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from common.clock import Clock
from common.errors import ConfigError
from common.messages.models import REPUBLISHED
from common.settings import Settings
from local.broker import Broker, Counts
from local.stack.process import HOST

if TYPE_CHECKING:
    from local.stack.gateway import Gateway

COUNTED = f"projects/{Settings().project}/subscriptions/scraped-objects--counted"
"""Gets the bucket's own events and none that cleanup sent again; nobody pulls it."""
_POLL_SECONDS = 0.003
KINDS = ("embedded", "google")


class PubSub(Protocol):
    """What the stack and the driver need of either."""

    host: str
    rest_url: str
    publisher: PublisherClient
    subscriber: SubscriberClient

    def count_events(self, topic: str) -> None:
        """Begin to count the bucket's events on a topic, given by its full name."""

    def entry(self, url: str) -> str:
        """The push endpoint that reaches a function's URL."""

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is being delivered; False when that takes longer."""

    def next_due(self) -> datetime | None:
        """When the next backed-off message is due; None when none is, or it cannot be told."""

    def wake(self) -> None:
        """The virtual clock was moved."""

    def handled(self) -> int:
        """Deliveries that were acknowledged."""

    def failed(self) -> int:
        """Deliveries that were not."""

    def wait_events(self, total: int, seconds: float) -> bool:
        """Wait until that many finalize events were published, as far as it can be told."""


def clients(host: str) -> tuple[PublisherClient, SubscriberClient]:
    """Google's clients for a Pub/Sub at `host:port` that asks for no credentials."""
    return (
        PublisherClient(transport=PublisherGrpcTransport(channel=_channel(host))),
        SubscriberClient(transport=SubscriberGrpcTransport(channel=_channel(host))),
    )


def _channel(host: str) -> grpc.Channel:
    """As the clients open one of their own: gRPC alone takes no answer above 4 MiB."""
    unlimited = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    return grpc.insecure_channel(host, options=unlimited)


class EmbeddedPubSub:
    """Our own broker, in this process."""

    def __init__(self, broker: Broker, port: int) -> None:
        self.host = f"{HOST}:{port}"
        self.rest_url = f"http://{HOST}:{broker.rest_port}/"
        self.publisher, self.subscriber = clients(self.host)
        self._broker = broker

    def count_events(self, topic: str) -> None:
        """Begin to count the bucket's events on a topic, given by its full name."""
        own = f"attributes:objectGeneration AND NOT attributes:{REPUBLISHED}"
        self.subscriber.create_subscription(
            types.Subscription(name=COUNTED, topic=topic, filter=own)
        )

    def entry(self, url: str) -> str:
        """The function itself."""
        return url

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is being delivered."""
        return self._broker.wait_idle(seconds)

    def next_due(self) -> datetime | None:
        """When the next backed-off message is due."""
        return self._broker.next_due()

    def wake(self) -> None:
        """Deliver what became due."""
        self._broker.wake()

    def handled(self) -> int:
        """Deliveries that were acknowledged."""
        return self._broker.stats().acked

    def failed(self) -> int:
        """Deliveries that were not."""
        return self._broker.stats().nacked

    def wait_events(self, total: int, seconds: float) -> bool:
        """Wait until that many finalize events were published."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            counts = self._broker.stats().subscriptions.get(COUNTED, Counts())
            if counts.published - counts.filtered >= total:
                return True
            time.sleep(_POLL_SECONDS)
        return False


class GooglePubSub:
    """Google's emulator: it backs off in real time and ignores filters, and cannot be asked."""

    def __init__(self, host: str, gateway: "Gateway") -> None:
        self.host = host
        self.rest_url = f"http://{host}/"
        self.publisher, self.subscriber = clients(host)
        self._gateway = gateway

    def count_events(self, topic: str) -> None:
        """Nothing: it ignores filters, so its count would tell nothing."""

    def entry(self, url: str) -> str:
        """The gateway, which passes on to the function and counts."""
        return self._gateway.entry(url)

    def wait_idle(self, seconds: float) -> bool:
        """Wait until the gateway has been quiet for a moment."""
        return self._gateway.wait_quiet(seconds)

    def next_due(self) -> datetime | None:
        """Unknown."""
        return None

    def wake(self) -> None:
        """Nothing: its backoff runs on the wall clock."""

    def handled(self) -> int:
        """Deliveries that were acknowledged."""
        return self._gateway.handled

    def failed(self) -> int:
        """Deliveries that were not."""
        return self._gateway.failed

    def wait_events(self, total: int, seconds: float) -> bool:
        """The quiet of the gateway covers it."""
        del total, seconds
        return True


@contextmanager
def open_pubsub(kind: str, clock: Clock, port: int | None = None) -> Iterator[PubSub]:
    """Run a Pub/Sub of the named kind.

    Raises:
        ConfigError: an unknown kind, a taken port, or Google's emulator is not installed.
    """
    if kind == "embedded":
        broker = Broker(clock)
        try:
            yield EmbeddedPubSub(broker, broker.start(port or 0))
        finally:
            broker.stop()
        return
    if kind != "google":
        raise ConfigError(f"--pubsub {kind!r}: choose one of {', '.join(KINDS)}")
    from local.stack.gateway import Gateway  # noqa: PLC0415 - same
    from local.stack.google_pubsub import GoogleEmulator  # noqa: PLC0415 - only where it is asked for

    with GoogleEmulator(port or 0) as emulator, Gateway() as gateway:
        yield GooglePubSub(emulator.host, gateway)
