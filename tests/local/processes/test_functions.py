"""The functions of a stack are forked, and run the real functions-framework."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import ConfigError
from local.processes.functions import ForkedFunction, ForkServer
from local.processes.process import accepts, held_port

SECONDS_MAX = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """Start a fork server for the module."""
    running = ForkServer(tmp_path_factory.mktemp("logs") / "fork-server.log")
    yield running
    running.stop()


def started(server: ForkServer, folder: Path, port: int, **environment: str) -> ForkedFunction:
    """Start the logger, and wait until it answers or has ended."""
    function = server.launch("scraper_logger", port, environment, folder / "function.log")
    deadline = time.monotonic() + SECONDS_MAX
    while not accepts(port) and function.running() and time.monotonic() < deadline:
        time.sleep(0.01)
    return function


@pytest.mark.stack
def test_a_function_lives_until_it_is_killed(server: ForkServer, tmp_path: Path) -> None:
    """It answers at its port, leads a session of its own, and is gone with its workers."""
    with held_port() as port:
        function = started(server, tmp_path, port)
        assert accepts(port)
        assert os.getsid(function.pid) == function.pid
        function.kill()
        assert not function.running()
        deadline = time.monotonic() + SECONDS_MAX
        while accepts(port) and time.monotonic() < deadline:  # its workers have the port, too
            time.sleep(0.01)
        assert not accepts(port)


@pytest.mark.stack
def test_a_function_that_ends_says_why_in_its_log(server: ForkServer, tmp_path: Path) -> None:
    """A function without its source ends at once, and adds to a log that is there."""
    log = tmp_path / "nobody.log"
    log.write_text("earlier\n")
    with held_port() as port:
        lost = server.launch("nobody", port, {}, log)
        deadline = time.monotonic() + SECONDS_MAX
        while lost.running() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not lost.running()
    assert log.read_text().startswith("earlier\n")
    assert "functions/nobody/main.py" in log.read_text()


@pytest.mark.stack
def test_functions_die_with_their_fork_server(tmp_path: Path) -> None:
    """None outlives the stack, and none can be started afterwards."""
    dying = ForkServer(tmp_path / "fork-server.log")
    with held_port() as port:
        function = started(dying, tmp_path, port)
        dying.stop()
        deadline = time.monotonic() + SECONDS_MAX
        while function.running() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not function.running()
        with pytest.raises(ConfigError, match="the fork server has ended"):
            dying.launch("scraper_logger", port, {}, tmp_path / "late.log")
