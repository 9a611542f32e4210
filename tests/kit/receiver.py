"""A webhook of somebody else: an HTTP server that keeps what is posted to it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.kit.serving import serving

PATH = "/services/T0/B0/a-secret-word-of-the-webhook"


@dataclass
class Receiver:
    """What was posted, and how it answers.

    Attributes:
        answers: statuses of the next posts, with the headers of each; then 200.
        posted: the JSON bodies that were posted, taken or not.
        url: where it listens.
    """

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    posted: list[Any] = field(default_factory=list)
    url: str = ""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "2"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}{PATH}"
    with serving(server):
        yield receiver
