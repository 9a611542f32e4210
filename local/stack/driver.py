"""Starts a stack in a keeper process of its own, and controls it over loopback HTTP."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from common.configuration.workflows import read_workflows
from common.errors import ConfigError
from common.settings import ROOT, variable
from local.processes.process import accepts
from local.stack.chaos import Disturbance
from local.stack.config import StackConfig
from local.stack.kept_file import read_kept
from local.stack.state import ChainState
from local.stack.views import create_views

KEPT_FILE = ROOT / ".local" / "kept.json"
EMULATOR = "_EMULATOR_HOST"
"""Ends the names of the variables with the emulators' addresses."""
STOP_SECONDS_MAX = 30.0
_ANSWER_SECONDS_MAX = 120.0
_POLL_SECONDS = 0.02


class RunningStack:
    """A started stack.

    Attributes:
        where: `project`, `dataset`, `data_bucket`, `state_bucket`, `environment` (the emulators'
            hosts and the other settings, by variable), `functions` (address by name), `pid` (of
            the keeper), `pubsub_rest`, `control`, `folder` and `chaos` (a seed or null).
    """

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
            if not isinstance(error, Exception):  # it ended well, or the operator interrupted it
                shutil.rmtree(self.where["folder"], ignore_errors=True)

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings by which a program reaches this stack, as environment variables."""
        environment: Mapping[str, str] = self.where["environment"]
        return environment

    def require_emulators(self) -> None:
        """Look whether its emulators answer: Google's clients would try a dead one for a minute.

        Raises:
            ConfigError: one does not.
        """
        for name, address in self.environment.items():
            if name.endswith(EMULATOR) and not accepts(int(address.rpartition(":")[2])):
                part, logs = name.removesuffix(EMULATOR).lower(), f"{self.where['folder']}/logs"
                raise ConfigError(
                    f"the kept stack's {part} emulator has died; its log is in {logs}. "
                    "Run: python -m local stop, then up"
                )

    def set_clock(self, instant: datetime) -> None:
        """Move the virtual clock."""
        self._request("/clock", {"now": instant.isoformat()})

    def wait_idle(self, seconds: float) -> ChainState:
        """Wait up to that many real seconds until the chain is idle."""
        return ChainState.from_reply(self._request("/idle", {"seconds": seconds}))

    def dead_letters(self) -> int:
        """Return how many messages wait on the dead-letter subscription."""
        count: int = self._request("/dead-letters")["count"]
        return count

    def kill(self, function: str) -> None:
        """Kill a function's process."""
        self._request("/kill", {"function": function})

    def arm(self, disturbance: Disturbance) -> None:
        """Let a disturbance strike when its target is next at work."""
        self._request("/arm", asdict(disturbance))

    def disturbances(self) -> list[dict[str, Any]]:
        """Return what chaos has done so far, in order of time."""
        lines: list[dict[str, Any]] = self._request("/disturbances")["lines"]
        return lines

    def keep(self) -> None:
        """Leave the stack running when this process ends, and record it in `KEPT_FILE`.

        Only a kept stack is looked at by people: it gets the console, and the views, which take a
        second to make.
        """
        workflows = read_workflows(Path(self.environment[variable("workflows_file")]))
        endpoint = self.environment[variable("bigquery_emulator_host")]
        project, dataset = self.where["project"], self.where["dataset"]
        create_views(endpoint, project, dataset, workflows.file.enabled)
        functions = {**self.where["functions"], **self._request("/keep")}
        self.where = {**self.where, "functions": functions}
        KEPT_FILE.parent.mkdir(parents=True, exist_ok=True)
        KEPT_FILE.write_text(json.dumps(self.where, indent=2) + "\n")
        self._keeper = None

    def stop(self) -> None:
        """Stop the stack and wait for it."""
        with suppress(OSError):  # the keeper may have ended already
            self._request("/stop")
        if self._keeper is not None:
            self._keeper.wait(STOP_SECONDS_MAX)
            self._keeper = None

    def _request(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        address = urlsplit(self.where["control"])
        connection = HTTPConnection(address.netloc, timeout=_ANSWER_SECONDS_MAX)
        try:
            connection.request("POST", path, json.dumps(body or {}))
            answer = connection.getresponse()
            reply: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != HTTPStatus.OK:
            raise ConfigError(reply["error"])
        return reply


def start_stack(config: StackConfig) -> RunningStack:
    """Start a stack in a process of its own; it stops with this process unless it is kept.

    As a context manager it removes its folder at the end, but not when an error sends people to
    the logs there.

    Raises:
        ConfigError: the stack did not start; the text is the keeper's.
    """
    _remove_old_folders()
    # Before anything is made: pydantic makes an error of its own of a termination that meets it.
    given = config.to_json()
    config.folder.mkdir(parents=True, exist_ok=True)
    log = config.folder / "keeper.log"
    try:
        keeper = _start_keeper(given, log)
        assert keeper.stdout is not None
        line = keeper.stdout.readline()
    except (KeyboardInterrupt, SystemExit):
        shutil.rmtree(config.folder, ignore_errors=True)  # a keeper sees to what it made since
        raise
    where = json.loads(line) if line else {"error": f"the stack's keeper died; see {log}"}
    if "error" in where:
        keeper.wait(STOP_SECONDS_MAX)
        raise ConfigError(where["error"])
    return RunningStack(where, keeper)


def _start_keeper(given: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "local.stack.keeper", given],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches the driver alone, which stops the stack
        )


def kept_stack() -> RunningStack | None:
    """Return the stack that an earlier command kept running; None when there is none.

    Raises:
        ConfigError: `KEPT_FILE` is damaged.
    """
    where = read_kept(KEPT_FILE)
    if where is None:
        return None
    if not _is_alive(where["pid"]):
        KEPT_FILE.unlink(missing_ok=True)
        return None
    return RunningStack(where, None)


def stop_kept() -> bool:
    """Stop the kept stack and remove all but its logs; return False when there was none.

    The logs stay until another stack starts.
    """
    stack = kept_stack()
    if stack is None:
        return False
    stack.stop()
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while _is_alive(stack.where["pid"]) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    KEPT_FILE.unlink(missing_ok=True)
    for held in Path(stack.where["folder"]).iterdir():
        if held.is_file():
            held.unlink(missing_ok=True)
        elif held.name != "logs":
            shutil.rmtree(held, ignore_errors=True)
    return True


def _remove_old_folders() -> None:
    """Remove the folders of stacks that have ended."""
    stack = kept_stack()
    kept = Path(stack.where["folder"]) if stack else None
    for old in (ROOT / ".local").glob("run-*"):
        if old != kept and not _is_alive(int(old.name.removeprefix("run-"))):
            shutil.rmtree(old, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
