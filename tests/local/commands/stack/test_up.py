"""`python -m local up` starts a stack that stays up until `python -m local stop`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack.driver import KEPT_FILE
from tests.local.commands.command_line import assert_one_line, start

FUNCTIONS = {
    "schedule_locker",
    "master_controller",
    "cleanup_processor",
    "workflow_executor",
    "scraper_runner",
    "scraper_logger",
    "execution_tracker",
    "console",
}


@pytest.fixture
def where() -> Iterator[dict[str, Any]]:
    """Start a stack; yield what `up --json` prints."""
    if KEPT_FILE.exists():
        pytest.skip("a kept stack is up on this machine")
    done = start("up", "--at", "2025-11-12T13:30", "--json")
    try:
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)
    finally:
        start("stop")


@pytest.mark.stack
def test_a_stack_stays_up_until_it_is_stopped(where: dict[str, Any], tmp_path: Path) -> None:
    """Other commands reach the stack, a second one is refused, and `stop` ends it."""
    table = f"{where['dataset']}.workflow_decisions"
    folder = Path(where["environment"]["NBA_CLOCK_FILE"]).parent
    where_console = where["functions"]["console"]
    assert_described(where)
    counted = start("sql", f"SELECT COUNT(*) AS decided FROM {table}")
    assert (counted.returncode, counted.stderr) == (0, "")
    assert "decided" in counted.stdout
    page = httpx.get(where_console, timeout=60)
    assert (page.status_code, "no readable schedule" in page.text) == (200, True)
    letters = start("dlq", "list", "--json")
    assert (letters.returncode, letters.stdout) == (0, "[]\n")
    for second in (("up",), ("day", "2025-11-12", "--out", str(tmp_path), "--keep")):
        assert_one_line(start(*second), "stop it with: python -m local stop")
    assert start("stop").stdout == "stopped\n"
    assert not KEPT_FILE.exists()
    assert [held.name for held in folder.iterdir()] == ["logs"]
    assert_one_line(start("stop"), "no stack is up")


def assert_described(where: dict[str, Any]) -> None:
    """Assert what the JSON object contains, and that the clock began at `--at`, in Eastern."""
    environment = where.pop("environment")
    hosts = {"BIGQUERY_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"}
    assert hosts < set(environment)
    clock = json.loads(Path(environment["NBA_CLOCK_FILE"]).read_text())
    assert clock["virtual"] == "2025-11-12T18:30:00+00:00"
    functions, pid = where.pop("functions"), where.pop("pid")
    assert set(functions) == FUNCTIONS
    assert pid > 0
    assert where == {
        "project": "nba-props-platform",
        "dataset": "nba_orchestration",
        "data_bucket": "nba-scraped-data",
        "state_bucket": "nba-orchestration-state",
    }


def test_a_missing_schedule_is_one_line(tmp_path: Path) -> None:
    """A schedule file that does not exist is refused before anything starts."""
    missing = str(tmp_path / "none.json")
    assert_one_line(start("up", "--schedule", missing), missing)
