"""Seeded delivery faults: duplicates, delays and reordering."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from common.errors import ConfigError
from local.broker.broker import Broker
from local.broker.delivery_faults import Dice, Fate, Faults, undisturbed

TOPIC = "projects/p/topics/scraper-requests"
PUSH = "projects/p/subscriptions/runner"
PLAIN, HELD = Fate(), Fate(hold=True)


def scripted(*fates: Fate) -> Callable[[], Sequence[Fate]]:
    """Return a source that gives each message one of these fates in turn."""
    script = iter(fates)
    return lambda: [next(script)]


@pytest.fixture
def start(clock: Any, sink: Any) -> Iterator[Any]:
    """Return a function that starts a broker with one push subscription and the given fates."""
    brokers = []

    def started(draw_fates: Callable[[], Sequence[Fate]]) -> Broker:
        broker = Broker(clock, draw_fates=draw_fates, workers=1)
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
    """A duplicated message is pushed twice under one id, and the extra copy is counted."""
    broker = start(Dice(Faults(duplicate=1), 0).roll)
    message_id = broker.publish(TOPIC, b"x")
    assert [push.message["messageId"] for push in sink.receive_all(2)] == [message_id] * 2
    assert broker.wait_idle(5)
    assert (broker.stats().duplicates, broker.stats().acked) == (1, 2)


def test_a_delayed_message_waits_for_the_virtual_clock(start: Any, sink: Any, clock: Any) -> None:
    """A delayed message is delivered when the clock reaches its delay, within the limit."""
    broker = start(Dice(Faults(delay=1, max_delay_seconds=30), 0).roll)
    broker.publish(TOPIC, b"x")
    assert broker.wait_idle(0)
    due = broker.next_due()
    assert due is not None
    assert 0 < (due - clock.now()).total_seconds() <= 30
    clock.instant = due
    broker.wake()
    assert sink.receive().message["publishTime"] == "2025-11-12T18:00:00.000Z"


def test_a_held_message_is_passed_by_the_next(start: Any, sink: Any) -> None:
    """Of two messages published during a delivery, a held first one is delivered last."""
    broker = start(scripted(PLAIN, HELD, PLAIN))
    sink.release = threading.Event()
    ids = [broker.publish(TOPIC, b"x")]
    first = sink.receive()
    ids += [broker.publish(TOPIC, b"x") for _ in range(2)]
    sink.release.set()
    seen = [push.message["messageId"] for push in (first, *sink.receive_all(2))]
    assert seen == [ids[0], ids[2], ids[1]]


def test_a_held_message_is_not_kept_for_ever(start: Any, sink: Any) -> None:
    """A held message is delivered at once when there is no other message."""
    broker = start(Dice(Faults(reorder=1), 0).roll)
    broker.publish(TOPIC, b"x")
    sink.receive()
    assert broker.wait_idle(5)


def test_a_held_message_does_not_wait_for_one_that_is_due_later(start: Any, sink: Any) -> None:
    """A held message does not wait for a backed-off one, which may be due in an hour."""
    broker = start(scripted(PLAIN, HELD))
    sink.answers.append(503)
    ids = [broker.publish(TOPIC, b"x")]
    assert sink.receive().message["messageId"] == ids[0]
    ids.append(broker.publish(TOPIC, b"x"))
    assert sink.receive().message["messageId"] == ids[1]
    assert broker.wait_idle(5)
    assert broker.next_due() is not None


def test_disturbed_messages_are_recorded(start: Any, clock: Any) -> None:
    """A disturbed message is recorded with its subscription, instant and fates; others are not."""
    broker = start(Dice(Faults(duplicate=1), 0).roll)
    message_id = broker.publish(TOPIC, b"x")
    (one,) = broker.disturbed_messages()
    assert (one.message_id, one.subscription, one.instant) == (message_id, PUSH, clock.now())
    assert one.fates == (Fate(), Fate())
    plain = start(undisturbed)
    plain.publish(TOPIC, b"x")
    assert plain.disturbed_messages() == []


@pytest.mark.parametrize("fate", [Fate(late=timedelta(seconds=1)), Fate(hold=True)])
def test_a_single_copy_that_is_late_or_held_is_recorded(start: Any, fate: Fate) -> None:
    """A message need not be doubled to be disturbed."""
    broker = start(lambda: [fate])
    broker.publish(TOPIC, b"x")
    assert [one.fates for one in broker.disturbed_messages()] == [(fate,)]


def test_a_delay_is_anything_up_to_the_longest_and_each_copy_s_own() -> None:
    """Neither always the longest nor the same for both copies of a message."""
    rolls = [Dice(Faults(duplicate=1, delay=1), seed).roll() for seed in range(20)]
    late = [fate.late.total_seconds() for fates in rolls for fate in fates]
    assert 0 <= min(late) < 10
    assert 50 < max(late) <= 60
    assert len(set(late)) == len(late)


@pytest.mark.parametrize(("faults", "hold"), [(Faults(delay=1), False), (Faults(reorder=1), True)])
def test_what_is_late_is_not_held_and_what_is_held_is_not_late(
    faults: Faults, *, hold: bool
) -> None:
    """Each fault has a probability of its own."""
    (fate,) = Dice(faults, 0).roll()
    assert (fate.hold, fate.late == timedelta(0)) == (hold, hold)


def test_pushes_under_way_can_be_waited_for(start: Any, sink: Any) -> None:
    """A push is under way until it is answered; waiting for another one ends with the broker."""
    broker = start(undisturbed)
    sink.release = threading.Event()
    broker.publish(TOPIC, b"x")
    assert broker.wait_for_push({sink.url})
    assert [one.subscription.endpoint for one in broker.pushes_under_way()] == [sink.url]
    sink.release.set()
    assert broker.wait_idle(5)
    assert broker.pushes_under_way() == []
    broker.stop()
    assert not broker.wait_for_push({sink.url})


def test_the_same_seed_draws_the_same_faults() -> None:
    """A seed always draws the same fates, and another seed draws others."""
    faults = Faults(duplicate=0.3, delay=0.3, reorder=0.3)

    def draw(seed: int) -> list[Any]:
        dice = Dice(faults, seed)
        return [dice.roll() for _ in range(50)]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_without_faults_every_message_has_one_plain_fate() -> None:
    """The default faults, and the broker's default, deliver one undisturbed copy."""
    assert Dice(Faults(), 0).roll() == undisturbed() == [Fate()]


@pytest.mark.parametrize("field", ["duplicate", "delay", "reorder"])
def test_a_probability_beyond_one_is_refused(field: str) -> None:
    """A probability above 1 is refused by name and value."""
    with pytest.raises(ConfigError, match=rf"{field}=1.5 is no probability"):
        Faults(**{field: 1.5})


@pytest.mark.parametrize("field", ["duplicate", "delay", "reorder", "max_delay_seconds"])
@pytest.mark.parametrize("value", [-0.01, 0, 1, 1.01])
def test_a_probability_is_from_0_to_1(field: str, value: float) -> None:
    """Its ends are allowed; a delay may be any time."""
    if 0 <= value <= 1 or (field == "max_delay_seconds" and value > 0):
        assert getattr(Faults(**{field: value}), field) == value
    else:
        rule = "negative; give >= 0" if "max" in field else "no probability; give 0 to 1"
        with pytest.raises(ConfigError, match=f"^broker faults: {field}={value} is {rule}$"):
            Faults(**{field: value})


@pytest.mark.parametrize("field", ["duplicate", "delay", "reorder"])
def test_so_many_are_disturbed_as_the_probability_says(field: str) -> None:
    """Three in ten, for one."""
    dice = Dice(Faults(**{field: 0.3}), 0)
    assert 250 < sum(dice.roll() != [Fate()] for _ in range(1000)) < 350
