"""What the fork server of a stack is started with, and what each function is ordered with."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from common.errors import ConfigError
from common.settings import ROOT
from local.processes import process
from local.processes.functions import ForkedFunction, ForkServer


class FakeServer:
    """Notes how it was started and what it is asked; answers as told."""

    log_file = Path("/logs/fork-server.log")

    def __init__(self) -> None:
        self.started: list[tuple[Any, ...]] = []
        self.orders: list[dict[str, Any]] = []
        self.answer = "41"

    def begin(self, argv: Any, env: Any, log: Path, ready: Any, **named: Any) -> "FakeServer":
        """Note what the server is started with."""
        self.started.append((argv, env, log, ready(), named))
        return self

    def ask(self, line: str) -> str:
        """Note the order."""
        self.orders.append(json.loads(line))
        return self.answer


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """Have every fork server be the fake one."""
    server = FakeServer()
    monkeypatch.setattr(process, "begin", server.begin)
    return server


def test_a_fork_server_talks_and_has_little_of_the_user_s_environment(fake: FakeServer) -> None:
    """It is this Python's, is ready at once, and has a name for messages."""
    ForkServer(Path("/logs/a.log"))
    argv = [sys.executable, "-m", "local.processes.fork_server"]
    named = {"name": "the functions' fork server", "talks": True}
    assert fake.started == [(argv, process.base_environment(), Path("/logs/a.log"), True, named)]


def test_a_function_is_ordered_with_its_source_port_settings_and_log(fake: FakeServer) -> None:
    """The settings given for a function go before those that every child gets."""
    log = Path("/logs/locker.log")
    settings = {"LANG": "xx", "DATASET": "a"}
    launched = ForkServer(log).launch("schedule_locker", 8001, settings, log)
    assert launched == ForkedFunction(41, log)
    source = str(ROOT / "functions" / "schedule_locker" / "main.py")
    argv = ["--target", "schedule_locker", "--source", source, "--host", "127.0.0.1"]
    argv += ["--port", "8001"]
    environment = {**process.base_environment(), "LANG": "xx", "DATASET": "a"}
    assert fake.orders == [{"argv": argv, "environment": environment, "log": str(log)}]


def test_a_dead_fork_server_is_told_with_its_log(fake: FakeServer) -> None:
    """A function that could not be started is named, and so is where to look."""
    fake.answer = ""
    with pytest.raises(ConfigError) as raised:
        ForkServer(Path("/logs/a.log")).launch("schedule_locker", 8001, {}, Path("/logs/b.log"))
    assert str(raised.value) == (
        "function schedule_locker was not started: the fork server has ended; see "
        "/logs/fork-server.log"
    )
