"""One parser for every shape in which an event reaches a function.

| Shape | Who sends it |
| --- | --- |
| Pub/Sub push | our own subscriptions, `gcloud pubsub topics publish` |
| GCS notification | the bucket through Pub/Sub: a push whose attributes name the object |
| CloudEvent, binary or structured | Eventarc, for Pub/Sub and for storage |
| bare JSON | `gcloud functions call --data` |
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from cloudevents.http import from_http

from common.errors import BadInputError

Shape = Literal["push", "storage", "bare"]
MAX_BYTES = 10 * 1024 * 1024
"""Pub/Sub's own limit of a message: https://cloud.google.com/pubsub/quotas"""
YEARS = range(2000, 2100)
"""Of a publish time; at the edges of the calendar arithmetic on instants would overflow."""


@dataclass(frozen=True)
class Event:
    """What was sent, whatever it was wrapped in.

    `data` is the JSON object of the body ({} for a message without one); `publish_time` is aware
    UTC or None where the shape does not carry it; `raw` is the body's text for a dead letter.
    """

    shape: Shape
    data: dict[str, Any]
    attributes: Mapping[str, str] = field(default_factory=dict)
    message_id: str = ""
    publish_time: datetime | None = None
    delivery_attempt: int | None = None
    subscription: str = ""
    raw: str = ""


def parse_event(headers: Mapping[str, str], body: bytes) -> Event:
    """Parse a request into an event.

    Raises:
        BadInputError: the body is none of the shapes; says what was wrong with it.
    """
    if len(body) > MAX_BYTES:
        raise BadInputError(f"body: {len(body)} bytes; a Pub/Sub message has at most {MAX_BYTES}")
    if "ce-id" in {name.lower() for name in headers} or _is_structured(headers):
        return _from_cloud_event(headers, body)
    document = json_object(body, "body")
    if isinstance(document.get("message"), dict):
        return _from_push(document)
    return Event(shape="bare", data=document, raw=_text(body))


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """The JSON object in `body`; empty means {}.

    Raises:
        BadInputError: not UTF-8, not JSON, nested too deep, or not an object.
    """
    if not body.strip():
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        detail = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise BadInputError(f"{what}: not JSON ({detail}); send a JSON object") from error
    if not isinstance(document, dict):
        raise BadInputError(f"{what}: a JSON {type(document).__name__}; send a JSON object")
    return document


def _is_structured(headers: Mapping[str, str]) -> bool:
    kinds = [value for name, value in headers.items() if name.lower() == "content-type"]
    return any(kind.startswith("application/cloudevents") for kind in kinds)


def _from_cloud_event(headers: Mapping[str, str], body: bytes) -> Event:
    try:
        event = from_http(dict(headers), body)
    except Exception as error:  # the SDK trips over malformed events in many ways
        raise BadInputError(f"CloudEvent: {type(error).__name__}: {error}") from error
    data = event.data
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if isinstance(data, bytes):
        data = json_object(data, "CloudEvent data")
    if not isinstance(data, dict):
        raise BadInputError(f"CloudEvent data: {type(data).__name__}; send a JSON object")
    if isinstance(data.get("message"), dict):
        return _from_push(data)
    shape: Shape = "storage" if str(event["type"]).startswith("google.cloud.storage.") else "bare"
    return Event(
        shape=shape,
        data=data,
        attributes={"eventType": str(event["type"])},
        message_id=str(event["id"]),
        publish_time=_instant(event.get("time"), "CloudEvent time"),
        raw=json.dumps(data),
    )


def _from_push(document: dict[str, Any]) -> Event:
    message = document["message"]
    attributes = message.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise BadInputError("message.attributes: not an object; send string keys and values")
    message_id = str(message.get("messageId") or message.get("message_id") or "")
    body = _decode(message.get("data"))
    attempt = document.get("deliveryAttempt")
    common: dict[str, Any] = {
        "attributes": {str(key): str(value) for key, value in attributes.items()},
        "message_id": message_id,
        "publish_time": _instant(
            message.get("publishTime") or message.get("publish_time"), "message.publishTime"
        ),
        "delivery_attempt": attempt if isinstance(attempt, int) else None,
        "subscription": str(document.get("subscription") or ""),
        "raw": _text(body),
    }
    shape: Shape = "storage" if "objectId" in attributes else "push"
    try:
        return Event(shape=shape, data=json_object(body, "message.data"), **common)
    except BadInputError as error:
        raise UnreadableMessageError(str(error), Event(shape=shape, data={}, **common)) from error


class UnreadableMessageError(BadInputError):
    """The envelope is sound but its data is not; keeps the envelope for the dead letter."""

    def __init__(self, text: str, event: Event) -> None:
        super().__init__(text)
        self.event = event


def _decode(data: object) -> bytes:
    if data is None:
        return b""
    if isinstance(data, dict):
        # Eventarc and hand-written payloads may carry the JSON itself.
        return json.dumps(data).encode()
    try:
        return base64.b64decode(str(data), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInputError(f"message.data: not base64 ({error}); encode the JSON body") from error


def _instant(text: object, what: str) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise BadInputError(f"{what}: {str(text)[:80]!r} is not an RFC 3339 time") from error
    if instant.tzinfo is None:
        raise BadInputError(f"{what}: {str(text)[:80]!r} has no offset; add Z or +hh:mm")
    if instant.year not in YEARS:
        raise BadInputError(f"{what}: {str(text)[:80]!r} is not in the years that Pub/Sub knows")
    return instant


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
