"""The REST side: gcloud and anything else that speaks JSON."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import types
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from common.clock import SystemClock
from common.cloud import limits
from local.broker.broker import Broker
from local.broker.servers import Servers

TOPIC = "projects/nba-props-platform/topics/tick-master-controller"
PULL = "projects/nba-props-platform/subscriptions/reader"
BAD = (400, "INVALID_ARGUMENT")


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Serve a broker with one topic."""
    with Servers(Broker(SystemClock())) as servers:
        servers.broker.registry.create_topic(TOPIC)
        yield servers


def call(
    servers: Servers, verb: str, path: str, body: str | None = ""
) -> tuple[int, dict[str, Any]]:
    """Make a REST call; return status and JSON."""
    connection = HTTPConnection("127.0.0.1", servers.rest_port, timeout=10)
    connection.request(verb, f"/v1/{path}", body)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    connection.close()
    return answer.status, json.loads(text)


def test_the_round_of_a_message_in_json(servers: Servers) -> None:
    """A message is published, pulled and acknowledged as the REST reference describes."""
    assert call(servers, "PUT", PULL, json.dumps({"topic": TOPIC}))[0] == 200
    message = {"data": "eHl6", "attributes": {"key": "value"}}
    status, published = call(
        servers, "POST", f"{TOPIC}:publish", json.dumps({"messages": [message]})
    )
    assert status == 200
    _, pulled = call(servers, "POST", f"{PULL}:pull", '{"maxMessages": 5}')
    (received,) = pulled["receivedMessages"]
    assert received["message"]["data"] == "eHl6"
    assert received["message"]["attributes"] == {"key": "value"}
    assert published["messageIds"] == [received["message"]["messageId"]]
    answer = call(
        servers, "POST", f"{PULL}:acknowledge", json.dumps({"ackIds": [received["ackId"]]})
    )
    assert (answer, servers.broker.stats().acked) == ((200, {}), 1)


@pytest.mark.parametrize(
    ("request_line", "body", "wanted", "text"),
    [
        ("GET " + TOPIC.replace("tick", "tock"), "", (404, "NOT_FOUND"), "tock-master-controller"),
        (f"PUT {TOPIC}", "{}", (409, "ALREADY_EXISTS"), f"Resource already .*resource={TOPIC}"),
        (f"POST {TOPIC}:publish", "{not json", BAD, "body is not JSON: Expecting property"),
        (f"POST {TOPIC}:publish", "[]", BAD, "request body must be a JSON object"),
        (f"POST {TOPIC}:publish", '{"messages": 3}', BAD, "request body: .*messages"),
        (f"POST {TOPIC}:publish", '{"messages": []}', BAD, "0 messages, expected 1 to 1000"),
        (
            f"POST {PULL}:seek",
            "{}",
            (400, "UNIMPLEMENTED"),
            f"no method POST /v1/{PULL}:seek; it has CreateTopic, GetTopic, .*, ModifyAckDeadline$",
        ),
    ],
)
def test_errors_have_the_form_of_google_apis(
    servers: Servers, request_line: str, body: str, wanted: tuple[int, str], text: str
) -> None:
    """A refused call is answered with an `error` object of code, status and message."""
    code, answer = call(servers, *request_line.split(" "), body)
    assert (code, answer["error"]["status"]) == wanted
    assert answer["error"]["code"] == code
    assert re.search(text, answer["error"]["message"])


@pytest.mark.stack
def test_gcloud_publishes(servers: Servers, tmp_path: Path) -> None:
    """`gcloud pubsub topics publish`, the documented way to trigger a tick by hand, publishes."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud is not installed here")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"http://127.0.0.1:{servers.rest_port}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
    }
    command = [
        gcloud, "--project", "nba-props-platform", "pubsub", "topics", "publish",
        "tick-master-controller", "--message", '{"schema": "tick"}', "--attribute", "by=hand",
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "messageIds:" in done.stdout
    assert servers.broker.stats().topics == {TOPIC: 1}


def test_a_path_counts_before_a_body_and_is_decoded(servers: Servers) -> None:
    """Gcloud sends fields that are not known here, and names as URLs write them."""
    body = json.dumps({"topic": TOPIC, "name": "projects/other/subscriptions/x-1", "nonsense": 1})
    path = PULL.replace("reader", "a%2Breader")
    status, made = call(servers, "PUT", path, body)
    assert (status, made["name"]) == (200, PULL.replace("reader", "a+reader"))


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_a_request_may_come_without_a_body(servers: Servers, verb: str) -> None:
    """One that states no length has none, and the connection stays open for the next one."""
    made = {"name": TOPIC, "state": "ACTIVE"} if verb == "GET" else {}
    assert call(servers, verb, TOPIC, None) == (200, made)


def test_a_server_that_is_stopped_has_stopped_its_broker() -> None:
    """Nothing is pushed after it, and who waits for a push goes on."""
    with Servers(Broker(SystemClock())) as servers:
        pass
    assert not servers.broker.wait_for_push({"http://127.0.0.1:9/"})


def test_the_largest_message_is_taken_over_grpc(servers: Servers) -> None:
    """GRPC's own limit is four megabytes, Pub/Sub's ten."""
    with grpc.insecure_channel(f"127.0.0.1:{servers.port}") as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        sent = types.PubsubMessage(data=b"x" * limits.MESSAGE_BYTES.most)
        assert client.publish(topic=TOPIC, messages=[sent], timeout=30).message_ids


@pytest.mark.parametrize(("body", "count"), [(None, 1), ("{}", 1), ('{"maxMessages": 2}', 2)])
def test_a_query_has_what_the_body_does_not_say(
    servers: Servers, body: str | None, count: int
) -> None:
    """As Google's APIs read parameters."""
    call(servers, "PUT", PULL, json.dumps({"topic": TOPIC}))
    for _ in range(3):
        servers.broker.publish(TOPIC, b"x")
    _, pulled = call(servers, "POST", f"{PULL}:pull?maxMessages=1", body)
    assert len(pulled["receivedMessages"]) == count
