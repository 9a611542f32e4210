"""The driver's end of a stack: starts the keeper process, and asks things of it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from common.errors import ConfigError
from common.settings import ROOT
from local.stack.chaos import Disturbance
from local.stack.stack import StackConfig

KEPT_FILE = ROOT / ".local" / "kept.json"
STOP_SECONDS = 30.0
_ANSWER_SECONDS = 120.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Rested:
    """What the keeper says of the chain at rest (or not, when `idle` is false)."""

    idle: bool
    next_due: datetime | None
    handled: int
    failed: int
    disturbed: int
    """Disturbances so far."""


class RunningStack:
    """A started stack, as others see it; `where` is its description."""

    def __init__(self, where: Mapping[str, Any], keeper: subprocess.Popen[bytes] | None) -> None:
        self.where = where
        self._keeper = keeper

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeper is not None:
            self.stop()

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings that reach this stack, as environment variables."""
        found: Mapping[str, str] = self.where["environment"]
        return found

    def set_clock(self, instant: datetime) -> None:
        """Move the virtual clock."""
        self._ask("/clock", {"now": instant.isoformat()})

    def rest(self, seconds: float) -> Rested:
        """Wait until the chain is at rest."""
        told = self._ask("/idle", {"seconds": seconds})
        due = told["next_due"]
        return Rested(
            told["idle"],
            datetime.fromisoformat(due) if due else None,
            told["handled"],
            told["failed"],
            told["disturbed"],
        )

    def dead_letters(self) -> int:
        """How many messages were given up so far."""
        count: int = self._ask("/dead-letters", {})["count"]
        return count

    def kill(self, function: str) -> None:
        """Kill a function's process."""
        self._ask("/kill", {"function": function})

    def arm(self, disturbance: Disturbance) -> None:
        """Let something go wrong when its target is next at work; needs a stack with chaos."""
        self._ask("/arm", asdict(disturbance))

    def struck(self) -> list[dict[str, Any]]:
        """What went wrong so far, in order of time."""
        struck: list[dict[str, Any]] = self._ask("/struck", {})["struck"]
        return struck

    def keep(self) -> None:
        """Leave the stack running when this process ends, and note where it is."""
        self._ask("/keep", {})
        KEPT_FILE.parent.mkdir(parents=True, exist_ok=True)
        KEPT_FILE.write_text(json.dumps(self.where, indent=2) + "\n")
        self._keeper = None

    def stop(self) -> None:
        """Stop the stack and wait for it."""
        with suppress(OSError):  # it may have gone already
            self._ask("/stop", {})
        if self._keeper is not None:
            self._keeper.wait(STOP_SECONDS)
            self._keeper = None

    def _ask(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        address = urlsplit(self.where["control"])
        connection = HTTPConnection(address.netloc, timeout=_ANSWER_SECONDS)
        try:
            connection.request("POST", path, json.dumps(given))
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
            raise ConfigError(told["error"])
        return told


def start_stack(config: StackConfig) -> RunningStack:
    """Start a stack in a process of its own.

    Raises:
        ConfigError: it did not start; the keeper's own words.
    """
    given = {
        "folder": str(config.folder),
        "slate": str(config.slate),
        "instant": config.instant.isoformat(),
        "pubsub": config.pubsub,
        "collect_since": config.collect_since.isoformat() if config.collect_since else None,
        "workflows": str(config.workflows),
        "ports": dict(config.ports),
        "chaos": config.chaos,
    }
    config.folder.mkdir(parents=True, exist_ok=True)
    with (config.folder / "keeper.log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "local.stack.keeper", json.dumps(given)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # a Ctrl-C is the driver's to handle
        )
    assert keeper.stdout is not None
    line = keeper.stdout.readline()
    told = json.loads(line) if line else {"error": f"the stack died; see {log.name}"}
    if "error" in told:
        keeper.wait(STOP_SECONDS)
        raise ConfigError(told["error"])
    return RunningStack(told, keeper)


def kept_stack() -> RunningStack | None:
    """The stack that an earlier `day --keep` left running; None when there is none."""
    if not KEPT_FILE.exists():
        return None
    where = json.loads(KEPT_FILE.read_text())
    if not _is_alive(where["pid"]):
        KEPT_FILE.unlink(missing_ok=True)
        return None
    return RunningStack(where, None)


def stop_kept() -> bool:
    """Stop the kept stack; False when there was none."""
    stack = kept_stack()
    if stack is None:
        return False
    stack.stop()
    deadline = time.monotonic() + STOP_SECONDS
    while _is_alive(stack.where["pid"]) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    KEPT_FILE.unlink(missing_ok=True)
    shutil.rmtree(stack.where["folder"], ignore_errors=True)
    return True


def run_folder() -> Path:
    """A folder for one stack's clock and logs; those of runs that are over are cleared away."""
    stack = kept_stack()
    kept = Path(stack.where["folder"]) if stack else None
    for old in (ROOT / ".local").glob("run-*"):
        if old != kept and not _is_alive(int(old.name.removeprefix("run-"))):
            shutil.rmtree(old, ignore_errors=True)
    return ROOT / ".local" / f"run-{os.getpid()}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
