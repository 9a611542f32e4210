"""The broker on a clock that only tests move: backoff, dead letters, expiry, idleness, counts."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from google.pubsub_v1 import types

from common.clock import FileClock, SystemClock, set_clock
from common.errors import ConfigError
from local.broker.broker import Broker
from local.broker.messages import Delivery, Message
from local.broker.push import Pusher
from local.broker.servers import Servers
from local.broker.stats import Counts, DeliveryFailure, Ledger
from local.broker.subscriptions import read_subscription

TOPIC = "projects/p/topics/scraper-requests"
DEAD = "projects/p/topics/dead-letters"
PUSH = "projects/p/subscriptions/scraper-requests--runner"
LETTERS = "projects/p/subscriptions/dead-letters"


@pytest.fixture
def broker(clock: Any) -> Iterator[Broker]:
    """Start a broker with both topics."""
    broker = Broker(clock)
    broker.start()
    for topic in (TOPIC, DEAD):
        broker.registry.create_topic(topic)
    yield broker
    broker.stop()


def subscribe(broker: Broker, endpoint: str = "", name: str = PUSH, **fields: Any) -> None:
    """Subscribe with a backoff of 10 to 600 s, as the topology does."""
    seconds = {"minimum_backoff": timedelta(seconds=10), "maximum_backoff": timedelta(seconds=600)}
    settings: dict[str, Any] = {
        "name": name,
        "topic": TOPIC,
        "push_config": {"push_endpoint": endpoint},
        "retry_policy": seconds,
        "ack_deadline_seconds": 600,
    }
    broker.create_subscription(types.Subscription({**settings, **fields}))


def test_backoff_doubles_on_the_virtual_clock(broker: Broker, clock: Any, sink: Any) -> None:
    """A push refused three times is due after 10, 20 and 40 s, once the clock has moved."""
    subscribe(broker, sink.url)
    sink.answers.extend([503, 500, 429])
    broker.publish(TOPIC, b"x")
    waits = []
    for _ in range(3):
        sink.receive()
        assert broker.wait_idle(5)
        due = broker.next_due()
        assert due is not None
        waits.append((due - clock.now()).total_seconds())
        clock.instant = due
        broker.wake()
    sink.receive()
    assert broker.wait_idle(5)
    assert (waits, broker.next_due()) == ([10, 20, 40], None)


def test_backoff_stays_within_the_policy(broker: Broker) -> None:
    """The backoff doubles up to the policy's maximum, and does not overflow."""
    subscribe(broker, "http://127.0.0.1:9/")
    subscription = broker.registry.subscription(PUSH)
    waits = [subscription.backoff(attempt).total_seconds() for attempt in (1, 2, 6, 7, 8, 100)]
    assert waits == [10, 20, 320, 600, 600, 600]


def test_a_poisoned_push_ends_in_dead_letters(broker: Broker, clock: Any, sink: Any) -> None:
    """A push refused five times is published to the dead-letter topic with its history."""
    subscribe(
        broker,
        sink.url,
        dead_letter_policy={"dead_letter_topic": DEAD, "max_delivery_attempts": 5},
    )
    subscribe(broker, name=LETTERS, topic=DEAD)
    sink.answers.extend([503] * 5)
    published = clock.now()
    broker.publish(TOPIC, b"x", {"key": "value"})
    attempts = []
    for _ in range(5):
        attempts.append(sink.receive().body["deliveryAttempt"])
        assert broker.wait_idle(5)
        clock.instant = broker.next_due() or clock.instant
        broker.wake()
    ((ack_id, letter),) = broker.pull(LETTERS, 10, 0)
    broker.acknowledge(LETTERS, [ack_id])
    assert attempts == [1, 2, 3, 4, 5]
    assert letter.message.attributes == {
        "key": "value",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": "scraper-requests--runner",
        "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
        "CloudPubSubDeadLetterSourceTopicPublishTime": published.isoformat(timespec="milliseconds"),
    }
    stats = broker.stats()
    assert stats.subscriptions[PUSH] == Counts(published=1, delivered=5, nacked=5, dead_lettered=1)
    assert (stats.published, stats.acked, broker.undelivered(LETTERS)) == (2, 1, 0)
    assert broker.wait_idle(0)


def test_a_dead_letter_topic_that_is_gone_loses_nothing(
    broker: Broker, clock: Any, sink: Any
) -> None:
    """Without its dead-letter topic, a message that used up its attempts is delivered again."""
    policy = {"dead_letter_topic": DEAD, "max_delivery_attempts": 5}
    subscribe(broker, sink.url, dead_letter_policy=policy)
    broker.registry.delete_topic(DEAD)
    sink.answers.extend([503] * 5)
    broker.publish(TOPIC, b"x")
    for _ in range(5):
        sink.receive()
        assert broker.wait_idle(5)
        clock.instant = broker.next_due()
        broker.wake()
    assert sink.receive().body["deliveryAttempt"] == 6


@pytest.mark.parametrize("status", [102, 200, 201, 202, 204])
def test_the_documented_statuses_acknowledge(broker: Broker, sink: Any, status: int) -> None:
    """The statuses 102, 200, 201, 202 and 204 acknowledge a push."""
    subscribe(broker, sink.url)
    sink.answers.append(status)
    broker.publish(TOPIC, b"x")
    assert broker.wait_idle(5)
    assert (broker.stats().acked, broker.stats().nacked) == (1, 0)


@pytest.mark.parametrize("status", [203, 206, 302, 400, 404, 429, 500, 503])
def test_every_other_status_is_a_nack(broker: Broker, sink: Any, status: int) -> None:
    """Redirects are not followed, a 4xx is retried like a 5xx, and the failure is recorded."""
    subscribe(broker, sink.url)
    sink.answers.append(status)
    message_id = broker.publish(TOPIC, b"x")
    assert broker.wait_idle(5)
    (failure,) = broker.last_errors()
    assert (failure.subscription, failure.message_id) == (PUSH, message_id)
    assert (failure.reason, failure.attempt) == (str(status), 1)
    assert failure.body == ("the reason" * 40 if status >= 300 else "")[:200]


def test_an_endpoint_that_is_not_there_is_a_nack(broker: Broker) -> None:
    """A push to a closed port fails with the exception as its reason, and the message waits."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        subscribe(broker, f"http://127.0.0.1:{unused.getsockname()[1]}/")
        broker.publish(TOPIC, b"x")
        assert broker.wait_idle(5)
    assert broker.last_errors()[0].reason.startswith("NewConnectionError: ")
    assert broker.next_due() is not None


def test_a_backed_off_message_comes_by_itself_while_the_clock_flows(
    tmp_path: Path, sink: Any
) -> None:
    """Without `wake`, a message is delivered when the flowing clock reaches its due time."""
    path = tmp_path / "clock.json"
    set_clock(path, datetime(2025, 11, 12, 18, tzinfo=UTC))
    broker = Broker(FileClock(path))
    broker.start()
    broker.registry.create_topic(TOPIC)
    soon = {"minimum_backoff": timedelta(seconds=0.2), "maximum_backoff": timedelta(seconds=1)}
    subscribe(broker, sink.url, retry_policy=soon)
    sink.answers.append(503)
    broker.publish(TOPIC, b"x")
    first, second = sink.receive_all(2)
    broker.stop()
    assert first.body == second.body


def test_a_push_under_way_keeps_the_broker_busy(broker: Broker, sink: Any) -> None:
    """The broker is not idle while an endpoint works, and idle when it has answered."""
    sink.release = threading.Event()
    subscribe(broker, sink.url)
    broker.publish(TOPIC, b"x")
    sink.receive()
    assert not broker.wait_idle(0.05)
    sink.release.set()
    assert broker.wait_idle(5)


def test_a_message_that_passes_a_filter_can_be_waited_for(broker: Broker) -> None:
    """A driver can wait until a number of messages has passed a subscription's filter."""
    subscribe(broker, filter="attributes:wanted")
    broker.publish(TOPIC, b"x")
    assert not broker.wait_matched(PUSH, 1, 0.01)
    later = threading.Timer(0.05, broker.publish, (TOPIC, b"x", {"wanted": "yes"}))
    later.start()
    assert broker.wait_matched(PUSH, 1, 5)
    later.join()
    assert broker.stats().topics == {TOPIC: 2}


def test_unacknowledged_messages_of_a_pull_subscription_are_counted(broker: Broker) -> None:
    """A message counts as undelivered while it waits and while it is on lease."""
    subscribe(broker)
    broker.publish(TOPIC, b"x")
    assert broker.undelivered(PUSH) == 1
    ((ack_id, _),) = broker.pull(PUSH, 10, 0)
    assert broker.undelivered(PUSH) == 1
    broker.acknowledge(PUSH, [ack_id])
    assert broker.undelivered(PUSH) == 0


def test_the_broker_is_idle_only_after_the_last_hop(broker: Broker, sink: Any) -> None:
    """An endpoint that publishes before it answers leaves no idle moment within a chain."""
    subscribe(broker, sink.url)

    def hop(push: Any) -> None:
        left = int(push.message["attributes"]["left"])
        if left:
            broker.publish(TOPIC, b"x", {"left": str(left - 1)})

    sink.then = hop
    for _ in range(10):
        broker.publish(TOPIC, b"x", {"left": "20"})
    assert broker.wait_idle(10)
    assert broker.stats().acked == 10 * 21


def test_a_driver_drains_what_keeps_failing(broker: Broker, clock: Any, sink: Any) -> None:
    """A driver that moves the clock to each due time gets every message accepted in the end."""
    subscribe(broker, sink.url)
    sink.answers.extend([503, 204, 500, 429, 204] * 60)
    sent = {broker.publish(TOPIC, b"x") for _ in range(200)}
    while broker.wait_idle(10) and (due := broker.next_due()) is not None:
        assert due > clock.now()
        clock.instant = due
        broker.wake()
    stats = broker.stats()
    assert stats.acked == len(sent) == 200
    assert stats.nacked == stats.delivered - 200 >= 180 - 5


@pytest.mark.parametrize(("seconds", "counted"), [(600, (0, 2)), (601, (1, 1))])
def test_an_expired_message_is_dropped(
    broker: Broker, clock: Any, sink: Any, seconds: int, counted: tuple[int, int]
) -> None:
    """A refused message is dropped after the end of its retention, and not at that instant."""
    subscribe(broker, sink.url, message_retention_duration=timedelta(minutes=10))
    sink.answers.append(503)
    broker.publish(TOPIC, b"x")
    sink.receive()
    assert broker.wait_idle(5)
    clock.sleep(seconds)
    broker.wake()
    assert broker.wait_idle(5)
    assert (broker.stats().expired, broker.stats().delivered) == counted


def test_a_pull_lease_ends_on_the_virtual_clock(broker: Broker, clock: Any) -> None:
    """A message not acknowledged within the ack deadline is pulled again, after a nack."""
    subscribe(broker, name=LETTERS, retry_policy=None)
    broker.publish(TOPIC, b"x")
    assert len(broker.pull(LETTERS, 10, 0)) == 1
    assert broker.pull(LETTERS, 10, 0) == []
    clock.sleep(599)
    assert broker.pull(LETTERS, 10, 0) == []
    clock.sleep(1)
    ((_, again),) = broker.pull(LETTERS, 10, 0)
    assert (again.attempt, broker.stats().nacked) == (2, 1)


def test_the_publish_time_is_the_virtual_clocks(broker: Broker, clock: Any, sink: Any) -> None:
    """A push carries the instant of the virtual clock, in milliseconds."""
    subscribe(broker, sink.url)
    clock.instant = datetime(2025, 11, 12, 11, 0, 0, 250000, tzinfo=UTC)
    broker.publish(TOPIC, b"x")
    assert sink.receive().message["publishTime"] == "2025-11-12T11:00:00.250Z"


def test_a_deleted_subscription_drops_what_waits(broker: Broker, sink: Any) -> None:
    """A backed-off message of a deleted subscription is no longer due."""
    subscribe(broker, sink.url)
    sink.answers.append(503)
    broker.publish(TOPIC, b"x")
    sink.receive()
    assert broker.wait_idle(5)
    broker.delete_subscription(PUSH)
    assert broker.next_due() is None


@pytest.mark.parametrize("which", ["port", "rest_port"])
def test_a_busy_port_is_named(which: str) -> None:
    """A port in use, for gRPC or REST, is named in a ConfigError."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        named = {"port": rf"port {port} \(gRPC\)", "rest_port": rf"or {port} \(REST\)"}[which]
        with pytest.raises(ConfigError, match=named):
            Servers(Broker(SystemClock()), **{which: port})


def test_only_the_last_hundred_failures_are_kept() -> None:
    """A stack that stays up for days must not grow by them."""
    ledger = Ledger()
    for number in range(101):
        ledger.record_failure(DeliveryFailure("s", str(number), 1, "503", ""))
    assert [one.message_id for one in ledger.failures()] == [str(n) for n in range(1, 101)]


def test_a_push_is_sent_as_pubsub_sends_it(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    """Its agent tells a delivery from a call, and the ack deadline is how long it may take."""
    asked: list[Any] = []

    def request(_: object, *args: Any, **options: Any) -> Any:
        asked.extend((args, options))
        raise urllib3.exceptions.ReadTimeoutError(None, "u", "late")  # type: ignore[arg-type] # no pool

    monkeypatch.setattr("urllib3.PoolManager.request", request)
    to = types.Subscription(
        name=PUSH, topic=TOPIC, push_config={"push_endpoint": "http://x/"}, ack_deadline_seconds=77
    )
    message = Message("1", b"x", {}, clock.now())
    result = Pusher(1).push(Delivery(message, read_subscription(to)))
    assert (result.accepted, result.reason.split(":")[0]) == (False, "ReadTimeoutError")
    args, options = asked
    assert args == ("POST", "http://x/")
    assert options["timeout"] == 77
    assert options["headers"] == {
        "Content-Type": "application/json",
        "User-Agent": "CloudPubSub-Google",
    }
