"""No secret leaves by a log line, an answer, an object, a row or a letter."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from google.api_core.exceptions import Forbidden, InternalServerError, ServiceUnavailable

from common.entry.respond import respond
from common.errors import ConfigError
from common.runtime import current, install
from common.settings import read_settings, settings
from common.sources.client import Source
from common.state.own_objects import SECRET, note
from local.simulator.world import ROUTES, World
from tests.functions.conftest import app
from tests.kit.breaks import failing, tapped
from tests.kit.world import NOON, slate

KEY = "0123456789abcdef0123456789abcdef"
PASSWORD = "hunter2hunter2/w0rd@proxy"
TOKEN = "ya29.a0AfB_byC-d3fGh1jKlMnOpQrStUvWxYz"
SIGNATURE = "5d41402abc4b2a76b9719d911017c592deadbeef"
SIGNED = f"https://storage.googleapis.com/b/o?X-Goog-Expires=9&X-Goog-Signature={SIGNATURE}"
PIECES = (KEY, PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), "hunter2", TOKEN, SIGNATURE)
TEXTS = {
    "a key in a URL": f"cannot reach https://api.example/v4?regions=us&apiKey={KEY}",
    "a key by itself": f"invalid key {KEY}",
    "a key in JSON": json.dumps({"api_key": KEY}),
    "a password with a slash": f"proxy http://user:{PASSWORD}:3128 refused",
    "a password as it is sent": f"proxy http://user:{quote(PASSWORD, safe='')}@proxy refused",
    "a password with %2F alone": f"login {quote(PASSWORD, safe='')} failed",
    "a piece of a password": "Invalid port: 'hunter2hunter2'",
    "a bearer token": f"Authorization: Bearer {TOKEN}",
    "headers": str({"authorization": f"Bearer {TOKEN}", "X-Api-Key": KEY}),
    "headers of httpx": str([(b"Authorization", f"Bearer {TOKEN}".encode())]),
    "a token by itself": f"{TOKEN} has expired",
    "a signed URL": f"403 GET {SIGNED}: denied",
    "behind a long text": "x" * 70 + KEY,
}
ERRORS: Mapping[str, Callable[[str], Exception]] = {
    kind.__name__: kind
    for kind in (RuntimeError, ValueError, KeyError, OSError, Forbidden, ServiceUnavailable)
}
TRANSPORT_ERRORS: Mapping[str, Callable[[str], Exception]] = {
    kind.__name__: kind
    for kind in (httpx.ConnectError, httpx.ProxyError, httpx.InvalidURL, RuntimeError, OSError)
}
BODIES: Mapping[str, dict[str, Any]] = {
    "schedule_locker": {},
    "master_controller": {},
    "cleanup_processor": {},
    "workflow_executor": {"action": "RUN", "workflow_name": "betting_lines"},
    "scraper_runner": {"scraper": "oddsa_events", "target_date": "2025-11-12"},
    "scraper_logger": {"bucket": "nba-scraped-data", "name": "a/b.json", "generation": "7"},
    "execution_tracker": {"bucket": "nba-scraped-data", "name": "a/b.json", "generation": "7"},
}
TASK = "0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def world() -> World:
    """Return a world whose settings hold a key and a proxy with a login."""
    proxy = f"http://user:{quote(PASSWORD, safe='')}@proxy.example:3128"
    made = World(slate(), NOON, odds_api_key=KEY, nba_stats_proxy=proxy)
    assert KEY in list(made.runtime.settings.secrets())
    return made


def left(world: World, capsys: pytest.CaptureFixture[str], *more: object) -> str:
    """Collect all that has left the functions: lines, answers, objects, rows and letters."""
    written = capsys.readouterr()
    assert written.err
    objects = [
        (stored, world.storage.read(stored.bucket, stored.name))
        for bucket in (world.runtime.settings.data_bucket, world.runtime.settings.state_bucket)
        for stored in world.storage.list(bucket, "")
    ]
    letters = [message.body for message in world.publisher.published]
    rows = [*world.rows.values()]
    return f"{written.err} {written.out} {objects} {letters} {rows} {world.answers} {more}"


def leaks(text: str) -> list[str]:
    """List the secrets that a text contains."""
    return [piece for piece in PIECES if piece in text]


def push(body: Mapping[str, Any], **message: Any) -> bytes:
    """Make a push of a body."""
    data = {"data": dict(body), "messageId": "17", "attributes": {}, **message}
    return json.dumps({"message": data, "subscription": "projects/p/subscriptions/s"}).encode()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", TRANSPORT_ERRORS)
def test_r10_a_source_that_raises_leaks_nothing(
    world: World, capsys: pytest.CaptureFixture[str], kind: str, text: str
) -> None:
    """Whatever class the error is of, and whether it is an outcome or a bug."""

    def fail(request: httpx.Request) -> httpx.Response:
        del request
        raise TRANSPORT_ERRORS[kind](TEXTS[text])

    asked = Source(world.runtime.settings, world.clock, httpx.MockTransport(fail))
    with world.with_ports(source=asked):
        request = {"scraper": "oddsa_events", "target_date": "2025-11-12"}
        world.publisher.publish("scraper-requests", request, {})
        world.settle(NOON)
    assert leaks(left(world, capsys)) == []


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("status", [200, 401, 404, 422, 503])
def test_r10_an_answer_that_repeats_a_secret_leaks_nothing_of_a_failure(
    world: World, capsys: pytest.CaptureFixture[str], status: int, text: str
) -> None:
    """Neither the sample nor the message of a failure contains it, nor its object's metadata."""
    answer = httpx.Response(status, text=f"<html>{TEXTS[text]}</html>")
    asked = Source(world.runtime.settings, world.clock, httpx.MockTransport(lambda _: answer))
    with world.with_ports(source=asked):
        request = {"scraper": "oddsa_events", "target_date": "2025-11-12"}
        world.publisher.publish("scraper-requests", request, {})
        world.settle()
    names = [one.name for one in world.storage.list(world.runtime.settings.data_bucket, "")]
    assert names
    assert status == 404 or all(name.startswith("failed/") for name in names)
    assert leaks(left(world, capsys)) == []


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("port", ["storage", "warehouse", "publisher"])
@pytest.mark.parametrize("kind", ERRORS)
def test_r10_a_client_library_that_raises_leaks_nothing(
    world: World, capsys: pytest.CaptureFixture[str], kind: str, port: str, text: str
) -> None:
    """Every function meets the error of a port, of each class, three times."""
    for function, body in BODIES.items():
        with tapped(world, failing(ERRORS[kind](TEXTS[text])), port):
            for _ in range(3):
                sent = push(body) if function != "scraper_runner" else push({"scraper": "x"})
                answered = respond(world.runtime, JSON, sent, ROUTES[function])
                world.answers.append((function, answered[1], answered[0]))
    assert leaks(left(world, capsys)) == []


NAMED = ("name", "generation", "bucket")
"""What identifies an object is kept as it is: its row could not be found again otherwise."""


def places(text: str) -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Yield a request for each place of a message in which a text can be."""
    for function, body in BODIES.items():
        for body_with in (
            {**body, "surprise": text},
            {**body, text: 1},
            {**body, "version": text},
            {**body, "metadata": {"task_id": text, "error_message": text}},
            *({**body, name: text} for name in body if name not in NAMED),
        ):
            yield function, push(body_with), JSON
            yield function, json.dumps(body_with).encode(), JSON
        for message in (
            {"attributes": {"note": text}, "data": {"version": 9}},
            {"attributes": {text[:200]: "x"}, "data": {"version": 9}},
            {"messageId": text, "data": {"version": 9}},
            {"publishTime": text},
            {"data": text},
            {"attributes": {"eventType": text, "objectId": text}},
        ):
            yield function, push(body, **message), JSON
        event = {"specversion": "1.0", "id": text, "type": text, "source": text, "data": text}
        yield function, json.dumps(event).encode(), {"Content-Type": "application/cloudevents+json"}


@pytest.mark.parametrize("text", TEXTS)
def test_r10_a_message_that_contains_a_secret_leaks_nothing(
    world: World, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """Neither the answer to it, nor its line, its row or its dead letter repeats it."""
    before = len(world.publisher.published)
    for function, body, headers in places(TEXTS[text]):
        answered = respond(world.runtime, headers, body, ROUTES[function])
        world.answers.append((function, answered[1], answered[0]))
    assert len(world.publisher.published) - before > 50
    assert leaks(left(world, capsys)) == []


def test_a_letter_whose_secret_was_hidden_counts_as_cut(world: World) -> None:
    """It cannot be replayed, because it is not what was sent; a letter without one can be."""
    for value, is_cut in ((SIGNED, True), ("x", False)):
        respond(world.runtime, JSON, push({"surprise": value}), ROUTES["scraper_runner"])
        letter = world.publisher.published[-1].body
        assert (letter["schema"], letter["truncated"]) == ("dead-letter", is_cut)


@pytest.mark.parametrize("text", TEXTS)
def test_r10_a_log_row_of_labels_with_a_secret_leaks_nothing(
    world: World, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """A failure that an earlier release stored with a secret has its row without it."""
    name = "failed/oddsa-events/2025-11-12/1.json"
    held = note(world.runtime.state, TASK, [name])
    labels = {
        SECRET: held.secret,
        "task_id": TASK,
        "scraper": "oddsa_events",
        "status": "FAILED",
        "outcome": "FAILED",
        "records": "0",
        "started_at": NOON.isoformat(),
        "duration_seconds": "1",
        "target_date": "2025-11-12",
        "error_message": TEXTS[text],
    }
    world.storage.create(world.runtime.settings.data_bucket, name, b"{}", metadata=labels)
    world.settle()
    (row,) = world.rows["scraper_execution_log"]
    assert "(hidden)" in row["error_message"]
    assert leaks(f"{row} {capsys.readouterr().err}") == []


MISTYPED = (
    f"http://user:{PASSWORD}@proxy.example:3128",
    f"user:{PASSWORD}@proxy.example",
    f"gopher://user:{PASSWORD}@proxy.example",
    f"http:/user:{PASSWORD}@proxy.example",
    f"http://user:hunter2 {PASSWORD}@proxy.example",
    f"http://user:hunter2,{PASSWORD}@proxy.example",
    f"http://user:{quote(PASSWORD, safe='')}@proxy.example/path path",
    f"ftp://x.example/?apiKey={KEY}",
)


@pytest.mark.parametrize("value", MISTYPED)
@pytest.mark.parametrize("what", ["URL", "ROUTES", "PROXY", "FALLBACK"])
def test_r10_a_mistyped_setting_is_refused_without_its_secret(what: str, value: str) -> None:
    """The error names the variable; a value with a login shows at most its host."""
    with pytest.raises(ConfigError) as caught:
        read_settings({f"NBA_NBA_CDN_{what}": value})
    assert f"NBA_NBA_CDN_{what}" in str(caught.value)
    assert leaks(f"{caught.value} {caught.value.__cause__!r} {caught.value.__context__!r}") == []


def test_r10_a_function_that_cannot_start_logs_no_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Flask logs the exception of a request by itself, with its traceback."""
    monkeypatch.setenv("NBA_HTTP_PROXY", f"http://user:{PASSWORD}@proxy.example:3128")
    install(None)
    settings.cache_clear()
    found = app("scraper_runner").test_client()
    found.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = found.post("/", json={"scraper": "x"})
    settings.cache_clear()
    assert answer.status_code == 500
    assert "NBA_HTTP_PROXY" in caplog.text
    assert leaks(caplog.text + answer.get_data(as_text=True)) == []


def test_r10_what_a_library_logs_is_redacted(caplog: pytest.LogCaptureFixture) -> None:
    """Since the first runtime of a process, records of other loggers lose their secrets."""
    install(None)
    current()
    log = logging.getLogger("urllib3")
    log.warning("Retrying %s", f"Bearer {TOKEN}")
    log.warning(*("%d of %s", SIGNED))  # a mistake of a library is logged, not raised
    log.error("It failed", exc_info=InternalServerError(SIGNED))
    install(None)
    assert [text in caplog.text for text in ("Retrying", "%d of", "It failed")] == [True] * 3
    assert leaks(caplog.text) == []
