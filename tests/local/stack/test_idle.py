"""When a stack's chain is idle, and how long that is waited for."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from common.settings import variable
from local.stack import idle
from local.stack.idle import IdleWait


class Stack:
    """A stack whose waits take a second each, and that notes them.

    Args:
        acked: how many deliveries have been handled, each time that this is asked.
        up: whether all functions run, each time that this is asked.
    """

    def __init__(self, acked: list[int], up: list[bool]) -> None:
        self.acked, self.up = acked, up
        self.now = 100.0
        self.done: list[Any] = []
        self.events, self.quiet = [True], [True]
        self.settings = SimpleNamespace(project="p", data_bucket="data", state_bucket="state")
        self.environment = {variable("storage_emulator_host"): "s:1"}
        self.broker = self.pubsub = self

    def is_up(self) -> bool:
        """Return the next answer, the last one again and again."""
        return self.up.pop(0) if len(self.up) > 1 else self.up[0]

    def note(self, answers: list[bool], *step: object) -> bool:
        """Note a step that takes a second."""
        self.done.append(step)
        self.now += 1
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def wait_idle(self, seconds: float) -> bool:
        """Note it."""
        return self.note(self.quiet, "broker", seconds)

    def wait_events(self, objects: int, seconds: float) -> bool:
        """Note it."""
        return self.note(self.events, "events", objects, seconds)

    def stats(self) -> Any:
        """Return what was handled so far, and four failures."""
        acked = self.acked.pop(0) if len(self.acked) > 1 else self.acked[0]
        return SimpleNamespace(acked=acked, nacked=4)

    def next_due(self) -> str:
        """Return what stands for an instant."""
        return "due"

    def sleep(self, seconds: float) -> None:
        """Note it."""
        self.done.append("sleep")
        self.now += seconds


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve three objects in the bucket of data alone."""

    class Storage:
        def __init__(self, *given: str) -> None:
            assert given == ("p", "s:1")

        def list(self, bucket: str, prefix: str) -> Iterator[str]:
            return iter("abc" if (bucket, prefix) == ("data", "") else "")

    monkeypatch.setattr(idle, "GoogleStorage", Storage)


def wait(stack: Any, monkeypatch: pytest.MonkeyPatch, seconds: float = 10.0) -> tuple[Any, ...]:
    """Wait on a stack whose time is its own; return what the state says."""
    clock = SimpleNamespace(monotonic=lambda: stack.now, sleep=stack.sleep)
    monkeypatch.setattr(idle, "time", clock)
    state = IdleWait(stack).wait(seconds)
    return state.idle, state.next_due, state.handled, state.failed


@pytest.mark.usefixtures("storage")
def test_a_chain_is_idle_when_its_events_came_and_led_to_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Events that led to deliveries are waited for once more, in what is left of the time."""
    stack = Stack([3, 3, 5, 5], [True])
    assert wait(stack, monkeypatch) == (True, "due", 5, 4)
    assert stack.done == [
        ("broker", 10.0),
        *(("events", 3, 9.0), ("broker", 9.0)),
        *(("events", 3, 7.0), ("broker", 7.0)),
    ]


@pytest.mark.usefixtures("storage")
@pytest.mark.parametrize(
    ("quiet", "events", "steps"),
    [
        ([False], [True], ["broker"]),
        ([True], [False], ["broker", "events"]),
        ([True, False], [True], ["broker", "events", "broker"]),
    ],
)
def test_a_wait_that_fails_is_the_last_one(
    monkeypatch: pytest.MonkeyPatch, quiet: list[bool], events: list[bool], steps: list[str]
) -> None:
    """The chain is not idle, whichever of its waits it was."""
    stack = Stack([3], [True])
    stack.quiet, stack.events = quiet, events
    assert wait(stack, monkeypatch)[0] is False
    assert [step for step, *_ in stack.done] == steps


@pytest.mark.usefixtures("storage")
def test_killed_functions_are_waited_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """But no longer than is asked, and nothing is then waited for less than no time."""
    stack = Stack([3], [False, False, True])
    wait(stack, monkeypatch)
    assert stack.done[:3] == ["sleep", "sleep", ("broker", 10.0)]
    dead = Stack([3], [False])
    wait(dead, monkeypatch, 0.1)
    assert dead.done[-3:] == [("broker", 0.1), ("events", 3, 0.0), ("broker", 0.0)]
