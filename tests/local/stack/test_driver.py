"""A stack in a keeper process of its own, as a driver starts and finds it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from common.clock import FileClock
from common.cloud.storage import make_client
from common.configuration.topology import load_topology
from common.errors import ConfigError
from common.settings import ROOT, Settings, variable
from local.processes.process import HOST, accepts
from local.stack.config import StackConfig
from local.stack.driver import RunningStack, start_stack
from tests.kit.replays import Replayed

pytestmark = pytest.mark.stack
INSTANT = datetime(2025, 11, 12, 18, tzinfo=UTC)
HOSTS = ("pubsub_emulator_host", "storage_emulator_host", "bigquery_emulator_host")


def addresses(stack: RunningStack) -> list[str]:
    """Return the addresses of all emulators, functions and the keeper."""
    hosts = [stack.environment[variable(name)] for name in HOSTS]
    return [*hosts, *stack.where["functions"].values(), stack.where["control"]]


def port(address: str) -> int:
    """Return the port of a URL or of `host:port`."""
    found = urlsplit(address if "//" in address else f"//{address}").port
    assert found is not None
    return found


def test_a_stack_is_described_and_idle_until_its_keeper_is_killed(tmp_path: Path) -> None:
    """Every part is at work; `kill -9` of the keeper closes the address of each."""
    with start_stack(StackConfig(instant=INSTANT, folder=tmp_path)) as stack:
        assert_described(stack)
        assert_idle(stack)
        ports = [port(address) for address in addresses(stack)]
        os.kill(stack.where["pid"], signal.SIGKILL)
        wait_until(lambda: not any(accepts(one) for one in ports))


def assert_described(stack: RunningStack) -> None:
    """The description has the names of all resources and an open address for every part."""
    settings, topology = Settings(), load_topology(Settings().topology_file)
    assert stack.where["project"] == settings.project
    assert stack.where["dataset"] == settings.dataset
    assert set(stack.where["functions"]) == {one.function for one in topology.subscriptions}
    assert [one for one in addresses(stack) if not accepts(port(one))] == []
    client = make_client(settings.project, stack.environment[variable("storage_emulator_host")])
    buckets = {bucket.name for bucket in client.list_buckets()}
    assert buckets == {stack.where["data_bucket"], stack.where["state_bucket"]}


def assert_idle(stack: RunningStack) -> None:
    """Without a tick nothing is delivered, and the virtual clock begins where it was asked to."""
    chain = stack.wait_idle(20)
    assert (chain.idle, chain.next_due, chain.handled, chain.disturbances) == (True, None, 0, 0)
    elapsed = FileClock(Path(stack.environment[variable("clock_file")])).now() - INSTANT
    assert 0 <= elapsed.total_seconds() < 600


def test_an_unknown_function_is_refused(finished_day: Replayed) -> None:
    """The keeper's error is raised in the driver, with the known functions."""
    with pytest.raises(ConfigError, match=r"function 'nope': known are .*scraper_runner"):
        finished_day.stack.kill("nope")


def test_a_stack_on_a_port_in_use_does_not_start(tmp_path: Path) -> None:
    """The keeper's error, with the port, is raised in the driver."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        taken = server.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {taken}"):
            start_stack(StackConfig(instant=INSTANT, folder=tmp_path, ports={"pubsub": taken}))


@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGTERM, "starting"), (signal.SIGINT, "replaying")]
)
def test_fu18_an_interrupted_day_leaves_nothing(
    number: signal.Signals, moment: str, tmp_path: Path
) -> None:
    """Ctrl-C and a termination stop its processes and remove its folder, without a traceback."""
    argv = ["env", "--default-signal=INT"]  # a shell's background job would ignore it
    argv += [sys.executable, "-m", "local", "day", "2025-11-12", "--out", str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as day:
        folder = ROOT / ".local" / f"run-{day.pid}"
        if moment == "starting":
            wait_until((folder / "keeper.log").exists)
        else:
            assert day.stdout is not None
            day.stdout.readline()  # the first hour's progress
        day.send_signal(number)
        _, told = day.communicate(timeout=60)
    assert day.returncode == 128 + number
    assert told.strip() == ""
    wait_until(lambda: not folder.exists() and not any(str(folder) in line for line in commands()))


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait up to a minute."""
    deadline = time.monotonic() + 60
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert holds()


def commands() -> list[str]:
    """Return the command line of every process."""
    found = []
    for held in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            found.append(held.read_text().replace("\0", " "))
    return found
