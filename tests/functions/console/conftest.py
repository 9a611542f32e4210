"""The console on the day that went partly wrong, with ports that refuse to be written to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from common.runtime import Runtime, install
from local.simulator.ports.intercepted import Call, Do, intercepted
from tests.functions.conftest import app
from tests.kit.operated import gone_wrong


class Get(Protocol):
    """Asks the console for an address."""

    def __call__(self, path: str, /, method: str = "GET", **query: str) -> TestResponse:
        """Return its answer."""


def reading(runtime: Runtime) -> Runtime:
    """Return a runtime whose ports fail the test when they are written to."""

    def refuse(call: Call, do: Do) -> Any:
        assert not call.writes, f"the console called {call.name} {call.subject}"
        return do()

    return runtime.but(
        storage=intercepted(runtime.storage, refuse),
        warehouse=intercepted(runtime.warehouse, refuse),
        publisher=intercepted(runtime.publisher, refuse),
    )


@contextmanager
def served(runtime: Runtime) -> Iterator[str]:
    """Serve the console to a browser; yield its address."""
    install(reading(runtime))
    made = make_server("127.0.0.1", 0, app("console"), threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}"
    finally:
        made.shutdown()
        thread.join()
        install(None)


@pytest.fixture
def get() -> Iterator[Get]:
    """Ask the console."""
    install(reading(gone_wrong().runtime))
    client = app("console").test_client()

    def ask(path: str, /, method: str = "GET", **query: str) -> TestResponse:
        return client.open(path, method=method, query_string=query or None)

    yield ask
    install(None)
