"""Starts the functions of a stack with the real functions-framework, each a process of its own."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from common.errors import ConfigError
from common.settings import ROOT
from local.processes import process


class Function(Protocol):
    """A started function; its log is for messages."""

    @property
    def log_file(self) -> Path:
        """The file that takes its output."""

    def running(self) -> bool:
        """Return whether its process lives."""

    def kill(self) -> None:
        """Kill its process at once, as a crash would."""


Launcher = Callable[[str, int, Mapping[str, str], Path], Function]
"""Starts a function, given its name, its port, the stack's settings as environment and a log file.

A launcher does not wait until the function answers: the stack waits for all functions at once.
"""


@dataclass(frozen=True)
class ForkedFunction:
    """A function that is a child of the fork server, which forgets it when it has ended."""

    pid: int
    log_file: Path

    def running(self) -> bool:
        """Return whether its process lives."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """Kill it and its workers at once, as a crash would."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while self.running():
            time.sleep(process.POLL_SECONDS)


class ForkServer:
    """The fork server of a stack, `fork_server.py`. Start it in the main thread."""

    def __init__(self, log_file: Path) -> None:
        argv = [sys.executable, "-m", "local.processes.fork_server"]
        self._server = process.begin(
            argv,
            process.base_environment(),
            log_file,
            lambda: True,
            name="the functions' fork server",
            talks=True,
        )

    def launch(
        self, name: str, port: int, environment: Mapping[str, str], log_file: Path
    ) -> ForkedFunction:
        """Start a function of this checkout.

        Raises:
            ConfigError: the fork server has died.
        """
        argv = ["--target", name, "--source", str(ROOT / "functions" / name / "main.py")]
        argv += ["--host", process.HOST, "--port", str(port)]
        order = {
            "argv": argv,
            "environment": {**process.base_environment(), **environment},
            "log": str(log_file),
        }
        answer = self._server.ask(json.dumps(order))
        if not answer:
            raise ConfigError(
                f"function {name} was not started: the fork server has ended; see "
                f"{self._server.log_file}"
            )
        return ForkedFunction(int(answer), log_file)

    def stop(self) -> None:
        """End the fork server, and with it all functions."""
        self._server.kill()
