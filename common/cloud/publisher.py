"""The publisher port on Pub/Sub.

It uses the GAPIC client instead of `google.cloud.pubsub_v1`, because that client publishes at once
and in the caller's thread, so that a function does not return before its message is stored. It also
loads fewer modules at a cold start.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from common.cloud import limits
from common.cloud.access import credentials
from common.cloud.ports import Message
from common.cloud.times import call_seconds
from common.errors import BadInputError
from common.redaction import shown
from common.threads import once

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.pubsub_v1.services.publisher import PublisherClient

Encoded = tuple[bytes, dict[str, str]]
"""A message's body as bytes, and its attributes."""
MESSAGE_OVERHEAD_BYTES = 64
"""What a request needs besides a message's bytes and attributes: field tags and lengths."""
PUBLISH_SECONDS_MAX = 30.0
"""How long a publish takes, its retries included; each call of it takes a third at most."""


def encode(body: Mapping[str, Any], attributes: Mapping[str, str]) -> bytes:
    """Check a message, and encode its body.

    Raises:
        BadInputError: the body is not a JSON object, or Pub/Sub would refuse the message.
    """
    if not isinstance(body, Mapping):
        raise BadInputError(f"message body {body!r:.80} is not a JSON object")
    try:
        data = json.dumps(dict(body), allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise BadInputError(f"message body {shown(repr(body), 80)} is not JSON: {error}") from error
    _check_attributes(attributes)
    _check_size(data, attributes)
    return data


def requests_of(messages: Sequence[Encoded]) -> Iterator[list[Encoded]]:
    """Divide messages into requests that Pub/Sub takes (`limits.MESSAGES`, 10 MB)."""
    part: list[Encoded] = []
    held = 0
    for message in messages:
        size = len(message[0]) + _bytes_of(message[1]) + MESSAGE_OVERHEAD_BYTES
        if part and (len(part) == limits.MESSAGES.most or held + size > limits.MESSAGE_BYTES.most):
            yield part
            part, held = [], 0
        part.append(message)
        held += size
    if part:
        yield part


def _bytes_of(attributes: Mapping[str, str]) -> int:
    return sum(len(text.encode()) for pair in attributes.items() for text in pair)


def _check_size(data: bytes, attributes: Mapping[str, str]) -> None:
    held = _bytes_of(attributes)
    if len(data) + held > limits.MESSAGE_BYTES.most:
        raise BadInputError(
            f"message of {len(data) + held} bytes, attributes included; "
            f"the limit is {limits.MESSAGE_BYTES.most}"
        )


def _check_attributes(attributes: Mapping[str, str]) -> None:
    if len(attributes) > limits.ATTRIBUTES.most:
        raise BadInputError(f"{len(attributes)} attributes; the limit is {limits.ATTRIBUTES.most}")
    for key, value in attributes.items():
        most = limits.ATTRIBUTE_KEY_BYTES.most
        if not 0 < len(key.encode()) <= most or key.startswith("goog"):
            raise BadInputError(f"attribute key {key!r:.80}: 1 to {most} bytes, not goog…")
        most = limits.ATTRIBUTE_VALUE_BYTES.most
        if not isinstance(value, str) or len(value.encode()) > most:
            raise BadInputError(
                f"attribute {key}={value!r:.80} is not a text of up to {most} bytes"
            )


class GooglePublisher:
    """Publishes to Pub/Sub, or to an emulator at `endpoint` (`host:port`).

    Topics have the names of config/topology.yaml, preceded by the deployment's `topic_prefix`.
    """

    def __init__(
        self, project: str, endpoint: str | None = None, *, topic_prefix: str = ""
    ) -> None:
        self._project = project
        self._endpoint = endpoint
        self._prefix = topic_prefix

    @once
    def _client(self) -> "PublisherClient":
        from google.pubsub_v1.services.publisher import PublisherClient  # noqa: PLC0415 - cold start

        if self._endpoint is None:
            return PublisherClient(credentials=credentials())
        import grpc  # noqa: PLC0415 - cold start
        from google.pubsub_v1.services.publisher.transports import (  # noqa: PLC0415 - cold start
            PublisherGrpcTransport,
        )

        channel = grpc.insecure_channel(self._endpoint)
        return PublisherClient(transport=PublisherGrpcTransport(channel=channel))

    @cached_property
    def _retry(self) -> "Retry":
        from google.api_core import exceptions  # noqa: PLC0415 - cold start
        from google.api_core.retry import Retry, if_exception_type  # noqa: PLC0415 - cold start

        # Pub/Sub's own clients retry a publish after these codes. A repeat costs at most a
        # duplicate, which every reader here expects. https://cloud.google.com/pubsub/docs/reference/error-codes
        codes = (
            exceptions.Aborted,
            exceptions.DeadlineExceeded,
            exceptions.InternalServerError,
            exceptions.ResourceExhausted,
            exceptions.ServiceUnavailable,
            exceptions.Unknown,
        )
        return Retry(
            if_exception_type(*codes), initial=0.1, maximum=5.0, timeout=PUBLISH_SECONDS_MAX
        )

    def publish(self, topic: str, body: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one message, wait until the server has stored it, and return its id.

        Raises:
            BadInputError: Pub/Sub would refuse the message.
            GoogleAPICallError, RetryError: the library's own; `is_transient` judges them.
        """
        return self.publish_all(topic, [(body, attributes)])[0]

    def publish_all(self, topic: str, messages: Sequence[Message]) -> Sequence[str]:
        """Publish messages, one request for as many as it may hold; see the port.

        Raises:
            BadInputError: Pub/Sub would refuse one of the messages; none was published.
            GoogleAPICallError, RetryError: the library's own; `is_transient` judges them.
        """
        encoded = [(encode(*message), dict(message[1])) for message in messages]
        return [name for part in requests_of(encoded) for name in self._publish(topic, part)]

    def _publish(self, topic: str, messages: Sequence[Encoded]) -> Sequence[str]:
        from google.api_core.timeout import ConstantTimeout  # noqa: PLC0415 - cold start
        from google.pubsub_v1.types import PubsubMessage  # noqa: PLC0415 - cold start

        response = self._client.publish(
            topic=f"projects/{self._project}/topics/{self._prefix}{topic}",
            messages=[PubsubMessage(data=data, attributes=more) for data, more in messages],
            retry=self._retry,
            # A number of seconds would be shared by all calls; this is for each of them.
            timeout=ConstantTimeout(call_seconds(PUBLISH_SECONDS_MAX)),  # type: ignore[no-untyped-call] # the library has no types
        )
        return [str(name) for name in response.message_ids]
