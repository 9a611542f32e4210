"""What a cold start loads and takes, in fresh processes, beside a bare framework handler."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common.settings import ROOT
from local.bench.deployed import link_deployed
from local.processes.process import base_environment
from local.simulator.world import ROUTES

FUNCTIONS = tuple(ROUTES)
"""Those of the chain, which get events."""
STARTED = (*FUNCTIONS, "console")
ROUNDS = 3
SECONDS_MAX = 120
PROBE = """
import json, re, sys, time
from functions_framework import create_app

def peak_mib():
    try:
        with open("/proc/self/status") as status:  # getrusage would count the parent's, too
            return int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) / 1024
    except OSError:
        return 0

target, source, clients = sys.argv[1:]
app = create_app(target, source)
status = app.test_client().post("/", json={"version": 9}).status_code
if clients:
    from datetime import timedelta
    from importlib import import_module
    from common.runtime import current

    import_module(f"common.handlers.{target}")
    runtime = current()
    now = runtime.clock.now()
    runtime.storage.stat(runtime.settings.state_bucket, "none")
    runtime.warehouse.select("cleanup_operations", ["status"], since=now, until=now + timedelta(1))
    runtime.publisher.publish("dead-letters", {}, {})
print(json.dumps({
    "status": status,
    "modules": len(sys.modules),
    "seconds": time.process_time(),
    "mib": peak_mib(),
}))
"""
"""Starts a function, has it refuse a message, then loads its handler and makes one call of each
client where asked to."""
Start = dict[str, float]


def measure_starts(
    environment: Mapping[str, str], folder: Path, functions: Sequence[str] = STARTED
) -> dict[str, Any]:
    """Measure each function's start before any client and with all of them.

    Args:
        environment: reaches emulators that the clients call.
        folder: takes the bare handler's source, and links to what is deployed.
        functions: those to start.

    Returns:
        For `bare` and each function `modules`, processor `seconds` and peak `mib` (0 where the
        system does not tell), the least of some starts, because a busy machine only adds to
        them; for a function twice, as `before` and `clients`.
    """
    bare = folder / "bare.py"
    bare.write_text("def handle(request):\n    return 'ok'\n")
    packages = folder / "packages"
    link_deployed(packages)
    environment = {**environment, "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"}
    found: dict[tuple[str, str], list[Start]] = {}
    for _ in range(ROUNDS):
        found.setdefault(("bare", ""), []).append(_start("handle", bare, "", environment))
        for name in functions:
            source = ROOT / "functions" / name / "main.py"
            for clients in ("", "clients"):
                start = _start(name, source, clients, environment)
                found.setdefault((name, clients), []).append(start)
    return {
        "bare": _least(found["bare", ""]),
        "functions": {
            name: {"before": _least(found[name, ""]), "clients": _least(found[name, "clients"])}
            for name in functions
        },
    }


def _start(target: str, source: Path, clients: str, environment: Mapping[str, str]) -> Start:
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROBE, target, str(source), clients],
        cwd=ROOT,
        env={**base_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=True,
    )
    start: Start = json.loads(done.stdout)
    return start


def _least(starts: list[Start]) -> Start:
    return {
        name: round(min(start[name] for start in starts), 3)
        for name in ("modules", "seconds", "mib")
    }
