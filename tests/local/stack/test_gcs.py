"""The storage server process and the events it publishes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.pubsub_v1.types import PubsubMessage

from common.clock import SystemClock, set_clock
from common.cloud.storage import GoogleStorage
from local.broker.broker import Broker
from local.broker.servers import Servers
from local.processes.process import HOST, accepts, held_port
from local.stack.gcs import Events, begin_gcs, create_buckets, start_gcs
from local.stack.pubsub import clients

pytestmark = pytest.mark.stack
PROJECT, DATA, STATE = "nba-props-platform", "nba-scraped-data", "nba-orchestration-state"
TOPIC = f"projects/{PROJECT}/topics/scraped-objects"
SUBSCRIPTION = f"projects/{PROJECT}/subscriptions/events"


@pytest.fixture
def events() -> Iterator[tuple[Events, Callable[[], list[PubsubMessage]]]]:
    """Serve our broker; yield where events go, and what reads those that have come."""
    with Servers(Broker(SystemClock())) as servers:
        publisher, subscriber = clients(f"{HOST}:{servers.port}")
        publisher.create_topic(name=TOPIC)
        subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)

        def pull() -> list[PubsubMessage]:
            answer = subscriber.pull(subscription=SUBSCRIPTION, max_messages=10, timeout=10)
            return [each.message for each in answer.received_messages]

        yield Events(DATA, "scraped-objects", f"{HOST}:{servers.rest_port}"), pull


def test_finalized_objects_of_the_data_bucket_are_published(
    events: tuple[Events, Callable[[], list[PubsubMessage]]], tmp_path: Path
) -> None:
    """A write to the data bucket is published with all that is said of it, to the state bucket not.

    It has the times of the virtual clock.
    """
    target, pull = events
    clock_file, instant = tmp_path / "clock.json", datetime(2025, 11, 12, 18, 30, tzinfo=UTC)
    set_clock(clock_file, instant)
    with held_port() as port:
        server = begin_gcs(PROJECT, tmp_path / "gcs.log", port, target, clock_file)
        server.process.await_ready()
    try:
        create_buckets(server.endpoint, PROJECT, [DATA, STATE])
        storage = GoogleStorage(PROJECT, server.endpoint)
        storage.create(STATE, "claims/x", b"")
        name = "oddsa-events/2025-11-12/133045.json"
        written = storage.create(DATA, name, b"{}", metadata={"a": "b"}, custom_time=instant)
        (message,) = pull()
    finally:
        server.stop()
    assert message.attributes["eventType"] == "OBJECT_FINALIZE"
    assert message.attributes["bucketId"] == DATA
    assert message.attributes["objectId"] == written.name == name
    described = json.loads(message.data)
    assert int(described["generation"]) == written.generation
    assert (described["metadata"], described["customTime"]) == (
        {"a": "b"},
        "2025-11-12T18:30:00.000000Z",
    )
    assert written.created is not None
    assert instant <= written.created < instant + timedelta(minutes=1)


def test_a_stopped_server_is_gone(tmp_path: Path) -> None:
    """`stop` ends the process and frees its port."""
    server = start_gcs(PROJECT, tmp_path / "gcs.log")
    port = int(server.endpoint.rsplit(":", 1)[1])
    assert accepts(port)
    assert server.process.name == "storage server", "an error names it so"
    server.stop()
    assert not server.process.running()
    assert not accepts(port)
