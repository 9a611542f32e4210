"""What a topic or Eventarc delivers is acknowledged, whatever it is; only a caller reads a 400."""

import json

import pytest

from local.simulator.world import World
from tests.kit.payloads import recorded, wrapped
from tests.kit.world import FUNCTIONS, SLOT, Call


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("field", ["data", "publishTime", "attributes"])
def test_fp08_an_envelope_that_cannot_be_is_buried(
    world: World, call: Call, function: str, field: str
) -> None:
    """A topic that sends it all the same would send it a hundred times: it is dead-lettered."""
    published = len(world.publisher.published)
    headers, body = wrapped("push_broker", {})
    body["message"][field] = "%%"
    assert call(function, body, headers).status == 200
    (letter,) = world.publisher.published[published:]
    assert f"message.{field}" in letter.body["error"]
    assert json.loads(letter.body["original"]) == body


AUDIT_LOG = {
    "protoPayload": {
        "serviceName": "storage.googleapis.com",
        "methodName": "storage.objects.create",
    },
    "insertId": "17",
}
"""The data of an audit log's event: a LogEntry, as Eventarc documents it.

https://cloud.google.com/eventarc/docs/cloudevents-json
"""


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "kind", ["application/cloudevents+json", "Application/CloudEvents+JSON; charset=UTF-8"]
)
def test_fp08_an_event_of_another_kind_is_buried(
    world: World, call: Call, function: str, kind: str
) -> None:
    """An audit log's CloudEvent is acknowledged and dead-lettered, however its type is spelt."""
    published = len(world.publisher.published)
    event = {
        "id": "17",
        "source": "//cloudaudit.googleapis.com/projects/p/logs/data_access",
        "type": "google.cloud.audit.log.v1.written",
        "specversion": "1.0",
        "data": AUDIT_LOG,
    }
    assert call(function, event, {"Content-Type": kind}).status == 200
    (letter,) = world.publisher.published[published:]
    assert letter.topic == "dead-letters"
    assert (letter.body["message_id"], json.loads(letter.body["original"])) == ("17", AUDIT_LOG)


@pytest.mark.parametrize("field", ["id", "type", "source", "specversion"])
def test_fp08_a_cloud_event_that_lacks_an_attribute_is_buried(
    world: World, call: Call, field: str
) -> None:
    """Eventarc would send it again as well."""
    published = len(world.publisher.published)
    headers, body = recorded("cloudevent_binary_message_published")
    assert headers.pop(f"ce-{field}")
    assert call("scraper_logger", body, headers).status == 200
    (letter,) = world.publisher.published[published:]
    assert letter.body["error"].startswith("CloudEvent: ")


PUSHERS = [
    {"User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"},
    {"User-Agent": "CloudPubSub-Google"},
    {"X-Goog-Pubsub-Message-Id": "17", "X-Goog-Pubsub-Publish-Time": "2025-11-12T18:00:03.5Z"},
]
"""Headers of a push whose envelope somebody has switched off."""


@pytest.mark.parametrize("headers", PUSHERS, ids=str)
def test_fp08_a_push_without_its_envelope_is_handled(
    world: World, call: Call, headers: dict[str, str]
) -> None:
    """The data alone are the message; its time is in a header where the settings say so."""
    world.clock.move(SLOT)
    answer = call("master_controller", {"schema": "tick", "version": 1}, headers)
    assert (answer.status, answer.body["slot"]) == (200, "2025-11-12T18:00:00+00:00")


@pytest.mark.parametrize("headers", PUSHERS, ids=str)
@pytest.mark.parametrize("body", [b"{", b'{"version": 7}', b'{"message": "text"}'])
def test_fp08_a_push_without_its_envelope_that_cannot_be_read_is_buried(
    world: World, call: Call, headers: dict[str, str], body: bytes
) -> None:
    """It is acknowledged and dead-lettered with its text."""
    published = len(world.publisher.published)
    assert call("master_controller", body, headers).status == 200
    (letter,) = world.publisher.published[published:]
    assert letter.body["original"] == body.decode()
    assert letter.body["message_id"] == headers.get("X-Goog-Pubsub-Message-Id", "")
