"""The runtime: one a process, its ports built at their first use."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from common.clock import FileClock, SystemClock
from common.errors import ConfigError
from common.runtime import Runtime, current, install
from common.settings import ROOT, Settings


@pytest.fixture(autouse=True)
def environment_s() -> Iterator[None]:
    """The environment's runtime, before and after."""
    install(None)
    yield
    install(None)


def test_a_process_has_one_runtime() -> None:
    """Built once, so that clients and the parsed schedule live as long as the instance."""
    assert current() is current()


def test_another_runtime_can_take_its_place_and_leave_it() -> None:
    """As tests and the simulator do."""
    mine = Runtime(Settings())
    install(mine)
    assert current() is mine
    install(None)
    assert current() is not mine


def test_every_delivery_has_a_name_of_its_own() -> None:
    """Claims tell two deliveries apart by it."""
    runtime = Runtime(Settings())
    assert runtime.new_owner() != runtime.new_owner()


def test_the_clock_is_the_wall_s_unless_a_file_is_named() -> None:
    """The local stack's virtual clock is a setting."""
    assert isinstance(Runtime(Settings()).clock, SystemClock)
    assert isinstance(Runtime(Settings(clock_file=ROOT / "clock.json")).clock, FileClock)


def test_a_topic_that_nothing_ticks_has_no_cron() -> None:
    """Named with what to do about it."""
    with pytest.raises(ConfigError, match="none publishes to 'dead-letters'"):
        Runtime(Settings()).cron("dead-letters")


def test_a_runtime_loads_no_client() -> None:
    """An exit before any client must stay cheap (budget: at most 400 modules)."""
    script = "import sys, common.runtime as r; r.current(); print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(found.stdout.split())
    assert "common.runtime" in loaded
    assert not loaded & {"google.cloud.storage", "google.cloud.bigquery", "grpc", "httpx"}
