"""What the fork server loads once for all functions, and what each fork becomes."""

import json
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from local.processes.fork_server import PRELOADED
from local.processes.functions import ForkedFunction
from local.processes.process import Process, base_environment, begin
from local.simulator.world import ROUTES

SECONDS_MAX = 30.0
WITH_A_FAKE_FRAMEWORK = """
import gc, json, os, signal, sys
from types import SimpleNamespace
from gunicorn.config import ControlSocketDisable
from local.processes import fork_server

def become(argv):
    told = {
        "argv": argv,
        "of the program": sys.argv,
        "environment": dict(os.environ),
        "leads its session": os.getsid(0) == os.getpid(),
        "typed": os.read(0, 9).decode(),
        "hears of its workers": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
        "has no control socket": ControlSocketDisable.default,
        "loaded": "colorsys" in sys.modules,
        "shares": gc.get_freeze_count() > 1000,
    }
    print(json.dumps(told), flush=True)
    print("a problem", file=sys.stderr, flush=True)

sys.modules["functions_framework._cli"] = SimpleNamespace(_cli=become)
fork_server.PRELOADED = ("colorsys",)
fork_server.main()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """Start a fork server whose forks tell what they are, and end."""
    argv = [sys.executable, "-c", WITH_A_FAKE_FRAMEWORK]
    running = begin(argv, base_environment(), tmp_path / "log", lambda: True, talks=True)
    yield running
    running.kill()


def test_every_function_s_handler_is_loaded_before_it_is_forked() -> None:
    """A fork that loads one itself starts seconds later, and shares no memory with the others."""
    handlers = {f"common.handlers.{name}" for name in (*ROUTES, "console")}
    assert handlers <= set(PRELOADED)
    assert len(set(PRELOADED)) == len(PRELOADED)
    for client in ("storage", "warehouse", "publisher"):
        assert f"common.cloud.{client}" in PRELOADED
    assert [name for name in PRELOADED if find_spec(name) is None] == []


def test_each_order_becomes_a_function_of_its_own(server: Process, tmp_path: Path) -> None:
    """A fork has its order's arguments, environment and log, reads nothing, and is forgotten."""
    for number in (1, 2):
        log = tmp_path / f"{number}.log"
        log.write_text("earlier\n")
        order = {"argv": ["--port", f"{number}"], "environment": {"N": f"{number}"}}
        answer = server.ask(json.dumps({**order, "log": str(log)}))
        function, deadline = ForkedFunction(int(answer), log), time.monotonic() + SECONDS_MAX
        while function.running() and time.monotonic() < deadline:
            time.sleep(0.01)
        earlier, told, problem = log.read_text().splitlines()
        assert (earlier, problem) == ("earlier", "a problem")
        assert json.loads(told) == {
            **order,
            "of the program": ["functions-framework", "--port", f"{number}"],
            "environment": {"N": f"{number}"},
            "leads its session": True,
            "typed": "",
            "hears of its workers": True,
            "has no control socket": True,
            "loaded": True,
            "shares": True,
        }
        assert not function.running()
    assert (tmp_path / "log").read_text() == ""
