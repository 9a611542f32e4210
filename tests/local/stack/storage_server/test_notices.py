"""Events of finalized objects, as a Pub/Sub gets them."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from local.stack.storage_server import notices
from local.stack.storage_server.notices import Notices, Target
from tests.kit.serving import serving

TOPIC = "projects/p/topics/scraped-objects"
CUT = 206


class PubSub(ThreadingHTTPServer):
    """Takes publishes.

    Attributes:
        statuses: what the next ones are answered with; 200 when there are no more. An answer of
            status `CUT` breaks off.
        asked: path and messages of each.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.statuses: list[int] = []
        self.asked: list[tuple[str, list[dict[str, Any]]]] = []

    def messages(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many messages, of requests that were taken or refused."""
        deadline = time.monotonic() + 10
        while sum(len(messages) for _, messages in self.asked) < count:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return [message for _, messages in self.asked for message in messages]


class _Handler(BaseHTTPRequestHandler):
    server: PubSub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a publish."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path, body["messages"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{" if status == CUT else b"{}")
        self.close_connection = status == CUT

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the test's output clean."""


@pytest.fixture
def pubsub() -> Iterator[PubSub]:
    """Serve a Pub/Sub."""
    server = PubSub()
    with serving(server):
        yield server


@pytest.fixture
def publish(pubsub: PubSub) -> Callable[..., None]:
    """Return what is called with a finalized object of the bucket `nba`."""
    return Notices("nba", Target(f"127.0.0.1:{pubsub.server_port}", TOPIC)).finalized


def described(name: str, bucket: str = "nba", generation: str = "7") -> dict[str, Any]:
    """Describe an object."""
    about = {"updated": "2025-11-12T18:00:00.000Z", "customTime": "2025-11-12T17:59:00Z"}
    return {"bucket": bucket, "name": name, "generation": generation, **about}


def test_a_finalized_object_is_published_whole(
    pubsub: PubSub, publish: Callable[..., None]
) -> None:
    """The data are its resource, customTime too; the attributes are those of Google's document."""
    publish(described("a/b"), None)
    (message,) = pubsub.messages(1)
    assert pubsub.asked[0][0] == f"/v1/{TOPIC}:publish"
    assert json.loads(base64.b64decode(message["data"])) == described("a/b")
    assert message["attributes"] == {
        "notificationConfig": "projects/_/buckets/nba/notificationConfigs/1",
        "eventType": "OBJECT_FINALIZE",
        "payloadFormat": "JSON_API_V1",
        "bucketId": "nba",
        "objectId": "a/b",
        "objectGeneration": "7",
        "eventTime": "2025-11-12T18:00:00.000Z",
    }


def test_an_overwritten_object_names_the_one_before(
    pubsub: PubSub, publish: Callable[..., None]
) -> None:
    """As `overwroteGeneration`."""
    publish(described("a", generation="8"), described("a"))
    (message,) = pubsub.messages(1)
    assert message["attributes"]["overwroteGeneration"] == "7"


def test_other_buckets_are_not_published(pubsub: PubSub, publish: Callable[..., None]) -> None:
    """The state bucket has no events."""
    publish(described("state", "other"), None)
    publish(described("data"), None)
    (message,) = pubsub.messages(1)
    assert message["attributes"]["objectId"] == "data"


def test_events_come_in_their_order(pubsub: PubSub, publish: Callable[..., None]) -> None:
    """Many at once share requests, and none is lost."""
    for number in range(250):
        publish(described(str(number)), None)
    names = [message["attributes"]["objectId"] for message in pubsub.messages(250)]
    assert names == [str(number) for number in range(250)]
    assert max(len(messages) for _, messages in pubsub.asked) <= 100


def test_a_refused_publish_is_sent_again(
    pubsub: PubSub, publish: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    """Until it is taken; the log has a line for each refusal."""
    pubsub.statuses = [503, 500]
    publish(described("a"), None)
    names = [message["attributes"]["objectId"] for message in pubsub.messages(3)]
    assert names == ["a", "a", "a"]
    publish(described("b"), None)
    assert pubsub.messages(4)[3]["attributes"]["objectId"] == "b"
    line = "1 events of nba, from that of a on, were not published and are tried again: "
    assert capfd.readouterr().err.splitlines() == [f"{line}503 {{}}", f"{line}500 {{}}"]


def test_refusals_are_waited_for_longer_each_time(
    monkeypatch: pytest.MonkeyPatch, pubsub: PubSub, publish: Callable[..., None]
) -> None:
    """Up to a limit; what is published later begins anew."""
    waits: list[float] = []
    monkeypatch.setattr(notices, "time", SimpleNamespace(sleep=waits.append))
    for name, refusals in (("a", 7), ("b", 2)):
        pubsub.asked.clear()
        pubsub.statuses = [503] * refusals
        publish(described(name), None)
        assert len(pubsub.messages(refusals + 1)) == refusals + 1
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 1.6, 1.6, 0.1, 0.2]


def test_an_answer_that_breaks_off_is_none(
    monkeypatch: pytest.MonkeyPatch, pubsub: PubSub, publish: Callable[..., None]
) -> None:
    """The event is sent again, on another connection."""
    monkeypatch.setattr(notices, "time", SimpleNamespace(sleep=lambda _: None))
    pubsub.statuses = [CUT]
    publish(described("a"), None)
    names = [message["attributes"]["objectId"] for message in pubsub.messages(2)]
    publish(described("b"), None)
    assert [*names, pubsub.messages(3)[2]["attributes"]["objectId"]] == ["a", "a", "b"]


def test_events_wait_for_a_pubsub_that_is_away(capfd: pytest.CaptureFixture[str]) -> None:
    """A restart of it loses nothing."""
    server = PubSub()
    port = server.server_port
    server.server_close()
    publish = Notices("nba", Target(f"127.0.0.1:{port}", TOPIC)).finalized
    publish(described("a"), None)
    lines = ""
    while "ConnectionRefusedError" not in lines:
        lines += capfd.readouterr().err
    again = PubSub(port)
    with serving(again):
        (message,) = again.messages(1)
    assert message["attributes"]["objectId"] == "a"
