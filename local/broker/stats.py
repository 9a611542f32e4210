"""What the broker counted, and the last deliveries that failed."""

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from local.broker.delivery_faults import Fate

_KEPT_FAILURES = 100
BODY_SHOWN = 200


@dataclass(frozen=True)
class Counts:
    """Counters since the start."""

    published: int = 0
    """Messages; for a subscription, those that its topic got while it existed."""
    delivered: int = 0
    """Push attempts and pulled messages, failed ones and duplicates included."""
    acked: int = 0
    nacked: int = 0
    dead_lettered: int = 0
    duplicates: int = 0
    """Extra copies that the faults made."""
    filtered: int = 0
    """Acknowledged unseen because the filter did not match."""
    expired: int = 0
    """Dropped at the end of the retention."""


@dataclass(frozen=True)
class BrokerStats(Counts):
    """The counters of all subscriptions together, and of each one by its full name."""

    subscriptions: Mapping[str, Counts] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    """Messages published to each topic."""


@dataclass(frozen=True)
class DeliveryFailure:
    """A push that was not accepted."""

    subscription: str
    message_id: str
    attempt: int
    reason: str
    """The HTTP status, or the exception."""
    body: str
    """The answer's first 200 characters."""


@dataclass(frozen=True)
class Disturbed:
    """A message that the faults met, at a virtual instant, on its way to a subscription."""

    instant: datetime
    subscription: str
    message_id: str
    fates: tuple[Fate, ...]
    """One a copy."""


class Ledger:
    """Keeps the counts; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._topics: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._failures: deque[DeliveryFailure] = deque(maxlen=_KEPT_FAILURES)
        self._disturbed: list[Disturbed] = []

    def publish(self, topic: str) -> None:
        """Count a message, once for however many subscriptions."""
        with self._arrived:
            self._topics[topic] += 1
            self._arrived.notify_all()

    def wait_published(self, topic: str, total: int, timeout: float) -> bool:
        """Wait until a topic has had `total` messages; False after `timeout` real seconds."""
        with self._arrived:
            return self._arrived.wait_for(lambda: self._topics[topic] >= total, timeout)

    def count(self, subscription: str, what: str, by: int = 1) -> None:
        """Add to a subscription's counter; `what` is a field of `Counts`."""
        with self._lock:
            self._counts[subscription][what] += by

    def fail(self, failure: DeliveryFailure) -> None:
        """Remember a failed delivery."""
        with self._lock:
            self._failures.append(failure)

    def failures(self) -> list[DeliveryFailure]:
        """The last failures, oldest first."""
        with self._lock:
            return list(self._failures)

    def disturb(self, disturbed: Disturbed) -> None:
        """Remember a message that the faults met."""
        with self._lock:
            self._disturbed.append(disturbed)

    def disturbed(self) -> list[Disturbed]:
        """The messages that the faults met, oldest first."""
        with self._lock:
            return list(self._disturbed)

    def stats(self) -> BrokerStats:
        """A copy of the counts."""
        with self._lock:
            total = sum(self._counts.values(), Counter[str]())
            each = {name: Counts(**counter) for name, counter in self._counts.items()}
            total["published"] = self._topics.total()
            return BrokerStats(**total, subscriptions=each, topics=dict(self._topics))
