"""When the process that holds a stack ends, and what it leaves."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import ConfigError
from local.stack import keeper as keeping
from local.stack.config import StackConfig
from local.stack.driver import RunningStack

Step = Callable[["Process"], object]


class Process:
    """A keeper's process in this one: its stack does a step each time that it is looked after."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock_file = folder, folder / "clock.json"
        self.pubsub = SimpleNamespace(broker=None, dead_letters=lambda: 6)
        self.is_alone = False
        self.serves = False
        self.server: Any = None
        self.input, self.driver = os.pipe()
        self.steps: list[Step] = []
        self.done: list[str] = []
        self.error: ConfigError | None = None
        self.handlers: dict[int, Any] = {}
        self.keeper: Any = None

    def start(self) -> None:
        """Note it, or fail."""
        if self.error:
            raise self.error
        self.done.append("start")

    def stop(self) -> None:
        """Note it."""
        self.done.append("stop")

    def describe(self) -> dict[str, Any]:
        """Return where the parts are."""
        if self.is_alone:
            raise BrokenPipeError
        return {"project": "p"}

    def kill(self, function: str) -> None:
        """Know no function."""
        raise ConfigError(f"function {function!r}: known are none")

    def start_console(self) -> str:
        """Return its address."""
        return "http://console/"

    def restart_dead(self) -> None:
        """Do the next step."""
        if self.steps:
            self.steps.pop(0)(self)

    def keep(self, keeper: Any) -> Any:
        """Hold what holds the stack."""
        self.keeper = keeper
        return keeper

    def control(self, server: Any) -> Any:
        """Hold what serves the driver."""
        self.server = server
        return server

    def end_driver(self) -> None:
        """End who has started the process, and wait until that is seen."""
        os.close(self.driver)
        self.driver = -1
        for thread in threading.enumerate():
            if "_stop_with_driver" in thread.name:
                thread.join(10)


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """Make a process that has a folder and a driver, and whose signals are not this one's."""
    folder = tmp_path / "run"
    folder.mkdir()
    made, keeper = Process(folder), keeping.Keeper
    config = StackConfig(instant=datetime(2025, 11, 12, 17, tzinfo=UTC), folder=folder)
    monkeypatch.setattr(keeping, "Stack", lambda given: made if given == config else None)
    monkeypatch.setattr(keeping, "Keeper", lambda *given: made.keep(keeper(*given)))
    serve = keeping.ThreadingHTTPServer.serve_forever

    def serve_or_close(server: keeping.ThreadingHTTPServer) -> None:
        if made.serves:
            serve(made.control(server), 0.01)
        server.server_close()

    monkeypatch.setattr(keeping.ThreadingHTTPServer, "serve_forever", serve_or_close)
    monkeypatch.setattr("signal.signal", made.handlers.__setitem__)
    monkeypatch.setattr("sys.argv", ["keeper", config.to_json()])
    with os.fdopen(made.input) as read:
        monkeypatch.setattr("sys.stdin", read)
        yield made
        if made.driver >= 0:
            made.end_driver()


def asks(path: str) -> Step:
    """Ask the keeper for something."""
    return lambda process: process.keeper.answer(path, {})


def has_no_console(process: Process) -> None:
    """Ask in vain for the stack to be kept."""

    def fail() -> str:
        raise ConfigError("the console does not start")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "start_console", fail)
        with pytest.raises(ConfigError, match="does not start"):
            process.keeper.answer("/keep", {})
    assert not process.keeper.kept


@pytest.mark.parametrize(
    ("steps", "is_left"),
    [
        pytest.param([Process.end_driver], False, id="the driver ends"),
        pytest.param(
            [lambda process: process.folder.rmdir(), Process.end_driver],
            False,
            id="the driver removes the folder and ends",
        ),
        pytest.param([asks("/stop")], True, id="the driver asks for the end and cleans up"),
        pytest.param(
            [asks("/keep"), Process.end_driver, asks("/stop")],
            True,
            id="a kept stack outlives its driver",
        ),
        pytest.param(
            [has_no_console, Process.end_driver], False, id="a stack without a console is not kept"
        ),
        *(
            pytest.param([lambda process, n=number: process.handlers[n](n, None)], True, id=f"{n}")
            for n, number in (("SIGTERM", signal.SIGTERM), ("SIGINT", signal.SIGINT))
        ),
    ],
)
def test_a_process_holds_its_stack_until_it_is_to_end(
    process: Process, capsys: pytest.CaptureFixture[str], steps: list[Step], *, is_left: bool
) -> None:
    """All steps are lived, the stack is stopped, and a folder that nobody else removes is gone."""
    process.steps = steps[:]
    assert keeping.main() == 0
    assert (process.steps, process.done) == ([], ["start", "stop"])
    assert process.folder.exists() is is_left
    told = json.loads(capsys.readouterr().out)
    assert (told["project"], told["pid"]) == ("p", os.getpid())
    assert told["control"].startswith("http://127.0.0.1:")


def test_a_stack_that_does_not_start_is_told_of(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    """The driver reads why, and the process fails."""
    process.error = ConfigError("port 1 is in use")
    assert keeping.main() == 2
    assert json.loads(capsys.readouterr().out) == {"error": "port 1 is in use"}
    assert process.done == []


def test_a_stack_whose_driver_ended_while_it_started_is_stopped(process: Process) -> None:
    """Nobody reads where it is; its folder is gone too, and that is no failure."""
    process.is_alone = True
    process.end_driver()
    assert keeping.main() == 0
    assert process.done == ["start", "stop"]
    assert not process.folder.exists()


def test_a_stack_is_stopped_by_an_error_too(process: Process) -> None:
    """The error is told by the process's end."""

    def fail(_: Process) -> None:
        raise OSError(28, "no space")

    process.steps = [fail]
    with pytest.raises(OSError, match="no space"):
        keeping.main()
    assert process.done == ["start", "stop"]


def test_a_driver_is_answered_over_http(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    """At the address that is told, of this machine alone: with what it asks for, or a refusal."""

    def ask(_: Process) -> None:
        stack = RunningStack(json.loads(capsys.readouterr().out), None)
        assert stack.dead_letters() == 6
        with pytest.raises(ConfigError, match=r"^function 'x': known are none$"):
            stack.kill("x")
        stack.stop()

    process.serves, process.steps = True, [ask]
    assert keeping.main() == 0
    process.server.shutdown()
    assert process.server.server_address[0] == "127.0.0.1"
    assert (process.done, capsys.readouterr().err) == (["start", "stop"], "")
