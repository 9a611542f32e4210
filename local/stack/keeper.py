"""The process that holds a stack: started by a driver, and controlled over loopback HTTP.

It ends on request, on a signal, or when the driver ends without having asked to keep the stack;
then it removes the stack's folder, which nobody else will.
"""

import json
import os
import select
import shutil
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from common.clock import FileClock, set_clock
from common.errors import ConfigError
from local.processes.process import HOST
from local.stack.chaos import Disturbance
from local.stack.config import StackConfig
from local.stack.idle import IdleWait
from local.stack.stack import Stack
from local.stack.strikes import Strikes

_RESTART_SECONDS = 0.05


class Keeper:
    """Holds one started stack and carries out the driver's requests."""

    def __init__(self, stack: Stack, stopping: threading.Event) -> None:
        self.kept = False
        self.stopping = stopping
        self._stack = stack
        self._idle = IdleWait(stack)
        self._strikes = Strikes(stack, stack.pubsub.broker, FileClock(stack.clock_file))

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Carry out a request and return the reply.

        Raises:
            ConfigError: the request or a function in it is unknown.
        """
        reply: dict[str, Any] = {}
        match path:
            case "/clock":
                set_clock(self._stack.clock_file, datetime.fromisoformat(body["now"]))
                self._stack.pubsub.broker.wake()
            case "/idle":
                reply = self._wait_idle(body["seconds"])
            case "/arm":
                self._strikes.arm(Disturbance(**body))
            case "/disturbances":
                reply = {"lines": self._strikes.lines()}
            case "/dead-letters":
                reply = {"count": self._stack.pubsub.dead_letters()}
            case "/kill":
                self._stack.kill(body["function"])
            case "/keep":
                reply = {"console": self._stack.start_console()}
                self.kept = True
            case "/stop":
                self.stopping.set()
            case _:
                raise ConfigError(f"request {path!r} is not known to the stack's keeper")
        return reply

    def supervise(self) -> None:
        """Restart dead functions until asked to stop; runs in the main thread."""
        while not self.stopping.wait(_RESTART_SECONDS):
            self._stack.restart_dead()
        self._strikes.close()

    def _wait_idle(self, seconds: float) -> dict[str, Any]:
        state = self._idle.wait(seconds)
        return replace(state, disturbances=len(self._strikes.lines())).to_reply()


class _Control(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, keeper: Keeper) -> None:
        super().__init__((HOST, 0), _Handler)
        self.keeper = keeper


class _Handler(BaseHTTPRequestHandler):
    server: _Control

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, reply = HTTPStatus.OK, self.server.keeper.answer(self.path, body)
        except ConfigError as error:
            status, reply = HTTPStatus.BAD_REQUEST, {"error": str(error)}
        text = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log no requests."""


def _stop_with_driver(keeper: Keeper) -> None:
    """Wait for the end of standard input, which is the driver's, and stop unless kept."""
    while os.read(sys.stdin.fileno(), 1):  # unbuffered: a lock held at the exit would abort it
        pass
    if not keeper.kept:
        keeper.stopping.set()


def _start(stack: Stack) -> bool:
    """Start the stack; print the reason as JSON and return False when it does not start."""
    try:
        stack.start()
    except ConfigError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return False
    return True


def main() -> int:
    """Start the stack, print where its parts are as a line of JSON, and hold it until stopped."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    config = StackConfig.from_json(sys.argv[1])
    stack = Stack(config)
    if not _start(stack):
        return 2
    keeper = Keeper(stack, stopping)
    try:
        with suppress(BrokenPipeError):  # the driver has ended while the stack was starting
            _hold(stack, keeper)
    finally:
        stack.stop()
    if not keeper.kept and _driver_has_ended():
        shutil.rmtree(config.folder, ignore_errors=True)
    return 0


def _driver_has_ended() -> bool:
    """Return whether standard input is at its end; a driver that waits holds it open."""
    return bool(select.select([sys.stdin], [], [], 0)[0])


def _hold(stack: Stack, keeper: Keeper) -> None:
    control = _Control(keeper)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    threading.Thread(target=_stop_with_driver, args=(keeper,), daemon=True).start()
    address = f"http://{HOST}:{control.server_port}"
    print(json.dumps({**stack.describe(), "control": address, "pid": os.getpid()}), flush=True)
    keeper.supervise()


if __name__ == "__main__":
    sys.exit(main())
