"""The REST side: gcloud and anything else that speaks JSON."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from common.clock import SystemClock
from local.broker import Broker

TOPIC = "projects/nba-props-platform/topics/tick-master-controller"
PULL = "projects/nba-props-platform/subscriptions/reader"


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A started broker with one topic."""
    broker = Broker(SystemClock())
    broker.start()
    broker.registry.create_topic(TOPIC)
    yield broker
    broker.stop()


def call(broker: Broker, verb: str, path: str, body: str = "") -> tuple[int, dict[str, Any]]:
    """One REST call: status and JSON."""
    connection = HTTPConnection("127.0.0.1", broker.rest_port, timeout=10)
    connection.request(verb, f"/v1/{path}", body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def test_the_round_of_a_message_in_json(broker: Broker) -> None:
    """Create, publish, pull, acknowledge: as the REST reference has it."""
    assert call(broker, "PUT", PULL, json.dumps({"topic": TOPIC}))[0] == 200
    message = {"data": "eHl6", "attributes": {"key": "value"}}
    status, published = call(
        broker, "POST", f"{TOPIC}:publish", json.dumps({"messages": [message]})
    )
    assert status == 200
    _, pulled = call(broker, "POST", f"{PULL}:pull", '{"maxMessages": 5}')
    (received,) = pulled["receivedMessages"]
    assert received["message"]["data"] == "eHl6"
    assert received["message"]["attributes"] == {"key": "value"}
    assert published["messageIds"] == [received["message"]["messageId"]]
    answer = call(
        broker, "POST", f"{PULL}:acknowledge", json.dumps({"ackIds": [received["ackId"]]})
    )
    assert (answer, broker.stats().acked) == ((200, {}), 1)


@pytest.mark.parametrize(
    ("request_line", "body", "status", "word"),
    [
        ("GET " + TOPIC.replace("tick", "tock"), "", 404, "NOT_FOUND"),
        (f"PUT {TOPIC}", "{}", 409, "ALREADY_EXISTS"),
        (f"POST {TOPIC}:publish", "{not json", 400, "INVALID_ARGUMENT"),
        (f"POST {TOPIC}:publish", "[]", 400, "INVALID_ARGUMENT"),
        (f"POST {TOPIC}:publish", '{"messages": 3}', 400, "INVALID_ARGUMENT"),
        (f"POST {TOPIC}:publish", '{"messages": []}', 400, "INVALID_ARGUMENT"),
        (f"POST {PULL}:seek", "{}", 400, "UNIMPLEMENTED"),
    ],
)
def test_errors_have_the_form_of_google_apis(
    broker: Broker, request_line: str, body: str, status: int, word: str
) -> None:
    """An `error` object with code, status and a sentence."""
    code, answer = call(broker, *request_line.split(" "), body)
    assert (code, answer["error"]["code"], answer["error"]["status"]) == (status, status, word)
    assert answer["error"]["message"]


@pytest.mark.stack
def test_gcloud_publishes(broker: Broker, tmp_path: Path) -> None:
    """`gcloud pubsub topics publish`, as the docs tell people to trigger a tick by hand."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud is not installed here")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"http://127.0.0.1:{broker.rest_port}/",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
    }
    command = [
        gcloud, "--project", "nba-props-platform", "pubsub", "topics", "publish",
        "tick-master-controller", "--message", '{"schema": "tick"}', "--attribute", "by=hand",
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "messageIds:" in done.stdout
    assert broker.stats().topics == {TOPIC: 1}
