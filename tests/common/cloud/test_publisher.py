"""One contract for the publisher port; the Google side speaks to a server of a few lines."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.types import PublishRequest, PublishResponse

from common.clock import SystemClock
from common.cloud import limits
from common.cloud.ports import Publisher
from common.cloud.publisher import (
    MESSAGE_OVERHEAD_BYTES,
    PUBLISH_SECONDS_MAX,
    GooglePublisher,
    encode,
    requests_of,
)
from common.cloud.times import call_seconds
from common.errors import BadInputError, is_transient
from common.redaction import learn
from local.simulator.ports.memory_publisher import MemoryPublisher

PROJECT = "nba-props-platform"


class Server:
    """Takes publishes over gRPC; `failures` are answered first."""

    def __init__(self) -> None:
        self.taken: list[PublishRequest] = []
        self.failures: list[grpc.StatusCode] = []
        self.hangs = 0
        self.over = Event()

    def publish(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Answer as the real service does."""
        if self.hangs:
            self.hangs -= 1
            self.over.wait(10)
        if self.failures:
            context.abort(self.failures.pop(0), "made to fail")
        self.taken.append(request)
        first = sum(len(earlier.messages) for earlier in self.taken[:-1]) + 1
        ids = [str(first + number) for number in range(len(request.messages))]
        return PublishResponse(message_ids=ids)


@pytest.fixture(scope="module")
def endpoint_of() -> Iterator[Callable[[Server], str]]:
    """Serve a `Server` on a free port until the module ends."""
    running: list[grpc.Server] = []

    def serve(server: Server) -> str:
        handler = grpc.unary_unary_rpc_method_handler(
            server.publish,
            request_deserializer=PublishRequest.deserialize,
            response_serializer=PublishResponse.serialize,
        )
        grpc_server = grpc.server(
            ThreadPoolExecutor(2), options=(("grpc.max_receive_message_length", -1),)
        )
        grpc_server.add_generic_rpc_handlers(
            [
                grpc.method_handlers_generic_handler(
                    "google.pubsub.v1.Publisher", {"Publish": handler}
                )
            ]
        )
        port = grpc_server.add_insecure_port("127.0.0.1:0")
        grpc_server.start()
        running.append(grpc_server)
        return f"127.0.0.1:{port}"

    yield serve
    for grpc_server in running:
        grpc_server.stop(None).wait()


@pytest.fixture
def server() -> Server:
    """Return a server without failures."""
    return Server()


@pytest.fixture(params=["memory", "google"])
def publisher(
    request: pytest.FixtureRequest, server: Server, endpoint_of: Callable[[Server], str]
) -> Publisher:
    """Return each implementation in turn."""
    if request.param == "memory":
        return MemoryPublisher(SystemClock())
    return GooglePublisher(PROJECT, endpoint_of(server))


def test_each_message_gets_its_own_id(publisher: Publisher) -> None:
    """Ids are texts and differ, also for equal messages."""
    ids = [publisher.publish("scraper-requests", {"a": 1}, {"k": "v"}) for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(isinstance(text, str) and text for text in ids)


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        (["a"], {}),
        ("text", {}),
        ({"when": datetime(2025, 11, 12, tzinfo=UTC)}, {}),
        ({"rate": float("nan")}, {}),
        (["a" * 1000], {}),
        ({"text": "x" * 1000, "rate": float("nan")}, {}),
        ({"text": "x" * limits.MESSAGE_BYTES.most}, {}),
        ({"text": "x" * (limits.MESSAGE_BYTES.most - 11)}, {"note": "a"}),
        ({}, {"count": 1}),
        ({}, {"note": "x" * 1025}),
        ({}, {"x" * 257: "note"}),
        ({}, {"é" * 129: "note"}),
        ({}, {"note": "é" * 513}),
        ({}, {"": "note"}),
        ({}, {"googclient": "note"}),
        ({}, {f"k{number}": "v" for number in range(101)}),
    ],
)
def test_r7_what_pubsub_would_refuse_is_permanent(
    publisher: Publisher, body: Any, attributes: Any
) -> None:
    """A body that is no JSON object, or a message over a limit, is our own error, a short one."""
    with pytest.raises(BadInputError) as caught:
        publisher.publish("scraper-requests", body, attributes)
    assert len(str(caught.value)) < 250


def test_a_message_at_every_limit_is_published(publisher: Publisher) -> None:
    """A hundred attributes of the longest keys and values pass, and 10 MB in all."""
    full = {f"{number:0>256}": "x" * 1024 for number in range(limits.ATTRIBUTES.most)}
    assert publisher.publish("scraper-requests", {}, full)
    assert publisher.publish("t", {"text": "x" * (limits.MESSAGE_BYTES.most - 11)}, {})


def test_messages_of_one_topic_are_published_in_order(publisher: Publisher) -> None:
    """Their ids come in the messages' order, and none is published where one is refused."""
    assert publisher.publish_all("t", [({"n": n}, {}) for n in range(3)]) == ["1", "2", "3"]
    with pytest.raises(BadInputError):
        publisher.publish_all("t", [({}, {}), ({}, {"": "note"})])
    assert publisher.publish_all("t", [({}, {})]) == ["4"]
    assert publisher.publish_all("t", []) == []


def test_a_request_is_filled_to_its_last_byte() -> None:
    """What each message needs besides its own bytes is counted."""
    size = limits.MESSAGE_BYTES.most // 2 - MESSAGE_OVERHEAD_BYTES
    half, more = (b"x" * size, {}), (b"x" * (size - 1), {"a": "b"})
    assert [len(part) for part in requests_of([half, half])] == [2]
    assert [len(part) for part in requests_of([half, more])] == [1, 1]


def test_messages_go_in_as_few_requests_as_pubsub_takes(
    server: Server, endpoint_of: Callable[[Server], str]
) -> None:
    """A request has up to 1,000 messages and 10 MB in all, its overhead included."""
    publisher = GooglePublisher(PROJECT, endpoint_of(server))
    assert len(publisher.publish_all("t", [({}, {})] * 1001)) == 1001
    publisher.publish_all("t", [({"text": "x" * 4_000_000}, {"n": str(n)}) for n in range(5)])
    assert [len(request.messages) for request in server.taken] == [1000, 1, 2, 2, 1]
    sizes = [len(PublishRequest.serialize(request)) for request in server.taken]
    assert max(sizes) <= limits.MESSAGE_BYTES.most


def test_a_deployments_prefix_goes_before_every_topic(
    server: Server, endpoint_of: Callable[[Server], str]
) -> None:
    """Two deployments in one project publish to different topics."""
    prefixed = GooglePublisher(PROJECT, endpoint_of(server), topic_prefix="staging-")
    prefixed.publish("scraper-requests", {}, {})
    (request,) = server.taken
    assert request.topic == f"projects/{PROJECT}/topics/staging-scraper-requests"


def test_the_wire_carries_topic_body_and_attributes(
    server: Server, endpoint_of: Callable[[Server], str]
) -> None:
    """The full topic path, UTF-8 JSON and the attributes reach the server."""
    body = {"schema": "scraper-request", "version": 1, "name": "Dončić", "ids": ["1"]}
    message_id = GooglePublisher(PROJECT, endpoint_of(server)).publish(
        "scraper-requests", body, {"action": "RUN"}
    )
    assert message_id == "1"
    (request,) = server.taken
    assert request.topic == f"projects/{PROJECT}/topics/scraper-requests"
    assert json.loads(request.messages[0].data) == body
    assert dict(request.messages[0].attributes) == {"action": "RUN"}


@pytest.mark.parametrize(
    "code",
    [
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.UNKNOWN,
    ],
    ids=lambda code: code.name,
)
def test_a_passing_failure_is_retried(
    server: Server, endpoint_of: Callable[[Server], str], code: grpc.StatusCode
) -> None:
    """What Pub/Sub's own clients try again is tried again at once; the caller sees only the id."""
    server.failures = [code]
    assert GooglePublisher(PROJECT, endpoint_of(server)).publish("t", {}, {}) == "1"


def test_fp10_a_publish_that_hangs_is_tried_again(
    server: Server, endpoint_of: Callable[[Server], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call takes a third of its retry's time at most, so that the next one still comes."""
    monkeypatch.setattr("common.cloud.publisher.PUBLISH_SECONDS_MAX", 3.0)
    server.hangs = 1
    assert GooglePublisher(PROJECT, endpoint_of(server)).publish("t", {}, {}) == "1"
    server.over.set()


def test_ft9_a_publish_ends_within_its_time_retries_included(
    monkeypatch: pytest.MonkeyPatch, endpoint_of: Callable[[Server], str], server: Server
) -> None:
    """Each call is bounded, and so are all of them: the library alone would retry for minutes."""
    given: list[dict[str, Any]] = []

    def publish(_client: PublisherClient, **options: Any) -> PublishResponse:
        given.append(options)
        return PublishResponse(message_ids=["1"])

    monkeypatch.setattr(PublisherClient, "publish", publish)
    GooglePublisher(PROJECT, endpoint_of(server)).publish("t", {}, {})
    (options,) = given
    assert options["retry"].timeout == PUBLISH_SECONDS_MAX
    assert f"timeout={call_seconds(PUBLISH_SECONDS_MAX)}" in str(options["timeout"])


def test_r7_a_lasting_refusal_passes_through(
    server: Server, endpoint_of: Callable[[Server], str]
) -> None:
    """A missing topic is raised as the library raises it, and is not transient."""
    server.failures = [grpc.StatusCode.NOT_FOUND]
    with pytest.raises(Exception, match="made to fail") as caught:
        GooglePublisher(PROJECT, endpoint_of(server)).publish("t", {}, {})
    assert not is_transient(caught.value)


def test_p6_an_absent_server_is_transient(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing answers for the whole time, the error is one the platform retries."""
    monkeypatch.setattr("common.cloud.publisher.PUBLISH_SECONDS_MAX", 0.2)
    with pytest.raises(Exception, match=r".") as caught:
        GooglePublisher(PROJECT, "127.0.0.1:9").publish("t", {}, {})
    assert is_transient(caught.value)


@pytest.mark.parametrize(
    ("body", "attributes", "said"),
    [
        (["a"], {}, "message body ['a'] is not a JSON object"),
        ({}, {f"k{n}": "v" for n in range(101)}, "101 attributes; the limit is 100"),
        ({}, {"goog": "v"}, "attribute key 'goog': 1 to 256 bytes, not goog…"),
        ({}, {"note": 1}, "attribute note=1 is not a text of up to 1024 bytes"),
        (
            {"text": "x" * 9_999_989},
            {"note": "a"},
            "message of 10000005 bytes, attributes included; the limit is 10000000",
        ),
        (
            {"text": "x" * 9_999_983},
            {"nöte": "ä"},  # in UTF-8 two bytes more than letters
            "message of 10000001 bytes, attributes included; the limit is 10000000",
        ),
    ],
)
def test_a_refusal_tells_what_was_given_and_the_limit(
    body: Any, attributes: Any, said: str
) -> None:
    """So that whoever reads it need not count."""
    with pytest.raises(BadInputError) as caught:
        encode(body, attributes)
    assert str(caught.value) == said


def test_r10_a_secret_in_a_body_that_is_not_json_stays_hidden() -> None:
    """Its beginning is quoted, and its error told."""
    learn(["s3cret-key-of-a-body"])
    with pytest.raises(BadInputError, match="is not JSON: Out of range float") as caught:
        encode({"text": "s3cret-key-of-a-body", "rate": float("nan")}, {})
    assert "s3cret" not in str(caught.value)


def test_pubsub_is_called_with_the_credentials_of_all_clients(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an emulator; a client of its own would look them up again."""
    given: list[dict[str, Any]] = []

    def made(**options: Any) -> Any:
        given.append(options)
        return SimpleNamespace(publish=lambda **_: PublishResponse(message_ids=["1"]))

    monkeypatch.setattr("google.pubsub_v1.services.publisher.PublisherClient", made)
    monkeypatch.setattr("common.cloud.publisher.credentials", lambda: "ours")
    assert GooglePublisher(PROJECT).publish("t", {}, {}) == "1"
    assert given == [{"credentials": "ours"}]
