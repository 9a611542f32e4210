"""Counts in a fresh process what a function loads before it needs a client."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from common.settings import ROOT
from local.simulator.world import ROUTES

HEAVY = (
    "google.cloud.storage",
    "google.cloud.bigquery",
    "grpc",
    "httpx",
    "yaml",
    "pypdf",
    "pandas",
)
MODULES_MAX = 125
"""Modules on top of a bare functions-framework: pydantic's 57 and ours; see docs/known-gaps.md."""
PROBE = """
import json, sys
from functions_framework import create_app
name = sys.argv[1]
import flask, cloudevents.http
bare = set(sys.modules)
client = create_app(name, f"functions/{name}/main.py").test_client()
status = client.post("/", json={"version": 9}).status_code
loaded = set(sys.modules)
print(json.dumps({"status": status, "own": len(loaded - bare), "all": sorted(loaded)}))
"""


@pytest.mark.parametrize("function", ROUTES)
def test_an_exit_before_any_client_loads_none(function: str) -> None:
    """A refused message is answered without a client library, YAML or HTTP being loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, function],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = json.loads(done.stdout)
    assert loaded["status"] == 400
    assert not set(HEAVY) & set(loaded["all"])
    assert loaded["own"] <= MODULES_MAX


@pytest.mark.parametrize("function", ROUTES)
def test_fp11_a_function_finds_the_bundle_without_pythonpath(function: str, tmp_path: Path) -> None:
    """Started elsewhere, with the path that the platform's builder sets, it answers the same."""
    code = (
        "from functions_framework import create_app;"
        f"app = create_app({function!r}, {str(ROOT / 'functions' / function / 'main.py')!r});"
        "print(app.test_client().post('/', json={'version': 9}).status_code)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": "/layers/google.python.pip/pip"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "400", done.stderr[-500:]
