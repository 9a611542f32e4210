"""An object's finalize event, published again in the form in which GCS publishes it."""

from common.cloud.ports import Publisher, StoredObject
from common.messages.models import REPUBLISHED

TOPIC = "scraped-objects"


def republish_object(publisher: Publisher, stored: StoredObject) -> None:
    """Publish an object's finalize notification again; its readers know what they have done."""
    publisher.publish(
        TOPIC,
        {
            "kind": "storage#object",
            "bucket": stored.bucket,
            "name": stored.name,
            "generation": str(stored.generation),
            "size": str(stored.size),
            "contentType": stored.content_type,
            "timeCreated": stored.created.isoformat() if stored.created else None,
            "metadata": dict(stored.metadata),
        },
        {
            "eventType": "OBJECT_FINALIZE",
            "payloadFormat": "JSON_API_V1",
            "bucketId": stored.bucket,
            "objectId": stored.name,
            "objectGeneration": str(stored.generation),
            REPUBLISHED: "cleanup_processor",
        },
    )
