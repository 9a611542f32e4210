"""Dead letters of both kinds are read, described and turned into the message to send again."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.entry.dead_letters import ERROR_CHARACTERS_MAX, dead_letter
from common.errors import BadInputError
from common.messages.envelope import Event
from common.runtime import Runtime
from common.settings import Settings
from local.operate.letters import Letter, Resent, described, read_letter, resent
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
DAY = timedelta(days=1)
FAILED, LATER = NOON + timedelta(minutes=4), NOON + timedelta(minutes=5)
"""When an original was given up, and when its letter was published."""
TOPOLOGY = Runtime(Settings()).topology


def letter(data: bytes, **attributes: str) -> Letter:
    """Read a message of the dead-letter topic."""
    return read_letter("1", LATER, data, attributes, TOPOLOGY)


def test_a_letter_of_ours_is_read_as_it_was_written() -> None:
    """The letter that a function publishes is read with the same fields."""
    clock = ManualClock(FAILED)
    publisher = MemoryPublisher(clock)
    event = Event(
        "push", {}, message_id="7", attributes={"a": "b"}, publish_time=NOON, raw='{"x": 1}'
    )
    runtime = Runtime(Settings(), clock=clock, publisher=publisher)
    dead_letter(runtime, "a_function", event, BadInputError("field: wrong"))
    (written,) = publisher.published
    assert letter(json.dumps(dict(written.body)).encode()) == Letter(
        letter_id="1",
        function="a_function",
        error_class="BadInputError",
        error="field: wrong",
        failed_at=FAILED,
        published=NOON,
        message_id="7",
        attributes={"a": "b"},
        original='{"x": 1}',
    )


PLATFORM = {
    "CloudPubSubDeadLetterSourceDeliveryCount": "100",
    "CloudPubSubDeadLetterSourceDeliveryErrorMessage": "status 500",
    "CloudPubSubDeadLetterSourceSubscription": "test-scraped-objects--scraper-logger",
    "CloudPubSubDeadLetterSourceSubscriptionProject": "p",
    "CloudPubSubDeadLetterSourceTopicPublishTime": "2025-11-12T17:00:00.000+00:00",
}


def test_a_letter_of_the_platform_names_its_function_and_original_time() -> None:
    """Both come from its attributes, also where a deployment prefixes its subscriptions."""
    assert letter(b"{}", **PLATFORM, objectId="a.json") == Letter(
        letter_id="1",
        function="scraper_logger",
        error_class="DeliveriesExhausted",
        error="test-scraped-objects--scraper-logger gave up after 100 deliveries; status 500",
        failed_at=LATER,
        published=NOON,
        attributes={"objectId": "a.json"},
        original="{}",
    )


def test_a_letter_of_the_platform_needs_its_subscription_alone() -> None:
    """What else the platform leaves out is unknown, and a whole name says no more than its end."""
    whole = "projects/p/subscriptions/scraper-requests--scraper-runner"
    why = "all deliveries; the error is in the function's log"
    assert letter(b"x", CloudPubSubDeadLetterSourceSubscription=whole) == Letter(
        letter_id="1",
        function="scraper_runner",
        error_class="DeliveriesExhausted",
        error=f"scraper-requests--scraper-runner gave up after {why}",
        failed_at=LATER,
        original="x",
    )


def test_a_letter_of_an_unknown_subscription_has_no_function() -> None:
    """It can be read and dropped, and says whose it was."""
    gone = {"CloudPubSubDeadLetterSourceSubscription": "gone--gone"}
    found = letter(b"{}", **{**PLATFORM, **gone})
    assert (found.function, found.error_class) == ("", "DeliveriesExhausted")
    assert found.error.startswith("gone--gone gave up")
    said = "CloudPubSubDeadLetterSourceDeliveryErrorMessage"
    assert len(letter(b"{}", **{**PLATFORM, said: "x" * 9999}).error) == ERROR_CHARACTERS_MAX


def test_a_letter_of_ours_without_a_field_is_one_that_cannot_be_read() -> None:
    """One letter does not hide the others."""
    found = letter(b'{"schema": "dead-letter", "function": "a_function"}')
    assert (found.function, found.error_class) == ("", "Unreadable")
    assert "error_class" in found.error


def test_r7_a_replayed_notification_keeps_what_names_its_object() -> None:
    """A replayed notification keeps its attributes, is marked as republished, and gets no time."""
    again = resent(
        letter(b"{}", **PLATFORM, objectId="a.json", googclient_x="1", goog_x="2"), TOPOLOGY
    )
    assert again == Resent("scraped-objects", {}, {"objectId": "a.json", "republished": "dlq"})


@pytest.mark.parametrize("topic", ["tick-schedule-locker", "scraper-requests"])
@pytest.mark.parametrize("own", ["2025-11-11T10:00:00+00:00", None])
def test_r7_a_replay_is_of_the_original_time(topic: str, own: str | None) -> None:
    """A replay keeps its `scheduled_time`; without one it gets its first publish time."""
    function = {"tick-schedule-locker": "schedule_locker"}.get(topic, "scraper_runner")
    given = {"scheduled_time": own} if own else {}
    held = Letter("1", function, "E", "", NOON + DAY, published=NOON, original=json.dumps(given))
    assert resent(held, TOPOLOGY).body == {"scheduled_time": own or NOON.isoformat()}


def test_r7_a_message_of_unknown_time_is_of_when_it_failed() -> None:
    """A letter without a publish time is replayed as of the time of its failure."""
    held = Letter("1", "schedule_locker", "E", "", NOON)
    assert resent(held, TOPOLOGY).body == {"scheduled_time": NOON.isoformat()}


OURS = {
    "schema": "dead-letter",
    "function": "schedule_locker",
    "error_class": "E",
    "error": "e",
    "failed_at": NOON.isoformat(),
    "message_id": "7",
    "attributes": {},
    "original": "{}",
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"failed_at": "2025-11-12T17:00:00"}, "'2025-11-12T17:00:00' has no offset"),
        ({"failed_at": 5}, "argument must be str"),
        ({"publish_time": "noon"}, "Invalid isoformat string: 'noon'"),
        ({"attributes": "none"}, "no attribute 'items'"),
        ({"schema": "tick"}, "not a dead letter"),
    ],
)
def test_a_letter_that_cannot_be_read_says_why(change: dict[str, object], said: str) -> None:
    """It is listed all the same, with its text and when it came."""
    data = json.dumps({**OURS, **change})
    found = letter(data.encode())
    assert found == Letter("1", "", "Unreadable", found.error, LATER, original=data)
    assert said in found.error


def test_why_a_letter_cannot_be_read_is_cut() -> None:
    """A field of any length makes no longer error than the letters of the functions have."""
    data = json.dumps({**OURS, "failed_at": "x" * ERROR_CHARACTERS_MAX}).encode()
    assert len(letter(data).error) == ERROR_CHARACTERS_MAX


@pytest.mark.parametrize(("original", "shown"), [('{"a": 1}', {"a": 1}), ("", ""), ("[1]", "[1]")])
def test_a_letter_is_described_with_all_that_it_holds(original: str, shown: object) -> None:
    """Its original is parsed where a function could parse it; without one there is none."""
    held = Letter(
        letter_id="1",
        function="a_function",
        error_class="E",
        error="e",
        failed_at=FAILED,
        published=NOON,
        message_id="7",
        attributes={"a": "b"},
        original=original,
        truncated=True,
    )
    told = {
        "id": "1",
        "function": "a_function",
        "error_class": "E",
        "error": "e",
        "failed_at": FAILED.isoformat(),
        "published": NOON.isoformat(),
        "message_id": "7",
        "attributes": {"a": "b"},
        "truncated": True,
        "original": shown,
    }
    assert described(held) == told
    unknown = replace(held, published=None, truncated=False)
    assert described(unknown) == {**told, "published": None, "truncated": False}


def test_what_is_not_kept_whole_is_not_sent_again() -> None:
    """A letter says whether it is; without a word it is."""
    whole = [letter(json.dumps({**OURS, **one}).encode()) for one in ({}, {"truncated": False})]
    assert [resent(one, TOPOLOGY).topic for one in whole] == ["tick-schedule-locker"] * 2
    with pytest.raises(BadInputError, match="characters kept"):
        resent(letter(json.dumps({**OURS, "truncated": True}).encode()), TOPOLOGY)


@given(st.binary(max_size=100) | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_any_bytes_are_a_letter(data: bytes | str) -> None:
    """Any message on the topic can be listed and shown; one of neither kind is not replayed."""
    found = letter(data if isinstance(data, bytes) else data.encode())
    assert found.error_class == "Unreadable"
    assert json.dumps(described(found))
    with pytest.raises(BadInputError, match="has no subscription"):
        resent(found, TOPOLOGY)
