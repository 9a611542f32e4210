"""How a stack puts its parts together: started as notes, except the broker, which is in here."""

from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.clock import FileClock
from common.errors import ConfigError
from common.settings import ROOT, variable
from local.broker.delivery_faults import Dice, Fate
from local.processes import process
from local.stack.chaos import DELIVERY_FAULTS
from local.stack.stack import Stack
from tests.local.stack.parts import FUNCTIONS, NOON, Parts, config


def test_all_load_at_once_and_functions_start_when_the_servers_answer(
    parts: Parts, stack: Stack
) -> None:
    """The slowest first; a table or bucket is made before the first message is delivered."""
    servers = ["bqemulator", "storage server", "the sources"]
    project, dataset = stack.settings.project, stack.settings.dataset
    buckets = (stack.settings.data_bucket, stack.settings.state_bucket)
    started = [name.removeprefix("launch ") for name in parts.done[6:-2]]
    assert parts.done[:6] == [
        *(f"{verb} {name}" for verb in ("begin", "await_ready") for name in servers)
    ]
    assert sorted(started) == FUNCTIONS
    assert parts.done[-2:] == [f"create {(project, dataset)}", f"create {(project, buckets)}"]
    assert FileClock(stack.clock_file).now() >= NOON
    pushed = stack.pubsub.broker.registry.subscriptions(f"projects/{project}")
    assert {one.endpoint for one in pushed if one.endpoint} == {
        f"http://127.0.0.1:{parts.ports[name]}/" for name in FUNCTIONS
    }


def test_each_server_is_told_its_port_and_the_clock(parts: Parts, stack: Stack) -> None:
    """Each port is its own; the sources and the emulators show the virtual clock."""
    clock = str(stack.clock_file)
    warehouse, storage, source = parts.argv.values()
    assert storage[:2] == ["-m", "local.stack.storage_server"]
    assert source[:2] == ["-m", "local.fake_sources"]
    ports = [warehouse[-1], storage[3], source[3]]
    assert len({*ports, *map(str, parts.ports.values())}) == 3 + len(FUNCTIONS)
    assert parts.env["bqemulator"][variable("clock_file")] == clock
    topic = f"projects/{stack.settings.project}/topics/scraped-objects"
    events = ["--bucket", stack.settings.data_bucket, "--pubsub", stack.pubsub.rest]
    assert storage[2:] == ["--port", ports[1], "--clock", clock, *events, "--topic", topic]
    slate = ["--slate", str(stack.config.slate)]
    assert source[2:] == ["--port", ports[2], "--clock", clock, *slate]
    environment = stack.environment
    assert environment[variable("bigquery_emulator_host")] == f"http://127.0.0.1:{ports[0]}"
    assert environment[variable("storage_emulator_host")] == f"http://127.0.0.1:{ports[1]}"
    assert environment[variable("pubsub_emulator_host")] == stack.pubsub.host
    assert environment[variable("nba_stats_url")].startswith(f"http://127.0.0.1:{ports[2]}")
    assert all(parts.env[name] == environment for name in FUNCTIONS)


def test_the_warehouse_has_its_own_environment(parts: Parts, stack: Stack) -> None:
    """It loads nothing from outside and remembers no answer; the others have a program's own."""
    port = parts.argv["bqemulator"][-1]
    assert parts.argv["bqemulator"] == [
        *("-m", "local.stack.bigquery_server", "start", "--project", stack.settings.project),
        *("--grpc-port", "0", "--log-level", "error", "--rest-port", port),
    ]
    assert parts.env["bqemulator"] == {
        "HOME": str(stack.config.folder / "logs"),
        "PYTHONPATH": str(ROOT),
        "BQEMU_ENABLE_FORMAT_EXTENSIONS": "false",
        "BQEMU_QUERY_CACHE_TTL_SECONDS": "0",
        variable("clock_file"): str(stack.clock_file),
    }
    for name in ("storage server", "the sources"):
        assert parts.env[name] == process.base_environment()


@pytest.mark.parametrize(("seed", "is_disturbed"), [(None, False), (0, True), (7, True)])
def test_any_seed_disturbs_what_the_broker_delivers(
    parts: Parts, tmp_path: Path, seed: int | None, *, is_disturbed: bool
) -> None:
    """Zero is one, and the description says which."""
    made = Stack(config(tmp_path, chaos=seed), parts.launch)  # type: ignore[arg-type] # notes alone
    made.start()
    topic = f"projects/{made.settings.project}/topics/scraper-requests"
    for _ in range(100):
        made.pubsub.broker.publish(topic, b"x")
    told = made.pubsub.broker.disturbed_messages()
    made.stop()
    assert bool(told) is is_disturbed
    assert all(NOON <= one.instant < NOON + timedelta(hours=1) for one in told)
    if seed is not None:
        dice = Dice(DELIVERY_FAULTS, seed)
        drawn = [tuple(dice.roll()) for _ in range(100)]
        assert [one.fates for one in told] == [fates for fates in drawn if fates != (Fate(),)]
    assert made.describe()["chaos"] == seed


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        ({}, "source_tries", None),
        ({"refuse": ("odds",)}, "source_tries", "1"),
        ({}, "collect_since", None),
        ({"collect_since": date(2025, 11, 1)}, "collect_since", "2025-11-01"),
        ({}, "tell_incidents", "false"),
        ({"tell_incidents": True}, "tell_incidents", "true"),
        ({"workflows": Path("/w.yaml")}, "workflows_file", "/w.yaml"),
        ({}, "source_interval_seconds", "0"),
    ],
)
def test_a_function_has_what_the_stack_is_started_with(
    parts: Parts, tmp_path: Path, given: dict[str, Any], name: str, value: str | None
) -> None:
    """A setting that is not given keeps its default."""
    made = Stack(config(tmp_path, **given), parts.launch)  # type: ignore[arg-type] # notes alone
    made.start()
    made.stop()
    assert made.environment.get(variable(name)) == value
    assert parts.argv["the sources"][8:] == [f"--refuse={part}" for part in given.get("refuse", ())]


def test_a_server_may_have_a_port_that_is_given(parts: Parts, tmp_path: Path) -> None:
    """Each by its name."""
    with ExitStack() as held:
        ports = [held.enter_context(process.held_port()) for _ in range(4)]
    free = dict(zip(("pubsub", "storage", "bigquery", "source"), ports, strict=True))
    made = Stack(config(tmp_path, ports=free), parts.launch)  # type: ignore[arg-type] # notes alone
    made.start()
    made.stop()
    assert made.pubsub.host == f"127.0.0.1:{ports[0]}"
    assert parts.argv["storage server"][3] == str(ports[1])
    assert parts.argv["bqemulator"][-1] == str(ports[2])
    assert parts.argv["the sources"][3] == str(ports[3])


def test_a_stack_is_described_for_those_who_reach_it(parts: Parts, stack: Stack) -> None:
    """Each name stands for its own value."""
    settings = stack.settings
    assert stack.describe() == {
        "project": settings.project,
        "dataset": settings.dataset,
        "data_bucket": settings.data_bucket,
        "state_bucket": settings.state_bucket,
        "environment": stack.environment,
        "pubsub_rest": stack.pubsub.rest_url,
        "functions": {name: f"http://127.0.0.1:{parts.ports[name]}/" for name in parts.ports},
        "folder": str(stack.config.folder),
        "chaos": None,
    }
    assert len({settings.project, settings.dataset, settings.data_bucket}) == 3


def test_a_function_that_died_comes_back_at_its_address(parts: Parts, stack: Stack) -> None:
    """It alone; until it accepts connections the stack is not up."""
    address = stack.url("scraper_runner")
    assert (stack.is_up(), stack.restart_dead()) == (True, [])
    stack.kill("scraper_runner")
    assert not stack.is_up()
    parts.closed.add(parts.ports["scraper_runner"])
    assert stack.restart_dead() == ["scraper_runner"]
    assert not stack.is_up()
    parts.closed.clear()
    assert stack.is_up()
    assert stack.url("scraper_runner") == address
    with pytest.raises(ConfigError) as raised:
        stack.kill("bigquery")
    assert str(raised.value) == f"function 'bigquery': known are {', '.join(parts.ports)}"


@pytest.mark.parametrize(
    ("name", "part"),
    [("storage", "storage server"), ("bigquery", "bqemulator"), ("source", "the sources")],
)
def test_a_server_hangs_for_a_while(parts: Parts, stack: Stack, name: str, part: str) -> None:
    """It goes on, whatever happens meanwhile."""
    parts.done.clear()
    with pytest.raises(KeyError), stack.suspended(name):
        raise KeyError
    assert parts.done == [f"suspend {part}", f"resume {part}"]


def test_a_stack_stops_all_of_its_parts(parts: Parts, tmp_path: Path) -> None:
    """Functions first, then the servers, the last one first; also where one did not start.

    None of them comes back.
    """
    for dies in (False, True):
        parts.done.clear()

        def launch(name: str, *args: Any, dies: bool = dies) -> Any:
            made = parts.launch(name, *args)
            made.lives = not dies
            parts.closed = {made_port for made_port in parts.ports.values() if dies}
            return made

        stack = Stack(config(tmp_path), launch)
        if dies:
            with pytest.raises(ConfigError, match=r"function \w+ did not start; see .*/logs/"):
                stack.start()
        else:
            stack.start()
            stack.stop()
        assert stack.restart_dead() == []
        ended = [each for each in parts.done if each.startswith(("kill", "stop"))]
        assert sorted(ended[:-3]) == [f"kill {name}" for name in FUNCTIONS]
        assert ended[-3:] == ["stop the sources", "stop storage server", "stop bqemulator"]
