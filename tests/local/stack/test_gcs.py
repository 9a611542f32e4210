"""The storage emulator process and the events it publishes."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.pubsub_v1.types import PublishRequest, PublishResponse, Topic

from common.cloud.storage import GoogleStorage
from common.errors import ConfigError
from local.processes.process import accepts
from local.stack.gcs import Events, binary, create_buckets, start_gcs

pytestmark = pytest.mark.stack
PROJECT, DATA, STATE = "nba-props-platform", "nba-scraped-data", "nba-orchestration-state"


class Topics:
    """The two methods of Pub/Sub that the emulator calls: get a topic, and publish to it."""

    def __init__(self) -> None:
        self.taken: list[PublishRequest] = []

    def handlers(self) -> grpc.GenericRpcHandler:
        """Return a gRPC handler of both methods."""

        def get(request: Any, context: grpc.ServicerContext) -> Topic:
            return Topic(name=f"projects/{PROJECT}/topics/scraped-objects")

        def publish(request: PublishRequest, context: grpc.ServicerContext) -> PublishResponse:
            self.taken.append(request)
            return PublishResponse(message_ids=[str(len(self.taken))])

        methods = {
            "GetTopic": grpc.unary_unary_rpc_method_handler(
                get, response_serializer=Topic.serialize
            ),
            "Publish": grpc.unary_unary_rpc_method_handler(
                publish,
                request_deserializer=PublishRequest.deserialize,
                response_serializer=PublishResponse.serialize,
            ),
        }
        return grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", methods)


@pytest.fixture
def topics() -> Iterator[tuple[Topics, str]]:
    """Serve `Topics`; yield it and its address."""
    made = Topics()
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers([made.handlers()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield made, f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_finalized_objects_of_the_data_bucket_are_published(
    topics: tuple[Topics, str], tmp_path: Path
) -> None:
    """A write to the data bucket is published with name and generation, to the state bucket not."""
    made, address = topics
    events = Events(DATA, "scraped-objects", address)
    server = start_gcs(PROJECT, tmp_path / "gcs.log", events)
    try:
        create_buckets(server.endpoint, PROJECT, [DATA, STATE])
        storage = GoogleStorage(PROJECT, server.endpoint)
        storage.create(STATE, "claims/x", b"")
        written = storage.create(DATA, "oddsa-events/2025-11-12/133045.json", b"{}")
        deadline = time.monotonic() + 10
        while not made.taken and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        server.stop()
    (request,) = made.taken
    assert request.topic == f"projects/{PROJECT}/topics/scraped-objects"
    (message,) = request.messages
    assert message.attributes["eventType"] == "OBJECT_FINALIZE"
    assert message.attributes["bucketId"] == DATA
    assert message.attributes["objectId"] == written.name
    assert int(json.loads(message.data)["generation"]) == written.generation


def test_a_stopped_server_is_gone(tmp_path: Path) -> None:
    """`stop` ends the process and frees its port."""
    server = start_gcs(PROJECT, tmp_path / "gcs.log")
    port = int(server.endpoint.rsplit(":", 1)[1])
    assert accepts(port)
    server.stop()
    assert not server.process.running()
    assert not accepts(port)


def test_an_unknown_machine_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine for which the package has no binary, the error names the missing file."""
    monkeypatch.setattr("platform.machine", lambda: "pdp11")
    with pytest.raises(ConfigError, match=r"no fake-gcs-server for this machine: .*-pdp11"):
        binary()
