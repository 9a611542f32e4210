"""A push endpoint that records, a clock that only tests move, and both Pub/Sub servers."""

import json
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import SystemClock
from local.broker.broker import Broker
from local.broker.servers import Servers


@dataclass(frozen=True)
class Push:
    """One request that reached the sink."""

    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def message(self) -> dict[str, Any]:
        """Return the Pub/Sub message inside."""
        return self.body["message"]


@dataclass
class Sink:
    """A push endpoint that records every push and answers with `answers` in turn, then 204."""

    url: str = ""
    answers: deque[int] = field(default_factory=deque)
    release: threading.Event | None = None
    then: Callable[[Push], None] | None = None
    pushes: "queue.Queue[Push]" = field(default_factory=queue.Queue)

    def receive(self, timeout: float = 10) -> Push:
        """Return the next push."""
        return self.pushes.get(timeout=timeout)

    def receive_all(self, number: int) -> list[Push]:
        """Return the next `number` pushes."""
        return [self.receive() for _ in range(number)]

    def quiet(self, seconds: float) -> bool:
        """Return whether no push comes for that long."""
        try:
            self.pushes.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = sink.answers.popleft() if sink.answers else 204
            sink.pushes.put(Push(dict(self.headers), json.loads(body)))
            if sink.then is not None:
                sink.then(Push(dict(self.headers), json.loads(body)))
            if sink.release is not None:
                sink.release.wait(10)
            answer = b"the reason" * 40 if status >= 300 else b""
            self.send_response(status)
            if status >= 200:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def make_sink() -> Iterator[Any]:
    """Return a function that starts a sink."""
    servers = []

    def start() -> Sink:
        sink = Sink()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sink))
        sink.url = f"http://127.0.0.1:{server.server_port}/push"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return sink

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def sink(make_sink: Any) -> Sink:
    """Return a started sink."""
    return make_sink()


@dataclass
class StillClock:
    """A clock that only tests move."""

    instant: datetime = datetime(2025, 11, 12, 18, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.instant

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.instant += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StillClock:
    """Return a clock at 2025-11-12 18:00 UTC."""
    return StillClock()


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Return a function that acts once a call waits in its thread, and lists what that returns.

    It has to be asked for before what it waits in is made.
    """
    begun = threading.Semaphore(0)

    class Noting(threading.Condition):
        def wait(self, timeout: float | None = None) -> bool:
            begun.release()
            return super().wait(timeout)

    noting = SimpleNamespace(Lock=threading.Lock, Condition=Noting)
    for module in ("backlog", "mailbox", "stats"):
        monkeypatch.setattr(f"local.broker.{module}.threading", noting)

    def answers(call: Callable[[], object], act: Callable[[], object]) -> list[Any]:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
        thread.start()
        assert begun.acquire(timeout=5), "it does not wait"
        act()
        thread.join(5)
        return found

    return answers


@pytest.fixture(scope="session")
def embedded() -> Iterator[str]:
    """Serve our broker on the wall clock; yield its value for `PUBSUB_EMULATOR_HOST`."""
    with Servers(Broker(SystemClock())) as servers:
        yield f"127.0.0.1:{servers.port}"
