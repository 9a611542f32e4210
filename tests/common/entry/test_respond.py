"""The one way in: whatever comes, the answer is one of five, and never a 500 for an input."""

import base64
import json
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask import Request
from google.api_core.exceptions import ServiceUnavailable
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from common.cloud.ports import Publisher
from common.deliveries import spend
from common.entry.respond import ERROR_CHARACTERS_MAX, Route, respond, serve
from common.errors import BadInputError, ClaimBusyError, ConfigError, TransientError
from common.messages.envelope import Event
from common.messages.models import Tick
from common.redaction import HIDDEN, learn
from common.runtime import Runtime, install
from common.settings import ROOT, Settings
from local.fake_sources.slate import load
from local.simulator.ports.memory import MemoryStorage
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ROUTES, ManualClock, World

NOON = datetime(2025, 11, 12, 17, 45, tzinfo=UTC)
SLATE = load(ROOT / "config" / "slates" / "2025-11.json")
UUID = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | JSON
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "scheduled_time": INSTANTS,
    "force": st.booleans() | JSON,
    "decision_id": st.just(UUID) | JSON,
    "workflow_name": st.sampled_from(["betting_lines", "morning_operations", "x"]),
    "action": st.sampled_from(["RUN", "SKIP"]),
    "slot": INSTANTS,
    "decision_time": INSTANTS,
    "target_date": st.dates().map(str) | JSON,
    "scrapers": st.lists(st.sampled_from(["oddsa_events", "nbac_player_list"]), max_size=3),
    "scraper": st.sampled_from(["nbac_schedule_api", "nbac_play_by_play", "nbac_injury_report"]),
    "game": st.just({"game_id": "0022500213", "away": "MIL", "home": "CHA"}) | JSON,
    "event_ids": st.lists(st.text(max_size=5), max_size=2),
    "bucket": st.sampled_from(["nba-scraped-data", "another"]) | JSON,
    "name": st.text(max_size=30) | JSON,
    "generation": st.integers() | JSON,
    "size": st.integers() | JSON,
    "timeCreated": INSTANTS,
    "metadata": st.dictionaries(st.sampled_from(["task_id", "scraper", "x"]), st.text(), max_size=3)
    | JSON,
}
OF = {
    "schedule_locker": ("scheduled_time", "force"),
    "master_controller": ("scheduled_time", "force"),
    "cleanup_processor": ("scheduled_time", "force"),
    "workflow_executor": (
        "decision_id",
        "workflow_name",
        "action",
        "slot",
        "decision_time",
        "target_date",
        "scrapers",
    ),
    "scraper_runner": ("scraper", "target_date", "game", "event_ids", "scheduled_time"),
    "scraper_logger": ("bucket", "name", "generation", "size", "timeCreated", "metadata"),
    "execution_tracker": ("bucket", "name", "generation", "size", "timeCreated", "metadata"),
}


@pytest.fixture(scope="module")
def world() -> World:
    """A world whose schedule is stored."""
    made = World(SLATE, NOON)
    request = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
    made.publisher.publish("scraper-requests", request, {})
    made.settle()
    return made


def messages(function: str) -> st.SearchStrategy[dict[str, Any]]:
    """Messages with the right fields, and now and then a wrong value or one too few."""
    fields = {name: FIELDS[name] for name in OF[function]}
    return st.fixed_dictionaries(fields) | st.fixed_dictionaries({}, optional=fields)


def push(data: bytes) -> bytes:
    """As Pub/Sub pushes it."""
    message = {"data": base64.b64encode(data).decode(), "messageId": "1"}
    return json.dumps({"message": message, "subscription": "s"}).encode()


def in_memory() -> Runtime:
    """A runtime whose letters and marks stay in memory."""
    clock = ManualClock(NOON)
    publisher, storage = MemoryPublisher(clock), MemoryStorage(clock)
    return Runtime(Settings(), clock=clock, publisher=publisher, storage=storage)


def failing(error: Exception) -> Route[Tick]:
    """The route of a handler that fails with an error."""

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        raise error

    return Route("a_function", Tick, handle)


class Unreachable:
    """A publisher that fails with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def publish(self, topic: str, body: Any, attributes: Any) -> str:
        """Fail."""
        raise self._error


@pytest.mark.parametrize("function", ROUTES)
def test_r7_no_message_is_retried_for_ever(world: World, function: str) -> None:
    """Whatever a field holds: handled, dead-lettered, or waiting for something that passes."""

    @settings(max_examples=60, deadline=None)
    @given(messages(function))
    def hold(message: dict[str, Any]) -> None:
        text, status, _ = respond(
            world.runtime, {}, push(json.dumps(message).encode()), ROUTES[function]
        )
        assert status in {200, 503}, text

    hold()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_r7_no_body_is_a_bug_of_ours(body: bytes) -> None:
    """Any bytes at all: 200 or 400."""
    runtime = in_memory()
    route = Route("a_function", Tick, lambda *_: {"result": "done"})
    assert respond(runtime, {}, body, route)[1] in {200, 400}
    assert respond(runtime, {}, push(body), route)[1] == 200


def test_an_answer_tells_what_happened() -> None:
    """The handler's result as JSON; times too."""

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        return {"result": "done", "slot": NOON}

    text, status, headers = respond(Runtime(Settings()), {}, b"{}", Route("f", Tick, handle))
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(text) == {"result": "done", "slot": str(NOON)}


def test_a_handler_gets_what_was_sent() -> None:
    """Event and message, parsed once."""
    seen: list[tuple[Event, Tick]] = []

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        seen.append((event, tick))
        return {}

    respond(Runtime(Settings()), {}, push(b'{"force": true}'), Route("f", Tick, handle))
    ((event, tick),) = seen
    assert (event.message_id, event.shape, tick.force) == ("1", "push", True)


@pytest.mark.parametrize(
    ("error", "direct", "delivered"),
    [
        (BadInputError("wrong"), 400, 200),
        (ClaimBusyError("held"), 503, 503),
        (TransientError("passes"), 503, 503),
        (ServiceUnavailable("away"), 503, 503),
        (ConfigError("wrong"), 500, 500),
        (LookupError("a bug"), 500, 500),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_error_decides_the_answer(error: Exception, direct: int, delivered: int) -> None:
    """A caller sees what is wrong with a message; a delivery of it is not repeated."""
    runtime = in_memory()
    assert respond(runtime, {}, b"{}", failing(error))[1] == direct
    assert respond(runtime, {}, push(b"{}"), failing(error))[1] == delivered


def test_r10_a_caller_who_is_refused_sees_no_secret_and_no_more_than_a_line() -> None:
    """The error may quote what came, with a key in it, in any length."""
    learn(["s3cret-of-a-caller"])
    error = BadInputError("field: s3cret-of-a-caller " + "x" * 5000)
    told = json.loads(respond(in_memory(), {}, b"{}", failing(error))[0])["error"]
    assert told == f"field: {HIDDEN} {'x' * 5000}"[:ERROR_CHARACTERS_MAX]


@pytest.mark.parametrize(("failure", "status"), [(ServiceUnavailable, 503), (LookupError, 500)])
def test_r7_what_could_not_be_dead_lettered_is_not_acknowledged(
    failure: type[Exception], status: int
) -> None:
    """It comes again, and with it the letter, once the topic can be reached."""
    runtime, held = in_memory(), MemoryPublisher(ManualClock(NOON))
    route = failing(BadInputError("wrong"))
    away = cast("Publisher", Unreachable(failure("the topic is away")))
    text, answered, _ = respond(runtime.but(publisher=away), {}, push(b"{}"), route)
    assert (answered, json.loads(text)["result"]) == (status, "retry")
    assert respond(runtime.but(publisher=held), {}, push(b"{}"), route)[1] == 200
    assert [letter.topic for letter in held.published] == ["dead-letters"]


def test_r10_a_failure_s_answer_names_its_class_and_not_its_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error's text may hold a URL with a key: it goes to the log alone, with its place."""
    error = ConfigError("workflows.yaml: secret")
    text, status, _ = respond(in_memory(), {}, b"{}", failing(error))
    assert status == 500
    assert json.loads(text) == {"result": "retry", "error": "ConfigError"}
    retry, alert = map(json.loads, capsys.readouterr().err.splitlines())
    assert (retry["severity"], retry["result"]) == ("WARNING", "retry")
    assert "workflows.yaml: secret | handle:" in retry["error"]
    assert (alert["severity"], alert["result"]) == ("ERROR", "incident")
    assert retry["code"] == alert["code"] == "CONFIG"


def test_the_line_of_a_delivery_says_how_long_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And how much of it went into each port that was used."""
    seconds = iter([10.0, 12.5])

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        spend("storage", 1.5)
        return {"result": "locked"}

    runtime = Runtime(Settings(project="p"), elapsed=lambda: next(seconds))
    headers = {"X-Cloud-Trace-Context": f"{'ab' * 16}/1"}
    respond(runtime, headers, push(b"{}"), Route("schedule_locker", Tick, handle))
    line = json.loads(capsys.readouterr().err)
    assert (line["duration_ms"], line["storage_ms"]) == (2500, 1500)
    assert (line["function"], line["message_id"]) == ("schedule_locker", "1")
    assert line["logging.googleapis.com/trace"] == f"projects/p/traces/{'ab' * 16}"


def test_the_line_of_a_failed_delivery_says_which_port_took_how_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A port that hangs is told from one that refuses at once."""

    def handle(runtime: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        spend("warehouse", 60)
        raise ClaimBusyError("busy")

    respond(in_memory(), {}, push(b"{}"), Route("schedule_locker", Tick, handle))
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["result"], line["warehouse_ms"]) == ("retry", 60_000)


def test_a_delivery_leaves_nothing_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """A refused body has no id, so the line must not have the last one's."""
    runtime = in_memory()
    respond(runtime, {}, push(b"{}"), Route("a", Tick, lambda *_: {}))
    respond(runtime, {}, b"{", Route("b", Tick, lambda *_: {}))
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["function"], first["message_id"]) == ("a", "1")
    assert second["function"] == "b"
    assert "message_id" not in second


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_events_come_by_post_only(method: str) -> None:
    """A browser's GET would else run a tick; nothing is loaded for it."""
    request = Request(EnvironBuilder(method=method).get_environ())
    text, status, headers = serve(request, "a_function", Tick, lambda: pytest.fail("loaded"))
    assert (status, headers["Allow"], headers["Content-Type"]) == (405, "POST", "application/json")
    assert json.loads(text) == {"error": "a_function takes events by POST only"}


def test_an_event_is_handled_as_it_was_sent() -> None:
    """Its body and headers reach the parser, and the handler gets the message."""
    clock = ManualClock(NOON)
    install(Runtime(Settings(), clock=clock, storage=MemoryStorage(clock)))
    seen: list[tuple[Event, Tick]] = []

    def handle(_: Runtime, event: Event, tick: Tick) -> dict[str, object]:
        seen.append((event, tick))
        return {"result": "done", "when": NOON}

    sent = EnvironBuilder(
        method="POST", data=b'{"force": true}', headers={"X-Goog-Pubsub-Message-Id": "17"}
    )
    text, status, headers = serve(Request(sent.get_environ()), "f", Tick, lambda: handle)
    install(None)
    assert (status, headers) == (200, {"Content-Type": "application/json"})
    assert json.loads(text) == {"result": "done", "when": "2025-11-12 17:45:00+00:00"}
    ((event, tick),) = seen
    assert (event.message_id, tick) == ("17", Tick(force=True))


def test_a_body_that_is_no_text_is_refused() -> None:
    """Its bytes reach the parser as they came: nothing is put in place of an odd one."""
    clock = ManualClock(NOON)
    install(Runtime(Settings(), clock=clock, storage=MemoryStorage(clock)))
    sent = EnvironBuilder(method="POST", data=b'{"schema": "tick\xff"}')
    text, status, _ = serve(Request(sent.get_environ()), "f", Tick, lambda: pytest.fail("loaded"))
    install(None)
    assert status == 400
    assert "not JSON" in json.loads(text)["error"]


def test_a_dead_letter_is_acknowledged_with_what_is_wrong() -> None:
    """As a caller is told; a longer text is cut."""
    clock = ManualClock(NOON)
    publisher = MemoryPublisher(clock)
    runtime = Runtime(Settings(), clock=clock, storage=MemoryStorage(clock), publisher=publisher)

    def refuse(*_: object) -> dict[str, object]:
        raise BadInputError("x" * 2000)

    route = Route("a_function", Tick, refuse)
    delivered = {"Content-Type": "application/json", "User-Agent": "APIs-Google"}
    answers = [respond(runtime, headers, b"{}", route)[:2] for headers in (delivered, {})]
    assert [(json.loads(text), status) for text, status in answers] == [
        ({"result": "dead-lettered", "error": "x" * 1000}, 200),
        ({"result": "refused", "error": "x" * 1000}, 400),
    ]
    assert [sent.body["error"] for sent in publisher.published] == ["x" * 1000]
