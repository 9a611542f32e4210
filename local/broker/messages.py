"""A published message, and its delivery to one subscription."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from common.cloud import limits
from local.broker.refusals import InvalidArgumentError
from local.broker.subscriptions import Subscription

DATA_BYTES_MAX = limits.MESSAGE_BYTES.most
ATTRIBUTES_MAX = limits.ATTRIBUTES.most
KEY_BYTES_MAX = limits.ATTRIBUTE_KEY_BYTES.most
VALUE_BYTES_MAX = limits.ATTRIBUTE_VALUE_BYTES.most


@dataclass(frozen=True, slots=True)
class Message:
    """A message as published, with the id and the time (aware, UTC) that the broker gave it."""

    message_id: str
    data: bytes
    attributes: Mapping[str, str]
    publish_time: datetime
    ordering_key: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One copy of a message on its way to one subscription, for the `attempt`-th time."""

    message: Message
    subscription: Subscription
    attempt: int = field(default=1)

    def again(self) -> "Delivery":
        """Return the next attempt of the same delivery."""
        return replace(self, attempt=self.attempt + 1)

    def envelope(self) -> bytes:
        """Return the push request's body: https://cloud.google.com/pubsub/docs/push#receive_push."""
        stamp = self.message.publish_time.astimezone(UTC).isoformat(timespec="milliseconds")
        stamp = stamp.replace("+00:00", "Z")
        message: dict[str, Any] = {}
        if self.message.attributes:
            message["attributes"] = dict(self.message.attributes)
        if self.message.data:
            message["data"] = base64.b64encode(self.message.data).decode()
        message |= {"messageId": self.message.message_id, "message_id": self.message.message_id}
        if self.message.ordering_key:
            message["orderingKey"] = self.message.ordering_key
        message |= {"publishTime": stamp, "publish_time": stamp}
        body: dict[str, Any] = {"message": message, "subscription": self.subscription.name}
        if self.subscription.dead_letter_topic:
            body["deliveryAttempt"] = self.attempt
        return json.dumps(body).encode()

    def dead_letter_attributes(self) -> dict[str, str]:
        """Return the message's attributes and the four that Pub/Sub adds to a dead letter.

        https://cloud.google.com/pubsub/docs/handling-failures#track_delivery_attempts
        """
        _, project, _, short_name = self.subscription.name.split("/")
        prefix = "CloudPubSubDeadLetterSource"
        published = self.message.publish_time.astimezone(UTC)
        return {
            **self.message.attributes,
            f"{prefix}DeliveryCount": str(self.attempt),
            f"{prefix}Subscription": short_name,
            f"{prefix}SubscriptionProject": project,
            f"{prefix}TopicPublishTime": published.isoformat(timespec="milliseconds"),
        }


def size_of(data: bytes, attributes: Mapping[str, str]) -> int:
    """Return the bytes of a message that count for the size of a request."""
    return len(data) + sum(len(text.encode()) for pair in attributes.items() for text in pair)


def check_message(data: bytes, attributes: Mapping[str, str]) -> None:
    """Refuse a message that Pub/Sub would refuse to publish.

    Raises:
        InvalidArgumentError: the message is empty or too large, or has a forbidden attribute.
    """
    if not data and not attributes:
        raise InvalidArgumentError("message: both data and attributes are empty; give one of them")
    if (size := size_of(data, attributes)) > DATA_BYTES_MAX:
        raise InvalidArgumentError(
            f"message: {size} bytes, attributes included, at most {DATA_BYTES_MAX}"
        )
    if len(attributes) > ATTRIBUTES_MAX:
        raise InvalidArgumentError(
            f"message: {len(attributes)} attributes, at most {ATTRIBUTES_MAX}"
        )
    for key, value in attributes.items():
        if not key or len(key.encode()) > KEY_BYTES_MAX or key.startswith("goog"):
            raise InvalidArgumentError(
                f"message: attribute key {key[:40]!r}: 1 to {KEY_BYTES_MAX} bytes, not goog..."
            )
        if len(value.encode()) > VALUE_BYTES_MAX:
            raise InvalidArgumentError(
                f"message: attribute {key!r} has {len(value.encode())} bytes, "
                f"at most {VALUE_BYTES_MAX}"
            )
