"""Counts in a fresh process what a function loads before it needs a client, beside a bare one."""

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
MODULES_TIMES_MAX = 1.25
"""Modules of an answer before any client, as a multiple of those of a bare framework handler."""
PROBE = """
import json, sys
from pathlib import Path
from functions_framework import create_app
name, bare = sys.argv[1:]
Path(bare).write_text("def answer(request): return 'ok'")
create_app("answer", bare).test_client().post("/", json={"version": 9})
before = len(sys.modules)
client = create_app(name, f"functions/{name}/main.py").test_client()
status = client.post("/", json={"version": 9}).status_code
names = sorted(sys.modules)
print(json.dumps({"status": status, "times": len(names) / before, "all": names}))
"""


ANSWERS = {**dict.fromkeys(ROUTES, 400), "console": 405}
"""What each function answers to a message of another version: the console takes none."""


@pytest.mark.parametrize("function", ANSWERS)
def test_an_exit_before_any_client_loads_none(function: str, tmp_path: Path) -> None:
    """A refused message is answered without a client library, YAML, HTTP or the handler loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, function, str(tmp_path / "bare.py")],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = json.loads(done.stdout)
    assert loaded["status"] == ANSWERS[function]
    assert not {*HEAVY, f"common.handlers.{function}"} & set(loaded["all"])
    assert loaded["times"] <= MODULES_TIMES_MAX


@pytest.mark.parametrize("function", ANSWERS)
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
    assert done.stdout.strip() == f"{ANSWERS[function]}", done.stderr[-500:]
