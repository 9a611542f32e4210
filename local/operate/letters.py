"""Dead letters as they wait: read, described, and turned into the message to send again (rule R7).

Two kinds of messages wait on the topic `dead-letters`:

- Ours: a function publishes it at the first delivery of a message that no retry can help. Its body
  has `schema: dead-letter` (`common/entry/dead_letters.py`).
- The platform's: Pub/Sub forwards the original after its last delivery attempt, with attributes
  of its own.

https://cloud.google.com/pubsub/docs/handling-failures#track_delivery_attempts
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from common.configuration.topology import Topology
from common.entry.dead_letters import ERROR_CHARACTERS_MAX, ORIGINAL_CHARACTERS_MAX
from common.errors import BadInputError
from common.messages.envelope import json_object
from common.messages.models import REPUBLISHED

GIVEN_UP = "DeliveriesExhausted"
"""Error class of the platform's letters; the error itself is in the function's log."""
_SOURCE = "CloudPubSubDeadLetterSource"
_TIMED = ("tick-", "scraper-requests")
"""Topics whose messages depend on when they are handled; a replay adds `scheduled_time` so that
they keep their original time."""


@dataclass(frozen=True)
class Letter:
    """A dead letter of either kind, as it waits.

    Attributes:
        letter_id: its message id on the dead-letter topic.
        function: the function that could not handle the original; empty when unknown.
        error_class: the error's class.
        error: the error's text.
        failed_at: when the original was given up, aware.
        published: when the original was published, aware; None when unknown.
        message_id: the original's message id; empty when unknown.
        attributes: the original's attributes.
        original: the original's text.
        truncated: the original was too long to keep whole, or a secret in it was hidden.
    """

    letter_id: str
    function: str
    error_class: str
    error: str
    failed_at: datetime
    published: datetime | None = None
    message_id: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    original: str = ""
    truncated: bool = False


@dataclass(frozen=True)
class Resent:
    """The message that a replay publishes: the original, on its own topic, with its own time."""

    topic: str
    body: Mapping[str, Any]
    attributes: Mapping[str, str]


def read_letter(
    letter_id: str, at: datetime, data: bytes, attributes: Mapping[str, str], topology: Topology
) -> Letter:
    """Read a message of the dead-letter topic.

    A message of neither kind becomes a letter as well: its error says why it could not be read.

    Args:
        letter_id: the message's id.
        at: its publish time, aware.
        data: its body.
        attributes: its attributes.
        topology: maps subscriptions to functions.
    """
    text = data.decode("utf-8", "replace")
    unreadable = Letter(letter_id, "", "Unreadable", "not a dead letter", at, original=text)
    try:
        if f"{_SOURCE}Subscription" in attributes:
            return _forwarded(unreadable, attributes, topology)
        document = json_object(data, "dead letter")
        if document.get("schema") != "dead-letter":
            return unreadable
        return _ours(unreadable, document)
    except (BadInputError, AttributeError, KeyError, TypeError, ValueError) as error:
        return replace(
            unreadable, error=f"not a dead letter of ours: {error}"[:ERROR_CHARACTERS_MAX]
        )


def _ours(unreadable: Letter, document: Mapping[str, Any]) -> Letter:
    sent = document.get("publish_time")
    return replace(
        unreadable,
        function=str(document["function"]),
        error_class=str(document["error_class"]),
        error=str(document["error"]),
        failed_at=_aware(document["failed_at"]),
        published=_aware(sent) if sent else None,
        message_id=str(document["message_id"]),
        attributes={str(key): str(value) for key, value in document["attributes"].items()},
        original=str(document["original"]),
        truncated=bool(document.get("truncated")),
    )


def _aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return instant


def _forwarded(unreadable: Letter, attributes: Mapping[str, str], topology: Topology) -> Letter:
    source = attributes[f"{_SOURCE}Subscription"].rsplit("/", 1)[-1]
    named = (one.function for one in topology.subscriptions if source.endswith(one.name))
    count = attributes.get(f"{_SOURCE}DeliveryCount", "all")
    detail = attributes.get(f"{_SOURCE}DeliveryErrorMessage", "the error is in the function's log")
    sent = attributes.get(f"{_SOURCE}TopicPublishTime")
    return replace(
        unreadable,
        function=next(named, ""),
        error_class=GIVEN_UP,
        error=f"{source} gave up after {count} deliveries; {detail}"[:ERROR_CHARACTERS_MAX],
        published=_aware(sent) if sent else None,
        attributes={k: v for k, v in attributes.items() if not k.startswith(_SOURCE)},
    )


def resent(letter: Letter, topology: Topology) -> Resent:
    """Return the message to publish so that a letter's original is handled again.

    It goes to the original's topic, so every subscriber of that topic gets it; a function that
    has handled the original already does nothing. A tick or a request without `scheduled_time`
    gets its publish time as such, so that the replay is about the original time (rule R7); a tick
    more than 60 minutes late is then decided as SLOT_EXPIRED (rule R3).

    Raises:
        BadInputError: the original cannot be published again; the error says why.
    """
    topics = {one.function: one.topic for one in topology.subscriptions}
    if letter.function not in topics:
        raise BadInputError(
            f"function {letter.function!r} has no subscription; publish the original by hand"
        )
    if letter.truncated:
        raise BadInputError(
            f"its original was longer than the {ORIGINAL_CHARACTERS_MAX} characters kept, or a "
            "secret in it was hidden; publish it by hand"
        )
    topic = topics[letter.function]
    body = json_object(letter.original.encode("utf-8", "replace"), "its original")
    if topic.startswith(_TIMED):
        body.setdefault("scheduled_time", (letter.published or letter.failed_at).isoformat())
    # Pub/Sub refuses attributes whose key begins with goog: they are its own.
    own = {key: value for key, value in letter.attributes.items() if not key.startswith("goog")}
    return Resent(topic, body, {**own, REPUBLISHED: "dlq"})


def described(letter: Letter) -> dict[str, Any]:
    """Return a letter as a JSON object, its original parsed where a function could parse it."""
    original: object = letter.original
    if letter.original:
        with suppress(BadInputError):
            original = json_object(letter.original.encode("utf-8", "replace"), "its original")
    return {
        "id": letter.letter_id,
        "function": letter.function,
        "error_class": letter.error_class,
        "error": letter.error,
        "failed_at": letter.failed_at.isoformat(),
        "published": letter.published.isoformat() if letter.published else None,
        "message_id": letter.message_id,
        "attributes": dict(letter.attributes),
        "truncated": letter.truncated,
        "original": original,
    }
