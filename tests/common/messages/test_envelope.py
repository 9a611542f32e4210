"""One parser for every shape in which an event arrives."""

import json
from datetime import UTC, datetime

import pytest

from common.errors import BadInputError
from common.messages.envelope import Event, UnreadableMessageError, parse_event
from tests.kit.pushes import BODY, ENCODED, JSON, SENT, cloud_event, parse, push


def test_a_push() -> None:
    """All fields of the envelope are kept; nanoseconds are cut to microseconds."""
    event = parse(push(attributes={"action": "RUN"}))
    assert event.shape == "push"
    assert event.data == BODY
    assert event.attributes == {"action": "RUN"}
    assert (event.message_id, event.delivery_attempt) == ("17", 2)
    assert event.subscription == "projects/p/subscriptions/s"
    assert event.publish_time == datetime(2025, 11, 12, 18, 0, 3, 123456, tzinfo=UTC)
    assert json.loads(event.raw) == BODY


def test_a_publish_time_with_an_offset_is_the_instant_that_it_names() -> None:
    """It need not be in UTC."""
    event = parse(push(publishTime="2025-11-12T13:00:03.5-05:00"))
    assert event.publish_time == datetime(2025, 11, 12, 18, 0, 3, 500000, tzinfo=UTC)


@pytest.mark.parametrize("sent", ["2000-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
def test_a_publish_time_is_believed_in_the_first_and_in_the_last_year(sent: str) -> None:
    """Both ends of the years that Pub/Sub knows belong to them."""
    assert parse(push(publishTime=sent)).publish_time == datetime.fromisoformat(sent)


def test_older_field_names() -> None:
    """A push with the older field names alone is read too."""
    event = parse({"message": {"data": ENCODED, "message_id": "17", "publish_time": SENT}})
    assert (event.message_id, event.delivery_attempt) == ("17", None)
    assert event.publish_time is not None


@pytest.mark.parametrize("data", [None, ""])
def test_a_push_without_data(data: str | None) -> None:
    """A message without data is read as an empty object."""
    assert parse(push(data=data)).data == {}


def test_a_push_whose_data_nobody_has_encoded() -> None:
    """Eventarc and payloads by hand may have the object itself; numbers among texts are texts."""
    event = parse(push(data=BODY, attributes={"generation": 17, "none": None}, messageId=17))
    assert (event.data, json.loads(event.raw)) == (BODY, BODY)
    assert event.attributes == {"generation": "17", "none": ""}
    assert event.message_id == "17"


def test_a_gcs_notification() -> None:
    """Attributes alone name the object."""
    named = {"objectId": "a.json", "bucketId": "b"}
    event = parse(push(data="", attributes=named))
    assert (event.shape, event.data, event.attributes) == ("push", {}, named)


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}"])
def test_a_bare_call_without_a_body(body: bytes) -> None:
    """A call of `gcloud functions call` without data is read as an empty object."""
    assert parse_event(JSON, body) == Event(shape="bare", data={}, raw=body.decode())


def test_bare_json() -> None:
    """A call of `gcloud functions call --data` has neither publish time nor message id."""
    event = parse(BODY)
    assert (event.shape, event.data, event.publish_time, event.message_id) == (
        "bare",
        BODY,
        None,
        "",
    )


@pytest.mark.parametrize("structured", [True, False])
@pytest.mark.parametrize("prefix", ["ce-", "Ce-", "CE-"])
def test_a_cloud_event_around_a_push(prefix: str, *, structured: bool) -> None:
    """A Pub/Sub message that Eventarc wraps is read as the push inside."""
    attributes = cloud_event("google.cloud.pubsub.topic.v1.messagePublished")
    if structured:
        headers = {"Content-Type": "application/cloudevents+json"}
        event = parse({**attributes, "data": push()}, headers)
    else:
        event = parse(push(), {prefix + key: value for key, value in attributes.items()} | JSON)
    assert (event.shape, event.data, event.message_id) == ("push", BODY, "17")


def test_the_data_of_a_structured_event_may_be_the_text_of_an_object() -> None:
    """As a sender puts it that knows no better; a text of anything else is refused."""
    attributes, headers = cloud_event("x"), {"Content-Type": "application/cloudevents+json"}
    assert parse({**attributes, "data": json.dumps(BODY)}, headers).data == BODY
    with pytest.raises(BadInputError, match="CloudEvent data: not JSON"):
        parse({**attributes, "data": "soon"}, headers)


@pytest.mark.parametrize("message", [None, "text", 5, [], ["data"]])
def test_a_message_that_is_no_object_is_data_like_any_other(message: object) -> None:
    """In a bare call and in a CloudEvent of both modes."""
    document, attributes = {"message": message}, cloud_event("x")
    binary = {f"ce-{key}": value for key, value in attributes.items()} | JSON
    structured = {"Content-Type": "application/cloudevents+json"}
    events = [
        parse(document),
        parse(document, binary),
        parse({**attributes, "data": document}, structured),
    ]
    assert [(event.shape, event.data) for event in events] == [
        ("bare", document),
        ("event", document),
        ("event", document),
    ]


@pytest.mark.parametrize("prefix", ["ce-", "Ce-", "CE-"])
def test_ft10_the_headers_of_a_cloud_event_are_known_in_any_case(prefix: str) -> None:
    """Proxies change the case of headers; the event's type still says that it is about storage."""
    attributes = cloud_event("google.cloud.storage.object.v1.finalized")
    headers = {prefix + key.title(): value for key, value in attributes.items()}
    event = parse({"name": "a.json"}, headers | {"content-type": "application/json"})
    assert (event.shape, event.message_id) == ("event", "17")
    assert event.attributes == {"eventType": "google.cloud.storage.object.v1.finalized"}


@pytest.mark.parametrize("kind", ["application/cloudevents+json", "Application/CloudEvents+JSON"])
@pytest.mark.parametrize("header", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_ft10_the_content_type_of_a_cloud_event_is_known_in_any_case(
    header: str, kind: str
) -> None:
    """It alone distinguishes a structured event from a bare call."""
    document = cloud_event("google.cloud.storage.object.v1.finalized") | {"data": {"name": "a"}}
    event = parse(document, {header: kind})
    assert (event.shape, event.data) == ("event", {"name": "a"})


def test_a_storage_cloud_event() -> None:
    """Eventarc's own storage event carries the object as its data."""
    kind = "google.cloud.storage.object.v1.finalized"
    headers = {"Content-Type": "application/cloudevents+json"}
    event = parse({**cloud_event(kind), "data": {"name": "a.json"}}, headers)
    assert (event.shape, event.data) == ("event", {"name": "a.json"})
    assert event.attributes == {"eventType": kind}
    assert event.publish_time == datetime(2025, 11, 12, 18, 0, 3, 123456, tzinfo=UTC)
    assert (event.raw, event.message_id) == ('{"name": "a.json"}', "17")
    assert (event.subscription, event.delivery_attempt) == ("", None)


@pytest.mark.parametrize(
    ("body", "data"), [(b'{"a": 1}', {"a": 1}), (b"[1]", None), (b"\xff", None)]
)
def test_a_push_without_an_envelope_has_its_metadata_in_the_headers(
    body: bytes, data: dict[str, int] | None
) -> None:
    """Pub/Sub writes them where the subscription unwraps payloads and says so."""
    written = {"Message-Id": "17", "Publish-Time": SENT, "Subscription-Name": "s/1", "x": "y"}
    headers = {f"X-Goog-Pubsub-{name}": value for name, value in written.items()}
    try:
        event = parse_event(headers, body)
    except UnreadableMessageError as error:
        assert data is None
        event = error.event
    assert event == Event(
        shape="event",
        data=data or {},
        message_id="17",
        publish_time=datetime(2025, 11, 12, 18, 0, 3, 123456, tzinfo=UTC),
        subscription="s/1",
        raw=body.decode("utf-8", "replace"),
    )


def test_an_odd_time_in_a_header_is_no_reason_to_lose_the_message() -> None:
    """It has no publish time then."""
    event = parse_event({"X-Goog-Pubsub-Publish-Time": "noon"}, b"{}")
    assert (event.publish_time, event.message_id, event.subscription) == (None, "", "")
