"""Dead letters: what cannot be handled is kept with function, error and original (rule R7).

Two kinds wait on the topic `dead-letters`:

| Kind | Written by | How it is told |
| --- | --- | --- |
| ours | a function, at the first try of what no retry can help | body with `schema: dead-letter` |
| the platform's | Pub/Sub, after the last try | the original itself, with attributes of its own |

https://cloud.google.com/pubsub/docs/handling-failures#track_delivery_attempts
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.errors import BadInputError, PermanentError
from common.messages.envelope import Event, json_object
from common.messages.models import REPUBLISHED
from common.runtime import Runtime

if TYPE_CHECKING:  # a function that dead-letters needs no more than the topic's name
    from common.configuration.topology import Topology

GIVEN_UP = "DeliveriesExhausted"
"""Error class of the platform's letters: the error itself is in the function's log."""
_LONGEST = 256 * 1024
_SHOWN = 1000
_SOURCE = "CloudPubSubDeadLetterSource"
_TIMED = ("tick-", "scraper-requests")
"""Topics whose messages mean another thing at another time, unless they say when they are of."""


def dead_letter(runtime: Runtime, function: str, event: Event, error: PermanentError) -> None:
    """Publish a message that no retry can help to the dead-letter topic.

    The original's text and attributes go along, so that a replay after the fix sends the same.
    """
    runtime.publisher.publish(
        runtime.topology.delivery.dead_letter_topic,
        {
            "schema": "dead-letter",
            "version": 1,
            "function": function,
            "error_class": type(error).__name__,
            "error": str(error)[:_SHOWN],
            "failed_at": runtime.clock.now().isoformat(),
            "subscription": event.subscription,
            "message_id": event.message_id,
            "publish_time": event.publish_time.isoformat() if event.publish_time else None,
            "attributes": dict(event.attributes),
            "original": event.raw[:_LONGEST],
            "truncated": len(event.raw) > _LONGEST,
        },
        {"function": function, "error_class": type(error).__name__},
    )


@dataclass(frozen=True)
class Letter:
    """A dead letter of either kind, as it waits.

    Attributes:
        letter_id: the message id it has on the dead-letter topic.
        function: the one that gave it up; empty when it cannot be told.
        error_class: of the error.
        error: its text.
        failed_at: when it was given up, aware.
        published: when the original was published, aware; None where that is not known.
        message_id: the original's; empty where the letter does not tell.
        attributes: the original's.
        original: the original's text.
        truncated: the original was too long to keep whole.
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
    """What a replay publishes: the original, on its own topic, with its own time."""

    topic: str
    body: Mapping[str, Any]
    attributes: Mapping[str, str]


def read_letter(
    letter_id: str, at: datetime, data: bytes, attributes: Mapping[str, str], topology: "Topology"
) -> Letter:
    """Read a message of the dead-letter topic; what is none of the two kinds says so as its error.

    Args:
        letter_id: its message id.
        at: its publish time, aware.
        data: its body.
        attributes: its attributes.
        topology: knows which function a subscription is of.
    """
    text = data.decode("utf-8", "replace")
    strange = Letter(letter_id, "", "Unreadable", "not a dead letter", at, original=text)
    try:
        if f"{_SOURCE}Subscription" in attributes:
            return _forwarded(strange, attributes, topology)
        held = json_object(data, "dead letter")
        if held.get("schema") != "dead-letter":
            return strange
        return _ours(strange, held)
    except (BadInputError, AttributeError, KeyError, TypeError, ValueError) as error:
        return replace(strange, error=f"not a dead letter of ours: {error}"[:_SHOWN])


def _ours(strange: Letter, held: Mapping[str, Any]) -> Letter:
    sent = held.get("publish_time")
    return replace(
        strange,
        function=str(held["function"]),
        error_class=str(held["error_class"]),
        error=str(held["error"]),
        failed_at=_aware(held["failed_at"]),
        published=_aware(sent) if sent else None,
        message_id=str(held["message_id"]),
        attributes={str(key): str(value) for key, value in held["attributes"].items()},
        original=str(held["original"]),
        truncated=bool(held.get("truncated")),
    )


def _aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text[:_SHOWN]!r} has no offset")
    return instant


def _forwarded(strange: Letter, attributes: Mapping[str, str], topology: "Topology") -> Letter:
    source = attributes[f"{_SOURCE}Subscription"].rsplit("/", 1)[-1]
    named = (one.function for one in topology.subscriptions if source.endswith(one.name))
    count = attributes.get(f"{_SOURCE}DeliveryCount", "all")
    detail = attributes.get(f"{_SOURCE}DeliveryErrorMessage", "the error is in the function's log")
    sent = attributes.get(f"{_SOURCE}TopicPublishTime")
    return replace(
        strange,
        function=next(named, ""),
        error_class=GIVEN_UP,
        error=f"{source} gave up after {count} deliveries; {detail}"[:_SHOWN],
        published=_aware(sent) if sent else None,
        attributes={k: v for k, v in attributes.items() if not k.startswith(_SOURCE)},
    )


def resent(letter: Letter, topology: "Topology") -> Resent:
    """What to publish so that a letter's original is handled again.

    It goes to the original's own topic, so every subscriber of that topic gets it; those that had
    handled it know that and do nothing. A tick or a request that does not say when it is of gets
    its publish time as `scheduled_time`: the replay is of the original time (rule R7), and a tick
    more than 60 minutes late says SLOT_EXPIRED (rule R3).

    Raises:
        BadInputError: it cannot be published again; says why.
    """
    topics = {one.function: one.topic for one in topology.subscriptions}
    if letter.function not in topics:
        raise BadInputError(
            f"function {letter.function!r} has no subscription; publish the original by hand"
        )
    if letter.truncated:
        raise BadInputError(f"its original was longer than the {_LONGEST} characters kept")
    topic = topics[letter.function]
    body = json_object(letter.original.encode("utf-8", "replace"), "its original")
    if topic.startswith(_TIMED):
        body.setdefault("scheduled_time", (letter.published or letter.failed_at).isoformat())
    # Pub/Sub keeps keys that begin with goog for itself and refuses them.
    own = {key: value for key, value in letter.attributes.items() if not key.startswith("goog")}
    return Resent(topic, body, {**own, REPUBLISHED: "dlq"})


def described(letter: Letter) -> dict[str, Any]:
    """A letter as JSON holds it, its original as JSON where a function would read it as that."""
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
