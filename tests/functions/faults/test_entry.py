"""What a direct caller may send at the edges: ids of any form, and ticks at the calendar's ends."""

import json
from typing import Any

import pytest

from common.messages.models import FORCE_ID_CHARACTERS_MAX
from local.simulator.world import World
from tests.kit.world import Answer, Call

TICKED = ("schedule_locker", "master_controller", "cleanup_processor")
FORCED = {"schema": "tick", "version": 1, "force": True}
JSON = {"Content-Type": "application/json"}
IDS = {
    "a newline": "1\n2",
    "a carriage return": "1\r2",
    "NUL": "1\0",
    "a folder": "../../claims/x",
    "a space": "1 2",
    "2,000 characters": "9" * 2000,
    "more than a name takes": "9" * (FORCE_ID_CHARACTERS_MAX + 1),
    "half a megabyte": "9" * 500_000,
}


def structured(message_id: str) -> tuple[bytes, dict[str, str]]:
    """Make a CloudEvent of a forced tick with an id."""
    event = {"specversion": "1.0", "id": message_id, "type": "t", "source": "s", "data": FORCED}
    return json.dumps(event).encode(), {"Content-Type": "application/cloudevents+json"}


def push(message_id: str) -> tuple[bytes, dict[str, str]]:
    """Make a push of a forced tick with an id, as a direct caller can send it."""
    body = {"message": {"data": FORCED, "messageId": message_id}}
    return json.dumps(body).encode(), JSON


def state_names(world: World) -> set[str]:
    """Collect the names of all objects of the state bucket."""
    return {stored.name for stored in world.storage.list(world.runtime.settings.state_bucket, "")}


def sent(call: Call, function: str, wrap: Any, message_id: str) -> Answer:
    """Post a forced tick with an id."""
    body, headers = wrap(message_id)
    return call(function, body, headers)


@pytest.mark.parametrize("function", TICKED)
@pytest.mark.parametrize("wrap", [structured, push])
@pytest.mark.parametrize("kind", IDS)
def test_fr12_an_id_that_no_name_can_have_is_refused(
    world: World, call: Call, function: str, wrap: Any, kind: str
) -> None:
    """The answer names the field, and the id reaches the name of no object."""
    before, published = state_names(world), len(world.publisher.published)
    answer = sent(call, function, wrap, IDS[kind])
    letters = world.publisher.published[published:]
    error = answer.body["error"] if answer.status == 400 else letters[0].body["error"]
    assert answer.status == 400 or answer.body["result"] == "dead-lettered"
    assert "message_id" in error or "messageId" in error or "CloudEvent id" in error
    assert len(error) < 300
    new = state_names(world) - before
    assert not [name for name in new if not name.startswith("alerts/")]


@pytest.mark.parametrize("wrap", [structured, push])
def test_fr12_an_id_of_pub_sub_or_eventarc_is_taken(world: World, call: Call, wrap: Any) -> None:
    """The ids that Google gives are digits, with a hyphen or a dot at most."""
    for message_id in ("13576412345678901", "6b7d-42.1_x"):
        assert sent(call, "master_controller", wrap, message_id).status == 200
        assert [name for name in state_names(world) if f"-{message_id}/lease" in name]


@pytest.mark.parametrize("instant", ["2099-12-31T23:59:59Z", "2099-12-31T23:56:00Z"])
def test_fr11_a_forced_tick_at_the_calendars_end_is_refused(call: Call, instant: str) -> None:
    """Its slot would begin in the year 2100, which no message can name: 400 with the field."""
    body = json.dumps({**FORCED, "scheduled_time": instant}).encode()
    answer = call("master_controller", body, JSON)
    assert answer.status == 400
    assert "scheduled_time: 2099-12-31T23:5" in answer.body["error"]


@pytest.mark.parametrize("function", TICKED)
@pytest.mark.parametrize(
    "instant",
    [
        *("1946-11-01T00:00:00Z", "1946-11-01T12:00:00Z", "1946-11-03T05:00:00Z"),
        *("2099-12-30T12:00:00Z", "2099-12-31T23:50:00Z", "2099-12-31T23:59:59.999999Z"),
    ],
)
def test_fr11_no_forced_tick_near_an_end_is_an_error_of_ours(
    call: Call, function: str, instant: str
) -> None:
    """It is decided or refused, and never answered with 500."""
    body = json.dumps({**FORCED, "scheduled_time": instant}).encode()
    assert call(function, body, JSON).status in (200, 400)
