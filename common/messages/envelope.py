"""One parser for every shape in which an event reaches a function.

| Shape | Who sends it |
| --- | --- |
| Pub/Sub push | our own subscriptions, `gcloud pubsub topics publish` |
| GCS notification | the bucket through Pub/Sub: a push whose attributes name the object |
| CloudEvent, binary or structured | Eventarc, for Pub/Sub and for storage |
| the data alone | a push whose envelope somebody has switched off |
| any other CloudEvent | Eventarc, such as an audit log's: no function handles it |
| bare JSON | `gcloud functions call --data` |
"""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from cloudevents.http import from_http
from pydantic_core import from_json

from common.cloud import limits
from common.errors import BadInputError
from common.messages.arrival import UNWRAPPED, is_cloud_event, lowered, was_delivered
from common.redaction import shown

Shape = Literal["push", "event", "bare"]
"""`event` comes without Pub/Sub's envelope; `bare` is a direct call, whose caller sees an error."""
REQUEST_BYTES_MAX = 14 * 1024 * 1024
"""The longest request: Pub/Sub's 10 MB of message (`limits.MESSAGE_BYTES`) in base64."""
DATA_BYTES_MAX = 1024 * 1024
"""The longest data of a message; the largest of ours (64 games of 32 scrapers) has 0.2 MB."""
ATTRIBUTES_MAX = limits.ATTRIBUTES.most
KEY_CHARACTERS_MAX = limits.ATTRIBUTE_KEY_BYTES.most
VALUE_CHARACTERS_MAX = limits.ATTRIBUTE_VALUE_BYTES.most
"""The longest attribute value; for keys and values Pub/Sub has the same limits in bytes."""
ID_CHARACTERS_MAX = 256
SUBSCRIPTION_CHARACTERS_MAX = 1024
SHOWN_CHARACTERS_MAX = 80
DELIVERY_ATTEMPTS = range(1, 10_000)
"""The numbers of a delivery that are believed; any other is ignored."""
PUBLISH_YEARS = range(2000, 2100)
"""The years of a publish time; close to the ends of the calendar, sums of times would overflow."""


@dataclass(frozen=True)
class Event:
    """One event, independent of the shape in which it arrived.

    Attributes:
        shape: the shape in which it arrived.
        data: the JSON object of the body; {} for a message without a body.
        attributes: the attributes of the message.
        message_id: the id that Pub/Sub gave it; empty for a direct call.
        publish_time: when it was published (aware); None where the shape does not contain it.
        delivery_attempt: the number of this delivery; None where Pub/Sub does not count.
        subscription: the full name of the subscription; empty for a direct call.
        raw: the text of the body, for a dead letter.
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
        UnreadableMessageError: a topic or Eventarc has delivered it, and its body has none of the
            shapes; the text states what is wrong with it.
        BadInputError: the same of a direct call.
    """
    headers = lowered(headers)
    try:
        return _parse(headers, body)
    except UnreadableMessageError:
        raise
    except BadInputError as error:
        if not was_delivered(headers):
            raise
        raise UnreadableMessageError(str(error), _unread(headers, body)) from error


def _parse(headers: Mapping[str, str], body: bytes) -> Event:
    if len(body) > REQUEST_BYTES_MAX:
        raise BadInputError(
            f"body: {len(body)} bytes; a Pub/Sub message has at most {REQUEST_BYTES_MAX}"
        )
    if is_cloud_event(headers):
        return _from_cloud_event(headers, body)
    document = json_object(body, "body")
    if isinstance(document.get("message"), dict):
        return _from_push(document)
    if was_delivered(headers):
        return replace(_unread(headers, body), data=document)
    return Event(shape="bare", data=document, raw=body.decode("utf-8", "replace"))


def _unread(headers: Mapping[str, str], body: bytes) -> Event:
    """An event of which the headers alone are known; a push without envelope has metadata there."""
    published: datetime | None = None
    with suppress(BadInputError):
        published = _instant(headers.get(f"{UNWRAPPED}publish-time"), "publish-time")
    return Event(
        shape="event",
        data={},
        message_id=headers.get(f"{UNWRAPPED}message-id", "")[:ID_CHARACTERS_MAX],
        publish_time=published,
        subscription=headers.get(f"{UNWRAPPED}subscription-name", "")[:SUBSCRIPTION_CHARACTERS_MAX],
        raw=body[: DATA_BYTES_MAX + 4].decode("utf-8", "replace"),
    )


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """Read the JSON object in a body; an empty body is {}.

    Raises:
        BadInputError: the body is not UTF-8, not an object, or not JSON: NaN, a repeated name, a
            lone surrogate, a number beyond all floats and more than 200 levels are refused too.
    """
    if not body.strip():
        return {}
    try:
        document = from_json(body, allow_inf_nan=False)
        _STRICT.decode(body.decode())
    except ValueError as error:
        raise BadInputError(f"{what}: not JSON ({error}); send a JSON object") from error
    if not isinstance(document, dict):
        raise BadInputError(f"{what}: a JSON {type(document).__name__}; send a JSON object")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a repeated name, because two readers may take different ones of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the name {shown(twice, SHOWN_CHARACTERS_MAX)!r} twice in one object")
    return found


def _finite(text: str) -> float:
    """Refuse a number such as 1e999, which pydantic's parser takes for infinity."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {shown(text, SHOWN_CHARACTERS_MAX)} is too large")
    return number


_STRICT = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite)


def _from_cloud_event(headers: Mapping[str, str], body: bytes) -> Event:
    json_object(body, "CloudEvent")  # the SDK would accept bodies that are not JSON
    try:
        event = from_http(dict(headers), body)
    except Exception as error:  # the SDK raises many kinds for malformed events
        detail = shown(error, SHOWN_CHARACTERS_MAX)
        raise BadInputError(f"CloudEvent: {type(error).__name__}: {detail}") from error
    data = event.data
    if isinstance(data, str):
        data = data.encode()
    if isinstance(data, bytes):
        data = json_object(data, "CloudEvent data")
    if not isinstance(data, dict):
        raise BadInputError(f"CloudEvent data: {type(data).__name__}; send a JSON object")
    if isinstance(data.get("message"), dict):
        return _from_push(data)
    kind = _line(event["type"], "CloudEvent type", ID_CHARACTERS_MAX)
    return Event(
        shape="event",
        data=data,
        attributes={"eventType": kind},
        message_id=_line(event["id"], "CloudEvent id", ID_CHARACTERS_MAX),
        publish_time=_instant(event.get("time"), "CloudEvent time"),
        raw=json.dumps(data),
    )


def _from_push(document: dict[str, Any]) -> Event:
    message = document["message"]
    body = _decode(message.get("data"))
    attempt = document.get("deliveryAttempt")
    is_counted = type(attempt) is int and attempt in DELIVERY_ATTEMPTS
    message_id = message.get("messageId") or message.get("message_id")
    published = message.get("publishTime") or message.get("publish_time")
    common: dict[str, Any] = {
        "attributes": _attributes(message.get("attributes")),
        "message_id": _line(message_id, "message.messageId", ID_CHARACTERS_MAX),
        "publish_time": _instant(published, "message.publishTime"),
        "delivery_attempt": attempt if is_counted else None,
        "subscription": _line(
            document.get("subscription"), "subscription", SUBSCRIPTION_CHARACTERS_MAX
        ),
        # One letter more shows that it was too long.
        "raw": body[: DATA_BYTES_MAX + 4].decode("utf-8", "replace"),
    }
    try:
        return Event(shape="push", data=_data(body), **common)
    except BadInputError as error:
        raise UnreadableMessageError(str(error), Event(shape="push", data={}, **common)) from error


def _data(body: bytes) -> dict[str, Any]:
    if len(body) > DATA_BYTES_MAX:
        raise BadInputError(
            f"message.data: {len(body)} bytes; a message of ours has at most {DATA_BYTES_MAX}"
        )
    return json_object(body, "message.data")


def _attributes(given: object) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInputError("message.attributes: not an object; send string keys and values")
    if len(given) > ATTRIBUTES_MAX:
        raise BadInputError(f"message.attributes: {len(given)}; at most {ATTRIBUTES_MAX}")
    return {
        _short(key, "message.attributes", KEY_CHARACTERS_MAX): _short(
            value, f"message.attributes.{key}", VALUE_CHARACTERS_MAX
        )
        for key, value in given.items()
    }


def _short(value: object, what: str, characters_max: int) -> str:
    """Return a text of the envelope; None becomes an empty text, a number its digits."""
    text = str(value) if isinstance(value, str | int) else ""
    if (text == "" and value not in (None, "")) or len(text) > characters_max:
        got = f"{len(text)} characters" if text else type(value).__name__
        where = shown(what, SHOWN_CHARACTERS_MAX)  # it may end in a stranger's key
        raise BadInputError(f"{where}: {got}; send a text of at most {characters_max} characters")
    return text


def _line(value: object, what: str, characters_max: int) -> str:
    """Return a text of the envelope that has no line break or other control character (FR12)."""
    text = _short(value, what, characters_max)
    if not text.isprintable():
        got = ascii(shown(text, SHOWN_CHARACTERS_MAX))
        raise BadInputError(f"{what}: {got} has control characters; send a text of one line")
    return text


class UnreadableMessageError(BadInputError):
    """A delivery that cannot be read; keeps what is known of it for the dead letter."""

    code = "UNREADABLE_MESSAGE"

    def __init__(self, text: str, event: Event) -> None:
        super().__init__(text)
        self.event = event


def _decode(data: object) -> bytes:
    if data is None:
        return b""
    if isinstance(data, dict):
        # Eventarc and hand-written payloads may contain the JSON itself.
        return json.dumps(data).encode()
    if not isinstance(data, str):
        raise BadInputError(f"message.data: {type(data).__name__}; encode the JSON body in base64")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInputError(f"message.data: not base64 ({error}); encode the JSON body") from error


def _instant(given: object, what: str) -> datetime | None:
    if not given:
        return None
    text = _short(given, what, ID_CHARACTERS_MAX)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise _odd_time(what, text, "is not an RFC 3339 time") from error
    if instant.tzinfo is None:
        raise _odd_time(what, text, "has no offset; add Z or +hh:mm")
    if instant.year not in PUBLISH_YEARS:
        raise _odd_time(what, text, "is not in the years that Pub/Sub knows")
    return instant


def _odd_time(what: str, text: str, why: str) -> BadInputError:
    return BadInputError(f"{what}: {shown(text, SHOWN_CHARACTERS_MAX)!r} {why}")
