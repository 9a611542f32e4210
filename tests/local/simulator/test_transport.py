"""Pub/Sub in memory: fan-out, filters, losses, backoff and dead letters."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from common.configuration.topology import load_topology
from common.errors import BadInputError
from common.settings import Settings
from local.simulator.ports.memory_publisher import MemoryPublisher, Published
from local.simulator.transport import Delivery, Transport
from local.simulator.world import ROUTES, ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
TOPOLOGY = load_topology(Settings().topology_file)


def made() -> tuple[ManualClock, MemoryPublisher, Transport]:
    """Make a transport with its clock and publisher."""
    clock = ManualClock(NOON)
    publisher = MemoryPublisher(clock)
    return clock, publisher, Transport(clock, TOPOLOGY, publisher)


def functions(transport: Transport) -> list[str]:
    """List the functions of the waiting deliveries."""
    return [delivery.function for delivery in transport.queue]


def test_a_message_goes_to_each_subscription_of_its_topic() -> None:
    """An object's event is delivered to logger and tracker, and an unknown topic to none."""
    _, publisher, transport = made()
    publisher.publish("scraped-objects", {}, {})
    publisher.publish("no-such-topic", {}, {})
    assert sorted(functions(transport)) == ["execution_tracker", "scraper_logger"]


def test_a_filter_drops_what_does_not_match() -> None:
    """Only decisions that say RUN are delivered to the executor."""
    _, publisher, transport = made()
    for action in ("SKIP", "RUN"):
        publisher.publish("workflow-decisions", {"action": action}, {"action": action})
    publisher.publish("workflow-decisions", {}, {})
    assert [delivery.message.body for delivery in transport.queue] == [{"action": "RUN"}]


def test_deliveries_wait_in_order_of_time() -> None:
    """An earlier arrival overtakes a later one; equal ones keep their order."""
    _, publisher, transport = made()
    delays = iter((20, 10, 10, 0))
    transport.arrivals = lambda sent: [sent.due + timedelta(seconds=next(delays))]
    for number in range(4):
        publisher.publish("scraper-requests", {"number": number}, {})
    assert [delivery.message.body["number"] for delivery in transport.queue] == [3, 1, 2, 0]


def test_a_delivery_may_be_lost_for_a_while_or_for_good() -> None:
    """Losses concern the selected deliveries only."""
    _, publisher, transport = made()

    def to_the_logger(delivery: Delivery) -> bool:
        return delivery.function == "scraper_logger"

    with transport.losing(to_the_logger):
        publisher.publish("scraped-objects", {}, {})
    publisher.publish("scraped-objects", {}, {})
    transport.lose(to_the_logger)
    publisher.publish("scraped-objects", {}, {})
    assert functions(transport).count("scraper_logger") == 1
    assert functions(transport).count("execution_tracker") == 3


def test_a_delivery_is_retried_with_backoff_and_then_dead_lettered() -> None:
    """Waits double up to the maximum; the last attempt becomes a dead letter."""
    clock, publisher, transport = made()
    policy = TOPOLOGY.delivery
    publisher.publish("scraper-requests", {"number": 1}, {"key": "value"})
    waits = []
    while transport.queue:
        delivery = transport.queue.pop()
        waits.append((delivery.due - clock.now()).total_seconds())
        clock.move(delivery.due)
        transport.retry(delivery)
    least, most = policy.minimum_backoff_seconds, policy.maximum_backoff_seconds
    assert waits[:4] == [0, least, min(2 * least, most), min(4 * least, most)]
    assert waits[-1] == most
    assert len(waits) == policy.max_delivery_attempts
    letter = publisher.published[-1]
    assert (letter.topic, letter.body) == (policy.dead_letter_topic, {"number": 1})
    assert letter.attributes["key"] == "value"
    count = letter.attributes["CloudPubSubDeadLetterSourceDeliveryCount"]
    assert count == str(policy.max_delivery_attempts)
    assert letter.attributes["CloudPubSubDeadLetterSourceSubscription"] in {
        each.name for each in TOPOLOGY.subscriptions if each.function == "scraper_runner"
    }
    assert letter.attributes["CloudPubSubDeadLetterSourceSubscriptionProject"] == "p"
    sent = publisher.published[0].publish_time.isoformat()
    assert letter.attributes["CloudPubSubDeadLetterSourceTopicPublishTime"] == sent


def test_a_delivery_is_pushed_as_pubsub_writes_it() -> None:
    """Data in plain base64, whatever bytes they are, and how often it was tried."""
    message = Published("17", "t", b"\xfb\xff\xfe", {"k": "v"}, NOON)
    assert json.loads(Delivery(NOON, 1, "scraper_runner", message, 3).body()) == {
        "message": {
            "data": "+//+",
            "attributes": {"k": "v"},
            "messageId": "17",
            "publishTime": "2025-11-12T17:00:00+00:00",
        },
        "subscription": "projects/p/subscriptions/scraper_runner",
        "deliveryAttempt": 3,
    }


def test_losses_and_arrivals_are_asked_of_the_delivery_as_it_is() -> None:
    """Of its function, message, due instant and attempt, a retry too."""
    clock, publisher, transport = made()
    publisher.publish("scraper-requests", {"number": 1}, {})
    first = transport.queue.pop()
    asked: list[Delivery] = []

    def note(delivery: Delivery) -> bool:
        asked.append(delivery)
        return False

    with transport.losing(note):
        transport.retry(first)
    (again,) = transport.queue
    (sent,) = asked
    for found in (again, sent):
        assert (found.function, found.message, found.attempt) == (first.function, first.message, 2)
        assert found.due > clock.now()


def test_losses_end_each_by_itself_and_with_an_error_too() -> None:
    """One that ends leaves the others; what comes after it arrives."""
    _, publisher, transport = made()
    transport.lose(lambda one: one.function == "scraper_logger")
    with pytest.raises(BadInputError), transport.losing(lambda _: True):
        publisher.publish("scraped-objects", {}, {"k" * 257: "v"})
    assert functions(transport) == []
    publisher.publish("scraped-objects", {}, {})
    assert functions(transport) == ["execution_tracker"]


def test_each_arrival_of_a_delivery_is_queued_with_a_number_of_its_own() -> None:
    """Of two at the same instant the first one made comes first."""
    clock, publisher, transport = made()
    transport.arrivals = lambda sent: [sent.due + timedelta(seconds=5), sent.due]
    publisher.publish("scraper-requests", {"number": 1}, {})
    publisher.publish("scraper-requests", {"number": 2}, {})
    found = [(one.due - clock.now(), one.number, one.message.body) for one in transport.queue]
    first, second = {"number": 1}, {"number": 2}
    late = timedelta(seconds=5)
    assert found == [
        (timedelta(0), 2, first),
        (timedelta(0), 4, second),
        (late, 1, first),
        (late, 3, second),
    ]


def test_each_function_takes_the_form_of_its_messages() -> None:
    """As its deployed source does; only the controller's ticks may be forced."""
    forms = {name: (route.function, route.model.__name__) for name, route in ROUTES.items()}
    assert forms == {
        "schedule_locker": ("schedule_locker", "Tick"),
        "master_controller": ("master_controller", "ControllerTick"),
        "cleanup_processor": ("cleanup_processor", "Tick"),
        "workflow_executor": ("workflow_executor", "WorkflowDecision"),
        "scraper_runner": ("scraper_runner", "ScraperRequest"),
        "scraper_logger": ("scraper_logger", "ObjectEvent"),
        "execution_tracker": ("execution_tracker", "ObjectEvent"),
    }
    assert len({route.handle for route in ROUTES.values()}) == len(ROUTES)
