"""Dead letters: everything that a replay needs."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.entry.dead_letters import Letter, Resent, bury, described, read_letter, resent
from common.errors import BadInputError
from common.messages.envelope import (
    ATTRIBUTES_MAX,
    DATA_BYTES_MAX,
    ID_CHARACTERS_MAX,
    SUBSCRIPTION_CHARACTERS_MAX,
    VALUE_CHARACTERS_MAX,
    Event,
)
from common.runtime import Runtime
from common.settings import Settings
from local.simulator.memory import MemoryPublisher
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
DAY = timedelta(days=1)
TOPOLOGY = Runtime(Settings()).topology


@pytest.fixture
def runtime() -> Runtime:
    """A runtime of clock and publisher alone."""
    made = Runtime(Settings())
    clock = ManualClock(NOON)
    made.__dict__.update(clock=clock, publisher=MemoryPublisher(clock))
    return made


def buried(runtime: Runtime, event: Event, error: str = "field: wrong") -> dict[str, object]:
    """The body of the one letter."""
    bury(runtime, "a_function", event, BadInputError(error))
    publisher = runtime.publisher
    assert isinstance(publisher, MemoryPublisher)
    (letter,) = publisher.published
    assert letter.topic == "dead-letters"
    assert letter.attributes == {"function": "a_function", "error_class": "BadInputError"}
    return dict(letter.body)


def test_a_letter_keeps_the_whole_event(runtime: Runtime) -> None:
    """Function, error, times, attributes and the original text."""
    event = Event(
        shape="push",
        data={},
        attributes={"action": "RUN"},
        message_id="7",
        publish_time=NOON,
        subscription="projects/p/subscriptions/s",
        raw='{"x": 1}',
    )
    assert buried(runtime, event) == {
        "schema": "dead-letter",
        "version": 1,
        "function": "a_function",
        "error_class": "BadInputError",
        "error": "field: wrong",
        "failed_at": NOON.isoformat(),
        "subscription": "projects/p/subscriptions/s",
        "message_id": "7",
        "publish_time": NOON.isoformat(),
        "attributes": {"action": "RUN"},
        "original": '{"x": 1}',
        "truncated": False,
    }


def test_an_event_of_unknown_time_has_none(runtime: Runtime) -> None:
    """Null, not a made-up time."""
    assert buried(runtime, Event(shape="storage", data={}))["publish_time"] is None


def test_a_huge_original_still_fits_into_a_message(runtime: Runtime) -> None:
    """10 MB came in; a letter that could not be published would be retried for ever."""
    body = buried(runtime, Event(shape="push", data={}, raw="é" * 10_000_000), "x" * 10_000)
    assert len(str(body["original"])) == 256 * 1024
    assert body["truncated"] is True
    assert len(str(body["error"])) == 1000


def test_the_longest_envelope_still_fits_into_a_message(runtime: Runtime) -> None:
    """All that the parser lets through, each character 12 bytes in JSON: under Pub/Sub's 10 MB."""
    widest = "🏀"
    event = Event(
        shape="push",
        data={},
        attributes={
            f"{number:0>256}": widest * VALUE_CHARACTERS_MAX for number in range(ATTRIBUTES_MAX)
        },
        message_id=widest * ID_CHARACTERS_MAX,
        subscription=widest * SUBSCRIPTION_CHARACTERS_MAX,
        raw=widest * DATA_BYTES_MAX,
    )
    assert buried(runtime, event)["truncated"] is True


def letter(data: bytes, **attributes: str) -> Letter:
    """A message of the dead-letter topic, read."""
    return read_letter("1", NOON, data, attributes, TOPOLOGY)


def test_a_letter_of_ours_is_read_as_it_was_written(runtime: Runtime) -> None:
    """Whatever was buried comes back."""
    event = Event(shape="push", data={}, message_id="7", publish_time=NOON, raw='{"x": 1}')
    found = letter(json.dumps(buried(runtime, event)).encode())
    assert (found.function, found.error_class, found.error) == (
        "a_function",
        "BadInputError",
        "field: wrong",
    )
    assert (found.published, found.message_id, found.original) == (NOON, "7", '{"x": 1}')


PLATFORM = {
    "CloudPubSubDeadLetterSourceDeliveryCount": "100",
    "CloudPubSubDeadLetterSourceDeliveryErrorMessage": "status 500",
    "CloudPubSubDeadLetterSourceSubscription": "test-scraped-objects--scraper-logger",
    "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
    "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-12T17:00:00.000+00:00",
}


def test_a_letter_of_the_platform_tells_its_function_and_original_time() -> None:
    """From its attributes; a deployment's prefix before the subscription's name does no harm."""
    found = letter(b"{}", **PLATFORM, objectId="a.json")
    assert (found.function, found.error_class) == ("scraper_logger", "DeliveriesExhausted")
    assert "after 100 deliveries; status 500" in found.error
    assert found.published == NOON
    assert found.attributes == {"objectId": "a.json"}


def test_r7_a_replayed_notification_keeps_what_names_its_object() -> None:
    """Its attributes; it says that it was sent again, and has no time but its own."""
    again = resent(letter(b"{}", **PLATFORM, objectId="a.json", googclient_x="1"), TOPOLOGY)
    assert again == Resent("scraped-objects", {}, {"objectId": "a.json", "republished": "dlq"})


@pytest.mark.parametrize("topic", ["tick-schedule-locker", "scraper-requests"])
@pytest.mark.parametrize("own", ["2025-11-11T10:00:00+00:00", None])
def test_r7_a_replay_is_of_the_original_time(topic: str, own: str | None) -> None:
    """Its own `scheduled_time` where it has one, else when it was first published."""
    function = {"tick-schedule-locker": "schedule_locker"}.get(topic, "scraper_runner")
    given = {"scheduled_time": own} if own else {}
    held = Letter("1", function, "E", "", NOON + DAY, published=NOON, original=json.dumps(given))
    assert resent(held, TOPOLOGY).body == {"scheduled_time": own or NOON.isoformat()}


def test_r7_a_message_of_unknown_time_is_of_when_it_failed() -> None:
    """The first try is the closest that is known."""
    held = Letter("1", "schedule_locker", "E", "", NOON)
    assert resent(held, TOPOLOGY).body == {"scheduled_time": NOON.isoformat()}


@given(st.binary(max_size=100) | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_any_bytes_are_a_letter(data: bytes | str) -> None:
    """Whoever wrote to the topic: it can be listed and shown, and a replay is done or refused."""
    found = letter(data if isinstance(data, bytes) else data.encode())
    assert found.error_class == "Unreadable"
    assert json.dumps(described(found))
    with pytest.raises(BadInputError, match="has no subscription"):
        resent(found, TOPOLOGY)
