"""The messages between the functions."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError, field_validator

from common import ids
from common.errors import BadInputError
from common.messages.envelope import Event, parse_event
from common.messages.models import (
    ControllerTick,
    ExecutionRef,
    GameRef,
    GameTarget,
    Message,
    ObjectEvent,
    ScraperRequest,
    Tick,
    WorkflowDecision,
    describe,
    event_time,
    force_id,
    parse_message,
    season_type,
)
from tests.kit.situations import DAY, MANY, et

SLOT = et("2025-11-12 23:00")
DECIDED = ids.decision_id("post_game_window_2", SLOT)
EXECUTION = ids.execution_id(DECIDED)
MESSAGES: list[Message] = [
    Tick(),
    Tick(scheduled_time=SLOT, force=True),
    WorkflowDecision(
        decision_id=DECIDED,
        workflow_name="post_game_window_2",
        action="RUN",
        slot=SLOT,
        decision_time=SLOT,
        target_date=DAY,
        scrapers=("nbac_schedule_api", "nbac_gamebook_pdf"),
        targets=(
            GameTarget(
                game_id="0022500213", away="MIL", home="CHA", scrapers=("nbac_gamebook_pdf",)
            ),
        ),
    ),
    ScraperRequest(scraper="nbac_schedule_api"),
    ScraperRequest(
        scraper="nbac_gamebook_pdf",
        target_date=DAY,
        game=GameRef(game_id="0022500213", away="MIL", home="CHA"),
        event_ids=("a1", "b2"),
        season_type="IST",
        execution=ExecutionRef(
            execution_id=EXECUTION,
            decision_id=DECIDED,
            workflow_name="post_game_window_2",
            step=1,
            task_id=ids.task_id(EXECUTION, 1, "nbac_gamebook_pdf", "0022500213"),
            slot=SLOT,
        ),
        scheduled_time=SLOT,
    ),
    ControllerTick(scheduled_time=SLOT, force=True, workflow="betting_lines"),
]


def bare(data: dict[str, Any], **attributes: str) -> Event:
    """Return an event with a body and attributes."""
    return Event(shape="push", data=data, attributes=attributes)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_arrives_as_it_was_published(message: Message) -> None:
    """A message is read back unchanged after JSON, base64 and a push."""
    body = message.body()
    assert body["schema"] in {"tick", "workflow-decision", "scraper-request"}
    assert body["version"] == 1
    data = base64.b64encode(json.dumps(body).encode()).decode()
    event = parse_event({}, json.dumps({"message": {"data": data, "messageId": "1"}}).encode())
    assert parse_message(type(message), event) == message


@pytest.mark.parametrize(
    ("model", "changes", "fault"),
    [
        (Tick, {"schema": "scraper-request"}, "schema: "),
        (Tick, {"version": 2}, "version: "),
        (Tick, {"forced": True}, "forced: "),
        (Tick, {"scheduled_time": "2025-11-12T13:00:00"}, "scheduled_time: "),
        (Tick, {"scheduled_time": "0001-01-01T00:00:00Z"}, "scheduled_time: "),
        (Tick, {"scheduled_time": "9999-12-31T23:59:59Z"}, "scheduled_time: "),
        (ControllerTick, {"workflow": "betting_lines"}, "workflow: a plain tick decides all"),
        (ScraperRequest, {}, "scraper: Field required"),
        (ScraperRequest, {"scraper": "Nbac"}, "scraper: "),
        (ScraperRequest, {"scraper": "../x"}, "scraper: "),
        (ScraperRequest, {"scraper": "x\n"}, "scraper: "),
        (ScraperRequest, {"scraper": "x", "target_date": "TODAY"}, "target_date: "),
        (ScraperRequest, {"scraper": "x", "target_date": "9999-12-31"}, "target_date: "),
        (ScraperRequest, {"scraper": "x", "event_ids": ["a"] * 257}, "event_ids: "),
        (ScraperRequest, {"scraper": "x", "event_ids": ["a/b"]}, "event_ids.0: "),
        (ScraperRequest, {"scraper": "x", "game": {"game_id": "22500213"}}, "game.game_id: "),
    ],
)
def test_another_form_is_refused(model: type[Message], changes: Any, fault: str) -> None:
    """The error for a malformed message names the message and the field."""
    with pytest.raises(BadInputError, match=model.__name__) as caught:
        parse_message(model, bare(changes))
    assert fault in str(caught.value)


@pytest.mark.parametrize("digit", ["\u0660", "\uff10", "\u0966"])
def test_a_game_id_has_ascii_digits(digit: str) -> None:
    """A game id has ASCII digits only, because it becomes part of names and paths."""
    game = {"game_id": digit * 10, "away": "MIL", "home": "CHA"}
    with pytest.raises(BadInputError, match="game_id"):
        parse_message(ScraperRequest, bare({"scraper": "x", "game": game}))


def test_a_long_value_is_shortened_in_the_error() -> None:
    """The error for a long value shows only its beginning."""
    with pytest.raises(BadInputError) as caught:
        parse_message(Tick, bare({f"field_{n}": "x" * 10_000 for n in range(100)}))
    assert len(str(caught.value)) < 1000


def test_an_object_event_is_completed_from_its_attributes() -> None:
    """A notification without a payload names the object in its attributes only."""
    attributes = {"bucketId": "any", "objectId": "a/b.json", "objectGeneration": "17"}
    found = parse_message(ObjectEvent, bare({}, eventType="OBJECT_FINALIZE", **attributes))
    assert (found.bucket, found.name, found.generation) == ("any", "a/b.json", 17)


def test_an_object_events_payload_counts_before_its_attributes() -> None:
    """The payload of an object event overrides its attributes; its unknown fields are ignored."""
    payload = {
        "bucket": "any",
        "name": "a.json",
        "generation": "17",
        "size": "3",
        "timeCreated": "2025-11-12T18:30:45Z",
        "metadata": {"task_id": "x"},
        "selfLink": "https://…",
    }
    found = parse_message(ObjectEvent, bare(payload, objectId="other"))
    assert (found.name, found.generation, found.size) == ("a.json", 17, 3)
    assert found.time_created == datetime(2025, 11, 12, 18, 30, 45, tzinfo=UTC)
    assert found.metadata == {"task_id": "x"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"eventType": "OBJECT_FINALIZE"},
        {"eventType": "google.cloud.storage.object.v1.finalized"},
        {},
    ],
)
def test_finalized_objects_are_taken_from_pub_sub_and_eventarc(attributes: dict[str, str]) -> None:
    """Each names the type of its event in its own words; a direct call names none."""
    payload = {"bucket": "any", "name": "a.json", "generation": 17}
    assert parse_message(ObjectEvent, bare(payload, **attributes)).generation == 17


@pytest.mark.parametrize("kind", ["OBJECT_DELETE", "google.cloud.storage.object.v1.archived"])
def test_only_finalized_objects_are_taken(kind: str) -> None:
    """An object event of another type is refused, although a filter should have dropped it."""
    payload = {"bucket": "any", "name": "a.json", "generation": 17}
    with pytest.raises(BadInputError, match="not a finalize event"):
        parse_message(ObjectEvent, bare(payload, eventType=kind))


def test_r3_the_events_time() -> None:
    """The time of an event is its scheduled_time, else its publish time, else now."""
    now, sent = et("2025-11-12 23:01"), et("2025-11-12 23:00:02")
    published = Event(shape="push", data={}, publish_time=sent)
    assert event_time(Tick(scheduled_time=SLOT), published, now) == SLOT
    assert event_time(Tick(), published, now) == sent
    assert event_time(Tick(), Event(shape="bare", data={}), now) == now


def test_r3_a_forced_tick_adds_its_messages_id() -> None:
    """Two forced ticks are two decisions; an unforced one adds nothing."""
    event = Event(shape="push", data={}, message_id="17")
    assert force_id(Tick(force=True), event, "owner") == "17"
    assert force_id(Tick(force=True), Event(shape="bare", data={}), "owner") == "owner"
    assert force_id(Tick(), event, "owner") == ""


TICKED = {"scheduled_time": "2025-11-12T18:00:00Z"}
OBJECT = {"bucket": "any", "name": "a.json", "generation": 1}
ASKED = {"scraper": "x"}
DECISION = MESSAGES[2].body()
REF = ExecutionRef.model_validate(MESSAGES[4].body()["execution"]).body()
GAME = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
BOUNDS: list[tuple[type[Message], dict[str, Any], str, list[Any], list[Any]]] = [
    (
        *(Tick, TICKED, "scheduled_time"),
        ["1946-11-01T00:00:00Z", "2099-12-31T23:59:59.999999Z"],
        ["1946-10-31T23:59:59.999999Z", "2100-01-01T00:00:00Z"],
    ),
    (
        *(ScraperRequest, ASKED, "target_date"),
        ["1946-10-25", "2099-12-31"],
        ["1946-10-24", "2100-01-01"],
    ),
    (ScraperRequest, ASKED, "scraper", ["x" * 64], ["x" * 65, ""]),
    (ScraperRequest, ASKED, "games", [[GAME] * 256], [[GAME] * 257]),
    (ScraperRequest, ASKED, "event_ids", [["e" * 64] * 256], [["e" * 65], [""]]),
    (WorkflowDecision, DECISION, "scrapers", [["x"] * 64], [["x"] * 65]),
    (WorkflowDecision, DECISION, "targets", [[GAME] * 256], [[GAME] * 257]),
    (GameTarget, GAME, "scrapers", [["x"] * 32], [["x"] * 33]),
    (GameTarget, GAME, "game_id", ["espn-1", "espn-" + "1" * 12], ["espn-", "espn-" + "1" * 13]),
    (GameTarget, GAME, "away", ["MIL"], ["MI", "MILW", "mil"]),
    (GameRef, GAME, "away_score", [0, 999], [-1, 1000]),
    (ExecutionRef, REF, "step", [0, 15], [-1, 16]),
    (
        *(ObjectEvent, OBJECT, "name", ["é" * 512, "x" * 1024, "..."]),
        ["é" * 513, "x" * 1025, "", ".", "..", "a\rb", "a\nb"],
    ),
    (ObjectEvent, OBJECT, "generation", [1, 2**63 - 1], [0, 2**63]),
    (ObjectEvent, OBJECT, "size", [0, 2**63 - 1], [-1, 2**63]),
]
"""A message, what it needs, a field of it, and the values right within its bounds and outside."""


@pytest.mark.parametrize(
    ("model", "given", "field", "within", "outside"),
    BOUNDS,
    ids=[f"{model.__name__}.{field}" for model, _, field, *_ in BOUNDS],
)
def test_a_message_is_taken_up_to_its_bounds(
    model: type[Message], given: dict[str, Any], field: str, within: list[Any], outside: list[Any]
) -> None:
    """The last value that is allowed is taken, and the one beyond it is refused by its field."""
    for value in within:
        assert parse_message(model, bare({**given, field: value}))
    for value in outside:
        with pytest.raises(BadInputError, match=rf"{model.__name__}: .*{field}"):
            parse_message(model, bare({**given, field: value}))


@pytest.mark.parametrize(("characters", "taken"), [(1, True), (128, True), (129, False)])
def test_fr12_a_forced_tick_s_id_fits_into_the_name_of_an_object(
    characters: int, *, taken: bool
) -> None:
    """Up to 128 characters; a longer one is refused with its length."""
    event = Event(shape="bare", data={}, message_id="7" * characters)
    if taken:
        assert force_id(Tick(force=True), event, "owner") == "7" * characters
        return
    with pytest.raises(BadInputError, match="129 characters"):
        force_id(Tick(force=True), event, "owner")


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@MANY
@given(
    st.sampled_from([Tick, WorkflowDecision, ScraperRequest, ObjectEvent]),
    st.dictionaries(
        st.sampled_from(
            (
                *("schema", "version", "scheduled_time", "force", "scraper", "target_date"),
                *("game", "slot", "targets", "bucket", "name", "generation", "timeCreated"),
            )
        ),
        VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.text(max_size=3), VALUES),
    ),
)
def test_any_body_is_a_message_or_our_error(model: type[Message], data: dict[str, Any]) -> None:
    """Any body gives a message that can be published again, or BadInputError."""
    try:
        message = parse_message(model, bare(data))
    except BadInputError:
        return
    json.dumps(message.body())


@MANY
@given(st.dates(date(1946, 11, 1), date(2099, 12, 31)))
def test_every_season_fits(day: date) -> None:
    """Target dates are accepted from the league's first game on."""
    assert ScraperRequest(scraper="x", target_date=day).target_date == day


def test_season_types() -> None:
    """The id's first digits say how stats.nba.com files the game."""
    kinds = ["0022500213", "0042500101", "0052500101", "0062500001"]
    assert [season_type(each) for each in kinds] == ["Regular Season", "Playoffs", "PlayIn", "IST"]
    with pytest.raises(BadInputError, match="003"):
        season_type("0032500001")
    assert season_type("espn-401") == "Regular Season"  # nothing is known of it


def test_the_first_three_defects_are_described_with_their_places() -> None:
    """What is no object at all has no place; a stranger's field may hold a secret."""
    with pytest.raises(ValidationError) as caught:
        Tick.model_validate(["x"])
    assert describe(caught.value).startswith("body: Input should be")
    with pytest.raises(ValidationError) as caught:
        Tick.model_validate({"version": 2, "force": {"a": 1}, "key": "abc", "x": 1, "y": 2})
    first, second, third = describe(caught.value).split("; ")
    assert first == "version: Input should be 1 (got '2')"
    assert second == "force: Input should be a valid boolean (got dict of 1)"
    assert third == "key: Extra inputs are not permitted"


class Talkative(BaseModel):
    """A model whose only defect is long in words."""

    field: str

    @field_validator("field")
    @classmethod
    def _refuse(cls, value: str) -> str:
        raise ValueError("w" * 500)


def test_a_defect_is_cut_to_a_line_that_can_be_read() -> None:
    """Its words at 160 characters, its value at 80."""
    with pytest.raises(ValidationError) as caught:
        Talkative.model_validate({"field": "v" * 500})
    words = "Value error, " + "w" * (160 - len("Value error, "))
    assert describe(caught.value) == f"field: {words} (got {'v' * 80!r})"
