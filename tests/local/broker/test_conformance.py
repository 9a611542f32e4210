"""The official client against our broker and against Google's own emulator.

Differences (emulator 0.8.20, 2026-11), in which ours does what the service documents:

- Google's emulator accepts any filter and ignores it; ours parses and applies it.
- It puts no `deliveryAttempt` into a push body (it does into a pulled message); ours does, when the
  subscription has a dead-letter policy.
- It hardly heeds `retry_policy`: a refused push comes again after 1 s, then every 3 s, whatever the
  policy; with a policy of 0 s a pulled message waited 3 s.
- It forwards a spent pulled message to the dead-letter topic only when it is asked for once more.
- It always sends `data` and `attributes`, empty ones too; ours leaves empty ones out.
- It counts message ids from 1; ours have 16 digits, as the service's.
- It takes ack deadlines under 10 s, and attributes beyond the documented limits (a key `goog...`, a
  value of 2000 bytes); ours refuses them.
- A dead-letter policy of 2 attempts is OUT_OF_RANGE there and INVALID_ARGUMENT here.
- A pull on a push subscription is answered with nothing there and refused here.
- Its CloudPubSubDeadLetterSourceTopicPublishTime ends in `Z`; the service's, and ours, in `+00:00`.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import pubsub_v1
from google.pubsub_v1.services.publisher import PublisherClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

from common.settings import ROOT
from tests.kit.pubsub_server import Server

PAYLOADS = ROOT / "tests" / "payloads"
PROJECT = "projects/nba-props-platform"


@pytest.fixture(params=["embedded", pytest.param("google", marks=pytest.mark.stack)])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Return either server, with a topic for this test alone."""
    host = request.getfixturevalue(request.param)
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", host)
    publisher = pubsub_v1.PublisherClient()
    subscriber = pubsub_v1.SubscriberClient()
    topic = f"{PROJECT}/topics/t{re.sub(r'[^a-z0-9]', '-', request.node.name.lower())}"
    publisher.create_topic(name=topic, timeout=10)
    yield Server(request.param, host, publisher, subscriber, topic)
    for subscription in publisher.list_topic_subscriptions(topic=topic, timeout=10):
        subscriber.delete_subscription(subscription=subscription, timeout=10)
    publisher.delete_topic(topic=topic, timeout=10)
    publisher.stop()
    subscriber.close()


def decoded(push: Any) -> bytes:
    """Return the data inside a push."""
    return base64.b64decode(push.message["data"])


def keep(name: str, push: Any) -> dict[str, Any]:
    """Read the payload file of that name; a missing file is recorded from `push`."""
    path = PAYLOADS / name
    if not path.exists():
        payload = {"headers": push.headers, "body": push.body}
        path.write_text(json.dumps(payload, indent=2, sort_keys=True) + "\n")
    return json.loads(path.read_text())


def payload_name(stem: str, server: Server) -> str:
    """Return a name such as `push_broker.json` or `push_google_emulator.json`."""
    return f"{stem}_{'broker' if server.ours else 'google_emulator'}.json"


def test_a_push_carries_the_documented_envelope(server: Server, sink: Any) -> None:
    """A push has data in base64, attributes, id and time in both spellings, and subscription."""
    name = server.subscribe("-push", push_config={"push_endpoint": sink.url})
    message_id = server.publish(b'{"schema": "tick", "version": 1}', action="RUN")
    push = sink.receive()
    assert decoded(push) == b'{"schema": "tick", "version": 1}'
    assert push.message["attributes"] == {"action": "RUN"}
    assert push.message["messageId"] == push.message["message_id"] == message_id
    assert push.message["publishTime"] == push.message["publish_time"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", push.message["publishTime"])
    assert push.body["subscription"] == name
    assert push.headers["Content-Type"] == "application/json"
    kept = keep(payload_name("push", server), push)
    assert kept["body"].keys() == push.body.keys()
    assert kept["body"]["message"].keys() == push.body["message"].keys()


def test_google_sends_empty_fields_and_ours_leaves_them_out(server: Server, sink: Any) -> None:
    """Google's emulator sends empty data and attributes, which ours leaves out."""
    server.subscribe("-push", push_config={"push_endpoint": sink.url})
    server.publish(b"", key="value")
    assert sink.receive().message.get("data", "absent") == ("absent" if server.ours else "")
    server.publish(b"data")
    assert sink.receive().message.get("attributes", "absent") == ("absent" if server.ours else {})


def test_a_refused_push_comes_again_until_it_is_accepted(server: Server, sink: Any) -> None:
    """A push answered with 503, then 200, is delivered twice."""
    sink.answers.extend([503, 200])
    dead = server.topic + "-dead"
    server.publisher.create_topic(name=dead, timeout=10)
    server.subscribe(
        "-push",
        push_config={"push_endpoint": sink.url},
        retry_policy={"minimum_backoff": timedelta(seconds=0.05)},
        dead_letter_policy={"dead_letter_topic": dead, "max_delivery_attempts": 5},
    )
    message_id = server.publish(b"again")
    first, second = sink.receive_all(2)
    assert first.message["messageId"] == second.message["messageId"] == message_id
    attempts = [first.body.get("deliveryAttempt"), second.body.get("deliveryAttempt")]
    assert attempts == ([1, 2] if server.ours else [None, None])
    assert sink.quiet(0.3)


def test_a_message_refused_five_times_goes_to_the_dead_letter_topic(server: Server) -> None:
    """A message returned five times becomes a dead letter that names its subscription."""
    dead = server.topic + "-dead"
    server.publisher.create_topic(name=dead, timeout=10)
    dead_letters = server.subscribe("-dead", topic=dead)
    name = server.subscribe(
        "-pull",
        dead_letter_policy={"dead_letter_topic": dead, "max_delivery_attempts": 5},
    )
    server.publish(b"poison", key="value")
    attempts = []
    for _ in range(5):
        (received,) = server.pull(name)
        attempts.append(received.delivery_attempt)
        server.subscriber.modify_ack_deadline(
            subscription=name, ack_ids=[received.ack_id], ack_deadline_seconds=0, timeout=10
        )
    # Google's emulator forwards when the spent message is asked for once more.
    assert server.pull(name, wait=False) == []
    (letter,) = server.pull(dead_letters)
    assert attempts == [1, 2, 3, 4, 5]
    assert letter.message.data == b"poison"
    attributes = dict(letter.message.attributes)
    published = attributes.pop("CloudPubSubDeadLetterSourceTopicPublishTime")
    # Google's leaves out the fraction of a whole second.
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|\+00:00)", published)
    assert attributes == {
        "key": "value",
        "CloudPubSubDeadLetterSourceDeliveryCount": "5",
        "CloudPubSubDeadLetterSourceSubscription": name.rpartition("/")[2],
        "CloudPubSubDeadLetterSourceSubscriptionProject": "nba-props-platform",
    }


def test_each_subscription_gets_a_copy(server: Server, make_sink: Any) -> None:
    """Two push subscriptions of one topic both get the message, with the same id."""
    sinks = [make_sink(), make_sink()]
    for number, sink in enumerate(sinks):
        server.subscribe(f"-{number}", push_config={"push_endpoint": sink.url})
    message_id = server.publish(b"for both")
    assert [sink.receive().message["messageId"] for sink in sinks] == [message_id] * 2


def test_every_message_arrives_in_whatever_order(server: Server, sink: Any) -> None:
    """Twenty messages arrive once each, in any order."""
    server.subscribe("-push", push_config={"push_endpoint": sink.url})
    sent = {f"{number}".encode() for number in range(20)}
    for data in sent:
        server.publish(data)
    pushes = sink.receive_all(20)
    assert {decoded(push) for push in pushes} == sent


def test_an_acknowledged_message_is_not_pulled_again(server: Server) -> None:
    """An acknowledged message is not delivered again, even when it is returned later."""
    name = server.subscribe("-pull")
    server.publish(b"one", key="value")
    (received,) = server.pull(name)
    assert (received.message.data, dict(received.message.attributes)) == (b"one", {"key": "value"})
    server.subscriber.acknowledge(subscription=name, ack_ids=[received.ack_id], timeout=10)
    server.subscriber.modify_ack_deadline(
        subscription=name, ack_ids=[received.ack_id], ack_deadline_seconds=0, timeout=10
    )
    server.publish(b"two")
    assert [again.message.data for again in server.pull(name)] == [b"two"]


def test_the_generated_client_publishes_too(server: Server, sink: Any) -> None:
    """The client of `google.pubsub_v1`, which the functions use, can publish."""
    server.subscribe("-push", push_config={"push_endpoint": sink.url})
    with grpc.insecure_channel(server.host) as channel:
        client = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        message = {"data": b"generated", "attributes": {"key": "value"}}
        reply = client.publish(topic=server.topic, messages=[message], timeout=10)
    push = sink.receive()
    assert (decoded(push), push.message["messageId"]) == (b"generated", reply.message_ids[0])


def test_a_missing_resource_is_not_found(server: Server) -> None:
    """Calls on a topic or subscription that does not exist are answered with NOT_FOUND."""
    nowhere = f"{PROJECT}/topics/nowhere"
    calls: list[Callable[[], Any]] = [
        lambda: server.publisher.publish(nowhere, b"data").result(timeout=10),
        lambda: server.publisher.get_topic(topic=nowhere, timeout=10),
        lambda: server.publisher.delete_topic(topic=nowhere, timeout=10),
        lambda: server.subscribe("-x", topic=nowhere),
        lambda: server.subscribe("-y", dead_letter_policy={"dead_letter_topic": nowhere}),
        lambda: server.pull(f"{PROJECT}/subscriptions/nowhere"),
    ]
    for call in calls:
        with pytest.raises(exceptions.NotFound):
            call()


def test_an_invalid_request_is_an_invalid_argument(server: Server) -> None:
    """An empty message and an invalid name are answered with INVALID_ARGUMENT."""
    with pytest.raises(exceptions.InvalidArgument):
        server.publish(b"")
    with pytest.raises(exceptions.InvalidArgument):
        server.publisher.create_topic(name=f"{PROJECT}/topics/1", timeout=10)


def test_creating_twice_is_refused(server: Server) -> None:
    """A second topic or subscription of the same name is refused."""
    server.subscribe("-once")
    with pytest.raises(exceptions.AlreadyExists):
        server.subscribe("-once")
    with pytest.raises(exceptions.AlreadyExists):
        server.publisher.create_topic(name=server.topic, timeout=10)


def test_resources_are_listed_with_their_defaults(server: Server) -> None:
    """Get and list return topic and subscription, with default deadline and retention."""
    name = server.subscribe("-shown")
    shown = server.subscriber.get_subscription(subscription=name, timeout=10)
    assert (shown.topic, shown.ack_deadline_seconds) == (server.topic, 10)
    assert shown.message_retention_duration == timedelta(days=7)
    topics = server.publisher.list_topics(project=PROJECT, timeout=10)
    assert server.topic in [topic.name for topic in topics]
    subscriptions = server.subscriber.list_subscriptions(project=PROJECT, timeout=10)
    assert name in [subscription.name for subscription in subscriptions]
    assert list(server.publisher.list_topic_subscriptions(topic=server.topic, timeout=10)) == [name]


def test_google_ignores_a_filter_and_ours_applies_it(server: Server, sink: Any) -> None:
    """Google's emulator pushes a SKIP decision that the filter excludes; ours does not."""
    server.subscribe(
        "-push",
        push_config={"push_endpoint": sink.url},
        filter='attributes.action = "RUN"',
    )
    server.publish(b"skip", action="SKIP")
    server.publish(b"run", action="RUN")
    seen = {decoded(push) for push in sink.receive_all(1 if server.ours else 2)}
    assert seen == ({b"run"} if server.ours else {b"skip", b"run"})
    assert sink.quiet(0.2)


def test_google_takes_any_filter_and_ours_refuses_invalid_ones(server: Server) -> None:
    """Ours refuses an invalid filter, as the service does."""
    if not server.ours:
        assert server.subscribe("-bad", filter="attributes.action == RUN")
        return
    with pytest.raises(exceptions.InvalidArgument, match="expected a string in double quotes"):
        server.subscribe("-bad", filter="attributes.action = RUN")


def test_an_unknown_method_is_refused_with_the_known_ones(server: Server) -> None:
    """Ours answers UNIMPLEMENTED to a snapshot, which Google's emulator creates."""
    name = server.subscribe("-snap")
    snapshot = name.replace("/subscriptions/", "/snapshots/")
    request = {"name": snapshot, "subscription": name}
    if not server.ours:
        assert server.subscriber.create_snapshot(request=request, timeout=10).name == snapshot
        return
    with pytest.raises(exceptions.MethodNotImplemented, match=r"has no method .*CreateSnapshot"):
        server.subscriber.create_snapshot(request=request, timeout=10)
