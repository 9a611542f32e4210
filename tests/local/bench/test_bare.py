"""The floor of a stack's start: as many bare framework handlers as there are functions."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.bench import stack as benched
from local.bench.stack import start_bare
from local.simulator.world import ROUTES

PORTS = [5001 + number for number in range(len(ROUTES))]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """List what is done with processes, of which each accepts at the second look at it."""
    found, looks, free = list[Any](), list[int](), count(PORTS[0])

    @contextmanager
    def held_port() -> Iterator[int]:
        port = next(free)
        yield port
        found.append(("given back", port))

    def start(
        argv: Sequence[str], environment: object, log: Path, may_go_on: Callable[[], bool]
    ) -> object:
        assert may_go_on()
        found.append((argv, environment, log))
        return SimpleNamespace(kill=lambda: found.append(("killed", argv[-1])))

    def accepts(port: int) -> bool:
        looks.append(port)
        return looks.count(port) > 1

    fake = {
        "HOST": "a-host",
        "POLL_SECONDS": 0.25,
        "base_environment": lambda: "the base",
        "held_port": held_port,
        "start": start,
        "accepts": accepts,
    }
    monkeypatch.setattr(benched, "process", SimpleNamespace(**fake))
    return found


def test_a_stack_s_start_is_held_against_that_of_bare_handlers(
    done: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They start at once, each at a port of its own; their seconds end when all of them accept."""
    slept: list[float] = []
    clock = SimpleNamespace(perf_counter=lambda: 10 * len(slept), sleep=slept.append)
    monkeypatch.setattr(benched, "time", clock)
    assert start_bare(tmp_path) == 10 * len(PORTS)  # a pause for each that did not accept yet
    assert slept == [0.25] * len(PORTS)
    program, source = Path(sys.executable).with_name("functions-framework"), tmp_path / "bare.py"
    assert "def handle(request)" in source.read_text()
    argv = [f"{program}", "--target", "handle", "--source", f"{source}", "--host", "a-host"]
    begun = done[: len(PORTS)]
    assert begun == [
        ([*argv, "--port", f"{port}"], "the base", tmp_path / f"bare-{port}.log") for port in PORTS
    ]
    ended = [("killed", f"{port}") for port in PORTS] + [("given back", port) for port in PORTS]
    assert sorted(done[len(PORTS) :], key=str) == sorted(ended, key=str)
