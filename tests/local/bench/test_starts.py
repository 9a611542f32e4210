"""Which starts are measured, and what is made of them."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.bench import starts
from local.bench.figures import starts_rows
from local.bench.starts import PROBE, measure_starts

SEED = {"handle": 100, "a": 200, "b": 300}
"""Modules that each loads."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """List each start; every further one of the same kind takes longer, and clients load more."""
    found: list[Any] = []

    def run(argv: list[str], **options: Any) -> Any:
        target, source, clients = argv[-3:]
        again = sum(each[0] == (target, clients) for each in found)
        found.append(((target, clients), source, options["env"]))
        assert argv[1:4] == ["-S", "-c", PROBE]
        modules = SEED[target] + 7 * bool(clients)
        start = {"status": 400, "modules": modules, "seconds": 0.5004 + again, "mib": 9.0 - again}
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
    for _, _, environment in begun:
        assert environment["STORAGE_EMULATOR_HOST"] == "h"
        assert environment["PYTHONPATH"].endswith(f":{tmp_path / 'packages'}")
    least = {"seconds": 0.5, "mib": 7.0}
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
