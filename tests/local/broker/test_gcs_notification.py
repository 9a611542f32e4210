"""fake-gcs-server, which publishes with the Go client, notifies either server of an object."""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.cloud import pubsub_v1

from common.cloud.storage import make_client
from common.settings import ROOT
from tests.kit.fake_gcs import start_fake_gcs

pytestmark = pytest.mark.stack

PAYLOADS = ROOT / "tests" / "payloads"
PROJECT = "nba-props-platform"
BUCKET = "nba-scraped-data"
TOPIC = f"projects/{PROJECT}/topics/scraped-objects"
SUBSCRIPTION = f"projects/{PROJECT}/subscriptions/scraped-objects--scraper-logger"


@pytest.fixture(params=["embedded", "google"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return which server; clients and fake-gcs-server find its host in the environment."""
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", request.getfixturevalue(request.param))
    return request.param


@pytest.fixture
def notified(kind: str, sink: Any) -> Iterator[Any]:
    """Subscribe the sink to the topic that fake-gcs-server publishes to."""
    publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    publisher.create_topic(name=TOPIC, timeout=10)
    push_config = {"push_endpoint": sink.url}
    request = {"name": SUBSCRIPTION, "topic": TOPIC, "push_config": push_config}
    subscriber.create_subscription(request=request, timeout=10)
    yield sink
    subscriber.delete_subscription(subscription=SUBSCRIPTION, timeout=10)
    publisher.delete_topic(topic=TOPIC, timeout=10)


@pytest.fixture
def bucket(notified: Any, tmp_path: Path) -> Iterator[Any]:
    """Create a bucket on a fake-gcs-server that runs while the test does."""
    flags = {
        "event.pubsub-project-id": PROJECT, "event.pubsub-topic": "scraped-objects",
        "event.list": "finalize", "event.bucket": BUCKET,
    }  # fmt: skip
    options = [word for name, value in flags.items() for word in (f"-{name}", value)]
    pubsub = {"PUBSUB_EMULATOR_HOST": os.environ["PUBSUB_EMULATOR_HOST"]}
    server = start_fake_gcs(tmp_path / "gcs.log", *options, environment=pubsub)
    yield make_client(PROJECT, server.endpoint).create_bucket(BUCKET)
    server.stop()


def test_a_finished_object_reaches_the_subscription(kind: str, notified: Any, bucket: Any) -> None:
    """The notification has bucket, object, generation and metadata; only customTime is missing."""
    blob = bucket.blob("oddsa-events/2025-11-12/133045.json")
    blob.metadata = {"task_id": "0123456789abcdef"}
    blob.custom_time = datetime(2025, 11, 12, 18, 30, 45, tzinfo=UTC)
    blob.upload_from_string('{"events": []}', content_type="application/json")
    push = notified.receive()
    assert push.message["attributes"]["eventType"] == "OBJECT_FINALIZE"
    assert push.message["attributes"]["objectId"] == blob.name
    assert push.body["subscription"] == SUBSCRIPTION
    name = "broker" if kind == "embedded" else "google_emulator"
    path = PAYLOADS / f"gcs_notification_{name}.json"
    if not path.exists():
        payload = {"headers": push.headers, "body": push.body}
        path.write_text(json.dumps(payload, indent=2, sort_keys=True) + "\n")
    kept = json.loads(path.read_text())
    assert kept["body"]["message"].keys() == push.message.keys()
    assert kept["body"]["message"]["attributes"].keys() == push.message["attributes"].keys()
    described = json.loads(base64.b64decode(push.message["data"]))
    assert described["metadata"] == {"task_id": "0123456789abcdef"}
    assert described["generation"] == push.message["attributes"]["objectGeneration"]
    assert "customTime" not in described
    blob.reload()
    assert blob.custom_time == datetime(2025, 11, 12, 18, 30, 45, tzinfo=UTC)
