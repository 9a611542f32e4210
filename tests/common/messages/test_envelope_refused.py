"""What the parser of events refuses, with which words, and what it keeps of it."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from common.errors import BadInputError
from common.messages.envelope import (
    REQUEST_BYTES_MAX,
    Event,
    UnreadableMessageError,
    json_object,
    parse_event,
)
from tests.kit.pushes import JSON, cloud_event, parse, push


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
