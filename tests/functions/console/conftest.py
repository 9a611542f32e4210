"""The console on the day that went partly wrong, with ports that refuse to be written to."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
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


@pytest.fixture
def get() -> Iterator[Get]:
    """Ask the console."""
    install(reading(gone_wrong().runtime))
    client = app("console").test_client()

    def ask(path: str, /, method: str = "GET", **query: str) -> TestResponse:
        return client.open(path, method=method, query_string=query or None)

    yield ask
    install(None)
