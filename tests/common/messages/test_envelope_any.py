"""Whatever arrives is an event or our own error; what was published is read as it was written."""

import base64
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.errors import BadInputError
from common.messages.envelope import parse_event
from tests.kit.pushes import JSON, parse, push
from tests.kit.situations import MANY

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
