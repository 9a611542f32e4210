"""Topics and subscriptions by name."""

import threading
from collections.abc import Iterable, Mapping
from typing import TypeVar

from google.pubsub_v1 import types

from local.broker.refusals import AlreadyExistsError, NotFoundError
from local.broker.subscriptions import Subscription, check_name, read_subscription

# Pub/Sub shows this as the topic of a subscription whose topic was deleted.
_DELETED_TOPIC = "_deleted-topic_"

_Found = TypeVar("_Found")


class Registry:
    """Holds the topics and subscriptions that exist; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._topics: dict[str, types.Topic] = {}
        self._subscriptions: dict[str, Subscription] = {}

    def create_topic(self, name: str) -> types.Topic:
        """Create a topic and return its resource.

        Raises:
            InvalidArgumentError: the name is no topic name.
            AlreadyExistsError: the topic exists.
        """
        check_name(name, "topics")
        with self._lock:
            if name in self._topics:
                raise _exists(name)
            self._topics[name] = types.Topic(name=name, state=types.Topic.State.ACTIVE)
            return self._topics[name]

    def topic(self, name: str) -> types.Topic:
        """Return a topic's resource.

        Raises:
            NotFoundError: the topic does not exist.
        """
        with self._lock:
            return _existing(self._topics, name)

    def topics(self, project: str) -> list[types.Topic]:
        """Return the topics of `projects/P`, sorted by name."""
        with self._lock:
            return [self._topics[name] for name in _inside(self._topics, project)]

    def delete_topic(self, name: str) -> None:
        """Delete a topic; its subscriptions stay, without a topic.

        Raises:
            NotFoundError: the topic does not exist.
        """
        with self._lock:
            orphans = self.subscriptions_of(name)
            del self._topics[name]
            for subscription in orphans:
                subscription.resource.topic = _DELETED_TOPIC

    def create_subscription(self, resource: types.Subscription) -> Subscription:
        """Create a subscription from a `google.pubsub.v1.Subscription`.

        Raises:
            InvalidArgumentError, UnimplementedError: as in `read_subscription`.
            NotFoundError: its topic or its dead-letter topic does not exist.
            AlreadyExistsError: the subscription exists.
        """
        subscription = read_subscription(resource)
        with self._lock:
            if subscription.name in self._subscriptions:
                raise _exists(subscription.name)
            self.topic(subscription.topic)
            if subscription.dead_letter_topic:
                self.topic(subscription.dead_letter_topic)
            self._subscriptions[subscription.name] = subscription
            return subscription

    def subscription(self, name: str) -> Subscription:
        """Return a subscription.

        Raises:
            NotFoundError: the subscription does not exist.
        """
        with self._lock:
            return _existing(self._subscriptions, name)

    def subscriptions(self, project: str) -> list[Subscription]:
        """Return the subscriptions of `projects/P`, sorted by name."""
        with self._lock:
            return [self._subscriptions[name] for name in _inside(self._subscriptions, project)]

    def subscriptions_of(self, topic: str) -> list[Subscription]:
        """Return the subscriptions of a topic.

        Raises:
            NotFoundError: the topic does not exist.
        """
        with self._lock:
            self.topic(topic)
            return [one for one in self._subscriptions.values() if one.resource.topic == topic]

    def delete_subscription(self, name: str) -> Subscription:
        """Delete a subscription and return it.

        Raises:
            NotFoundError: the subscription does not exist.
        """
        with self._lock:
            subscription = self.subscription(name)
            del self._subscriptions[name]
            return subscription


def _existing(resources: Mapping[str, _Found], name: str) -> _Found:
    if name not in resources:
        raise NotFoundError(f"Resource not found (resource={name}).")
    return resources[name]


def _exists(name: str) -> AlreadyExistsError:
    return AlreadyExistsError(f"Resource already exists in the project (resource={name}).")


def _inside(resources: Iterable[str], project: str) -> list[str]:
    return sorted(name for name in resources if name.startswith(f"{project}/"))
