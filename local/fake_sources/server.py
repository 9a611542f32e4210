"""Serves the fake sources over HTTP: one process for all hosts, on a port of 127.0.0.1."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from common.clock import Clock
from local.fake_sources.answers import Answer, answer
from local.fake_sources.slate import Slate

DOWN = Answer(HTTPStatus.SERVICE_UNAVAILABLE, {}, b"down for maintenance")


class SourceServer(ThreadingHTTPServer):
    """Answers for a slate at a clock's instant; `server_port` is its port.

    Requests whose path contains one of `refuse` find the source down.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, slate: Slate, clock: Clock, port: int = 0, *, refuse: Sequence[str] = ()
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self._refuse = refuse
        self._slate = slate
        self._clock = clock
        self._lock = Lock()
        self._phase = -1
        self._answers: dict[str, Answer] = {}

    def answer(self, target: str) -> Answer:
        """Answer a request target; the answer is cached until the slate's state changes."""
        now = self._clock.now()
        kept = self._kept(now)
        found = kept.get(target)
        if found is None:
            found = kept[target] = self._ask(target, now)
        return found

    def _ask(self, target: str, now: datetime) -> Answer:
        split = urlsplit(target)
        if any(part in split.path for part in self._refuse):
            return DOWN
        params = dict(parse_qsl(split.query, keep_blank_values=True))
        return answer(split.path, params, self._slate, now)

    def _kept(self, now: datetime) -> dict[str, Answer]:
        phase = self._slate.phase(now)
        with self._lock:
            if phase != self._phase:
                # A fresh dict: a thread that still answers for the old phase writes into that one.
                self._phase, self._answers = phase, {}
            return self._answers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SourceServer
    # Head and body leave in one packet: two small ones cost 40 ms of delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        found = self.server.answer(self.path)
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing, because the query contains a key."""
