"""The publisher in memory, for tests and the simulator.

`tests/common/cloud/test_publisher.py` holds it and the Google port to one contract.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import count
from typing import Any

from common.clock import Clock
from common.cloud.ports import Message
from common.cloud.publisher import encode


@dataclass(frozen=True)
class Published:
    """A message as Pub/Sub keeps it."""

    message_id: str
    topic: str
    data: bytes
    attributes: Mapping[str, str]
    publish_time: datetime

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The data, parsed as JSON."""
        found: Mapping[str, Any] = json.loads(self.data)
        return found


class MemoryPublisher:
    """Keeps what is published, in order, in `published`.

    Args:
        clock: gives the messages their publish times.

    Attributes:
        published: all messages, the oldest first.
        listeners: each is called with a message once it is kept.
    """

    def __init__(self, clock: Clock) -> None:
        self.listeners: list[Callable[[Published], None]] = []
        self._clock = clock
        self.published: list[Published] = []
        self._numbers = count(1)

    def publish(self, topic: str, body: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one message; see the port."""
        return self.publish_all(topic, [(body, attributes)])[0]

    def publish_all(self, topic: str, messages: Sequence[Message]) -> Sequence[str]:
        """Publish all messages, or none where one is refused; see the port."""
        encoded = [(encode(*message), dict(message[1])) for message in messages]
        now = self._clock.now()
        made = [Published(str(next(self._numbers)), topic, *each, now) for each in encoded]
        self.published += made
        for message in made:
            for listener in self.listeners:
                listener(message)
        return [message.message_id for message in made]
