"""The answer of every function to what it cannot handle now, or never can (R7)."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from google.api_core.exceptions import (
    BadGateway,
    DeadlineExceeded,
    RetryError,
    ServiceUnavailable,
    TooManyRequests,
)

from local.simulator.ports.intercepted import Around
from local.simulator.world import World
from tests.kit.breaks import Break, raising, tapped
from tests.kit.checks import defects, tables, undisturbed
from tests.kit.payloads import wrapped
from tests.kit.world import DAY, FUNCTIONS, LAST_TASK, Call, before, rest

UUID = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
TICKED = ("schedule_locker", "master_controller", "cleanup_processor")
TRACKING = ("scraper_logger", "execution_tracker")
SLOT = "2025-11-12T18:00:00Z"
DECISION: dict[str, Any] = {
    "decision_id": UUID,
    "workflow_name": "betting_lines",
    "action": "RUN",
    "slot": SLOT,
    "decision_time": SLOT,
    "target_date": DAY.isoformat(),
    "scrapers": ["oddsa_events"],
}
OBJECT: dict[str, Any] = {"bucket": "nba-scraped-data", "name": "a/b.json", "generation": "7"}
LABELS = {"task_id": UUID, "scraper": "oddsa_events", "status": "SUCCESS", "outcome": "SUCCESS"}
STARTED = {"records": "1", "started_at": SLOT, "duration_seconds": "1", "target_date": "2025-11-12"}
HOME = "oddsa-events/2025-11-12/130045.json"
OF_AN_EXECUTION = {**LABELS, **STARTED, "execution_id": UUID, "step": "0"}

NO_JSON = [
    (b"{not json", "message.data: not JSON"),
    (b"[1]", "message.data: a JSON list"),
    (b"\xff\xfe", "message.data: not JSON"),
    (b"[" * 100_000, "message.data: not JSON (recursion limit exceeded"),
]
TICKS: list[tuple[Mapping[str, Any], str]] = [
    ({"scheduled_time": "yesterday"}, "Tick: scheduled_time"),
    ({"scheduled_time": "2025-11-12T18:00:00"}, "Tick: scheduled_time"),
    ({"scheduled_time": "9999-12-31T23:59:59Z"}, "Tick: scheduled_time"),
    ({"scheduled_time": "0001-01-01T00:00:00Z"}, "Tick: scheduled_time"),
    (
        {"scheduled_time": SLOT},
        "scheduled_time: 2025-11-12T18:00:00+00:00 is more than 5 min",
    ),
    ({"force": "perhaps"}, "Tick: force"),
    ({"version": 2}, "Tick: version"),
    ({"schema": "scraper-request"}, "Tick: schema"),
    ({"when": "now"}, "Tick: when"),
]
DECISIONS: list[tuple[Mapping[str, Any], str]] = [
    ({}, "WorkflowDecision: decision_id"),
    ({**DECISION, "decision_id": "7"}, "WorkflowDecision: decision_id"),
    ({**DECISION, "action": "WALK"}, "WorkflowDecision: action"),
    ({**DECISION, "slot": "9999-12-31T23:59:59Z"}, "WorkflowDecision: slot"),
    ({**DECISION, "workflow_name": "tea"}, "WorkflowDecision.workflow_name: 'tea'"),
    ({**DECISION, "scrapers": ["nbac_gamebook_pdf"]}, "WorkflowDecision.scrapers: nbac_gamebook"),
    ({**DECISION, "targets": [{"game_id": "1"}]}, "WorkflowDecision: targets.0.game_id"),
]
REQUESTS: list[tuple[Mapping[str, Any], str]] = [
    ({}, "ScraperRequest: scraper"),
    ({"scraper": "no_such"}, "no_such"),
    (
        {"scraper": "nbac_schedule_api", "event_ids": ["a1"]},
        "ScraperRequest.event_ids: nbac_schedule_api takes no event",
    ),
    ({"scraper": "nbac_play_by_play"}, "ScraperRequest.game: nbac_play_by_play needs game"),
    ({"scraper": "oddsa_events", "target_date": "soon"}, "ScraperRequest: target_date"),
    ({"scraper": "oddsa_events", "event_ids": ["a b"]}, "ScraperRequest: event_ids.0"),
    (
        {"scraper": "oddsa_events", "game": {"game_id": "0022500213", "away": "A", "home": "CHA"}},
        "ScraperRequest: game.away",
    ),
]
OBJECTS: list[tuple[Mapping[str, Any], str]] = [
    ({}, "ObjectEvent: bucket"),
    ({**OBJECT, "generation": "0"}, "ObjectEvent: generation"),
    ({**OBJECT, "name": ""}, "ObjectEvent: name"),
    ({**OBJECT, "bucket": "another"}, "ObjectEvent.bucket: 'another'"),
]
MALFORMED: list[tuple[str, bytes | Mapping[str, Any], str]] = [
    *((function, raw, expected) for function in FUNCTIONS for raw, expected in NO_JSON),
    *((function, message, expected) for function in TICKED for message, expected in TICKS),
    *(("workflow_executor", message, expected) for message, expected in DECISIONS),
    *(("scraper_runner", message, expected) for message, expected in REQUESTS),
    *((function, message, expected) for function in TRACKING for message, expected in OBJECTS),
]


@pytest.mark.parametrize(("function", "message", "expected"), MALFORMED)
def test_r7_a_malformed_message_of_a_topic_is_buried_at_the_first_try(
    world: World, call: Call, function: str, message: bytes | Mapping[str, Any], expected: str
) -> None:
    """The answer is 200; a dead letter keeps the original and names function and field."""
    rows, published = tables(world), len(world.publisher.published)
    headers, body = wrapped("push_broker", message, {"from": "a test"})
    assert call(function, body, headers).status == 200
    (letter,) = world.publisher.published[published:]
    assert (letter.topic, letter.body["function"]) == ("dead-letters", function)
    assert expected in letter.body["error"]
    original = base64.b64decode(body["message"]["data"])
    assert letter.body["original"] == original.decode("utf-8", "replace")
    assert letter.body["attributes"]["from"] == "a test"
    assert letter.body["message_id"] == body["message"]["messageId"]
    assert letter.body["subscription"] == body["subscription"]
    assert tables(world) == rows


@pytest.mark.parametrize(
    ("function", "message", "expected"),
    [case for case in MALFORMED if not isinstance(case[1], bytes)],
)
def test_r7_the_same_called_directly_is_told_to_the_caller(
    world: World, call: Call, function: str, message: Mapping[str, Any], expected: str
) -> None:
    """The answer is 400 with the error, and no dead letter repeats it."""
    published = len(world.publisher.published)
    answer = call(function, message)
    assert answer.status == 400
    assert expected in answer.body["error"]
    assert len(world.publisher.published) == published


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"7", b'"text"', b"[" * 100_000])
def test_r7_a_body_that_is_no_json_object_is_told_to_the_caller(
    call: Call, function: str, body: bytes
) -> None:
    """The answer is 400 and names the body."""
    answer = call(function, body)
    assert answer.status == 400
    assert answer.body["error"].startswith("body: ")


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("field", ["data", "publishTime", "attributes"])
def test_r7_an_envelope_that_cannot_be_is_told_to_the_caller(
    call: Call, function: str, field: str
) -> None:
    """Whoever makes such an envelope by hand gets a 400."""
    _, body = wrapped("push_broker", {})
    body["message"][field] = "%%"
    answer = call(function, body)
    assert answer.status == 400
    assert f"message.{field}" in answer.body["error"]


@pytest.mark.parametrize("function", TRACKING)
def test_r7_another_kind_of_storage_event_is_buried(
    world: World, call: Call, function: str
) -> None:
    """A deletion event is dead-lettered, not logged as an object."""
    attributes = {"eventType": "OBJECT_DELETE"}
    headers, body = wrapped("gcs_notification_broker", OBJECT, attributes)
    assert call(function, body, headers).status == 200
    assert "'OBJECT_DELETE' is not a finalize" in world.publisher.published[-1].body["error"]


@pytest.mark.parametrize("event", [*FUNCTIONS, LAST_TASK])
@pytest.mark.parametrize(
    "error",
    [
        ServiceUnavailable("later"),
        TooManyRequests("later"),
        BadGateway("later"),
        DeadlineExceeded("later"),
        RetryError("gave up", None),
        ConnectionError("reset"),
        TimeoutError("late"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_r7_a_passing_error_is_raised_and_the_redelivery_succeeds(
    world: World, call: Call, event: str, error: Exception
) -> None:
    """The answer is 503, and the redelivery writes the same rows as without the error."""
    delivery = before(world, event)
    with tapped(world, at_the_first_write(error)):
        answer = call(delivery.function, delivery.body())
    assert (answer.status, answer.body["error"]) == (503, type(error).__name__)
    assert call(delivery.function, delivery.body()).status == 200
    rest(world, event)
    assert tables(world) == undisturbed(event)[0]
    assert defects(world) == []


@pytest.mark.parametrize("event", [*FUNCTIONS, LAST_TASK])
def test_r7_an_unknown_error_is_raised_too(world: World, call: Call, event: str) -> None:
    """The answer is 500, since the error may be transient."""
    delivery = before(world, event)
    with tapped(world, at_the_first_write(LookupError("a bug"))):
        answer = call(delivery.function, delivery.body())
    assert (answer.status, answer.body["error"]) == (500, "LookupError")
    assert call(delivery.function, delivery.body()).status == 200
    rest(world, event)
    assert tables(world) == undisturbed(event)[0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_r7_what_could_not_be_buried_is_not_acknowledged(
    world: World, call: Call, function: str
) -> None:
    """A failing dead-letter topic answers 503, so that the message is not lost."""
    headers, body = wrapped("push_broker", b"{not json")
    with tapped(world, at_the_first_write(ServiceUnavailable("later"))):
        assert call(function, body, headers).status == 503
    assert call(function, body, headers).status == 200
    assert [letter.topic for letter in world.publisher.published][-1:] == ["dead-letters"]


def at_the_first_write(error: Exception) -> Around:
    """Raise an error at the first write."""
    return Break(1, raising(error)).around
