"""Which starts are measured, and what is made of them."""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.runtime import install
from common.settings import ROOT
from local.bench import starts
from local.bench.figures import starts_rows
from local.bench.starts import PROBE, SECONDS_MAX, measure_starts
from local.processes.process import base_environment
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.world import ROUTES
from tests.kit.placed import placed
from tests.kit.state import NOON

SEED = {"handle": 100, "a": 200, "b": 300}
"""Modules that each loads."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """List each start; every further one of the same kind takes longer, and clients load more."""
    found: list[Any] = []

    def run(argv: list[str], **options: Any) -> Any:
        target, source, clients = argv[-3:]
        again = sum(each[0] == (target, clients) for each in found)
        environment = options.pop("env")
        found.append(((target, clients), source, environment))
        assert argv[:4] == [sys.executable, "-S", "-c", PROBE]
        whole = {"capture_output": True, "text": True, "check": True}
        assert options == {**whole, "cwd": ROOT, "timeout": SECONDS_MAX}
        modules = SEED.get(target, 400) + 7 * bool(clients)
        start = {"status": 400, "modules": modules, "seconds": 0.51249 + again, "mib": 9.0 - again}
        return SimpleNamespace(stdout=json.dumps(start))

    monkeypatch.setattr(starts.subprocess, "run", run)
    monkeypatch.setattr(starts, "link_deployed", lambda folder: folder.mkdir())
    return found


def test_each_function_starts_without_clients_and_with_them(
    begun: list[Any], tmp_path: Path
) -> None:
    """Three times each, with the stack's settings; the bare handler has no clients."""
    found = measure_starts({"STORAGE_EMULATOR_HOST": "h"}, tmp_path, ("a", "b"))
    one_round = [("handle", ""), ("a", ""), ("a", "clients"), ("b", ""), ("b", "clients")]
    assert [each[0] for each in begun] == one_round * 3
    sources = {target: source for (target, _), source, _ in begun}
    assert "def handle(request)" in Path(sources["handle"]).read_text()
    assert sources["a"].endswith("functions/a/main.py")
    own = {"STORAGE_EMULATOR_HOST": "h", "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}/packages"}
    for _, _, environment in begun:
        assert environment == {**base_environment(), **own}
    least = {"seconds": 0.512, "mib": 7.0}
    assert found == {
        "bare": {"modules": 100, **least},
        "functions": {
            "a": {"before": {"modules": 200, **least}, "clients": {"modules": 207, **least}},
            "b": {"before": {"modules": 300, **least}, "clients": {"modules": 307, **least}},
        },
    }
    rows = dict(starts_rows(found))
    assert list(rows) == [
        f"`{name}`, {label}" for name in "ab" for label in ("before any client", "with all")
    ]
    assert [start["modules"].times for start in rows.values()] == [2.0, 2.07, 3.0, 3.07]
    assert [start["modules"].value for start in rows.values()] == [200, 207, 300, 307]


@pytest.mark.usefixtures("begun")
def test_all_functions_and_the_console_are_started_unless_some_are_named(tmp_path: Path) -> None:
    """The console gets no events, and is started too."""
    assert [*measure_starts({}, tmp_path)["functions"]] == [*ROUTES, "console"]


def probed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *argv: str) -> Any:
    """Run the probe in this process, which has all modules; return what it prints."""
    monkeypatch.setattr("sys.argv", ["-c", *argv])
    exec(PROBE, {})
    return json.loads(capsys.readouterr().out)


def test_a_probe_has_the_bare_handler_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells what is loaded and taken by then."""
    bare = tmp_path / "bare.py"
    bare.write_text("def handle(request):\n    return 'ok'\n")
    found = probed(capsys, monkeypatch, "handle", f"{bare}", "")
    assert found["status"] == 200
    assert [*found] == ["status", "modules", "seconds", "mib"]
    assert len(sys.modules) >= found["modules"] > 100
    assert found["seconds"] > 0


def test_a_probe_makes_one_call_of_each_client(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the function has refused a message; the query is over one day."""
    place, warehouse = placed(NOON)
    asked: list[Call] = []

    def noted(call: Call, do: Do) -> Any:
        asked.append(call)
        return do()

    install(
        place.but(
            storage=intercepted(place.storage, noted),
            warehouse=intercepted(warehouse, noted),
            publisher=intercepted(place.publisher, noted),
        )
    )
    main = ROOT / "functions" / "scraper_logger" / "main.py"
    found = probed(capsys, monkeypatch, "scraper_logger", f"{main}", "clients")
    install(None)
    assert found["status"] == 400
    span = {"since": NOON, "until": NOON + timedelta(days=1)}
    assert asked == [
        Call("stat", (place.settings.state_bucket, "none")),
        Call("select", ("cleanup_operations", ["status"]), span),
        Call("publish", ("dead-letters", {}, {})),
    ]
