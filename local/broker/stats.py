"""The broker's counters, the last failed deliveries and the disturbed messages."""

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from local.broker.delivery_faults import Fate

_FAILURES_MAX = 100
BODY_CHARACTERS_MAX = 200


@dataclass(frozen=True)
class Counts:
    """Counters since the start of the broker."""

    published: int = 0
    """Messages; for a subscription, those published to its topic while it existed."""
    delivered: int = 0
    """Push attempts and pulled messages, including failures and duplicates."""
    acked: int = 0
    nacked: int = 0
    dead_lettered: int = 0
    duplicates: int = 0
    """Extra copies made by faults."""
    filtered: int = 0
    """Messages not delivered because the filter did not match."""
    expired: int = 0
    """Messages dropped at the end of their retention."""


@dataclass(frozen=True)
class BrokerStats(Counts):
    """The counters of all subscriptions together, and of each by its full name."""

    subscriptions: Mapping[str, Counts] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    """Messages published to each topic."""


@dataclass(frozen=True)
class DeliveryFailure:
    """A push that its endpoint did not accept."""

    subscription: str
    message_id: str
    attempt: int
    reason: str
    """The HTTP status, or the exception."""
    body: str
    """The answer's first 200 characters."""


@dataclass(frozen=True)
class DisturbedMessage:
    """A message that was duplicated, delayed or reordered on its way to a subscription."""

    instant: datetime
    """When it was published, on the virtual clock."""
    subscription: str
    message_id: str
    fates: tuple[Fate, ...]
    """One for each copy."""


class Ledger:
    """Keeps the counters and records; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted = threading.Condition(self._lock)
        self._topics: Counter[str] = Counter()
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._failures: deque[DeliveryFailure] = deque(maxlen=_FAILURES_MAX)
        self._disturbed: list[DisturbedMessage] = []

    def publish(self, topic: str) -> None:
        """Count a message of a topic."""
        with self._lock:
            self._topics[topic] += 1

    def count(self, subscription: str, **counts: int) -> None:
        """Add to a subscription's counters, named as the fields of `Counts`."""
        with self._counted:
            self._counts[subscription].update(counts)
            self._counted.notify_all()

    def wait_matched(self, subscription: str, total: int, timeout: float) -> bool:
        """Wait until `total` messages have passed a subscription's filter.

        Returns:
            False after `timeout` real seconds.
        """
        with self._counted:
            return self._counted.wait_for(lambda: self._matched(subscription) >= total, timeout)

    def _matched(self, subscription: str) -> int:
        counts = self._counts[subscription]
        return counts["published"] - counts["filtered"]

    def record_failure(self, failure: DeliveryFailure) -> None:
        """Remember a failed delivery, and forget the oldest above the limit."""
        with self._lock:
            self._failures.append(failure)

    def failures(self) -> list[DeliveryFailure]:
        """Return the last failures, oldest first."""
        with self._lock:
            return list(self._failures)

    def record_disturbed(self, disturbed: DisturbedMessage) -> None:
        """Remember a disturbed message."""
        with self._lock:
            self._disturbed.append(disturbed)

    def disturbed(self) -> list[DisturbedMessage]:
        """Return the disturbed messages, oldest first."""
        with self._lock:
            return list(self._disturbed)

    def stats(self) -> BrokerStats:
        """Return a copy of the counters."""
        with self._lock:
            total = sum(self._counts.values(), Counter[str]())
            each = {name: Counts(**counter) for name, counter in self._counts.items()}
            total["published"] = self._topics.total()
            return BrokerStats(**total, subscriptions=each, topics=dict(self._topics))
