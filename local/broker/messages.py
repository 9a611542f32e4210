"""A published message, and one delivery of it to one subscription."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from local.broker.refusals import InvalidArgumentError
from local.broker.subscriptions import Subscription

# https://cloud.google.com/pubsub/quotas#resource_limits
MAX_BYTES = 10_000_000
MAX_ATTRIBUTES = 100
MAX_KEY_BYTES = 256
MAX_VALUE_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Message:
    """What a publisher sent, under the id and time the broker gave it (aware, UTC)."""

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
        """The next attempt of the same delivery."""
        return replace(self, attempt=self.attempt + 1)

    def envelope(self) -> bytes:
        """The body of a push request: https://cloud.google.com/pubsub/docs/push#receive_push."""
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
        """The message's attributes and the four that Pub/Sub adds when it gives up.

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


def check_message(data: bytes, attributes: Mapping[str, str]) -> None:
    """Refuse what Pub/Sub refuses to publish.

    Raises:
        InvalidArgumentError: empty, too large, or an attribute that is not allowed.
    """
    if not data and not attributes:
        raise InvalidArgumentError("message: both data and attributes are empty; give one of them")
    if len(data) > MAX_BYTES:
        raise InvalidArgumentError(f"message: data has {len(data)} bytes, at most {MAX_BYTES}")
    if len(attributes) > MAX_ATTRIBUTES:
        raise InvalidArgumentError(
            f"message: {len(attributes)} attributes, at most {MAX_ATTRIBUTES}"
        )
    for key, value in attributes.items():
        if not key or len(key.encode()) > MAX_KEY_BYTES or key.startswith("goog"):
            raise InvalidArgumentError(
                f"message: attribute key {key[:40]!r}: 1 to {MAX_KEY_BYTES} bytes, not goog..."
            )
        if len(value.encode()) > MAX_VALUE_BYTES:
            raise InvalidArgumentError(
                f"message: attribute {key!r} has {len(value.encode())} bytes, "
                f"at most {MAX_VALUE_BYTES}"
            )
