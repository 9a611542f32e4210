"""Dead letters: everything that a replay needs."""

from datetime import UTC, datetime

import pytest

from common.dead_letters import bury
from common.errors import BadInputError
from common.events import Event
from common.memory import MemoryPublisher
from common.runtime import Runtime
from common.settings import Settings
from local.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


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
    }


def test_an_event_of_unknown_time_has_none(runtime: Runtime) -> None:
    """Null, not a made-up time."""
    assert buried(runtime, Event(shape="storage", data={}))["publish_time"] is None


def test_a_huge_original_still_fits_into_a_message(runtime: Runtime) -> None:
    """10 MB came in; a letter that could not be published would be retried for ever."""
    body = buried(runtime, Event(shape="push", data={}, raw="é" * 10_000_000), "x" * 10_000)
    assert len(str(body["original"])) == 256 * 1024
    assert len(str(body["error"])) == 1000
