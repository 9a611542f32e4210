"""A Pub/Sub server under test, ours or Google's, with the official clients on it."""

from dataclasses import dataclass
from typing import Any


@dataclass
class Server:
    """One server and the official clients on it."""

    kind: str
    host: str
    publisher: Any
    subscriber: Any
    topic: str

    @property
    def ours(self) -> bool:
        """Return whether it is the embedded broker."""
        return self.kind == "embedded"

    def publish(self, data: bytes, **attributes: str) -> str:
        """Publish to the test's topic."""
        return self.publisher.publish(self.topic, data, **attributes).result(timeout=10)

    def subscribe(self, suffix: str, **fields: Any) -> str:
        """Subscribe to the test's topic, or to another one."""
        name = self.topic.replace("/topics/", "/subscriptions/") + suffix
        fields = {"topic": self.topic, **fields}
        self.subscriber.create_subscription(request={"name": name, **fields}, timeout=10)
        return name

    def pull(self, subscription: str, *, wait: bool = True) -> list[Any]:
        """Pull up to ten messages."""
        request = {
            "subscription": subscription,
            "max_messages": 10,
            "return_immediately": not wait,
        }
        return list(self.subscriber.pull(request=request, timeout=10).received_messages)
