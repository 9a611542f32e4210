"""Fuzzes every function's entry with mutations of recorded requests.

Whatever comes, an answer does: 200, 400 or 503 (500 only where a port fails), and
nothing of the payload in a log line but short values of known fields, and what names the event.
"""

import ast
import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.entry.respond import respond
from common.messages.envelope import ID_CHARACTERS_MAX
from local.simulator.world import ROUTES, World
from tests.kit.payloads import FOLDER, recorded, wrapped
from tests.kit.world import FUNCTIONS, before, forget, new_world

EXAMPLES = 250
SOAK_EXAMPLES = 2_000
LINE_CHARACTERS_MAX = 3000
NAME_SHOWN_CHARACTERS_MAX = 200
MARK = "PAYLOAD-MARK-"
"""Long enough to find, whatever it is cut to; only unknown places are filled with it."""
NAMED = re.compile(r"""^metadata of ('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""")
"""How an error about labels begins: which object, in either of Python's quotes."""
STATUSES = {200, 400, 503}
UUID = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=6,
)
EDGES = st.sampled_from(
    [
        *(None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**400, 1e308, -0.0, 5e-324),
        *("", " ", "0", "null", "\0", "\n", "\ud800", "🏀" * 400, "x" * 5000, "../..", "%s%n{}"),
        *("2025-11-12", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2025-02-29"),
        *("tick", "scraper-request", "RUN", "nbac_play_by_play", "betting_lines", UUID),
        *([], {}, [[]], {"": {}}, [{}] * 70, ["oddsa_events"] * 70),
    ]
)
VALUES = EDGES | JSON | st.just(MARK * 20)
KEYS = st.sampled_from(
    [
        *("schema", "version", "scheduled_time", "force", "scraper", "target_date", "game"),
        *("event_ids", "execution", "decision_id", "workflow_name", "action", "slot", "targets"),
        *("bucket", "name", "generation", "size", "metadata", "timeCreated", "message", "data"),
        *("attributes", "messageId", "publishTime", "eventType", "objectId", "task_id", "step"),
    ]
) | st.text(max_size=12)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "ce-id", "ce-type", "Ce-Source", "ce-specversion", "ce-time", "X-A"]
    ),
    st.text(max_size=30)
    | st.sampled_from(["application/cloudevents+json", "application/json", "1.0", "\udcff"]),
    max_size=4,
)


def events() -> dict[str, list[tuple[dict[str, str], Any]]]:
    """Collect requests for each function: a real one of the chain, and the recorded ones."""
    found: dict[str, list[tuple[dict[str, str], Any]]] = {}
    for function in FUNCTIONS:
        delivery = before(new_world(), function)
        found[function] = [
            ({"Content-Type": "application/json"}, json.loads(delivery.body())),
            *(recorded(name) for name in NAMES),
        ]
    return found


@pytest.fixture(scope="module")
def seeds() -> dict[str, list[tuple[dict[str, str], Any]]]:
    """Requests to start from."""
    return events()


@pytest.fixture(scope="module")
def world() -> World:
    """One world for all examples: each example leaves its state to the next one."""
    return new_world()


def mutated(draw: st.DrawFn, document: Any) -> Any:
    """Change up to three places of a document, also inside the base64 of a message."""
    for _ in range(draw(st.integers(0, 3))):
        document = changed(draw, document)
    return document


def changed(draw: st.DrawFn, document: Any) -> Any:
    """Change one place: descend at random, then set, drop, rename or add."""
    if isinstance(document, dict) and document and draw(st.integers(0, 3)):
        key = draw(st.sampled_from(sorted(document)))
        value = document[key]
        if key == "data" and isinstance(value, str):
            return {**document, key: reencoded(draw, value)}
        return {**document, key: changed(draw, value)}
    if isinstance(document, list) and document and draw(st.booleans()):
        index = draw(st.integers(0, len(document) - 1))
        return [*document[:index], changed(draw, document[index]), *document[index + 1 :]]
    if not isinstance(document, dict):
        return draw(VALUES)
    rest = dict(document)
    if rest and draw(st.booleans()):
        rest.pop(draw(st.sampled_from(sorted(rest))))
    return {**rest, draw(KEYS): draw(VALUES)}


def reencoded(draw: st.DrawFn, data: str) -> str:
    """Change the JSON of a message's data, or break its bytes."""
    try:
        held = json.loads(base64.b64decode(data))
    except ValueError:
        held = {}
    raw = json.dumps(changed(draw, held)).encode()
    return base64.b64encode(broken(draw, raw) if draw(st.booleans()) else raw).decode()


def broken(draw: st.DrawFn, raw: bytes) -> bytes:
    """Cut or double bytes, or insert others."""
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + draw(st.binary(max_size=8)) + raw[draw(st.integers(0, len(raw))) :]


@st.composite
def requests(draw: st.DrawFn, held: list[tuple[dict[str, str], Any]]) -> tuple[Any, bytes]:
    """Draw headers and a body: a request with changed structure, perhaps with broken bytes."""
    headers, document = draw(st.sampled_from(held))
    body = json.dumps(mutated(draw, document)).encode()
    if draw(st.integers(0, 4)) == 0:
        body = broken(draw, body)
    if draw(st.integers(0, 4)) == 0:
        headers = {**headers, **draw(HEADERS)}
    return headers, body


def survives(world: World, function: str, headers: Mapping[str, str], body: bytes) -> None:
    """Assert that an entry answers; then delete the claims on its work."""
    text, status, _ = respond(world.runtime, headers, body, ROUTES[function])
    assert status in STATUSES, text
    assert isinstance(json.loads(text), dict)
    world.queue.clear()  # what it published is another test's matter
    forget(world, world.runtime.settings.state_bucket, "claims/")


def fuzz(
    world: World, function: str, held: list[tuple[dict[str, str], Any]], examples: int
) -> None:
    """Send mutated requests to one function."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(requests(held))
    def hold(request: tuple[Any, bytes]) -> None:
        survives(world, function, *request)

    hold()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_r7_a_mutated_request_is_answered(
    world: World,
    seeds: dict[str, list[tuple[dict[str, str], Any]]],
    capsys: pytest.CaptureFixture[str],
    function: str,
) -> None:
    """The answer is 200, 400 or 503 in bounded time, and log lines are short."""
    fuzz(world, function, seeds[function], EXAMPLES)
    assert telling(capsys.readouterr().err) == []


def telling(log: str) -> list[str]:
    """List the log lines that are long or contain a payload."""
    return [
        line
        for line in log.splitlines()
        if len(line) >= LINE_CHARACTERS_MAX or MARK * 8 in unnamed(line)
    ]


def unnamed(line: str) -> str:
    """Remove what names an event in a log line: its id, and the object, also in its error.

    An operator finds the event by them. Both have a longest form, beyond which they stay.
    """
    held = json.loads(line)
    held.pop("object", None)
    if len(held.get("message_id", "")) <= ID_CHARACTERS_MAX:
        held.pop("message_id", None)
    held["error"] = NAMED.sub(_short_name, held.get("error", ""))
    return json.dumps(held)


def _short_name(found: re.Match[str]) -> str:
    name = ast.literal_eval(found[1])
    return "metadata of it" if len(name) <= NAME_SHOWN_CHARACTERS_MAX else found[0]


@pytest.mark.parametrize("name", [MARK * 20, MARK * 12 + "'", "\x80" * 9 + MARK * 20, MARK + "'\""])
def test_the_name_in_an_error_is_no_payload_and_its_fields_are(name: str) -> None:
    """An object's name is no payload, however it is quoted; the fields in an error are."""
    named = json.dumps({"error": f"metadata of {name[:200]!r}: status: Field required"})
    leaked = json.dumps({"error": f"metadata of {name[:200]!r}: status: got {MARK * 8}"})
    whole = json.dumps({"error": f"metadata of {MARK * 20!r}: status: Field required"})
    assert MARK not in unnamed(named)
    assert MARK * 8 in unnamed(leaked)
    assert MARK * 20 in unnamed(whole)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_r7_an_id_of_the_longest_form_is_logged_and_no_payload(
    world: World, capsys: pytest.CaptureFixture[str], function: str
) -> None:
    """A line names the message that was refused; what the message holds is not in it.

    `broken` cuts the mark of 260 characters, which is refused as an id, down to one that is not.
    """
    headers, body = wrapped("push_broker", {"bucket": [MARK * 20], "schema": MARK * 20})
    body["message"]["messageId"] = MARK * 12
    survives(world, function, headers, json.dumps(body).encode())
    log = capsys.readouterr().err
    assert MARK * 12 in log
    assert telling(log) == []


def test_r7_an_id_that_is_too_long_is_not_logged(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message with such an id is refused with the length only."""
    headers, body = wrapped("push_broker", {})
    body["message"]["messageId"] = MARK * 20
    survives(world, "scraper_logger", headers, json.dumps(body).encode())
    log = capsys.readouterr().err
    assert "message.messageId: 260 characters" in log
    assert MARK not in log


@pytest.mark.soak
@pytest.mark.parametrize("function", FUNCTIONS)
def test_r7_many_mutated_requests_are_answered(
    world: World,
    seeds: dict[str, list[tuple[dict[str, str], Any]]],
    capsys: pytest.CaptureFixture[str],
    function: str,
) -> None:
    """Many more mutated requests are answered likewise."""
    fuzz(world, function, seeds[function], SOAK_EXAMPLES)
    assert telling(capsys.readouterr().err) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_r7_any_bytes_and_headers_are_answered(world: World, function: str) -> None:
    """Random bytes and headers are answered with 200, 400 or 503."""

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(HEADERS, st.binary(max_size=300))
    def hold(headers: dict[str, str], body: bytes) -> None:
        survives(world, function, headers, body)

    hold()


def test_the_unchanged_requests_are_handled(
    seeds: dict[str, list[tuple[dict[str, str], Any]]],
) -> None:
    """The requests that are mutated work unchanged."""
    for function in FUNCTIONS:
        world = new_world()
        delivery = before(world, function)
        headers, body = seeds[function][0]
        assert body.keys() == json.loads(delivery.body()).keys()
        assert respond(world.runtime, headers, delivery.body(), ROUTES[function])[1] == 200
