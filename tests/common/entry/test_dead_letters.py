"""Dead letters contain everything that a replay needs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from common.entry.dead_letters import dead_letter
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
from common.settings import ROOT, Settings
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)


@pytest.fixture
def runtime() -> Runtime:
    """A runtime with a clock and a publisher in memory."""
    clock = ManualClock(NOON)
    return Runtime(Settings(), clock=clock, publisher=MemoryPublisher(clock))


def buried(runtime: Runtime, event: Event, error: str = "field: wrong") -> dict[str, object]:
    """Dead-letter an event; return the body of its letter."""
    dead_letter(runtime, "a_function", event, BadInputError(error))
    publisher = runtime.publisher
    assert isinstance(publisher, MemoryPublisher)
    (letter,) = publisher.published
    assert letter.topic == "dead-letters"
    assert letter.attributes == {"function": "a_function", "error_class": "BadInputError"}
    return dict(letter.body)


def test_a_letter_keeps_the_whole_event(runtime: Runtime) -> None:
    """A letter contains function, error, times, attributes and the original text."""
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


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("raw", '{"url": "https://user:pass-word@host.example/"}'),
        ("attributes", {"url": "https://user:pass-word@host.example/"}),
        ("attributes", {"https://user:pass-word@host.example/": "url"}),
    ],
    ids=["text", "attribute", "name of an attribute"],
)
def test_a_letter_that_hides_a_secret_counts_as_cut(
    runtime: Runtime, field: str, value: object
) -> None:
    """A replay would send `(hidden)` in its place, wherever in the message it stood."""
    event: dict[str, Any] = {"attributes": {"action": "RUN"}, "raw": '{"x": 1}', field: value}
    body = buried(runtime, Event(shape="push", data={}, **event))
    assert "pass-word" not in str(body)
    assert "(hidden)" in str(body[{"raw": "original"}.get(field, field)])
    assert body["truncated"] is True


@pytest.mark.parametrize("field", ["message_id", "subscription"])
def test_no_secret_is_in_what_a_letter_says_of_its_message(runtime: Runtime, field: str) -> None:
    """Whoever delivers by hand may write anything there; a replay needs neither."""
    event: dict[str, Any] = {field: "https://user:pass-word@host.example/"}
    body = buried(runtime, Event(shape="push", data={}, **event))
    assert (body[field], body["truncated"]) == ("https://(hidden)@host.example/", False)


def test_an_event_of_unknown_time_has_none(runtime: Runtime) -> None:
    """An event without a publish time has a letter with null in its place."""
    assert buried(runtime, Event(shape="event", data={}))["publish_time"] is None


def test_a_huge_original_still_fits_into_a_message(runtime: Runtime) -> None:
    """An original of 10 MB is cut, so that its letter can be published."""
    body = buried(runtime, Event(shape="push", data={}, raw="é" * 10_000_000), "x" * 10_000)
    assert len(str(body["original"])) == 256 * 1024
    assert body["truncated"] is True
    assert len(str(body["error"])) == 1000


def test_the_longest_envelope_still_fits_into_a_message(runtime: Runtime) -> None:
    """The largest event that the parser accepts, 12 bytes of JSON a character, fits into 10 MB."""
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


def test_a_letter_goes_to_the_topic_that_the_deployment_names(tmp_path: Path) -> None:
    """Another topology may call it otherwise, and nothing else would keep it."""
    text = (ROOT / "config" / "topology.yaml").read_text()
    path = tmp_path / "topology.yaml"
    path.write_text(text.replace("dead-letters", "letters"))
    clock = ManualClock(NOON)
    publisher = MemoryPublisher(clock)
    runtime = Runtime(Settings(topology_file=path), clock=clock, publisher=publisher)
    dead_letter(runtime, "f", Event(shape="push", data={}), BadInputError("x"))
    assert [letter.topic for letter in publisher.published] == ["letters"]
