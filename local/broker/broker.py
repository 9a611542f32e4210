"""The broker: it delivers each published message until it is acknowledged or dead-lettered."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import count

from google.pubsub_v1 import types

from common.clock import Clock
from local.broker.backlog import Backlog
from local.broker.delivery_faults import Fate, undisturbed
from local.broker.mailbox import Mailbox
from local.broker.messages import Delivery, Message, check_message
from local.broker.push import Pusher, PushResult
from local.broker.refusals import InvalidArgumentError, NotFoundError
from local.broker.registry import Registry
from local.broker.stats import BrokerStats, DeliveryFailure, DisturbedMessage, Ledger
from local.broker.subscriptions import Subscription

# Shared by all workers. A worker that still waits for an answer then is a daemon thread, which ends
# with the process.
_STOP_SECONDS_MAX = 2.0


class Broker:
    """An in-memory Pub/Sub on a virtual clock; every method may be called from any thread.

    Args:
        clock: publish times, backoff, pull leases and retention run on it.
        draw_fates: decides for each message and push subscription how many copies are delivered
            and how each is disturbed; `Dice.roll` draws them at random, from a seed.
        workers: the number of pushes that may be under way at the same time.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        draw_fates: Callable[[], Sequence[Fate]] = undisturbed,
        workers: int = 8,
    ) -> None:
        self.registry: Registry = Registry()
        self._clock = clock
        self._draw_fates = draw_fates
        self._ledger = Ledger()
        self._backlog = Backlog(clock)
        self._mailboxes: dict[Subscription, Mailbox] = {}
        self._pusher = Pusher(workers)
        # Message ids have 16 digits, as in Pub/Sub, and start above those of any earlier broker.
        self._ids = count(int(clock.now().timestamp() * 1_000_000))
        self._threads = [
            threading.Thread(target=self._work, name=f"push-{number}", daemon=True)
            for number in range(workers)
        ]

    # Life ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the workers, which push messages to their endpoints."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the workers; undelivered messages are lost."""
        self._backlog.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_STOP_SECONDS_MAX / len(self._threads))
        self._pusher.close()

    # What a driver of the virtual clock needs ----------------------------------------------

    def next_due(self) -> datetime | None:
        """Return the earliest virtual instant at which a waiting push becomes deliverable."""
        return self._backlog.next_due()

    def wake(self) -> None:
        """Deliver what has become due; to be called when the clock was moved."""
        self._backlog.wake()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no push is under way or due; return False after `timeout` real seconds.

        A message that waits to be pulled does not count.
        """
        return self._backlog.wait_idle(timeout)

    def wait_matched(self, subscription: str, total: int, timeout: float) -> bool:
        """Wait until `total` messages since the start have passed a subscription's filter.

        A storage server may answer an upload before it publishes the event, so a driver that
        knows how many objects there are calls this before `wait_idle`.

        Returns:
            False after `timeout` real seconds.
        """
        return self._ledger.wait_matched(subscription, total, timeout)

    def stats(self) -> BrokerStats:
        """Return the counters so far."""
        return self._ledger.stats()

    def last_errors(self) -> list[DeliveryFailure]:
        """Return the last pushes that were not accepted, oldest first."""
        return self._ledger.failures()

    # What chaos needs ----------------------------------------------------------------------

    def pushes_under_way(self) -> list[Delivery]:
        """Return the pushes that wait for an answer."""
        return self._backlog.under_way()

    def wait_for_push(self, endpoints: Collection[str]) -> bool:
        """Wait until a push to one of these URLs is under way; return False once stopped."""
        return self._backlog.wait_for_push(endpoints)

    def disturbed_messages(self) -> list[DisturbedMessage]:
        """Return the messages that were disturbed so far, oldest first."""
        return self._ledger.disturbed()

    # Messages ------------------------------------------------------------------------------

    def publish(
        self,
        topic: str,
        data: bytes,
        attributes: Mapping[str, str] | None = None,
        *,
        ordering_key: str = "",
    ) -> str:
        """Publish one message and return its id.

        Args:
            topic: `projects/P/topics/T`.
            data: the body.
            attributes: string to string.
            ordering_key: delivered with the message; the order of delivery does not follow it.

        Raises:
            NotFoundError: the topic does not exist.
            InvalidArgumentError: Pub/Sub would refuse the message.
        """
        subscriptions = self.registry.subscriptions_of(topic)
        check_message(data, attributes or {})
        message = Message(
            message_id=str(next(self._ids)),
            data=data,
            attributes=dict(attributes or {}),
            publish_time=self._clock.now(),
            ordering_key=ordering_key,
        )
        for subscription in subscriptions:
            self._route(message, subscription)
        self._ledger.publish(topic)
        return message.message_id

    def create_subscription(self, resource: types.Subscription) -> Subscription:
        """Create a subscription to messages published from now on; raises as `Registry` does."""
        subscription = self.registry.create_subscription(resource)
        if not subscription.endpoint:
            self._mailboxes[subscription] = Mailbox(self._clock, self._nack)
        return subscription

    def delete_subscription(self, name: str) -> None:
        """Delete a subscription and its waiting messages; raises as `Registry` does."""
        subscription = self.registry.delete_subscription(name)
        self._mailboxes.pop(subscription, None)
        self._backlog.drop(subscription)

    def pull(self, name: str, limit: int, wait: float) -> list[tuple[str, Delivery]]:
        """Lease up to `limit` messages of a pull subscription, as pairs of ack id and delivery.

        Args:
            name: the subscription's full name.
            limit: the largest number of messages to return.
            wait: real seconds to wait for a first message.
        """
        pulled = self._mailbox(name).pull(limit, wait)
        self._ledger.count(name, delivered=len(pulled))
        return pulled

    def undelivered(self, name: str) -> int:
        """Return how many messages of a pull subscription are not acknowledged."""
        return len(self._mailbox(name))

    def acknowledge(self, name: str, ack_ids: list[str]) -> None:
        """Acknowledge pulled messages; an ack id whose lease is over is ignored, as in Pub/Sub."""
        self._ledger.count(name, acked=self._mailbox(name).acknowledge(ack_ids))

    def modify_ack_deadline(self, name: str, ack_ids: list[str], seconds: int) -> None:
        """Move the deadline of pulled messages to `seconds` from now; 0 returns them (a nack)."""
        self._mailbox(name).extend(ack_ids, seconds)

    def _mailbox(self, name: str) -> Mailbox:
        subscription = self.registry.subscription(name)
        if subscription not in self._mailboxes:
            raise InvalidArgumentError(
                f"{name} is a push subscription; pull from a subscription without a push endpoint"
            )
        return self._mailboxes[subscription]

    def _route(self, message: Message, subscription: Subscription) -> None:
        matches = subscription.matches(message.attributes)
        self._ledger.count(subscription.name, published=1, filtered=int(not matches))
        if not matches:
            return
        delivery = Delivery(message, subscription)
        if not subscription.endpoint:
            self._enqueue(delivery, Fate())
            return
        fates = tuple(self._draw_fates())
        self._ledger.count(subscription.name, duplicates=len(fates) - 1)
        for fate in fates:
            self._enqueue(delivery, fate)
        if fates != (Fate(),):
            self._ledger.record_disturbed(
                DisturbedMessage(self._clock.now(), subscription.name, message.message_id, fates)
            )

    def _enqueue(self, delivery: Delivery, fate: Fate) -> None:
        due = self._clock.now() + fate.late
        if delivery.attempt > 1:
            due += delivery.subscription.backoff(delivery.attempt - 1)
        if delivery.subscription.endpoint:
            self._backlog.put(delivery, due, hold=fate.hold)
        elif delivery.subscription in self._mailboxes:
            self._mailboxes[delivery.subscription].put(delivery, due)

    # Deliveries ----------------------------------------------------------------------------

    def _work(self) -> None:
        while (delivery := self._backlog.take()) is not None:
            try:
                self._deliver(delivery)
            finally:
                self._backlog.done(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        name = delivery.subscription.name
        if self._clock.now() - delivery.message.publish_time > delivery.subscription.retention:
            self._ledger.count(name, expired=1)
            return
        result = self._pusher.push(delivery)
        self._ledger.count(name, delivered=1, acked=int(result.accepted))
        if not result.accepted:
            self._ledger.record_failure(_failure(delivery, result))
            self._nack(delivery)

    def _nack(self, delivery: Delivery) -> None:
        subscription = delivery.subscription
        self._ledger.count(subscription.name, nacked=1)
        spent = 0 < subscription.max_attempts <= delivery.attempt
        if not (spent and self._dead_letter(delivery)):
            self._enqueue(delivery.again(), Fate())

    def _dead_letter(self, delivery: Delivery) -> bool:
        """Publish to the dead-letter topic; return False when that does not exist."""
        subscription = delivery.subscription
        message = delivery.message
        try:
            self.publish(
                subscription.dead_letter_topic,
                message.data,
                delivery.dead_letter_attributes(),
                ordering_key=message.ordering_key,
            )
        except NotFoundError:
            return False
        self._ledger.count(subscription.name, dead_lettered=1)
        return True


def _failure(delivery: Delivery, result: PushResult) -> DeliveryFailure:
    return DeliveryFailure(
        delivery.subscription.name,
        delivery.message.message_id,
        delivery.attempt,
        result.reason,
        result.body,
    )
