"""The push deliveries that wait until they are due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from local.broker.backlog import Backlog
from local.broker.messages import Delivery, Message
from local.broker.subscriptions import Subscription, read_subscription

HOUR = timedelta(hours=1)


def subscription() -> Subscription:
    """Return a push subscription."""
    return read_subscription(
        types.Subscription(
            name="projects/p/subscriptions/runner",
            topic="projects/p/topics/scraper-requests",
            push_config={"push_endpoint": "http://127.0.0.1:1/"},
        )
    )


@pytest.mark.parametrize(
    ("hold", "late"), [(True, timedelta()), (False, timedelta()), (False, timedelta(hours=1))]
)
def test_nothing_waits_for_a_deleted_subscription(
    clock: Any, *, hold: bool, late: timedelta
) -> None:
    """Neither what was held for the next message, nor what is due now or later."""
    backlog, deleted, other = Backlog(clock), subscription(), subscription()
    message = Message("1", b"x", {}, clock.now(), "")
    backlog.put(Delivery(message, deleted), clock.now() + late, hold=hold)
    backlog.drop(deleted)
    assert backlog.wait_idle(0)
    assert backlog.next_due() is None
    backlog.put(Delivery(message, other), clock.now())
    backlog.drop(deleted)
    assert not backlog.wait_idle(0)


def test_what_is_held_comes_after_the_next_and_is_never_replaced(clock: Any) -> None:
    """A second one that would be held is the next; until then the first keeps the broker busy."""
    backlog, to = Backlog(clock), subscription()
    first, second = (Delivery(Message(name, b"x", {}, clock.now(), ""), to) for name in "12")
    backlog.put(first, clock.now(), hold=True)
    assert not backlog.wait_idle(0)
    backlog.put(second, clock.now(), hold=True)
    assert [backlog.take(), backlog.take()] == [second, first]


def test_what_is_late_is_not_held_besides(clock: Any) -> None:
    """It is due when it is due, whatever is published meanwhile."""
    backlog, to = Backlog(clock), subscription()
    due = clock.now() + timedelta(hours=1)
    backlog.put(Delivery(Message("1", b"x", {}, clock.now(), ""), to), due, hold=True)
    assert backlog.next_due() == due
    assert backlog.wait_idle(0)


def test_what_is_late_does_not_pass_what_is_held(clock: Any) -> None:
    """A message that is due in an hour is not the next one to be delivered."""
    backlog, to = Backlog(clock), subscription()
    now, message = clock.now(), Message("1", b"x", {}, clock.now())
    first, held, late = (Delivery(message, to, attempt) for attempt in (1, 2, 3))
    backlog.put(first, now)
    assert backlog.take() == first
    backlog.put(held, now, hold=True)
    backlog.put(late, now + HOUR)
    backlog.done(first)
    assert not backlog.wait_idle(0)
    assert backlog.take() == held


def test_what_is_left_of_a_deletion_comes_in_the_order_of_its_time(clock: Any) -> None:
    """Whatever was put first."""
    backlog, deleted, other = Backlog(clock), subscription(), subscription()
    message = Message("1", b"x", {}, clock.now())
    for to, hours in ((deleted, 1), (other, 5), (other, 2)):
        backlog.put(Delivery(message, to), clock.now() + hours * HOUR)
    backlog.drop(deleted)
    assert backlog.next_due() == clock.now() + 2 * HOUR


class Scene:
    """A backlog, its clock and one delivery; each method is a step with them."""

    def __init__(self, clock: Any) -> None:
        self.backlog, self.clock = Backlog(clock), clock
        self.one = Delivery(Message("1", b"x", {}, clock.now()), subscription())

    def put(self, late: timedelta = timedelta()) -> None:
        """Put it."""
        self.backlog.put(self.one, self.clock.now() + late)

    def begin(self) -> None:
        """Put and take it."""
        self.put()
        self.backlog.take()

    def move(self, hours: int) -> None:
        """Move the clock."""
        self.clock.instant += hours * HOUR
        self.backlog.wake()

    def push_comes(self) -> bool:
        """Wait for a push to its endpoint."""
        return self.backlog.wait_for_push({self.one.subscription.endpoint})

    def is_idle(self) -> bool:
        """Wait until the backlog is idle."""
        return self.backlog.wait_idle(60)


Step = Callable[[Scene], object]


@pytest.mark.parametrize(
    ("before", "wait", "act", "is_met"),
    [
        (lambda _: None, lambda scene: scene.backlog.take(), Scene.put, True),
        (lambda scene: scene.put(HOUR), lambda scene: scene.backlog.take(), 1, True),
        (lambda _: None, lambda scene: scene.backlog.take(), "close", False),
        (Scene.put, Scene.push_comes, "take", True),
        (Scene.put, Scene.push_comes, "close", False),
        (Scene.begin, Scene.is_idle, lambda scene: scene.backlog.done(scene.one), True),
        (Scene.put, Scene.is_idle, lambda scene: scene.backlog.drop(scene.one.subscription), True),
        (Scene.put, Scene.is_idle, -1, True),
    ],
)
def test_who_waits_is_told_at_once(
    answered: Any, clock: Any, before: Step, wait: Step, act: Step | str | int, *, is_met: bool
) -> None:
    """Workers of what is due, chaos of a push, drivers of idleness; and all of the end.

    A number is of hours by which the clock moves.
    """
    scene = Scene(clock)
    before(scene)

    def acts() -> None:
        if isinstance(act, int):
            scene.move(act)
        elif isinstance(act, str):
            getattr(scene.backlog, act)()
        else:
            act(scene)

    assert [bool(got) for got in answered(lambda: wait(scene), acts)] == [is_met]


def test_a_worker_that_takes_one_wakes_another_for_the_rest(answered: Any, clock: Any) -> None:
    """Of two that become deliverable together, neither waits for the other's answer."""
    backlog, now = Backlog(clock), clock.now()
    message = Message("1", b"x", {}, now)
    first, one, two = (Delivery(message, subscription()) for _ in range(3))
    backlog.put(first, now)
    assert backlog.take() == first
    for held in (one, two):
        backlog.put(held, now, hold=True)
    taken: list[Delivery | None] = []

    def settle() -> None:
        backlog.done(first)
        taken.append(backlog.take())

    assert [*answered(backlog.take, settle), *taken] in ([one, two], [two, one])
