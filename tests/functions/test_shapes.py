"""Every function accepts its event in every wrapping in which one can arrive."""

import pytest

from common.messages.models import ObjectEvent
from local.simulator.world import ROUTES, World
from tests.kit.checks import defects, tables, undisturbed
from tests.kit.payloads import MESSAGES, NOTIFICATIONS, STORAGE, recorded, wrapped
from tests.kit.world import FUNCTIONS, Call, before, rest

SHAPES = [
    (function, shape)
    for function in FUNCTIONS
    for shape in (STORAGE if ROUTES[function][1] is ObjectEvent else MESSAGES)
]


@pytest.mark.parametrize(("function", "shape"), SHAPES)
def test_a_function_does_its_work_whatever_its_event_is_wrapped_in(
    world: World, call: Call, function: str, shape: str
) -> None:
    """The answer is 200, and the rows are those of our own subscription's push."""
    message = before(world, function).message
    headers, body = wrapped(shape, message.body, dict(message.attributes))
    assert call(function, body, headers).status == 200
    rest(world, function)
    assert tables(world) == undisturbed(function)[0]
    assert defects(world) == []


@pytest.mark.parametrize("shape", NOTIFICATIONS)
@pytest.mark.parametrize("function", ["scraper_logger", "execution_tracker"])
def test_a_notification_without_a_payload_is_completed_from_storage(
    world: World, call: Call, function: str, shape: str
) -> None:
    """A notification with payloadFormat NONE names the object in its attributes only."""
    message = before(world, function).message
    headers, body = wrapped(shape, b"", dict(message.attributes))
    assert call(function, body, headers).status == 200
    rest(world, function)
    assert tables(world) == undisturbed(function)[0]


@pytest.mark.parametrize("function", ["schedule_locker", "master_controller", "cleanup_processor"])
def test_a_push_without_data_is_a_tick_of_its_publish_time(
    world: World, call: Call, function: str
) -> None:
    """A hand-made Scheduler job with an empty message works."""
    headers, body = recorded("push_without_data")
    body["message"]["publishTime"] = "2025-11-12T18:00:03.5Z"
    answer = call(function, body, headers)
    assert answer.status == 200
    slot = "10:00" if function == "schedule_locker" else "18:00"
    assert answer.body["slot"] == f"2025-11-12T{slot}:00+00:00"


@pytest.mark.parametrize("function", ["schedule_locker", "master_controller", "cleanup_processor"])
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_call_without_a_body_is_a_tick_of_now(
    world: World, call: Call, function: str, body: bytes
) -> None:
    """`gcloud functions call NAME` works without --data."""
    answer = call(function, body)
    assert answer.status == 200
    slot = {"schedule_locker": "10:00", "master_controller": "17:00"}.get(function, "17:45")
    assert answer.body["slot"] == f"2025-11-12T{slot}:00+00:00"
