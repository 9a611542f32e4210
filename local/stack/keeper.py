"""The process that holds a stack: started by the driver, told what to do over loopback HTTP.

It ends when told to, or when the driver that started it goes away without saying `keep`.
"""

import json
import os
import signal
import sys
import threading
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from common.clock import FileClock, set_clock
from common.errors import ConfigError
from local.stack.chaos import Disturbance
from local.stack.process import HOST
from local.stack.rest import Rest
from local.stack.stack import Stack, StackConfig
from local.stack.strikes import Strikes

_SUPERVISE_SECONDS = 0.05


class Keeper:
    """Holds one stack and answers for it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.kept = False
        self.stopping = threading.Event()
        self.rest = Rest(stack)
        self.strikes: Strikes | None = None

    def answer(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        """Do what the driver asks.

        Raises:
            ConfigError: an unknown request or function.
        """
        told: dict[str, Any] = {}
        match path:
            case "/clock":
                set_clock(self.stack.clock_file, datetime.fromisoformat(given["now"]))
                assert self.stack.pubsub is not None
                self.stack.pubsub.wake()
            case "/idle":
                told = {**self.rest.wait(given["seconds"]), "disturbed": len(self._struck())}
            case "/arm":
                assert self.strikes is not None, "armed on a stack without chaos"
                self.strikes.arm(Disturbance(**given))
            case "/struck":
                told = {"struck": self._struck()}
            case "/dead-letters":
                told = {"count": self.stack.dead_letters()}
            case "/kill":
                self.stack.kill(given["function"])
            case "/keep":
                self.kept = True
            case "/stop":
                self.stopping.set()
            case _:
                raise ConfigError(f"request {path!r} is not known to the keeper")
        return told

    def _struck(self) -> list[dict[str, Any]]:
        return self.strikes.struck() if self.strikes else []

    def supervise(self) -> None:
        """Restart dead functions until told to stop; runs in the main thread."""
        while not self.stopping.wait(_SUPERVISE_SECONDS):
            self.stack.restart_dead()
        if self.strikes:
            self.strikes.close()


class _Control(ThreadingHTTPServer):
    daemon_threads = True
    keeper: Keeper


class _Handler(BaseHTTPRequestHandler):
    server: _Control

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        try:
            status, reply = 200, self.server.keeper.answer(self.path, given)
        except ConfigError as error:
            status, reply = 400, {"error": str(error)}
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


def _watch_driver(keeper: Keeper) -> None:
    """Standard input ends with the driver; a kept stack outlives it."""
    while os.read(sys.stdin.fileno(), 1):  # unbuffered: a lock held at the exit would abort it
        pass
    if not keeper.kept:
        keeper.stopping.set()


def read_config(given: dict[str, Any]) -> StackConfig:
    """The configuration that the driver handed over as JSON."""
    since = given["collect_since"]
    return StackConfig(
        folder=Path(given["folder"]),
        slate=Path(given["slate"]),
        instant=datetime.fromisoformat(given["instant"]),
        pubsub=given["pubsub"],
        collect_since=date.fromisoformat(since) if since else None,
        workflows=Path(given["workflows"]),
        ports=given["ports"],
        chaos=given["chaos"],
    )


def main() -> int:
    """Start the stack, say where it is on standard output, and hold it."""
    stack = Stack(read_config(json.loads(sys.argv[1])))
    keeper = Keeper(stack)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: keeper.stopping.set())
    try:
        stack.start()
    except ConfigError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 2
    if stack.broker:
        keeper.strikes = Strikes(stack, stack.broker, FileClock(stack.clock_file))
    try:
        control = _Control((HOST, 0), _Handler)
        control.keeper = keeper
        threading.Thread(target=control.serve_forever, daemon=True).start()
        threading.Thread(target=_watch_driver, args=(keeper,), daemon=True).start()
        where = f"http://{HOST}:{control.server_port}"
        print(json.dumps({**stack.describe(), "control": where, "pid": os.getpid()}), flush=True)
        keeper.supervise()
    finally:
        stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
