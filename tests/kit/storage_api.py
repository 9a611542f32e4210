"""The local Cloud Storage in a thread of the test's process, with what it was asked."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from common.clock import SystemClock
from local.stack.storage_server.api import Api
from local.stack.storage_server.http import Answer, Request
from local.stack.storage_server.objects import Objects


class ServedStorage(ThreadingHTTPServer):
    """Serves empty buckets over HTTP; see `serving`.

    Attributes:
        objects: what it holds.
        asked: each request so far.
    """

    def __init__(self, *buckets: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects = Objects(SystemClock(), lambda *_: None)
        for name in buckets:
            self.objects.create_bucket(name)
        self.asked: list[Request] = []
        self._api = Api(self.objects)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, request: Request) -> Answer:
        """Answer a request, and remember it."""
        self.asked.append(request)
        return self._api.answer(request)


class _Handler(BaseHTTPRequestHandler):
    """Hands requests on, whatever their method."""

    server: ServedStorage
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        answer = self.server.answer(Request(self.command, url.path, query, headers, body))
        self.send_response(answer.status)
        for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the test's output clean."""
