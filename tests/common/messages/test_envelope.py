"""One parser for every shape in which an event arrives."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import BadInputError
from common.messages.envelope import (
    REQUEST_BYTES_MAX,
    Event,
    UnreadableMessageError,
    json_object,
    parse_event,
)
from tests.kit.situations import MANY

BODY = {"schema": "tick", "version": 1}
ENCODED = base64.b64encode(json.dumps(BODY).encode()).decode()
SENT = "2025-11-12T18:00:03.123456789Z"
JSON = {"Content-Type": "application/json"}


def push(**changes: Any) -> dict[str, Any]:
    """Return the document of a Pub/Sub push request."""
    message = {"data": ENCODED, "messageId": "17", "publishTime": SENT, **changes}
    return {"message": message, "subscription": "projects/p/subscriptions/s", "deliveryAttempt": 2}


def parse(document: object, headers: dict[str, str] | None = None) -> Event:
    """Parse a JSON document as a request's body."""
    return parse_event(headers or JSON, json.dumps(document).encode())


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


def cloud_event(kind: str) -> dict[str, str]:
    """Return the attributes of a CloudEvent."""
    return {"id": "17", "source": "//x", "type": kind, "specversion": "1.0", "time": SENT}


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


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    """A float beyond all floats would be infinity to every sum of ours."""
    with pytest.raises(BadInputError, match="body: not JSON"):
        json_object(f'{{"version": {number}}}'.encode(), "body")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"data": "%%%"}, "message.data: not base64"),
        ({"data": 17}, "message.data"),
        ({"data": "é"}, "message.data: not base64"),
        ({"data": base64.b64encode(b"[1]").decode()}, "message.data: a JSON list"),
        ({"data": base64.b64encode(b"\xff").decode()}, "message.data: not JSON"),
        *[({"attributes": no}, "message.attributes: not an") for no in (["a"], [], "", 0, False)],
        ({"publishTime": "noon"}, "message.publishTime: 'noon'"),
        ({"publishTime": "2025-11-12T18:00:03"}, "has no offset"),
        ({"publishTime": "0001-01-01T00:00:00+14:00"}, "message.publishTime"),
        ({"messageId": "a\nb"}, "message.messageId: 'a\\nb' has control characters"),
        ({"messageId": "1" * 257}, "message.messageId: 257 characters; send a text of at most 256"),
        ({"publishTime": "2100-01-01T00:00:00Z"}, "is not in the years that Pub/Sub knows"),
        ({"publishTime": "1999-12-31T23:59:59Z"}, "is not in the years that Pub/Sub knows"),
        ({"messageId": ["1"]}, "message.messageId: list; send a text"),
        ({"publishTime": ["noon"]}, "message.publishTime: list; send a text"),
        ({"publishTime": "1" * 257}, "message.publishTime: 257 characters; send a text"),
        ({"attributes": {"k" * 200: []}}, f"message.attributes.{'k' * 61}: list; send a text"),
        ({"attributes": {"a": []}}, "message.attributes.a: list; send a text"),
        ({"attributes": {"a": "x" * 1025}}, "message.attributes.a: 1025 characters"),
        ({"attributes": {"a": None, "b": 1.5}}, "message.attributes.b: float"),
    ],
)
def test_a_broken_push_names_its_fault(changes: dict[str, Any], fault: str) -> None:
    """A malformed push is refused with the name of the field."""
    with pytest.raises(BadInputError, match="message") as caught:
        parse(push(**changes))
    assert fault in str(caught.value)


@pytest.mark.parametrize("headers", [JSON, JSON | {"User-Agent": "APIs-Google"}])
def test_an_unreadable_body_keeps_its_envelope(headers: dict[str, str]) -> None:
    """The error for unreadable data keeps all that is known of the message for the dead letter."""
    document = push(data=base64.b64encode(b"not json").decode(), attributes={"action": "RUN"})
    with pytest.raises(UnreadableMessageError) as caught:
        parse(document, headers)
    assert caught.value.event == Event(
        shape="push",
        data={},
        attributes={"action": "RUN"},
        message_id="17",
        publish_time=datetime(2025, 11, 12, 18, 0, 3, 123456, tzinfo=UTC),
        delivery_attempt=2,
        subscription="projects/p/subscriptions/s",
        raw="not json",
    )


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


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": 1, "b": 2, "b": 3, "a": {}}', "the name 'a' twice in one object"),
        (f'{{"{"k" * 90}": 1, "{"k" * 90}": 2}}', f"the name '{'k' * 80}' twice"),
        ('{"a": 1e999}', "1e999"),
        (f'{{"a": 1{"0" * 400}.5}}', f"the number 1{'0' * 79} is too large"),
    ],
)
@pytest.mark.parametrize("what", ["body", "CloudEvent", "message.data"])
def test_json_that_two_readers_may_take_differently_is_refused(
    text: str, why: str, what: str
) -> None:
    """Wherever it stands; the text says what is wrong with it."""
    headers = {f"ce-{name}": value for name, value in cloud_event("x").items()}
    wrapped = json.dumps(push(data=base64.b64encode(text.encode()).decode())).encode()
    asked = {"body": (JSON, text.encode()), "CloudEvent": (headers | JSON, text.encode())}
    with pytest.raises(BadInputError) as caught:
        parse_event(*asked.get(what, (JSON, wrapped)))
    assert str(caught.value).startswith(f"{what}: not JSON (")
    assert str(caught.value).endswith("); send a JSON object")
    assert why in str(caught.value)


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b"{", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """Lists, scalars, other encodings and extreme nesting are refused."""
    with pytest.raises(BadInputError, match="body"):
        json_object(body, "body")


LONGEST: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "the value of an attribute": (lambda n: push(attributes={"a": "x" * n}), 1024),
    "the key of an attribute": (lambda n: push(attributes={"x" * n: "a"}), 256),
    "attributes": (lambda n: push(attributes={str(one): "" for one in range(n)}), 100),
    "the id": (lambda n: push(messageId="1" * n), 256),
    "the subscription": (lambda n: {**push(), "subscription": "s" * n}, 1024),
    "the data": (lambda n: push(data=base64.b64encode(b"{}" + b" " * (n - 2)).decode()), 2**20),
}
"""What Pub/Sub bounds, or we do: a push with a text of some length, and the longest."""


@pytest.mark.parametrize(("made", "most"), LONGEST.values(), ids=LONGEST)
def test_a_push_is_read_up_to_its_bounds(made: Callable[[int], dict[str, Any]], most: int) -> None:
    """The longest text is taken, and one that is longer by a character is refused."""
    assert parse(made(most)).shape == "push"
    with pytest.raises(BadInputError, match=r"message|subscription"):
        parse(made(most + 1))


@pytest.mark.parametrize(
    ("given", "kept"),
    [(1, 1), (9999, 9999), (0, None), (10_000, None), (-1, None), (True, None), ("2", None)],
)
def test_a_number_of_a_delivery_that_cannot_be_is_ignored(given: object, kept: int | None) -> None:
    """It only decides how early an incident is reported."""
    assert parse({**push(), "deliveryAttempt": given}).delivery_attempt == kept


def test_a_body_larger_than_pubsub_allows_is_refused() -> None:
    """A body over the limit is refused before it is parsed."""
    with pytest.raises(BadInputError, match="at most"):
        parse_event({}, b" " * (REQUEST_BYTES_MAX + 1))
    assert parse_event({}, b" " * REQUEST_BYTES_MAX).data == {}


@pytest.mark.parametrize(
    ("headers", "raised"),
    [
        (JSON, BadInputError),
        (JSON | {"User-Agent": "curl/8"}, BadInputError),
        (JSON | {"User-Agent": "CloudPubSub-Google"}, UnreadableMessageError),
        (JSON | {"X-Goog-Pubsub-Message-Id": "17"}, UnreadableMessageError),
        (JSON | {"ce-id": "17"}, UnreadableMessageError),
    ],
)
@pytest.mark.parametrize("body", [b"{", b" " * (REQUEST_BYTES_MAX + 1)])
def test_only_what_was_delivered_has_an_envelope_to_keep(
    headers: dict[str, str], raised: type[Exception], body: bytes
) -> None:
    """Whoever calls directly gets the error, and nothing becomes a dead letter."""
    with pytest.raises(BadInputError) as caught:
        parse_event(headers, body)
    assert type(caught.value) is raised


def test_what_is_kept_of_headers_and_of_a_body_that_cannot_be_read_is_bounded() -> None:
    """As it is for a push with an envelope; what is longer by a few bytes shows that it was cut."""
    begin = "X-Goog-Pubsub-"
    headers = {f"{begin}Message-Id": "1" * 300, f"{begin}Subscription-Name": "s" * 2000}
    with pytest.raises(UnreadableMessageError) as caught:
        parse_event(headers, b"x" * 2**21)
    event = caught.value.event
    assert (len(event.message_id), len(event.subscription)) == (256, 1024)
    assert len(event.raw) == 2**20 + 4
    with pytest.raises(UnreadableMessageError) as caught:
        parse(push(data=base64.b64encode(b"x" * 2**21).decode()))
    assert len(caught.value.event.raw) == 2**20 + 4


FIELD_NAMES = st.sampled_from(
    (
        *("message", "data", "attributes", "messageId", "publishTime", "id", "source", "type"),
        *("time", "specversion", "objectId", "data_base64", "deliveryAttempt", "subscription"),
    )
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES, inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(
    st.sampled_from(["ce-id", "Ce-Source", "ce-type", "ce-specversion", "ce-time"]),
    st.sampled_from(["1.0", "17", "0.3", "", "2025-11-12T00:00:00Z", "\udcff", "a b"]),
)
TYPES = st.sampled_from(
    ["application/json", "application/cloudevents+json", "application/cloudevents", "text/plain"]
)


def survives(headers: dict[str, str], body: bytes) -> None:
    """Assert that a request is an event or our own error, nothing else."""
    try:
        event = parse_event(headers, body)
    except BadInputError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, another exception is not
    else:
        assert isinstance(event.data, dict)


@MANY
@given(HEADERS, TYPES, st.binary(max_size=60))
def test_any_bytes_are_an_event_or_our_error(
    headers: dict[str, str], kind: str, body: bytes
) -> None:
    """Any bytes give an event or BadInputError, and no other exception."""
    survives({**headers, "Content-Type": kind}, body)


@MANY
@given(HEADERS, TYPES, st.dictionaries(FIELD_NAMES, JSON_VALUES, max_size=6))
def test_any_json_is_an_event_or_our_error(
    headers: dict[str, str], kind: str, document: dict[str, Any]
) -> None:
    """Any JSON in the known fields gives an event or BadInputError, and no other exception."""
    survives({**headers, "Content-Type": kind}, json.dumps(document).encode())


@pytest.mark.parametrize(
    "changes",
    [{"data": "\ud800"}, {"data": [1]}, {"data_base64": "%"}, {"specversion": []}, {"time": 5}],
    ids=str,
)
def test_a_broken_cloud_event_is_refused(changes: dict[str, Any]) -> None:
    """A CloudEvent with a lone surrogate, a list or attributes of wrong types is refused."""
    with pytest.raises(BadInputError, match="CloudEvent"):
        parse({**cloud_event("x"), **changes}, {"Content-Type": "application/cloudevents+json"})


def test_what_the_sdk_refuses_is_refused_with_its_class_and_some_of_its_words() -> None:
    """A stranger's value of any length is shown by its first 80 characters at most."""
    kind = {"Content-Type": "application/cloudevents+json"}
    with pytest.raises(BadInputError, match=r"^CloudEvent: TypeError: unhashable type: 'list'$"):
        parse({**cloud_event("x"), "specversion": []}, kind)
    with pytest.raises(BadInputError, match=r"^CloudEvent: ") as caught:
        parse({**cloud_event("x"), "specversion": "9" * 500}, kind)
    _, of_sdk, words = str(caught.value).split(": ", 2)
    assert of_sdk.isidentifier()
    assert len(words) == 80


@pytest.mark.parametrize("body", [b"0", b"null", b'"x"', b"[" * 100_000, b"\xff"])
def test_a_structured_cloud_event_that_is_no_object_is_refused(body: bytes) -> None:
    """A CloudEvent whose body is not a JSON object is refused, whatever its headers contain."""
    binary = {f"ce-{name}": value for name, value in cloud_event("x").items()}
    with pytest.raises(BadInputError, match="CloudEvent"):
        parse_event({**binary, "Content-Type": "application/cloudevents+json"}, body)


@MANY
@given(
    st.dictionaries(
        st.sampled_from(["data", "attributes", "messageId", "publishTime"]), JSON_VALUES
    )
)
def test_any_push_is_an_event_or_our_error(message: dict[str, Any]) -> None:
    """Any JSON in a push's message gives an event or BadInputError, and no other exception."""
    survives(JSON, json.dumps({"message": message}).encode())


STRICT_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@MANY
@given(st.dictionaries(st.text(max_size=5), STRICT_VALUES | st.text(), max_size=3))
def test_a_message_is_read_as_it_was_written(body: dict[str, Any]) -> None:
    """Every published object is read back unchanged, whatever its characters."""
    text = json.dumps(body)
    encoded = base64.b64encode(text.encode()).decode()
    assert json.dumps(parse(push(data=encoded)).data) == text
