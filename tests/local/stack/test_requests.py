"""What a driver asks of its stack's keeper, and what the keeper has the stack do."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import FileClock, set_clock
from common.configuration.workflows import read_workflows
from common.errors import ConfigError
from common.settings import Settings, variable
from local.processes.process import HOST
from local.stack import driver
from local.stack import keeper as keeping
from local.stack.chaos import KILL, Disturbance
from local.stack.driver import RunningStack
from local.stack.keeper import Keeper
from local.stack.state import ChainState

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
STATE = ChainState(idle=True, next_due=NOON, handled=3, failed=4, disturbances=5)
STRIKE = Disturbance(1, KILL, "scraper_runner", 2.5, 0.5)
REPLIES: dict[str, dict[str, Any]] = {
    "/idle": STATE.to_reply(),
    "/dead-letters": {"count": 6},
    "/disturbances": {"lines": [{"action": "kill"}]},
}


@pytest.fixture
def asked() -> list[tuple[str, Any]]:
    """List what a keeper was asked for."""
    return []


@pytest.fixture
def running(asked: list[tuple[str, Any]]) -> Iterator[RunningStack]:
    """Serve a keeper that notes and answers; it refuses to kill nobody."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body))
            is_refused = body == {"function": "nobody"}
            reply = {"error": "known are"} if is_refused else REPLIES.get(self.path, {})
            text = json.dumps(reply).encode()
            self.send_response(400 if is_refused else 200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield RunningStack({"control": f"http://{HOST}:{server.server_port}"}, None)
        server.shutdown()


def test_each_request_has_its_path_and_its_body(
    running: RunningStack, asked: list[tuple[str, Any]]
) -> None:
    """Answers are those of the keeper, and a refusal is an error with its text."""
    running.set_clock(NOON)
    assert running.wait_idle(1.5) == STATE
    assert running.dead_letters() == 6
    running.kill("scraper_runner")
    running.arm(STRIKE)
    assert running.disturbances() == [{"action": "kill"}]
    running.stop()
    assert asked == [
        ("/clock", {"now": "2025-11-12T17:00:00+00:00"}),
        ("/idle", {"seconds": 1.5}),
        ("/dead-letters", {}),
        ("/kill", {"function": "scraper_runner"}),
        ("/arm", {**vars(STRIKE)}),
        ("/disturbances", {}),
        ("/stop", {}),
    ]
    with pytest.raises(ConfigError, match="known are"):
        running.kill("nobody")


class Child:
    """A keeper's process that notes how long it is waited for."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def wait(self, seconds: float) -> int:
        """Note a wait."""
        self.waits.append(seconds)
        return 0


@pytest.mark.parametrize("answers", [True, False])
def test_a_stopped_stack_has_ended(running: RunningStack, *, answers: bool) -> None:
    """Its process is waited for once, also where the keeper no longer answers."""
    child: Any = Child()
    control = running.where["control"] if answers else f"http://{HOST}:9"
    stack = RunningStack({"control": control}, child)
    stack.stop()
    stack.stop()
    assert child.waits == [30.0]


@pytest.mark.parametrize(
    ("error", "is_left"), [(None, False), (KeyboardInterrupt, False), (ValueError, True)]
)
def test_the_folder_of_a_stack_is_left_to_an_error_alone(
    running: RunningStack, tmp_path: Path, error: type[BaseException] | None, *, is_left: bool
) -> None:
    """Its logs say more of the error; a kept stack is left alone."""
    child: Any = Child()
    folder = tmp_path / "run"
    for keeper in (child, None):
        folder.mkdir(exist_ok=True)
        try:
            with RunningStack({**running.where, "folder": str(folder)}, keeper):
                if error:
                    raise error
        except (KeyboardInterrupt, ValueError):
            assert error
        assert folder.exists() is (is_left or keeper is None)
    assert len(child.waits) == 1


def test_a_stack_that_is_kept_is_described_with_its_console(
    running: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its views are made of its own workflows, and it outlives who keeps it."""
    made: list[Any] = []
    flows = Settings().workflows_file
    environment = {variable("workflows_file"): str(flows), variable("bigquery_emulator_host"): "e"}
    named = {"project": "p", "dataset": "d", "environment": environment}
    where = {**running.where, **named, "functions": {"a": "http://a/"}}
    kept, child = tmp_path / "new" / "kept.json", Child()
    monkeypatch.setattr(driver, "KEPT_FILE", kept)
    monkeypatch.setattr(driver, "create_views", lambda *given: made.extend(given))
    monkeypatch.setitem(REPLIES, "/keep", {"console": "http://c/"})
    with RunningStack(where, child) as stack:  # type: ignore[arg-type] # notes alone
        stack.keep()
    assert made == ["e", "p", "d", read_workflows(flows).file.enabled]
    wanted = {**where, "functions": {"a": "http://a/", "console": "http://c/"}}
    assert (stack.where, kept.read_text()) == (wanted, json.dumps(wanted, indent=2) + "\n")
    assert child.waits == []


@pytest.mark.parametrize("dead", ["PUBSUB", "STORAGE", "BIGQUERY", None])
def test_an_emulator_that_has_died_is_named(
    monkeypatch: pytest.MonkeyPatch, dead: str | None
) -> None:
    """With its logs and what to do; other addresses are not looked at."""
    ports = {"PUBSUB": "h:1", "STORAGE": "http://h:2", "BIGQUERY": "http://h:3"}
    environment = {f"{name}{driver.EMULATOR}": address for name, address in ports.items()}
    environment |= {"SOURCE_URL": "http://h:4", "CLOCK_FILE": "x"}
    living = {int(address[-1]) for name, address in ports.items() if name != dead}
    monkeypatch.setattr(driver, "accepts", living.__contains__)
    stack = RunningStack({"environment": environment, "folder": "/f"}, None)
    if dead is None:
        stack.require_emulators()
    else:
        with pytest.raises(ConfigError) as raised:
            stack.require_emulators()
        assert str(raised.value) == (
            f"the kept stack's {dead.lower()} emulator has died; its log is in /f/logs. "
            "Run: python -m local stop, then up"
        )


class Broker:
    """A broker that is woken."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        """Count."""
        self.woken += 1


class Held:
    """A stack that notes what it is to do."""

    def __init__(self, folder: Path) -> None:
        self.clock_file = folder / "clock.json"
        self.pubsub = SimpleNamespace(broker=Broker(), dead_letters=lambda: 6)
        self.killed: list[str] = []
        self.restarted = 0

    def kill(self, function: str) -> None:
        """Note it."""
        self.killed.append(function)

    def start_console(self) -> str:
        """Return its address."""
        return "http://console/"

    def restart_dead(self) -> list[str]:
        """Count."""
        self.restarted += 1
        return []


@pytest.fixture
def held(tmp_path: Path) -> Any:
    """Make a stack."""
    return Held(tmp_path)


def test_a_keeper_has_its_stack_do_what_is_asked(held: Any) -> None:
    """The moved clock wakes the broker; only what is kept outlives its driver."""
    stopping = threading.Event()
    keeper = Keeper(held, stopping)
    assert keeper.answer("/clock", {"now": NOON.isoformat()}) == {}
    assert FileClock(held.clock_file).now() >= NOON
    assert held.pubsub.broker.woken == 1
    assert keeper.answer("/dead-letters", {}) == {"count": 6}
    assert keeper.answer("/kill", {"function": "scraper_runner"}) == {}
    assert held.killed == ["scraper_runner"]
    assert not keeper.kept
    assert keeper.answer("/keep", {}) == {"console": "http://console/"}
    assert keeper.kept
    with pytest.raises(ConfigError, match="'/nope' is not known"):
        keeper.answer("/nope", {})
    assert not stopping.is_set()
    assert keeper.answer("/stop", {}) == {}
    assert stopping.is_set()
    keeper.supervise()
    assert held.restarted == 0


def test_a_keeper_waits_and_strikes_as_it_is_asked(
    held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A state counts the disturbances so far; whoever stops a keeper has it strike no more."""
    done: list[Any] = []
    strikes = SimpleNamespace(
        arm=done.append, lines=lambda: [{"at": 1}, {"at": 2}], close=lambda: done.append("closed")
    )
    made: list[Any] = []
    monkeypatch.setattr(keeping, "Strikes", lambda *given: (made.extend(given), strikes)[1])
    waits = SimpleNamespace(wait=lambda seconds: (done.append(seconds), STATE)[1])
    monkeypatch.setattr(keeping, "IdleWait", lambda given: (made.append(given), waits)[1])
    set_clock(held.clock_file, NOON)
    stopping = threading.Event()
    keeper = Keeper(held, stopping)
    assert keeper.answer("/idle", {"seconds": 1.5}) == {**STATE.to_reply(), "disturbances": 2}
    assert keeper.answer("/arm", vars(STRIKE)) == {}
    assert keeper.answer("/disturbances", {}) == {"lines": [{"at": 1}, {"at": 2}]}
    stopping.set()
    keeper.supervise()
    assert done == [1.5, STRIKE, "closed"]
    waiting, striking, broker, clock = made
    assert (waiting, striking, broker) == (held, held, held.pubsub.broker)
    assert NOON <= clock.now() < NOON + timedelta(hours=1)
