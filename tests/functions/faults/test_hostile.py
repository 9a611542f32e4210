"""Hostile input is refused with its field named, and never logged."""

import json
import tracemalloc
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from common.errors import BadInputError
from common.messages.envelope import parse_event
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from local.simulator.world import ROUTES, World
from tests.kit.breaks import tapped
from tests.kit.checks import tables
from tests.kit.payloads import recorded, wrapped
from tests.kit.world import Answer, Call, unnoticed

SECRET = "SECRET-PAYLOAD"
UUID = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
SLOT = "2025-11-12T18:00:00Z"
BUCKET = "nba-scraped-data"
DECISION = {
    "decision_id": UUID,
    "workflow_name": "betting_lines",
    "action": "RUN",
    "slot": SLOT,
    "decision_time": SLOT,
    "target_date": "2025-11-12",
}
OBJECT = {"bucket": BUCKET, "name": "a/b.json", "generation": "7"}
HOME = "oddsa-events/2025-11-12/130045.json"
BASE: Mapping[str, dict[str, Any]] = {
    "schedule_locker": {},
    "master_controller": {},
    "cleanup_processor": {},
    "workflow_executor": DECISION,
    "scraper_runner": {"scraper": "nbac_player_list"},
    "scraper_logger": OBJECT,
    "execution_tracker": OBJECT,
}
DEEP = b'{"x": ' + b'{"x": [' * 200 + b"1" + b"]}" * 200 + b"}"
BOMBS = {
    "nested past the recursion limit": b"[" * 1_000_000,
    "nested, but parsable": DEEP,
    "a number of 10,000 digits": b'{"version": ' + b"9" * 10_000 + b"}",
    "a float beyond all floats": b'{"version": 1e999}',
    "NaN": b'{"version": NaN}',
    "Infinity": b'{"version": -Infinity}',
    "a name twice": b'{"force": false, "force": true}',
    "100,000 names, one twice": json.dumps({str(n): 0 for n in range(80_000)}).encode()[:-1]
    + b', "0": 1}',
    "half a surrogate pair": b'{"schema": "\\ud800"}',
    "half a surrogate pair as a name": b'{"\\udfff": 1}',
    "not UTF-8": b'{"schema": "\xff"}',
    "UTF-16": '{"schema": "tick"}'.encode("utf-16")[:-1],
    "10 MB of text": b'{"x": "' + SECRET.encode() * 700_000 + b'"}',
    "10 MB of lists": b'{"x": [' + b"[]," * 3_000_000 + b"[]]}",
    "10 MB of the widest characters": b'{"x": "' + "🏀".encode() * 2_400_000 + b'"}',
    "10 MB of nothing": b" " * 9_900_000 + b"7",
}


def push(function: str, message: bytes | Mapping[str, Any]) -> tuple[dict[str, str], Any]:
    """Put the message into a recorded push."""
    del function
    return wrapped("push_broker", message)


def buried(world: World, published: int) -> Mapping[str, Any]:
    """Return the only dead letter since an earlier count."""
    (letter,) = world.publisher.published[published:]
    assert letter.topic == "dead-letters"
    return letter.body


def pushed(call: Call, function: str, message: bytes | Mapping[str, Any]) -> Answer:
    """Call with a push."""
    headers, body = push(function, message)
    return call(function, body, headers)


@pytest.mark.parametrize("function", ["master_controller", "scraper_logger"])
@pytest.mark.parametrize("bomb", BOMBS)
def test_r7_a_json_bomb_is_buried_at_the_first_try(
    world: World, call: Call, capsys: pytest.CaptureFixture[str], function: str, bomb: str
) -> None:
    """It is dead-lettered with a short error, and not logged."""
    published = len(world.publisher.published)
    assert pushed(call, function, BOMBS[bomb]).status == 200
    letter = buried(world, published)
    assert letter["error"].startswith("message.data: ")
    assert len(letter["error"]) < 300
    assert len(letter["original"]) <= 256 * 1024
    assert letter["truncated"] == (len(BOMBS[bomb].decode("utf-8", "replace")) > 256 * 1024)
    assert SECRET not in capsys.readouterr().err


@pytest.mark.parametrize("function", ROUTES)
@pytest.mark.parametrize("bomb", ["nested past the recursion limit", "NaN", "nested, but parsable"])
def test_r7_a_bomb_sent_directly_is_told_to_the_caller(
    call: Call, function: str, bomb: str
) -> None:
    """The answer is 400, not a 500 that the caller would retry."""
    answer = call(function, BOMBS[bomb])
    assert answer.status == 400
    assert answer.body["error"].startswith("body: ")


@pytest.mark.parametrize("kind", ["binary", "structured"])
@pytest.mark.parametrize("bomb", [b"NaN", b"1e999", b'"\\udfff"', b'{"a": 1, "a": 2}'], ids=ascii)
def test_a_bomb_in_a_cloud_event_is_buried_too(
    world: World, call: Call, kind: str, bomb: bytes
) -> None:
    """Eventarc's wrapping has the same limits."""
    published = len(world.publisher.published)
    headers, body = recorded(f"cloudevent_{kind}_message_published")
    raw = json.dumps(body).encode()[:-1] + b', "another": ' + bomb + b"}"
    assert call("master_controller", raw, headers).status == 200
    assert buried(world, published)["error"].startswith("CloudEvent: not JSON ")


@pytest.mark.parametrize("bomb", [name for name in BOMBS if name.startswith("10")])
def test_a_bomb_of_a_topic_takes_little_memory(bomb: str) -> None:
    """Data above 1 MiB is refused before it is parsed: an instance has 256 MiB in all."""
    body = json.dumps(wrapped("push_broker", BOMBS[bomb])[1]).encode()
    tracemalloc.start()
    with suppress(BadInputError):
        parse_event({}, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 1024 * 1024


def field_cases() -> list[tuple[str, str, Any]]:
    """List every field of every message with values that it must not have."""
    text = {"no text": 7, "a megabyte": "x" * 1_000_000, "a list": ["x"]}
    instants = {"no time": "soon", "no offset": "2025-11-12T18:00:00", "far": "9999-01-01T00:00Z"}
    many = ["oddsa_events"] * 1000
    bad: dict[str, dict[str, Any]] = {
        "schema": {"another": "x", "a list": []},
        "version": {"another": 2, "a text": "one", "a list": []},
        "scheduled_time": instants,
        "force": {"a word": "perhaps", "a list": []},
        "decision_id": {**text, "no UUID": "7"},
        "workflow_name": {**text, "a path": "../x", "control": "a\n"},
        "action": {**text, "another": "WALK"},
        "slot": instants,
        "decision_time": instants,
        "target_date": {**text, "no date": "2025-13-01", "long ago": "0001-01-01"},
        "scrapers": {"too many": many, "a path": ["../x"], "no list": {"a": 1}},
        "targets": {
            "too many": [{"game_id": "0022500213", "away": "MIL", "home": "CHA"}] * 257,
            "a bad id": [{"game_id": "../../../x", "away": "MIL", "home": "CHA"}],
            "too many scrapers": [
                {"game_id": "0022500213", "away": "MIL", "home": "CHA", "scrapers": many}
            ],
        },
        "scraper": {**text, "a path": "../x", "a URL": "http://evil.example/"},
        "game": {"a bad team": {"game_id": "0022500213", "away": "M/L", "home": "CHA"}, "no": "x"},
        "games": {
            "too many": [{"game_id": "0022500213", "away": "MIL", "home": "CHA"}] * 257,
            "a bad team": [{"game_id": "0022500213", "away": "M/L", "home": "CHA"}],
            "a bad score": [
                {"game_id": "0022500213", "away": "MIL", "home": "CHA", "away_score": 10**6}
            ],
        },
        "event_ids": {"too many": ["a"] * 257, "a path": ["../x"], "long": ["a" * 65]},
        "season_type": {**text, "another": "Summer"},
        "workflow": {**text, "without force": "betting_lines", "a path": "../x"},
        "execution": {"no ids": {}, "a text": "x"},
        "bucket": {**text, "a path": "../x", "control": "nba\n"},
        "name": {"no text": 7, "a list": ["x"], "a megabyte": "x" * 900_000, "bytes": "é" * 1000},
        "generation": {"negative": -1, "huge": 2**63, "a text": "x", "digits": "9" * 5000},
        "size": {"negative": -1, "huge": 2**63, "a text": "x"},
        "timeCreated": instants,
        "contentType": {"a megabyte": "x" * 900_000, "a list": []},
        "metadata": {
            "a text": "x",
            "no texts": {"a": {}},
            "too many": {str(n): "x" for n in range(10_000)},
            "a megabyte": {"a": "x" * 900_000},
        },
    }
    fields = {
        "master_controller": ("schema", "version", "scheduled_time", "force", "workflow"),
        "workflow_executor": (
            *("schema", "version", "decision_id", "workflow_name", "action", "slot"),
            *("decision_time", "target_date", "scrapers", "targets"),
        ),
        "scraper_runner": (
            *("schema", "version", "scraper", "target_date", "game", "games"),
            *("event_ids", "season_type", "execution", "scheduled_time"),
        ),
        "scraper_logger": (
            *("bucket", "name", "generation", "size", "timeCreated", "contentType", "metadata"),
        ),
    }
    return [
        (function, field, value)
        for function, names in fields.items()
        for field in names
        for value in bad[field].values()
    ]


def test_every_field_of_every_message_is_tried() -> None:
    """A new field needs a bad value here."""
    tried = {(function, field) for function, field, _ in field_cases()}
    for function, (_, model, _) in ROUTES.items():
        if function in {"schedule_locker", "cleanup_processor", "execution_tracker"}:
            continue  # the same model as another function's
        for name, field in model.model_fields.items():
            if function == "scraper_logger" and name in {"kind", "version"}:
                continue  # GCS's own notification has neither
            assert (function, field.alias or name) in tried


@pytest.mark.parametrize(
    ("function", "field", "value"),
    [
        pytest.param(function, field, value, id=f"{function}-{field}-{repr(value)[:20]}")
        for function, field, value in field_cases()
    ],
)
def test_r7_a_field_out_of_bounds_is_named_with_its_value_shortened(
    world: World, call: Call, function: str, field: str, value: Any
) -> None:
    """The dead letter's error names the field and stays short, and no row is written."""
    rows, published = tables(world), len(world.publisher.published)
    message = {**BASE[function], field: value}
    assert pushed(call, function, message).status == 200
    letter = buried(world, published)
    assert field in letter["error"]
    assert len(letter["error"]) < 600
    assert tables(world) == rows


@pytest.mark.parametrize(
    "stranger",
    [
        {"bucket": "another-bucket"},
        {"host": "evil.example"},
        {"url": "http://169.254.169.254/computeMetadata/v1/"},
        {"object": "../../x.json"},
        {"api_key": SECRET},
        {"x" * 100_000: 1},
    ],
    ids=lambda value: next(iter(value))[:10],
)
def test_a_request_that_names_another_bucket_or_host_is_refused(
    world: World, call: Call, stranger: dict[str, Any]
) -> None:
    """Hosts and buckets are configuration; a message cannot set them."""
    published = len(world.publisher.published)
    answer = pushed(call, "scraper_runner", {**BASE["scraper_runner"], **stranger})
    assert answer.status == 200
    error = buried(world, published)["error"]
    assert next(iter(stranger))[:80] in error
    assert "Extra inputs are not permitted" in error
    assert len(error) < 600


def test_a_decision_for_a_workflow_that_does_not_exist_is_refused(world: World, call: Call) -> None:
    """The error names the unknown workflow and the known ones, and nothing starts."""
    published = len(world.publisher.published)
    message = {**DECISION, "workflow_name": "tea_time"}
    assert pushed(call, "workflow_executor", message).status == 200
    assert "'tea_time' is not configured; known are" in buried(world, published)["error"]


HOSTILE_NAMES = [
    "../../etc/passwd",
    "a/../../b.json",
    "/leading/slash",
    "//",
    "a\x07b\x1b[31m.json",
    "a\0b",
    "tab\tand\x0bvertical.json",
    "\u202egnp.json",
    "'; DROP TABLE scraper_execution_log; --.json",
    "`project.dataset.table`",
    "%2e%2e%2f.json",
    "failed/",
    "🏀" * 256,
    "x" * 1024,
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_a_hostile_object_name_is_only_data(world: World, call: Call, name: str) -> None:
    """A name that Cloud Storage allows is logged unchanged, once."""
    stored = upload(world, name)
    message = {**OBJECT, "name": name, "generation": str(stored.generation)}
    assert pushed(call, "scraper_logger", message).body["result"] == "logged"
    assert pushed(call, "execution_tracker", message).body["result"] == "not part of an execution"
    row = world.rows["scraper_execution_log"][-1]
    assert row["gcs_path"] == f"gs://{BUCKET}/{name}"
    assert len(row["scraper_name"]) <= 64


@pytest.mark.parametrize("name", ["", ".", "..", "a\rb", "a\nb", "x" * 1025, "🏀" * 257], ids=ascii)
def test_a_name_that_no_object_can_have_is_refused(world: World, call: Call, name: str) -> None:
    """The event is a forgery or a mistake."""
    published = len(world.publisher.published)
    assert pushed(call, "scraper_logger", {**OBJECT, "name": name}).status == 200
    assert "ObjectEvent: name" in buried(world, published)["error"]


def upload(world: World, name: str, **metadata: str) -> Any:
    """Write a user's object without delivering its event."""
    with unnoticed(world):
        return world.storage.create(BUCKET, name, b"{}", metadata=metadata)


def refuse_to_read_data(call: PortCall, do: Do) -> Any:
    """Fail the test when an object of the data bucket is read; state may be."""
    assert (call.name, call.args[0]) != ("read", BUCKET), f"{call.subject} was read"
    return do()


@pytest.mark.parametrize("payload", ["whole", "NONE"])
def test_a_5_gb_upload_is_logged_without_being_read(world: World, call: Call, payload: str) -> None:
    """Logger and tracker read the event and the object's metadata only."""
    stored = upload(world, "uploads/huge.bin")
    size = 5 * 2**30
    event = {**OBJECT, "name": stored.name, "generation": str(stored.generation)}
    if payload == "whole":
        event |= {"size": str(size), "timeCreated": SLOT, "contentType": "application/zip"}
    with tapped(world, refuse_to_read_data, "storage"):
        for function in ("scraper_logger", "execution_tracker"):
            assert pushed(call, function, event).status == 200
    row = world.rows["scraper_execution_log"][-1]
    assert row["object_bytes"] == (size if payload == "whole" else 2)
    assert row["outcome"] == "UPLOADED"


def test_fp06_labels_that_do_not_fit_are_an_upload_s(world: World, call: Call) -> None:
    """Users can write metadata, so each label is checked; what does not fit reaches no column."""
    labels = {
        "task_id": UUID,
        "scraper": "oddsa_events",
        "status": "SUCCESS",
        "outcome": "SUCCESS",
        "records": "1",
        "started_at": SLOT,
        "duration_seconds": "1",
        "target_date": "2025-11-12",
    }
    bad = {
        "records": ["-1", "many", "9" * 30],
        "duration_seconds": ["-1", "nan", "inf", "1e400"],
        "started_at": ["9999-12-31T23:59:59Z"],
        "error_message": ["x" * 8000],
        "scraper": ["../x"],
        "execution_id": ["../../claims"],
        "http_status": ["1000"],
    }
    for field, values in bad.items():
        for value in values:
            number = len(world.rows["scraper_execution_log"]) + 100
            labelled = {"name": HOME, "metadata": {**labels, field: value}}
            message = {**OBJECT, "generation": str(number), "timeCreated": SLOT, **labelled}
            answer = call("scraper_logger", message)
            assert answer.body["outcome"] == "UPLOADED", (field, value)
            answer = call("execution_tracker", message)
            assert answer.body["result"] == "not part of an execution"


def test_the_longest_message_s_rows_fit_bigquery(world: World, call: Call) -> None:
    """A request has at most 10 MB: all rows that the longest legal decision makes have 1 MB."""
    game = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
    message = {
        **DECISION,
        "scrapers": ["oddsa_events"] * 64,
        "targets": [{**game, "scrapers": ["oddsa_events"] * 32}] * 256,
    }
    assert pushed(call, "workflow_executor", message).status == 200
    world.settle()
    for name, rows in world.rows.items():
        assert len(json.dumps(rows, default=str)) < 1_000_000, name
    (row,) = world.rows["workflow_executions"]
    assert row["decision_id"] == UUID


ENVELOPES: Mapping[str, dict[str, Any]] = {
    "messageId": {"long": "x" * 1000, "a list": [1]},
    "publishTime": {"long": "2" * 1000, "a list": [1], "an object": {"a": 1}},
    "attributes": {
        "many": {str(n): "x" for n in range(101)},
        "a long key": {"x" * 257: "x"},
        "a long value": {"x": "x" * 1025},
        "an object": {"x": {}},
    },
    "data": {"a number": 7, "a list": [1], "no base64": "%%"},
}


@pytest.mark.parametrize(
    ("field", "kind"), [(field, kind) for field, kinds in ENVELOPES.items() for kind in kinds]
)
def test_an_envelope_out_of_bounds_is_told_to_the_caller(call: Call, field: str, kind: str) -> None:
    """Whoever makes such an envelope by hand gets a 400 that names the field."""
    _, body = wrapped("push_broker", {})
    body["message"] = {**body["message"], field: ENVELOPES[field][kind]}
    for other in {"messageId": ["message_id"], "publishTime": ["publish_time"]}.get(field, []):
        body["message"].pop(other, None)
    answer = call("master_controller", body)
    assert answer.status == 400
    assert f"message.{field}" in answer.body["error"]
    assert len(answer.body["error"]) < 400


@pytest.mark.parametrize("attempt", [True, 10**9, 0, -1, "2", 1.5, None, [2]])
def test_a_strange_delivery_attempt_is_none(attempt: Any) -> None:
    """The delivery attempt is optional, so that a wrong one is ignored."""
    headers, body = wrapped("push_broker", {})
    body["deliveryAttempt"] = attempt
    assert parse_event(headers, json.dumps(body).encode()).delivery_attempt is None


def test_a_request_larger_than_pubsub_sends_is_refused_unread(call: Call) -> None:
    """The answer is 400 before the body is parsed."""
    answer = call("master_controller", b"[" * (15 * 1024 * 1024))
    assert answer.status == 400
    assert "bytes; a Pub/Sub message has at most" in answer.body["error"]


def test_r10_the_value_of_an_unknown_field_is_never_logged(
    world: World, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    """The value may be a secret; the field's name is enough to find it."""
    message = {"scraper": "x" * 5000, **{f"f{n}": SECRET for n in range(500)}}
    for wrapping in ("push_broker", "gcloud_functions_call"):
        headers, body = wrapped(wrapping, message)
        call("scraper_runner", body, headers)
    written = capsys.readouterr().err
    assert "f0: Extra inputs" in written
    assert SECRET not in written
    assert all(len(line) < 1500 for line in written.splitlines())
