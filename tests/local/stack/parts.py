"""A stack whose parts are notes, except the broker, which is in here."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.stack.config import StackConfig

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
FUNCTIONS = [
    "cleanup_processor",
    "execution_tracker",
    "master_controller",
    "schedule_locker",
    "scraper_logger",
    "scraper_runner",
    "workflow_executor",
]


class Part:
    """A process that notes what happens to it."""

    def __init__(self, name: str, done: list[str], log_file: Path) -> None:
        self.name, self.done, self.log_file = name, done, log_file
        self.lives = True

    def __getattr__(self, method: str) -> Any:
        if method not in {"await_ready", "stop", "suspend", "resume"}:
            raise AttributeError(method)
        return lambda: self.done.append(f"{method} {self.name}")

    def running(self) -> bool:
        """Return whether it lives."""
        return self.lives

    def kill(self) -> None:
        """End it."""
        self.lives = False
        self.done.append(f"kill {self.name}")


class Parts:
    """What was begun, and with what."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.argv: dict[str, list[str]] = {}
        self.env: dict[str, Mapping[str, str]] = {}
        self.ports: dict[str, int] = {}
        self.logs: dict[str, Path] = {}
        self.ready: dict[str, Callable[[], bool]] = {}
        self.closed: set[int] = set()
        self.asked: list[int] = []

    def accepts(self, port: int) -> bool:
        """Note who is asked for."""
        self.asked.append(port)
        return port not in self.closed

    def begin(
        self,
        argv: list[str],
        env: Mapping[str, str],
        log: Path,
        ready: Callable[[], bool],
        *,
        name: str,
    ) -> Part:
        """Note a server."""
        self.argv[name], self.env[name] = argv[1:], env
        self.logs[name], self.ready[name] = log, ready
        self.done.append(f"begin {name}")
        assert argv[0] == sys.executable
        return Part(name, self.done, log)

    def launch(self, name: str, port: int, env: Mapping[str, str], log: Path) -> Part:
        """Note a function."""
        self.ports[name], self.env[name], self.logs[name] = port, env, log
        self.done.append(f"launch {name}")
        return Part(name, self.done, log)


def config(folder: Path, **given: Any) -> StackConfig:
    """Return the configuration of a stack in a folder that is not there."""
    return StackConfig(instant=NOON, folder=folder / "a" / "run", **given)
