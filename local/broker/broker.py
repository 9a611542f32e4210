"""The broker: takes messages in, hands them out, until each is acknowledged or given up."""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import count

from google.pubsub_v1 import types

from common.clock import Clock
from local.broker.backlog import Backlog
from local.broker.delivery_faults import Dice, Fate, Faults
from local.broker.mailbox import Mailbox
from local.broker.messages import Delivery, Message, check_message
from local.broker.push import Pusher
from local.broker.refusals import InvalidArgumentError, NotFoundError
from local.broker.registry import Registry
from local.broker.servers import Servers
from local.broker.stats import BrokerStats, DeliveryFailure, Disturbed, Ledger
from local.broker.subscriptions import Subscription

# For all workers together; one that still waits for an answer is a daemon and dies with us.
_STOP_SECONDS = 2.0


class Broker:
    """An in-memory Pub/Sub on a virtual clock; every method may be called from any thread.

    Args:
        clock: publish times, backoff, pull leases and retention run on it.
        seed: of the faults.
        faults: disturbances of push deliveries.
        workers: pushes at a time.
    """

    def __init__(
        self, clock: Clock, *, seed: int = 0, faults: Faults | None = None, workers: int = 8
    ) -> None:
        self.registry: Registry = Registry()
        self._clock = clock
        self._dice = Dice(faults or Faults(), seed)
        self._ledger = Ledger()
        self._backlog = Backlog(clock)
        self._mailboxes: dict[Subscription, Mailbox] = {}
        self._pusher = Pusher(workers)
        # Ids of 16 digits as in Pub/Sub, and not those of an earlier broker on kept state.
        self._ids = count(int(clock.now().timestamp() * 1_000_000))
        self._threads = [
            threading.Thread(target=self._work, name=f"push-{number}", daemon=True)
            for number in range(workers)
        ]
        self._servers: Servers | None = None

    # Life ----------------------------------------------------------------------------------

    def start(self, port: int = 0, rest_port: int = 0) -> int:
        """Serve gRPC and REST on 127.0.0.1 and start delivering; returns the gRPC port.

        Args:
            port: for gRPC (`PUBSUB_EMULATOR_HOST`); 0 takes a free one.
            rest_port: for REST (`CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB`); 0 takes a free one.

        Raises:
            ConfigError: a port is taken; names it.
        """
        self._servers = Servers(self, port, rest_port)
        for thread in self._threads:
            thread.start()
        return self._servers.port

    @property
    def rest_port(self) -> int:
        """The port of the REST side, once started."""
        assert self._servers is not None, "start() comes first"
        return self._servers.rest_port

    def stop(self) -> None:
        """Stop serving and delivering; what waits is lost."""
        if self._servers is not None:
            self._servers.stop()
        self._backlog.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_STOP_SECONDS / len(self._threads))
        self._pusher.close()

    # What a driver asks --------------------------------------------------------------------

    def in_flight(self) -> int:
        """Push deliveries under way, or deliverable now; what a puller may fetch is not counted."""
        return self._backlog.in_flight()

    def next_due(self) -> datetime | None:
        """The earliest virtual instant at which a waiting push becomes deliverable."""
        return self._backlog.next_due()

    def wake(self) -> None:
        """The clock was moved: deliver what became due."""
        self._backlog.wake()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until nothing is in flight; False after `timeout` real seconds."""
        return self._backlog.wait_idle(timeout)

    def wait_published(self, topic: str, total: int, timeout: float) -> bool:
        """Wait until a topic has had `total` messages since the start; False after `timeout` s.

        fake-gcs-server answers an upload before it publishes the notification, so a driver that
        knows how many objects there are asks this before it asks `wait_idle`.
        """
        return self._ledger.wait_published(topic, total, timeout)

    def stats(self) -> BrokerStats:
        """The counters so far."""
        return self._ledger.stats()

    def last_errors(self) -> list[DeliveryFailure]:
        """The last pushes that were not accepted, oldest first."""
        return self._ledger.failures()

    def under_way(self) -> list[Delivery]:
        """The pushes that wait for an answer."""
        return self._backlog.under_way()

    def wait_begun(self, endpoints: Collection[str]) -> bool:
        """Wait until a push to one of these URLs is under way; False once stopped."""
        return self._backlog.wait_begun(endpoints)

    def disturbed(self) -> list[Disturbed]:
        """What the faults have done so far, oldest first."""
        return self._ledger.disturbed()

    # Messages ------------------------------------------------------------------------------

    def publish(
        self,
        topic: str,
        data: bytes,
        attributes: Mapping[str, str] | None = None,
        publish_time: datetime | None = None,
        *,
        ordering_key: str = "",
    ) -> str:
        """Publish one message and return its id.

        Args:
            topic: `projects/P/topics/T`.
            data: the body.
            attributes: string to string.
            publish_time: aware; the clock's now when left out.
            ordering_key: handed on; order is not promised.

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
            publish_time=publish_time or self._clock.now(),
            ordering_key=ordering_key,
        )
        for subscription in subscriptions:
            self._route(message, subscription)
        self._ledger.publish(topic)
        return message.message_id

    def create_subscription(self, resource: types.Subscription) -> Subscription:
        """Create a subscription; messages published from now on reach it. Raises as `Registry`."""
        subscription = self.registry.create_subscription(resource)
        if not subscription.endpoint:
            self._mailboxes[subscription] = Mailbox(self._clock, self._nack)
        return subscription

    def delete_subscription(self, name: str) -> None:
        """Delete a subscription and what waits in it. Raises as `Registry`."""
        subscription = self.registry.delete_subscription(name)
        self._mailboxes.pop(subscription, None)
        self._backlog.drop(subscription)

    def pull(self, name: str, most: int, wait: float) -> list[tuple[str, Delivery]]:
        """Lease up to `most` messages of a pull subscription, as pairs of ack id and delivery."""
        pulled = self._mailbox(name).pull(most, wait)
        self._ledger.count(name, "delivered", len(pulled))
        return pulled

    def acknowledge(self, name: str, ack_ids: list[str]) -> None:
        """Acknowledge pulled messages; an ack id that is over is ignored, as in Pub/Sub."""
        self._ledger.count(name, "acked", self._mailbox(name).acknowledge(ack_ids))

    def modify_ack_deadline(self, name: str, ack_ids: list[str], seconds: int) -> None:
        """Move the deadline of pulled messages to `seconds` from now; 0 is a nack."""
        self._mailbox(name).extend(ack_ids, seconds)

    def _mailbox(self, name: str) -> Mailbox:
        subscription = self.registry.subscription(name)
        if subscription not in self._mailboxes:
            raise InvalidArgumentError(f"{name} pushes; pull from one without an endpoint")
        return self._mailboxes[subscription]

    def _route(self, message: Message, subscription: Subscription) -> None:
        self._ledger.count(subscription.name, "published")
        if not subscription.matches(message.attributes):
            self._ledger.count(subscription.name, "filtered")
            return
        delivery = Delivery(message, subscription)
        if not subscription.endpoint:
            self._enqueue(delivery, Fate())
            return
        fates = self._dice.throw()
        self._ledger.count(subscription.name, "duplicates", len(fates) - 1)
        for fate in fates:
            self._enqueue(delivery, fate)
        if fates != [Fate()]:
            self._ledger.disturb(
                Disturbed(self._clock.now(), subscription.name, message.message_id, tuple(fates))
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
            self._ledger.count(name, "expired")
            return
        verdict = self._pusher.push(delivery)
        self._ledger.count(name, "delivered")
        if verdict.accepted:
            self._ledger.count(name, "acked")
            return
        message_id = delivery.message.message_id
        self._ledger.fail(
            DeliveryFailure(name, message_id, delivery.attempt, verdict.reason, verdict.body)
        )
        self._nack(delivery)

    def _nack(self, delivery: Delivery) -> None:
        subscription = delivery.subscription
        self._ledger.count(subscription.name, "nacked")
        spent = 0 < subscription.max_attempts <= delivery.attempt
        if not (spent and self._dead_letter(delivery)):
            self._enqueue(delivery.again(), Fate())

    def _dead_letter(self, delivery: Delivery) -> bool:
        """Forward to the dead-letter topic; False while that does not exist."""
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
        self._ledger.count(subscription.name, "dead_lettered")
        return True
