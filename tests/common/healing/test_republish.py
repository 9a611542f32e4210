"""The event of an object, sent again in the very form in which GCS sends it."""

from datetime import UTC, datetime, timedelta

import pytest

from common.cloud.ports import StoredObject
from common.healing.republish import republish_object
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

CREATED = datetime(2025, 11, 12, 18, tzinfo=UTC)


@pytest.mark.parametrize("created", [CREATED, None])
def test_an_object_s_event_has_the_form_of_gcs(created: datetime | None) -> None:
    """Numbers are texts there, attributes name the object, and one says that it was sent again."""
    publisher = MemoryPublisher(ManualClock(CREATED))
    made = {"task_id": "t"}
    begun = CREATED - timedelta(minutes=1)  # of its run, which no event tells
    stored = StoredObject("b-1", "a/b.pdf", 7, 42, "application/pdf", made, created, begun)
    republish_object(publisher, stored)
    (sent,) = publisher.published
    assert sent.topic == "scraped-objects"
    assert sent.body == {
        "kind": "storage#object",
        "bucket": "b-1",
        "name": "a/b.pdf",
        "generation": "7",
        "size": "42",
        "contentType": "application/pdf",
        "timeCreated": created and "2025-11-12T18:00:00+00:00",
        "metadata": {"task_id": "t"},
    }
    assert sent.attributes == {
        "eventType": "OBJECT_FINALIZE",
        "payloadFormat": "JSON_API_V1",
        "bucketId": "b-1",
        "objectId": "a/b.pdf",
        "objectGeneration": "7",
        "republished": "cleanup_processor",
    }
