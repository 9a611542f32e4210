"""By which words a message is refused: the place, the value as it came, and the limit."""

import base64
import json
from typing import Any

import pytest

from common.errors import BadInputError
from common.messages.envelope import Event, parse_event
from common.messages.models import (
    ObjectEvent,
    ScraperRequest,
    Tick,
    force_id,
    parse_message,
    season_type,
)

JSON = {"Content-Type": "application/json"}
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
ABOUT = {"id": "17", "source": "//x", "type": "t", "specversion": "1.0", "data": {}}
MANY = {str(number): "" for number in range(101)}
LONG = base64.b64encode(b" " * (2**20 + 1)).decode()


def refusal(document: Any, headers: dict[str, str] | None = None) -> str:
    """Return by which words a request is refused."""
    with pytest.raises(BadInputError) as caught:
        parse_event(headers or JSON, json.dumps(document).encode())
    return str(caught.value)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"data": LONG}, "data: 1048577 bytes; a message of ours has at most 1048576"),
        ({"data": 17}, "data: int; encode the JSON body in base64"),
        ({"attributes": MANY}, "attributes: 101; at most 100"),
        (
            {"attributes": {"k" * 257: ""}},
            "attributes: 257 characters; send a text of at most 256 characters",
        ),
        (
            {"messageId": "\n" * 90},
            f"messageId: {chr(10) * 80!a} has control characters; send a text of one line",
        ),
        ({"publishTime": "2025-11-12"}, "publishTime: '2025-11-12' has no offset; add Z or +hh:mm"),
        ({"publishTime": "x" * 90}, f"publishTime: '{'x' * 80}' is not an RFC 3339 time"),
    ],
)
def test_a_push_is_refused_by_field_value_and_limit(message: dict[str, Any], said: str) -> None:
    """Of a long value no more is shown than fits a line."""
    assert refusal({"message": message}) == f"message.{said}"


def test_a_subscription_and_a_body_that_are_too_long_are_told_by_their_lengths() -> None:
    """Each with what is allowed."""
    said = "subscription: 1025 characters; send a text of at most 1024 characters"
    assert refusal({"message": {}, "subscription": "s" * 1025}) == said
    most = 14 * 1024 * 1024
    with pytest.raises(BadInputError) as caught:
        parse_event(JSON, b" " * (most + 1))
    said = f"body: {most + 1} bytes; a Pub/Sub message has at most {most}"
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "a\nb"}, "CloudEvent id: 'a\\nb' has control characters; send a text of one line"),
        ({"type": "a\nb"}, "CloudEvent type: 'a\\nb' has control characters; send a text of "),
        ({"time": "2025-11-12T18:00:00"}, "CloudEvent time: '2025-11-12T18:00:00' has no offset"),
        ({"data": [1]}, "CloudEvent data: list; send a JSON object"),
    ],
)
def test_a_cloud_event_is_refused_by_its_field(changes: dict[str, Any], said: str) -> None:
    """Its id, type and time are those of a message."""
    assert refusal({**ABOUT, **changes}, STRUCTURED).startswith(said)


def test_of_two_spellings_of_a_field_google_s_own_counts() -> None:
    """A push has both."""
    both = {"messageId": "1", "message_id": "2"}
    both |= {"publishTime": "2025-11-12T18:00:00Z", "publish_time": "2025-11-13T18:00:00Z"}
    event = parse_event(JSON, json.dumps({"message": both}).encode())
    assert event.publish_time is not None
    assert (event.message_id, event.publish_time.day) == ("1", 12)


def test_a_message_is_published_without_what_it_does_not_say() -> None:
    """No field of it is null."""
    assert ScraperRequest(scraper="x").body() == {
        "schema": "scraper-request",
        "version": 1,
        "scraper": "x",
        "games": [],
        "event_ids": [],
        "season_type": "Regular Season",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("..", "no object can have this name"),
        ("é" * 513, "513 characters; a name has 1 to 1024 bytes"),
    ],
)
def test_a_name_that_no_object_has_is_refused_by_what_is_wrong(name: str, said: str) -> None:
    """Its length, or its form."""
    data = {"bucket": "any", "name": name, "generation": 1}
    with pytest.raises(BadInputError, match=f"name: Value error, {said}"):
        parse_message(ObjectEvent, Event(shape="push", data=data))


def test_an_odd_id_of_a_forced_tick_is_shown_with_its_length() -> None:
    """Letters, digits and three signs are taken."""
    right, wrong = (Event(shape="push", data={}, message_id=text) for text in ("a_B.9-", "a/b"))
    assert force_id(Tick(force=True), right, "owner") == "a_B.9-"
    with pytest.raises(BadInputError) as caught:
        force_id(Tick(force=True), wrong, "owner")
    assert str(caught.value) == (
        "message_id: 'a/b', 3 characters; a forced tick needs an id of 1 to 128 letters, digits, "
        "'-', '_' and '.'"
    )


def test_a_kind_of_game_that_is_not_collected_is_refused_beside_those_that_are() -> None:
    """By the first digits of its id."""
    with pytest.raises(BadInputError) as caught:
        season_type("0032500001")
    assert str(caught.value) == (
        "game id '0032500001' starts with '003'; collected are ['002', '004', '005', '006']"
    )


def test_of_a_stranger_s_texts_no_more_is_shown_than_fits_a_line() -> None:
    """The name of a field, and the kind of an event."""
    with pytest.raises(BadInputError, match=f"^Tick: {'k' * 80}: Extra inputs"):
        parse_message(Tick, Event(shape="push", data={"k" * 200: 1}))
    event = Event(shape="push", data={}, attributes={"eventType": "t" * 200})
    with pytest.raises(BadInputError, match=f"^eventType: '{'t' * 80}' is not a finalize event"):
        parse_message(ObjectEvent, event)
