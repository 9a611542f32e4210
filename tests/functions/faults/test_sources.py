"""What the runner's instances do together when sources refuse, hang, change or charge."""

import json
import logging
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from common.entry.respond import respond
from common.runtime import Runtime
from common.scrapers import REGISTRY
from common.scrapers.source import sources
from common.settings import Settings
from common.sources.client import Source
from local.fake_sources.answers import answer
from local.fake_sources.overrides import switched_on
from local.simulator.world import ROUTES, ManualClock, World
from tests.kit.world import NOON, new_world, slate

KEY = "0123456789abcdef0123456789abcdef"
PASSWORD = "correct-horse-battery"
DAY = "2025-11-12"
GAME = {"game_id": "0022500207", "away": "TOR", "home": "BKN"}
EVENT_IDS = ["a" * 32, "b" * 32]
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass
class Instance:
    """An instance of the runner with its own clock and connections; it shares the rest."""

    world: World
    handler: Handler
    settings: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[datetime, httpx.URL]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = ManualClock(self.world.clock.now())
        settings = Settings.model_validate({**switched_on(key=KEY), **self.settings})
        self.runtime = Runtime(
            settings,
            elapsed=lambda: self.clock.now().timestamp(),
            clock=self.clock,
            storage=self.world.storage,
            publisher=self.world.publisher,
            source=Source(settings, self.clock, httpx.MockTransport(self._answer)),
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((self.clock.now(), request.url))
        return self.handler(request)

    def run(self, scraper: str, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
        """Run a scraper, at an instant; returns the metadata of its object."""
        if at is not None:
            self.clock.move(at)
        body = {"schema": "scraper-request", "version": 1, "scraper": scraper, "target_date": DAY}
        if REGISTRY[scraper].scope == "game":
            body["game"] = GAME
        if REGISTRY[scraper].needs_events:
            body["event_ids"] = EVENT_IDS
        text, status, _ = respond(
            self.runtime,
            {"Content-Type": "application/json"},
            json.dumps({**body, **fields}).encode(),
            ROUTES["scraper_runner"],
        )
        assert status == 200, text
        stored = self.world.storage.stat("nba-scraped-data", json.loads(text)["object"])
        assert stored is not None
        return dict(stored.metadata)


@pytest.fixture
def world() -> World:
    """A world at 12:45 ET, its schedule stored."""
    return new_world()


def answering(status: int, body: bytes = b"", **headers: str) -> Handler:
    """Make a source that always gives the same answer."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda _: httpx.Response(status, content=body, headers=named)


def well(request: httpx.Request) -> httpx.Response:
    """Answer as the sources do at 12:45 ET."""
    found = answer(request.url.path, dict(request.url.params), slate(), NOON)
    return httpx.Response(found.status, content=found.body, headers=dict(found.headers))


def alerts(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """List the codes of the alert lines since the last call."""
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    return [line["reason_code"] for line in lines if line["severity"] == "ERROR"]


def in_slot(slot: datetime) -> dict[str, Any]:
    """Make the part of a request that names a decision's slot."""
    digits = f"{slot:%H%M}"
    return {
        "execution": {
            "execution_id": f"00000000-0000-4000-8000-0000000e{digits}",
            "decision_id": f"00000000-0000-4000-8000-0000000d{digits}",
            "workflow_name": "referee_discovery",
            "slot": slot.isoformat(),
            "step": 0,
            "task_id": f"00000000-0000-4000-8000-0000000a{digits}",
        }
    }


@pytest.mark.parametrize("status", [500, 403])
def test_x7_after_five_failures_no_instance_asks(
    world: World, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    """After five failures tasks fail without a request for 15 minutes; one alert is raised."""
    for number in range(5):
        Instance(world, answering(status)).run("nbac_player_list", NOON + timedelta(minutes=number))
    assert alerts(capsys) == ["CIRCUIT_OPEN"]
    other = Instance(world, well)
    found = other.run("nbac_player_list", NOON + timedelta(minutes=6))
    assert (found["status"], found["error_class"]) == ("FAILED", "CircuitOpenError")
    assert "left alone until 2025-11-12 13:0" in found["error_message"]
    assert other.asked == []
    assert other.run("oddsa_events")["outcome"] == "SUCCESS"  # each scraper has its own
    assert other.run("nbac_player_list", NOON + timedelta(minutes=20))["outcome"] == "SUCCESS"
    assert Instance(world, well).run("nbac_player_list")["outcome"] == "SUCCESS"
    assert alerts(capsys) == []


def test_x7_the_first_failure_after_the_pause_opens_it_again(world: World) -> None:
    """Every 15 minutes one task may try the source."""
    down = Instance(world, answering(500))
    for number in range(5):
        down.run("nbac_player_list", NOON + timedelta(minutes=number))
    down.run("nbac_player_list", NOON + timedelta(minutes=30))
    asked = len(down.asked)
    found = Instance(world, well).run("nbac_player_list", NOON + timedelta(minutes=31))
    assert found["error_class"] == "CircuitOpenError"
    assert (asked, len(down.asked)) == (18, 18)  # three tries each


@pytest.mark.parametrize("status", [404, 200])
def test_x7_no_data_is_no_failure(world: World, status: int) -> None:
    """Answers without data never open the circuit."""
    empty = Instance(world, answering(status, b"[]"))
    for _ in range(7):
        assert empty.run("oddsa_events")["outcome"] == "NO_DATA"
    assert len(empty.asked) == 7


def test_s6_two_instances_share_a_host_s_rate(world: World) -> None:
    """Of nine requests to one host no two are closer than the interval."""
    both = [Instance(world, well), Instance(world, well)]
    for number in range(9):
        both[number % 2].run("nbac_player_list")
    asked = sorted(when for each in both for when, _ in each.asked)
    assert len(asked) == 9
    nearest = min(later - one for one, later in pairwise(asked))
    assert nearest >= timedelta(seconds=0.599)


def test_s7_the_next_route_answers_when_the_source_does_not(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fallback is named; with an open circuit only the fallback is asked."""

    def only_the_mirror(request: httpx.Request) -> httpx.Response:
        return well(request) if request.url.host == "mirror.example" else httpx.Response(403)

    settings = {"nba_stats_routes": "https://user:pass-word@mirror.example/"}
    for number in range(6):
        one = Instance(world, only_the_mirror, settings)
        found = one.run("nbac_player_list", NOON + timedelta(minutes=number))
        assert (found["outcome"], found["source_host"]) == ("SUCCESS", "mirror.example")
        hosts = [url.host for _, url in one.asked]
        assert hosts == ["stats.nba.com", "mirror.example"][number == 5 :]
    assert alerts(capsys) == ["CIRCUIT_OPEN"]


def test_s7_a_source_that_is_off_is_no_failing_source(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its scrapers end as FAILED with the reason; no circuit opens, and no alert is logged."""
    for number in range(7):
        one = Instance(world, well, {"nba_stats_url": None})
        found = one.run("nbac_player_list", NOON + timedelta(minutes=number))
        assert (found["status"], found["error_class"]) == ("FAILED", "NoRouteError")
        assert "NBA_NBA_STATS_ROUTES" in found["error_message"]
        assert one.asked == []
    assert alerts(capsys) == []


def test_s7_a_mirror_has_a_prefix_and_an_absence_of_its_own(world: World) -> None:
    """The schedule comes from a mirror; a file that is absent there is absent, and no block."""

    def mirror(request: httpx.Request) -> httpx.Response:
        if request.url.host != "mirror.example" or not request.url.path.startswith("/NBA/"):
            return httpx.Response(403)
        path = request.url.path.replace("/NBA/", "/static/json/", 1)
        found = well(httpx.Request("GET", request.url.copy_with(path=path)))
        denied = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
        return httpx.Response(403, content=denied) if found.status_code == 404 else found

    settings = {"nba_cdn_routes": "https://mirror.example|/NBA|s3"}
    found = Instance(world, mirror, settings).run("nbac_schedule_api")
    assert (found["outcome"], found["source_host"]) == ("SUCCESS", "mirror.example")
    tonight = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
    found = Instance(world, mirror, settings).run("nbac_play_by_play", game=tonight)
    assert (found["outcome"], found["source_host"]) == ("NO_DATA", "mirror.example")


def test_s8_a_moved_source_is_told_although_a_route_answers(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The data arrives, and an alert names the host that has moved."""

    def moved(request: httpx.Request) -> httpx.Response:
        here = request.url.host == "mirror.example"
        return well(request) if here else httpx.Response(301, headers={"location": "https://x.y/"})

    settings = {"nba_stats_routes": "https://mirror.example"}
    for number in range(3):
        one = Instance(world, moved, settings)
        found = one.run("nbac_player_list", NOON + timedelta(minutes=number))
        assert (found["outcome"], found["source_host"]) == ("SUCCESS", "mirror.example")
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    (alert,) = (line for line in lines if line["severity"] == "ERROR")
    assert (alert["reason_code"], alert["host"]) == ("SOURCE_CHANGED", "stats.nba.com")


@pytest.mark.parametrize("status", [404, 422])
def test_s7_what_would_be_the_same_elsewhere_is_not_asked_there(world: World, status: int) -> None:
    """An answer that a further route would repeat is accepted from the source."""
    one = Instance(world, answering(status), {"nba_stats_routes": "https://mirror.example"})
    one.run("nbac_player_boxscore")
    assert [url.host for _, url in one.asked] == ["stats.nba.com"]


def test_s8_three_empty_slots_tell_that_a_source_has_changed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three empty slots on a game day raise one alert for all instances."""
    nothing = b'{"nba": {"Table": {"rows": []}}}'
    codes = []
    for hour in range(4):
        slot = NOON.replace(minute=0) + timedelta(hours=hour + 1)
        one = Instance(world, answering(200, nothing))
        found = one.run("nbac_referee_assignments", slot, **in_slot(slot))
        assert found["outcome"] == "NO_DATA"
        codes.append(found.get("reason_code"))
    assert codes == [None, None, "SOURCE_CHANGED", "SOURCE_CHANGED"]
    assert alerts(capsys) == ["SOURCE_CHANGED"]


def test_s8_before_its_time_an_empty_answer_says_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Empty answers before the first report at 13:30 ET raise no alert."""
    denied = b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
    for minutes in (0, 20, 40, 60):
        slot = NOON + timedelta(minutes=minutes)
        one = Instance(world, answering(403, denied))
        found = one.run("nbac_injury_report", slot, **in_slot(slot))
        assert found["outcome"] == "NOT_READY"
    assert alerts(capsys) == []


@pytest.mark.parametrize(
    "changed",
    [
        answering(200, b'{"another": "form"}'),
        answering(301, location="https://user:pw@new.example/x"),
    ],
)
def test_s8_another_form_or_address_is_told_at_once(
    world: World, capsys: pytest.CaptureFixture[str], changed: Handler
) -> None:
    """The outcome is CONTRACT with its code; one alert; the circuit stays closed."""
    for number in range(7):
        one = Instance(world, changed)
        found = one.run("nbac_player_list", NOON + timedelta(minutes=number))
        assert (found["outcome"], found["reason_code"]) == ("CONTRACT", "SOURCE_CHANGED")
        assert len(one.asked) == 1
    assert alerts(capsys) == ["SOURCE_CHANGED"]


def test_credits_are_told_and_respected(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Credits that one instance reads stop another from a task that costs more."""
    left = answering(
        200, b"[]", x_requests_remaining="7", x_requests_used="493", x_requests_last="0"
    )
    Instance(world, left).run("oddsa_events")
    line = next(
        found
        for found in map(json.loads, capsys.readouterr().err.splitlines())
        if found["message"] == "The Odds API reported its credits"
    )
    assert (line["quota_remaining"], line["quota_used"], line["quota_last"]) == (7, 493, 0)
    other = Instance(world, well)
    found = other.run("oddsa_player_props")  # two events, four markets each
    assert (found["outcome"], found["error_class"]) == ("FAILED", "QuotaError")
    assert "7 credits left" in found["error_message"]
    assert other.asked == []
    assert alerts(capsys) == ["QUOTA_SPENT"]
    assert other.run("oddsa_game_lines")["outcome"] == "SUCCESS"


def test_spent_credits_are_no_block(world: World) -> None:
    """The API's 401 for spent credits does not open the circuit."""
    spent = Instance(world, answering(401, b'{"error_code":"OUT_OF_USAGE_CREDITS"}'))
    for _ in range(6):
        assert spent.run("oddsa_game_lines")["error_class"] == "QuotaError"
    assert len(spent.asked) == 6


def test_x9_a_source_that_hangs_is_given_up_in_time(world: World) -> None:
    """With a limit of 60 s a source that never answers fails the task after 60 s."""
    slow: list[Instance] = []

    def hang(request: httpx.Request) -> httpx.Response:
        timeout = request.extensions["timeout"]["read"]
        slow[0].clock.sleep(min(timeout, 600))
        raise httpx.ReadTimeout("no answer", request=request)

    slow.append(Instance(world, hang, {"scrape_seconds": 60, "source_timeout_seconds": 600}))
    began = slow[0].clock.now()
    found = slow[0].run("oddsa_player_props")
    assert (found["status"], found["error_class"]) == ("FAILED", "TimedOutError")
    assert timedelta(seconds=58) < slow[0].clock.now() - began <= timedelta(seconds=61)


def test_x9_a_source_that_drips_is_given_up_in_time(world: World) -> None:
    """A source that sends a byte now and then fails within the limit."""
    slow: list[Instance] = []

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                slow[0].clock.sleep(29)
                yield b" "

    slow.append(Instance(world, lambda _: httpx.Response(200, stream=Drip())))
    began = slow[0].clock.now()
    assert slow[0].run("nbac_player_list")["error_class"] == "TimedOutError"
    assert slow[0].clock.now() - began < timedelta(seconds=420 + 30)


LOGIN = b64encode(f"user:{PASSWORD}".encode()).decode()


def broken(kind: str) -> Handler:
    """Make a source that fails in some way and repeats all that it was sent."""

    def respond_with(request: httpx.Request) -> httpx.Response:
        sent = f"{request.url} {request.headers.get('authorization')}"
        if kind == "timeout":
            raise httpx.ReadTimeout(sent, request=request)
        if kind == "refused":
            raise httpx.ConnectError(sent, request=request)
        headers = {"location": str(request.url), "retry-after": sent, "x-requests-remaining": sent}
        body = json.dumps({"sent": sent}).encode() * (200 if kind == "long" else 1)
        status = int(kind) if kind.isdecimal() else 200
        return httpx.Response(status, content=body, headers=headers)

    return respond_with


FAILURES = ("timeout", "refused", "long", "200", "301", "400", "401", "403", "404", "429", "500")


@pytest.mark.parametrize("kind", FAILURES)
def test_o4_no_secret_is_in_any_log_object_or_row(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """No scraper's failure, of source or route, writes a secret anywhere."""
    caplog.set_level(logging.DEBUG)
    urls = {
        name: f"https://user:{PASSWORD}@{name.replace('_', '-')}.example"
        for source in sources()
        for name in (f"{source}_url", f"{source}_routes")
    }
    one = Instance(world, broken(kind), {"source_tries": 1, **urls})
    triggered = [name for name, scraper in REGISTRY.items() if not scraper.off]
    for scraper in triggered:
        one.run(scraper)
    world.settle()
    assert len(world.rows["scraper_execution_log"]) > len(triggered)
    written = capsys.readouterr()
    seen = [repr(dict(world.rows)), written.out, written.err, caplog.text]
    seen += [repr(message.body) for message in world.publisher.published]
    for bucket in ("nba-scraped-data", "nba-orchestration-state"):
        for stored in world.storage.list(bucket, ""):
            seen += [repr(stored), repr(world.storage.read(bucket, stored.name))]
    assert KEY in "".join(str(url) for _, url in one.asked)
    for secret in (KEY, PASSWORD, LOGIN):
        assert not [text for text in seen if secret in text]
