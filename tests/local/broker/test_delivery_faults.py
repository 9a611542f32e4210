"""Seeded faults: duplicates, delay and reordering, off unless asked for."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from google.pubsub_v1 import types

from common.errors import ConfigError
from local.broker import Broker, Faults
from local.broker.delivery_faults import Dice, Fate

TOPIC = "projects/p/topics/scraper-requests"
PUSH = "projects/p/subscriptions/runner"


@pytest.fixture
def start(clock: Any, sink: Any) -> Iterator[Any]:
    """Starts a broker with one push subscription and the given faults."""
    brokers = []

    def started(faults: Faults, seed: int = 0) -> Broker:
        broker = Broker(clock, faults=faults, seed=seed, workers=1)
        brokers.append(broker)
        broker.start()
        broker.registry.create_topic(TOPIC)
        push_config = {"push_endpoint": sink.url}
        broker.create_subscription(
            types.Subscription(name=PUSH, topic=TOPIC, push_config=push_config)
        )
        return broker

    yield started
    for broker in brokers:
        broker.stop()


def test_a_duplicate_has_the_same_id_and_is_counted(start: Any, sink: Any) -> None:
    """Every message twice: two pushes under one id."""
    broker = start(Faults(duplicate=1))
    message_id = broker.publish(TOPIC, b"x")
    assert [push.message["messageId"] for push in sink.receive_all(2)] == [message_id] * 2
    assert broker.wait_idle(5)
    assert (broker.stats().duplicates, broker.stats().acked) == (1, 2)


def test_a_delayed_message_waits_for_the_virtual_clock(start: Any, sink: Any, clock: Any) -> None:
    """Nothing is in flight until the clock gets there, at most the given seconds later."""
    broker = start(Faults(delay=1, max_delay_seconds=30))
    broker.publish(TOPIC, b"x")
    assert broker.in_flight() == 0
    due = broker.next_due()
    assert due is not None
    assert 0 < (due - clock.now()).total_seconds() <= 30
    clock.instant = due
    broker.wake()
    assert sink.receive().message["publishTime"] == "2025-11-12T18:00:00.000Z"


def test_a_held_message_is_passed_by_the_next(start: Any, sink: Any) -> None:
    """While a delivery is under way, the two published behind it come in reverse."""
    broker = start(Faults(reorder=1))
    broker._dice = _Scripted([False, True, False])
    sink.release = threading.Event()
    ids = [broker.publish(TOPIC, b"x")]
    first = sink.receive()
    ids += [broker.publish(TOPIC, b"x") for _ in range(2)]
    sink.release.set()
    seen = [push.message["messageId"] for push in (first, *sink.receive_all(2))]
    assert seen == [ids[0], ids[2], ids[1]]


def test_a_held_message_is_not_kept_for_ever(start: Any, sink: Any) -> None:
    """With nothing else to deliver, it comes at once."""
    broker = start(Faults(reorder=1))
    broker.publish(TOPIC, b"x")
    sink.receive()
    assert broker.wait_idle(5)


def test_a_held_message_does_not_wait_for_one_that_is_due_later(start: Any, sink: Any) -> None:
    """A backed-off retry may be due in an hour; what is held comes as soon as none is under way."""
    broker = start(Faults(reorder=1))
    broker._dice = _Scripted([False, True])
    sink.answers.append(503)
    ids = [broker.publish(TOPIC, b"x")]
    assert sink.receive().message["messageId"] == ids[0]
    ids.append(broker.publish(TOPIC, b"x"))
    assert sink.receive().message["messageId"] == ids[1]
    assert broker.wait_idle(5)
    assert broker.next_due() is not None


def test_what_the_faults_did_is_told(start: Any, sink: Any, clock: Any) -> None:
    """Each message met is named with its subscription, instant and fates; others are not."""
    broker = start(Faults(duplicate=1))
    message_id = broker.publish(TOPIC, b"x")
    (told,) = broker.disturbed()
    assert (told.message_id, told.subscription, told.instant) == (message_id, PUSH, clock.now())
    assert told.fates == (Fate(), Fate())
    plain = start(Faults())
    plain.publish(TOPIC, b"x")
    assert plain.disturbed() == []


def test_pushes_under_way_can_be_waited_for(start: Any, sink: Any) -> None:
    """A push waits for its answer under way; a copy of the same message stays when one is done."""
    broker = start(Faults())
    sink.release = threading.Event()
    broker.publish(TOPIC, b"x")
    assert broker.wait_begun({sink.url})
    assert [one.subscription.endpoint for one in broker.under_way()] == [sink.url]
    sink.release.set()
    assert broker.wait_idle(5)
    assert broker.under_way() == []
    broker.stop()
    assert not broker.wait_begun({sink.url})


def test_the_same_seed_draws_the_same_faults() -> None:
    """A failing run can be run again; another seed is another run."""
    faults = Faults(duplicate=0.3, delay=0.3, reorder=0.3)

    def draw(seed: int) -> list[Any]:
        dice = Dice(faults, seed)
        return [dice.throw() for _ in range(50)]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_without_faults_every_message_has_one_plain_fate() -> None:
    """The default disturbs nothing."""
    (fate,) = Dice(Faults(), 0).throw()
    assert (fate.late.total_seconds(), fate.hold) == (0, False)


@pytest.mark.parametrize("field", ["duplicate", "delay", "reorder"])
def test_a_probability_beyond_one_is_refused(field: str) -> None:
    """ConfigError names the field and its value."""
    with pytest.raises(ConfigError, match=rf"{field}=1.5: give a probability"):
        Faults(**{field: 1.5})


class _Scripted:
    """Dice that hold as told."""

    def __init__(self, holds: list[bool]) -> None:
        self._holds = iter(holds)

    def throw(self) -> list[Any]:
        return [Fate(hold=next(self._holds))]
