"""Clients of Google Cloud share one set of credentials; those of an emulator have none."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from google.auth.credentials import AnonymousCredentials

from common.cloud.access import access, credentials
from common.settings import ROOT

CODE = """
from common.cloud import storage, warehouse
from common.cloud.access import access, credentials

storage.make_client("p", None)
warehouse.make_client("p", None)
assert access(None)["credentials"] is credentials()
"""


@pytest.fixture
def metadata() -> Iterator[tuple[str, list[str]]]:
    """Serve the metadata of an instance; yield its address and the paths that are asked for."""
    asked: list[str] = []

    class Metadata(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Metadata-Flavor", "Google")
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"googleapis.com" if "universe" in self.path else b"p")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_credentials_are_looked_up_once(metadata: tuple[str, list[str]]) -> None:
    """Two clients need the requests of one: the project is asked for once."""
    address, asked = metadata
    subprocess.run(
        [sys.executable, "-c", CODE],
        env={
            "PYTHONPATH": str(ROOT),
            "GCE_METADATA_HOST": address,
            "GCE_METADATA_IP": address,
            "HOME": "/nonexistent",
        },
        timeout=60,
        check=True,
    )
    assert sum(path.endswith("/project-id") for path in asked) == 1
    assert len(asked) <= 3


def test_the_credentials_may_call_google_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key's token is refused everywhere without a scope."""
    asked: list[dict[str, object]] = []

    def default(**options: object) -> tuple[object, str]:
        asked.append(options)
        return AnonymousCredentials(), "p"  # type: ignore[no-untyped-call] # the library has no types

    monkeypatch.setattr("google.auth.default", default)
    credentials.cache_clear()
    assert access(None) == {"credentials": credentials()}
    credentials.cache_clear()
    assert asked == [{"scopes": ["https://www.googleapis.com/auth/cloud-platform"]}]


def test_an_emulator_is_called_without_credentials() -> None:
    """Its address is an option of the client, and no environment is looked at."""
    given = access("http://127.0.0.1:9")
    assert isinstance(given["credentials"], AnonymousCredentials)
    assert given["client_options"] == {"api_endpoint": "http://127.0.0.1:9"}
