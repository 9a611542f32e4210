"""The methods of Pub/Sub as they are carried out, whichever port they come by."""

from datetime import timedelta
from typing import Any

import pytest
from google.pubsub_v1 import types

from common.cloud import limits
from local.broker.broker import Broker
from local.broker.delivery_faults import Fate
from local.broker.refusals import InvalidArgumentError, NotFoundError
from local.broker.service import PROCEDURES
from local.broker.stats import Counts

TOPIC, DEAD = "projects/p/topics/t-1", "projects/p/topics/dead"
NAME, OTHER = "projects/p/subscriptions/s-1", "projects/p/subscriptions/s-2"


@pytest.fixture
def broker(clock: Any) -> Broker:
    """Make a broker with two topics, which pushes nothing and would hold each push back."""
    made = Broker(clock, draw_fates=lambda: [Fate(late=timedelta(hours=1))])
    for topic in (TOPIC, DEAD):
        made.registry.create_topic(topic)
    return made


def call(broker: Any, method: str, /, **fields: Any) -> Any:
    """Call a method by its name."""
    (procedure,) = (one for one in PROCEDURES if one.name == method)
    return procedure.run(broker, procedure.request(fields))


def pulled(broker: Broker, most: int = 10) -> list[Any]:
    """Pull at once what there is."""
    asked = {"subscription": NAME, "max_messages": most, "return_immediately": True}
    return [*call(broker, "Pull", **asked).received_messages]


def publish(broker: Broker, *messages: dict[str, Any]) -> list[str]:
    """Publish in one request."""
    return [*call(broker, "Publish", topic=TOPIC, messages=messages).message_ids]


def test_a_request_has_up_to_a_thousand_messages(broker: Broker) -> None:
    """None at all is refused too; as many are pulled at once, however many are asked for."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    some = [{"data": b"x"}] * limits.MESSAGES.most
    assert len(set(publish(broker, *some))) == len(some)
    for refused in ((), (*some, {"data": b"x"})):
        with pytest.raises(InvalidArgumentError, match=f"{len(refused)} messages"):
            publish(broker, *refused)
    publish(broker, {"data": b"y"})
    assert len(pulled(broker, 5000)) == len(some)
    assert [one.message.data for one in pulled(broker)] == [b"y"]


def test_a_request_has_up_to_ten_million_bytes(broker: Broker) -> None:
    """Those of all its messages together, attributes included."""
    half = limits.MESSAGE_BYTES.most // 2
    two = [{"data": b"x" * half}, {"data": b"x" * (half - 2), "attributes": {"a": "b"}}]
    publish(broker, *two)
    with pytest.raises(InvalidArgumentError, match="in one request"):
        publish(broker, two[0], {**two[1], "attributes": {"a": "bc"}})


def test_a_message_that_is_refused_refuses_those_beside_it(broker: Broker) -> None:
    """As the service does, so that a caller may send them all again."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    with pytest.raises(InvalidArgumentError, match="both data and attributes are empty"):
        publish(broker, {"data": b"x"}, {})
    assert pulled(broker) == []


@pytest.mark.parametrize("dead", [True, False])
def test_a_pulled_message_has_all_that_was_published(
    broker: Broker, clock: Any, *, dead: bool
) -> None:
    """At once, whatever faults are drawn for pushes; deliveries count only to dead letters."""
    policy = {"dead_letter_policy": {"dead_letter_topic": DEAD}} if dead else {}
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, **policy)
    stated = {"data": b"x", "attributes": {"a": "b"}, "ordering_key": "k"}
    (name,) = publish(broker, stated)
    clock.sleep(1)
    (one,) = pulled(broker)
    made = {"message_id": name, "publish_time": clock.now() - timedelta(seconds=1)}
    assert types.PubsubMessage.wrap(one.message) == types.PubsubMessage({**stated, **made})
    assert one.delivery_attempt == int(dead)


@pytest.mark.parametrize("most", [0, -1])
def test_a_pull_asks_for_one_message_or_more(broker: Broker, most: int) -> None:
    """Another number is refused with it."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    with pytest.raises(InvalidArgumentError, match=f"max_messages={most}, expected 1 or more"):
        pulled(broker, most)


@pytest.mark.parametrize(("at_once", "seconds"), [(True, 0), (False, 2)])
def test_a_pull_waits_unless_it_asks_not_to(*, at_once: bool, seconds: float) -> None:
    """Briefly, so that a reader that stops is soon back."""
    asked: list[tuple[Any, ...]] = []

    class Waiting:
        def pull(self, *args: Any) -> list[Any]:
            asked.append(args)
            return []

    call(Waiting(), "Pull", subscription=NAME, max_messages=7, return_immediately=at_once)
    assert asked == [(NAME, 7, seconds)]


def test_an_acknowledgement_counts_once_and_only_on_lease(broker: Broker) -> None:
    """An ack id that is unknown or used up is ignored, as in Pub/Sub."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    publish(broker, {"data": b"x"})
    (one,) = pulled(broker)
    for ids in ([one.ack_id], [one.ack_id], ["nobody's"]):
        call(broker, "Acknowledge", subscription=NAME, ack_ids=ids)
    assert broker.stats().subscriptions[NAME].acked == 1


def test_a_message_is_given_back_at_once_and_waits_from_then_on(broker: Broker, clock: Any) -> None:
    """The backoff begins when it is given back, not when somebody pulls again."""
    waits = {"minimum_backoff": timedelta(seconds=10), "maximum_backoff": timedelta(seconds=600)}
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, retry_policy=waits)
    publish(broker, {"data": b"x"})
    (one,) = pulled(broker)
    call(
        broker,
        "ModifyAckDeadline",
        subscription=NAME,
        ack_ids=[one.ack_id],
        ack_deadline_seconds=0,
    )
    assert broker.stats().nacked == 1
    assert pulled(broker) == []
    clock.sleep(10)
    assert [again.message.data for again in pulled(broker)] == [b"x"]


@pytest.mark.parametrize("data", [b"x", b""])
def test_a_dead_letter_has_what_the_message_had(broker: Broker, data: bytes) -> None:
    """Its ordering key too, after as many deliveries as the policy says; no data stay none."""
    policy = {"dead_letter_topic": DEAD, "max_delivery_attempts": 5}
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, dead_letter_policy=policy)
    call(broker, "CreateSubscription", name=OTHER, topic=DEAD)
    publish(broker, {"data": data, "attributes": {"a": "b"}, "ordering_key": "k"})
    for attempt in range(1, 6):
        ((name, given),) = broker.pull(NAME, 10, 0)
        assert given.attempt == attempt
        broker.modify_ack_deadline(NAME, [name], 0)
    assert pulled(broker) == []
    ((_, letter),) = broker.pull(OTHER, 10, 0)
    held = letter.message
    assert (held.data, held.attributes["a"], held.ordering_key) == (data, "b", "k")


def test_no_more_is_pulled_than_was_asked_for(broker: Broker) -> None:
    """The others wait for the next pull."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    publish(broker, *[{"data": bytes([number])} for number in range(3)])
    assert [len(pulled(broker, 2)) for _ in range(3)] == [2, 1, 0]


def test_a_message_counts_once_however_many_get_it(broker: Broker) -> None:
    """The total is of messages, a subscription's own number of its copies."""
    for name in (NAME, OTHER):
        call(broker, "CreateSubscription", name=name, topic=TOPIC)
    publish(broker, {"data": b"x"})
    stats = broker.stats()
    assert (stats.published, stats.topics) == (1, {TOPIC: 1})
    assert [stats.subscriptions[name].published for name in (NAME, OTHER)] == [1, 1]


def test_a_subscription_outlives_its_topic_without_one(broker: Broker) -> None:
    """A new topic of the same name does not feed it."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    call(broker, "DeleteTopic", topic=TOPIC)
    assert call(broker, "GetSubscription", subscription=NAME).topic == "_deleted-topic_"
    with pytest.raises(NotFoundError):
        publish(broker, {"data": b"x"})
    call(broker, "CreateTopic", name=TOPIC)
    publish(broker, {"data": b"x"})
    assert pulled(broker) == []


def test_a_project_has_its_own_resources_in_the_order_of_their_names(broker: Broker) -> None:
    """A project whose name begins likewise is another one."""
    for name in ("projects/p/topics/a-1", "projects/p2/topics/a-1"):
        call(broker, "CreateTopic", name=name)
    for name in (OTHER, NAME, "projects/p2/subscriptions/s-1"):
        call(broker, "CreateSubscription", name=name, topic=TOPIC)
    topics = call(broker, "ListTopics", project="projects/p").topics
    assert [topic.name for topic in topics] == ["projects/p/topics/a-1", DEAD, TOPIC]
    found = call(broker, "ListSubscriptions", project="projects/p").subscriptions
    assert [one.name for one in found] == [NAME, OTHER]
    of_topic = call(broker, "ListTopicSubscriptions", topic=TOPIC).subscriptions
    assert sorted(of_topic) == [NAME, OTHER, "projects/p2/subscriptions/s-1"]


def test_a_push_without_envelope_is_a_feature_that_is_lacking(broker: Broker) -> None:
    """It would read as another event."""
    bare = types.PushConfig(push_endpoint="http://x/", no_wrapper={"write_metadata": True})
    with pytest.raises(Exception, match=r"the local broker lacks push_config\.no_wrapper"):
        call(broker, "CreateSubscription", name=NAME, topic=TOPIC, push_config=bare)


@pytest.mark.parametrize(("total", "there"), [(0, True), (2, True), (3, False)])
def test_as_many_as_are_waited_for_must_have_passed_the_filter(
    broker: Broker, total: int, *, there: bool
) -> None:
    """Those that it kept back do not count, nor those of another subscription."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, filter="attributes:wanted")
    call(broker, "CreateSubscription", name=OTHER, topic=TOPIC)
    publish(broker, *({"data": b"x", "attributes": {"wanted": "yes"}} for _ in range(2)))
    publish(broker, {"data": b"x"})
    assert broker.wait_matched(NAME, total, 0) is there
    assert broker.stats().filtered == 1


def test_every_disturbed_message_is_told(broker: Broker) -> None:
    """With all its copies' fates, the oldest first, however many they are."""
    push = {"push_endpoint": "http://127.0.0.1:9/"}
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, push_config=push)
    sent = publish(broker, *[{"data": b"x"}] * 101)
    told = broker.disturbed_messages()
    assert [one.message_id for one in told] == sent
    assert {(one.subscription, one.fates) for one in told} == {
        (NAME, (Fate(late=timedelta(hours=1)),))
    }


def test_a_message_has_an_id_of_its_own(broker: Broker, clock: Any) -> None:
    """Of 16 digits: the microseconds at which the broker was made, and on from there."""
    begun = int(clock.now().timestamp()) * 1_000_000
    clock.sleep(60)
    assert publish(broker, {"data": b"x"}, {"data": b"x"}) == [f"{begun}", f"{begun + 1}"]


def test_a_message_is_what_it_was_when_it_was_published(broker: Broker) -> None:
    """A caller may go on with its attributes."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC)
    attributes = {"a": "b"}
    broker.publish(TOPIC, b"x", attributes)
    attributes["a"] = "c"
    assert [dict(one.message.attributes) for one in pulled(broker)] == [{"a": "b"}]


def test_what_becomes_of_pulled_messages_is_counted(broker: Broker) -> None:
    """Each by itself, however many come at once."""
    call(broker, "CreateSubscription", name=NAME, topic=TOPIC, filter="attributes:a")
    publish(broker, {"data": b"x"}, *[{"data": b"x", "attributes": {"a": "b"}}] * 4)
    one, *others = pulled(broker, 3)
    broker.acknowledge(NAME, [one.ack_id])
    broker.modify_ack_deadline(NAME, [other.ack_id for other in others], 0)
    counts = Counts(published=5, filtered=1, delivered=3, acked=1, nacked=2)
    assert broker.stats().subscriptions == {NAME: counts}


ROUTES = [
    ("PUT", TOPIC, "CreateTopic", {"name": TOPIC}),
    ("GET", TOPIC, "GetTopic", {"topic": TOPIC}),
    ("GET", "projects/p/topics", "ListTopics", {"project": "projects/p"}),
    ("DELETE", TOPIC, "DeleteTopic", {"topic": TOPIC}),
    ("POST", f"{TOPIC}:publish", "Publish", {"topic": TOPIC}),
    ("GET", f"{TOPIC}/subscriptions", "ListTopicSubscriptions", {"topic": TOPIC}),
    ("PUT", NAME, "CreateSubscription", {"name": NAME}),
    ("GET", NAME, "GetSubscription", {"subscription": NAME}),
    ("GET", "projects/p/subscriptions", "ListSubscriptions", {"project": "projects/p"}),
    ("DELETE", NAME, "DeleteSubscription", {"subscription": NAME}),
    ("POST", f"{NAME}:pull", "Pull", {"subscription": NAME}),
    ("POST", f"{NAME}:acknowledge", "Acknowledge", {"subscription": NAME}),
    ("POST", f"{NAME}:modifyAckDeadline", "ModifyAckDeadline", {"subscription": NAME}),
]


@pytest.mark.parametrize(("verb", "path", "method", "fields"), ROUTES)
def test_each_method_has_its_route(
    verb: str, path: str, method: str, fields: dict[str, str]
) -> None:
    """And no other one has it; the path holds the names that the request needs."""
    assert [one.name for one in PROCEDURES] == [name for _, _, name, _ in ROUTES]
    met = {one.name: one.match(verb, f"/v1/{path}") for one in PROCEDURES}
    assert {name: found for name, found in met.items() if found is not None} == {method: fields}
