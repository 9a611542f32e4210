"""How a strike meets its target at work, and what is left of it when it ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from local.stack import strikes as striking
from local.stack.chaos import KILL, SUSPEND, Disturbance
from local.stack.strikes import Strikes

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
RUNNER = SimpleNamespace(subscription=SimpleNamespace(endpoint="http://scraper_runner"))
OTHER = SimpleNamespace(subscription=SimpleNamespace(endpoint="http://scraper_logger"))


class Noting:
    """A stack, its broker and its clock, with an event whose waits are noted and last no time.

    Args:
        pushes: what is under way, each time that this is asked; then the strikes are closed.
    """

    topology = SimpleNamespace(
        subscriptions=[SimpleNamespace(function=name) for name in ("scraper_runner", "x")]
    )

    def __init__(self, pushes: list[list[Any]]) -> None:
        self.pushes = pushes
        self.done: list[Any] = []

    def wait(self, seconds: float) -> bool:
        """Note a wait; return whether the strikes are closed."""
        self.done.append(seconds)
        return not self.pushes

    def wait_for_push(self, _: object) -> bool:
        """Return at once."""
        return True

    def pushes_under_way(self) -> list[Any]:
        """Note it, and return the next."""
        self.done.append("look")
        return self.pushes.pop(0)

    def kill(self, target: str) -> None:
        """Note it."""
        self.done.append(f"kill {target}")

    @contextmanager
    def suspended(self, target: str) -> Iterator[None]:
        """Note the begin and the end."""
        self.done.append(f"suspend {target}")
        yield
        self.done.append("continue")

    def url(self, function: str) -> str:
        """Return its address."""
        return f"http://{function}"

    def disturbed_messages(self) -> list[Any]:
        """Return none."""
        return []

    def now(self) -> datetime:
        """Return noon."""
        self.done.append("now")
        return NOON


@pytest.mark.parametrize(
    ("disturbance", "pushes", "done", "hit"),
    [
        pytest.param(
            Disturbance(0, KILL, "scraper_runner", 0.4),
            [[OTHER], [], [RUNNER, OTHER, RUNNER]],
            [0.4, "look", 0.2, "look", 0.1, "look", "now", "kill scraper_runner"],
            [2],
            id="one that comes too late comes sooner after the next delivery",
        ),
        pytest.param(
            Disturbance(0, SUSPEND, "storage", 0.4, 2.5),
            [[RUNNER], [RUNNER]],
            [0.4, "look", "now", "suspend storage", 2.5, "look", "continue"],
            [1],
            id="what hangs is looked for before the target continues",
        ),
        pytest.param(
            Disturbance(0, SUSPEND, "storage", 0.4, 2.5),
            [[RUNNER], [OTHER]],
            [0.4, "look", "now", "suspend storage", 2.5, "look", "continue"],
            [0],
            id="another delivery that hangs at the end was not hit",
        ),
        pytest.param(
            Disturbance(0, KILL, "scraper_runner", 0.4),
            [[OTHER]],
            [0.4, "look", 0.2],
            [],
            id="a strike that is waited for as they are closed is none",
        ),
    ],
)
def test_a_strike(
    monkeypatch: pytest.MonkeyPatch,
    disturbance: Disturbance,
    pushes: list[list[Any]],
    done: list[Any],
    hit: list[int],
) -> None:
    """Each looks for deliveries to its target after its delay, and tells how many it met."""
    bench: Any = Noting(pushes[:])
    fakes = SimpleNamespace(Event=lambda: bench, Lock=threading.Lock, Thread=threading.Thread)
    monkeypatch.setattr(striking, "threading", fakes)
    strikes = Strikes(bench, bench, bench)
    thread = strikes.arm(disturbance)
    thread.join(10)
    assert thread.daemon, "it never keeps a process that ends"
    assert bench.done == done
    lines = [{"at": NOON.isoformat(), **vars(disturbance), "hit": number} for number in hit]
    assert strikes.lines() == lines
