"""Counts what Google's emulator delivers: it cannot be asked whether it is at rest.

Pushes go to `http://gateway/<function's port>` and are passed on to the function.
"""

import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from local.stack.process import HOST

QUIET_SECONDS = 0.25
"""Longer than the emulator takes from a publish to its push (seen: under 0.1 s)."""
_ACKED = range(100, 300)
_POLL_SECONDS = 0.02


class Gateway(ThreadingHTTPServer):
    """Passes pushes on and counts them; runs inside a `with` block."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Handler)
        self.handled = 0
        self.failed = 0
        self._under_way = 0
        self._last = time.monotonic()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self.server_close()

    def entry(self, url: str) -> str:
        """The push endpoint for a function's URL."""
        return f"http://{HOST}:{self.server_port}/{urlsplit(url).port}"

    def begin(self) -> None:
        """A push came in."""
        with self._lock:
            self._under_way += 1

    def end(self, status: int) -> None:
        """A push was answered."""
        with self._lock:
            self._under_way -= 1
            self._last = time.monotonic()
            if status in _ACKED:
                self.handled += 1
            else:
                self.failed += 1

    def wait_quiet(self, seconds: float) -> bool:
        """Wait until nothing has come for a moment."""
        started = time.monotonic()
        while (now := time.monotonic()) - started < seconds:
            with self._lock:
                since = now - max(self._last, started)
                if not self._under_way and since >= QUIET_SECONDS:
                    return True
            time.sleep(_POLL_SECONDS)
        return False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.server.begin()
        status = 503
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = self._pass_on(body)
        finally:
            self.server.end(status)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _pass_on(self, body: bytes) -> int:
        connection = HTTPConnection(HOST, int(self.path.strip("/")), timeout=600)
        try:
            headers = {"Content-Type": self.headers.get("Content-Type", "application/json")}
            connection.request("POST", "/", body, headers)
            return connection.getresponse().status
        except OSError:
            return 503
        finally:
            connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""
