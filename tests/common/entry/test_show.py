"""The way into the function that shows pages."""

from collections.abc import Iterator, Mapping

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from common.entry.show import Page, show
from common.runtime import Runtime, install
from common.settings import Settings


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """Install a runtime for a test."""
    made = Runtime(Settings())
    install(made)
    yield made
    install(None)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_is_asked_for_by_path_and_parameters(runtime: Runtime, method: str) -> None:
    """What stands behind the path is told apart from it; the answer goes out as it is."""
    seen: list[tuple[Runtime, str, Mapping[str, str]]] = []

    def page(*asked: object) -> Page:
        seen.append(asked)  # type: ignore[arg-type] # checked below
        return "<p>", 404, {"X": "y"}

    asked = EnvironBuilder("/day", method=method, query_string={"date": "2025-11-12"})
    assert show(Request(asked.get_environ()), lambda: page) == ("<p>", 404, {"X": "y"})
    ((given, path, parameters),) = seen
    assert given is runtime
    assert (path, dict(parameters)) == ("/day", {"date": "2025-11-12"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_whoever_would_change_something_is_told_to_read(method: str) -> None:
    """Nothing is loaded for it."""
    request = Request(EnvironBuilder("/", method=method).get_environ())
    text, status, headers = show(request, lambda: pytest.fail("loaded"))
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.endswith("use GET.\n")
