"""The methods of google.pubsub.v1 that the broker answers, the same for gRPC and REST."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import proto  # type: ignore[import-untyped]  # proto-plus ships no types
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from google.pubsub_v1 import types

from common.cloud import limits
from local.broker.broker import Broker
from local.broker.messages import DATA_BYTES_MAX, Delivery, check_message, size_of
from local.broker.refusals import InvalidArgumentError

_TOPIC = r"projects/[^/]+/topics/[^/:]+"
_SUBSCRIPTION = r"projects/[^/]+/subscriptions/[^/:]+"
_MESSAGES_MAX = limits.MESSAGES.most
# Pub/Sub holds a pull open while there is no message; here briefly, so that a reader soon returns.
_PULL_SECONDS_MAX = 2.0


@dataclass(frozen=True)
class Procedure:
    """One method: its request type, its REST route and the function that carries it out."""

    service: str
    name: str
    request: type[proto.Message]
    verb: str
    path: str
    """A regular expression for the path below `/v1/`; its groups are fields of the request."""
    call: Callable[[Broker, Any], Any]

    def run(self, broker: Broker, request: object) -> Message:
        """Carry the method out and return its answer as a plain protobuf message."""
        answer = self.call(broker, request)
        return type(answer).pb(answer) if isinstance(answer, proto.Message) else answer

    def match(self, verb: str, path: str) -> dict[str, str] | None:
        """Return the request's fields in a REST path, or None when it is another method's path."""
        found = re.fullmatch(f"/v1/{self.path}", path) if verb == self.verb else None
        return found.groupdict() if found else None


def _publish(broker: Broker, request: types.PublishRequest) -> types.PublishResponse:
    messages = request.messages
    if not 0 < len(messages) <= _MESSAGES_MAX:
        raise InvalidArgumentError(
            f"publish: {len(messages)} messages, expected 1 to {_MESSAGES_MAX}"
        )
    size = sum(size_of(message.data, message.attributes) for message in messages)
    if size > DATA_BYTES_MAX:
        raise InvalidArgumentError(
            f"publish: {size} bytes in one request, at most {DATA_BYTES_MAX}"
        )
    for message in messages:  # one that is refused refuses all
        check_message(message.data, message.attributes)
    return types.PublishResponse(
        message_ids=[
            broker.publish(
                request.topic,
                message.data,
                dict(message.attributes),
                ordering_key=message.ordering_key,
            )
            for message in messages
        ]
    )


def _pull(broker: Broker, request: types.PullRequest) -> types.PullResponse:
    if request.max_messages < 1:
        raise InvalidArgumentError(f"pull: max_messages={request.max_messages}, expected 1 or more")
    wait = 0.0 if request.return_immediately else _PULL_SECONDS_MAX
    pulled = broker.pull(request.subscription, min(request.max_messages, _MESSAGES_MAX), wait)
    return types.PullResponse(
        received_messages=[_received(ack_id, delivery) for ack_id, delivery in pulled]
    )


def _received(ack_id: str, delivery: Delivery) -> types.ReceivedMessage:
    message = delivery.message
    return types.ReceivedMessage(
        ack_id=ack_id,
        message=types.PubsubMessage(
            data=message.data,
            attributes=dict(message.attributes),
            message_id=message.message_id,
            publish_time=message.publish_time,
            ordering_key=message.ordering_key,
        ),
        delivery_attempt=delivery.attempt if delivery.subscription.dead_letter_topic else 0,
    )


def _delete_topic(broker: Broker, request: types.DeleteTopicRequest) -> Empty:
    broker.registry.delete_topic(request.topic)
    return Empty()


def _delete_subscription(broker: Broker, request: types.DeleteSubscriptionRequest) -> Empty:
    broker.delete_subscription(request.subscription)
    return Empty()


def _acknowledge(broker: Broker, request: types.AcknowledgeRequest) -> Empty:
    broker.acknowledge(request.subscription, list(request.ack_ids))
    return Empty()


def _modify_ack_deadline(broker: Broker, request: types.ModifyAckDeadlineRequest) -> Empty:
    broker.modify_ack_deadline(
        request.subscription, list(request.ack_ids), request.ack_deadline_seconds
    )
    return Empty()


PROCEDURES = (
    Procedure(
        "Publisher",
        "CreateTopic",
        types.Topic,
        "PUT",
        f"(?P<name>{_TOPIC})",
        lambda broker, request: broker.registry.create_topic(request.name),
    ),
    Procedure(
        "Publisher",
        "GetTopic",
        types.GetTopicRequest,
        "GET",
        f"(?P<topic>{_TOPIC})",
        lambda broker, request: broker.registry.topic(request.topic),
    ),
    Procedure(
        "Publisher",
        "ListTopics",
        types.ListTopicsRequest,
        "GET",
        "(?P<project>projects/[^/]+)/topics",
        lambda broker, request: types.ListTopicsResponse(
            topics=broker.registry.topics(request.project)
        ),
    ),
    Procedure(
        "Publisher",
        "DeleteTopic",
        types.DeleteTopicRequest,
        "DELETE",
        f"(?P<topic>{_TOPIC})",
        _delete_topic,
    ),
    Procedure(
        "Publisher",
        "Publish",
        types.PublishRequest,
        "POST",
        f"(?P<topic>{_TOPIC}):publish",
        _publish,
    ),
    Procedure(
        "Publisher",
        "ListTopicSubscriptions",
        types.ListTopicSubscriptionsRequest,
        "GET",
        f"(?P<topic>{_TOPIC})/subscriptions",
        lambda broker, request: types.ListTopicSubscriptionsResponse(
            subscriptions=[one.name for one in broker.registry.subscriptions_of(request.topic)]
        ),
    ),
    Procedure(
        "Subscriber",
        "CreateSubscription",
        types.Subscription,
        "PUT",
        f"(?P<name>{_SUBSCRIPTION})",
        lambda broker, request: broker.create_subscription(request).resource,
    ),
    Procedure(
        "Subscriber",
        "GetSubscription",
        types.GetSubscriptionRequest,
        "GET",
        f"(?P<subscription>{_SUBSCRIPTION})",
        lambda broker, request: broker.registry.subscription(request.subscription).resource,
    ),
    Procedure(
        "Subscriber",
        "ListSubscriptions",
        types.ListSubscriptionsRequest,
        "GET",
        "(?P<project>projects/[^/]+)/subscriptions",
        lambda broker, request: types.ListSubscriptionsResponse(
            subscriptions=[one.resource for one in broker.registry.subscriptions(request.project)]
        ),
    ),
    Procedure(
        "Subscriber",
        "DeleteSubscription",
        types.DeleteSubscriptionRequest,
        "DELETE",
        f"(?P<subscription>{_SUBSCRIPTION})",
        _delete_subscription,
    ),
    Procedure(
        "Subscriber",
        "Pull",
        types.PullRequest,
        "POST",
        f"(?P<subscription>{_SUBSCRIPTION}):pull",
        _pull,
    ),
    Procedure(
        "Subscriber",
        "Acknowledge",
        types.AcknowledgeRequest,
        "POST",
        f"(?P<subscription>{_SUBSCRIPTION}):acknowledge",
        _acknowledge,
    ),
    Procedure(
        "Subscriber",
        "ModifyAckDeadline",
        types.ModifyAckDeadlineRequest,
        "POST",
        f"(?P<subscription>{_SUBSCRIPTION}):modifyAckDeadline",
        _modify_ack_deadline,
    ),
)
