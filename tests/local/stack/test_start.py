"""How a stack starts: what is waited for, and how it fails."""

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import ConfigError
from common.settings import variable
from local.fake_sources.overrides import switched_on
from local.processes import process
from local.stack.stack import Stack
from tests.local.stack.parts import FUNCTIONS, Parts, config


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """List for how long is slept, where each look at the time is ten seconds later."""
    seconds = itertools.count(0.0, 10.0)
    found: list[float] = []
    fakes = SimpleNamespace(monotonic=lambda: next(seconds), sleep=found.append)
    monkeypatch.setattr("local.stack.stack.time", fakes)
    return found


def test_each_part_has_its_log_and_is_ready_when_it_accepts_connections(
    parts: Parts, stack: Stack
) -> None:
    """At the port that it was told."""
    logs = stack.config.folder / "logs"
    servers = {"bqemulator": "bigquery", "storage server": "storage", "the sources": "source"}
    names = {**servers, **{name: name for name in FUNCTIONS}}
    assert parts.logs == {part: logs / f"{name}.log" for part, name in names.items()}
    parts.asked.clear()
    for name, option in (("bqemulator", "--rest-port"), ("storage server", "--port")):
        port = int(parts.argv[name][parts.argv[name].index(option) + 1])
        assert parts.ready[name]()
        assert parts.asked.pop() == port
    assert parts.ready["the sources"]()
    assert parts.asked == [int(parts.argv["the sources"][3])]


def test_functions_have_no_other_settings(parts: Parts, stack: Stack) -> None:
    """All sources are the one that serves the slate, with a key of its own."""
    source = f"http://127.0.0.1:{parts.argv['the sources'][3]}"
    overrides = switched_on(source, "local-stack-key")
    named = ("pubsub", "storage", "bigquery")
    given = {variable(f"{name}_emulator_host") for name in named}
    given |= {variable(name) for name in ("clock_file", "workflows_file")}
    given |= {variable(name) for name in ("source_interval_seconds", "tell_incidents")}
    assert stack.environment.keys() == given | {variable(name) for name in overrides}
    for name, value in overrides.items():
        assert stack.environment[variable(name)] == value
    assert stack.environment[variable("clock_file")] == str(stack.clock_file)


def test_a_stack_forks_the_functions_of_its_own_code(
    monkeypatch: pytest.MonkeyPatch, parts: Parts, tmp_path: Path
) -> None:
    """Where it is told no other way; what forks them has a log, and ends with it."""

    def server(log: Path) -> Any:
        return SimpleNamespace(
            launch=lambda name, *args: parts.launch(f"{name} of {log.name}", *args),
            stop=lambda: parts.done.append("stop forks"),
        )

    monkeypatch.setattr("local.stack.stack.ForkServer", server)
    made = Stack(config(tmp_path))
    made.start()
    made.stop()
    assert sorted(parts.ports) == [f"{name} of functions.log" for name in FUNCTIONS]
    assert parts.done[-1] == "stop forks"


def test_nothing_is_delivered_before_all_functions_accept_it(
    monkeypatch: pytest.MonkeyPatch, waits: list[float], parts: Parts, tmp_path: Path
) -> None:
    """And a function that does not in its time is named with its log."""
    made = Stack(config(tmp_path), parts.launch)  # type: ignore[arg-type] # notes alone
    subscribed: list[int] = []

    def accepts(_: int) -> bool:
        held = made.pubsub.broker.registry.subscriptions(f"projects/{made.settings.project}")
        subscribed.append(len(held))
        return False

    monkeypatch.setattr(process, "accepts", accepts)
    with pytest.raises(ConfigError, match=r"^function \w+ did not start; see .*/logs/\w+\.log$"):
        made.start()
    assert (set(subscribed), waits) == ({0}, [process.POLL_SECONDS] * 3)


def test_a_start_that_is_interrupted_stops_what_it_has_begun(parts: Parts, tmp_path: Path) -> None:
    """Whatever ends it."""

    def launch(*_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Stack(config(tmp_path), launch).start()
    assert parts.done[-3:] == ["stop the sources", "stop storage server", "stop bqemulator"]


@pytest.mark.usefixtures("waits")
def test_the_console_is_started_for_people_alone(parts: Parts, stack: Stack) -> None:
    """It has an address of its own, and no subscription."""
    assert "console" not in parts.ports
    assert stack.start_console() == f"http://127.0.0.1:{parts.ports['console']}/"
    assert stack.describe()["functions"] == {name: stack.url(name) for name in parts.ports}
    parts.closed.add(parts.ports["console"])
    stack.kill("console")
    with pytest.raises(ConfigError) as raised:
        stack.start_console()
    log = stack.config.folder / "logs" / "console.log"
    assert str(raised.value) == f"function console did not start; see {log}"
