"""Every function starts from the unpacked bundle as the platform starts it, and works.

The environment holds what requirements.txt pins, and nothing else, so that an import that works in
a developer's environment only fails here. Ports point to the emulators; nothing else differs from
/workspace in the cloud (what is known of it: `bundle.py`).
"""

import json
import platform
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from common.cloud.storage import GoogleStorage
from common.cloud.warehouse import make_client, run_query
from common.messages.models import ObjectEvent
from common.settings import Settings, variable
from local.commands.develop.bundle import build
from local.processes import process
from local.simulator.world import ROUTES
from local.stack.config import StackConfig
from local.stack.idle import IdleWait
from local.stack.stack import Stack
from tests.kit.payloads import MESSAGES, STORAGE, Recorded, wrapped

pytestmark = pytest.mark.stack
NOW = datetime(2025, 11, 12, 18, 0, 20, tzinfo=UTC)
"""13:00:20 ET on a day with twelve games, just after the controller's tick."""
SLOT = "2025-11-12T18:00:00Z"
DEVELOPERS_ONLY = ("duckdb", "hypothesis", "local", "pytest", "rich", "tests", "time_machine")
SECONDS = 60.0
TICKERS = ("schedule_locker", "master_controller", "cleanup_processor")
# What one function leaves behind is what the next one's events are about.
ORDER = (
    "scraper_runner",
    "schedule_locker",
    "master_controller",
    "workflow_executor",
    "scraper_logger",
    "execution_tracker",
    "cleanup_processor",
)


@dataclass(frozen=True)
class Deployment:
    """An unpacked bundle, and the virtual environment made for it."""

    folder: Path
    python: Path

    def probe(self, code: str) -> str:
        """Run Python as the platform would, and return what it prints."""
        code = f"import sys; sys.path.insert(0, {str(self.folder)!r}); {code}"
        return self.run(code, {}).stdout.strip()

    def run(self, code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run Python in the unpacked folder; without -c's own folder on its path."""
        return subprocess.run(
            [self.python, "-P", "-c", code],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def launch(
        self, name: str, port: int, environment: Mapping[str, str], log: Path
    ) -> process.Process:
        """Start a function by environment alone, in the bundle's folder, as the image does."""
        environment = {
            "PATH": f"{self.python.parent}:/usr/bin:/bin",
            "HOME": str(log.parent),
            "PYTHONPATH": "/layers/google.python.pip/pip",  # as a builder sets it: not the bundle's
            "FUNCTION_SOURCE": f"functions/{name}/main.py",
            "FUNCTION_TARGET": name,
            "FUNCTION_SIGNATURE_TYPE": "http",
            "K_SERVICE": name,
            "HOST": process.HOST,
            "PORT": str(port),
            **environment,
        }
        del environment[variable("workflows_file")]  # the bundle has its own
        argv = ["/bin/sh", "-c", 'cd "$0" && exec functions-framework', str(self.folder)]
        return process.start(argv, environment, log, lambda: True, name=name)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Unpack, compile and install the bundle of this checkout, as the build does."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the pins are files for Linux x86-64: the bundle was not installed here")
    top = tmp_path_factory.mktemp("deployed")
    folder, env = top / "workspace", top / "env"
    with zipfile.ZipFile(build(top / "bundle.zip").path) as archive:
        archive.extractall(folder)
    python = env / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "pip", "install", "--system-certs", "--compile-bytecode"]
    pip = [sys.executable, "-m", "pip", "--python", python, "install"]
    install = (
        [*uv, "--python", python] if find_spec("uv") else pip
    )  # a tenth of pip's time; both check the hashes
    for argv in (
        [sys.executable, "-m", "venv", "--without-pip", env],
        [*install, "--quiet", "--requirement", folder / "requirements.txt"],
        [python, "-m", "compileall", "-f", "-q", "."],
    ):
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:] or done.stdout[-2000:]
    return Deployment(folder, python)


@pytest.fixture(scope="module")
def stack(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start the emulators and the deployed functions, at 13:00:20 ET."""
    config = StackConfig(folder=tmp_path_factory.mktemp("run"), instant=NOW)
    running = Stack(config, deployment.launch)
    running.start()
    yield running
    running.stop()


def test_only_what_is_deployed_can_be_imported(deployment: Deployment) -> None:
    """The bundle's code can be imported, and neither development tools nor this checkout."""
    names = json.dumps(DEVELOPERS_ONLY)
    look = f"from importlib.util import find_spec as f; print([n for n in {names} if f(n)])"
    assert deployment.probe(look) == "[]"
    home = deployment.probe("import common.settings as s; print(s.ROOT)")
    assert Path(home) == deployment.folder


def test_every_package_is_pinned(deployment: Deployment) -> None:
    """The installed packages are those of requirements.txt, in their versions."""
    look = "from importlib.metadata import distributions as d"
    show = "print(*(f'{one.name}=={one.version}' for one in d()))"
    frozen = deployment.probe(f"{look}; {show}").split()
    pinned = re.findall(
        r"^([^\s\[]+==\S+) ", (deployment.folder / "requirements.txt").read_text(), re.MULTILINE
    )
    assert sorted(pinned) == sorted(frozen)


def test_fp11_a_function_finds_its_code_without_pythonpath(deployment: Deployment) -> None:
    """The framework leaves the working directory off the path, so the function sees to itself."""
    load = "from functions_framework import create_app as c; c('{0}', 'functions/{0}/main.py')"
    done = deployment.run(load.format("scraper_logger"), {})
    assert (done.returncode, done.stderr) == (0, "")


def test_every_function_takes_every_shape_of_its_events(stack: Stack) -> None:
    """Every event is answered with 200 and leaves rows; malformed ones are dead-lettered."""
    assert set(ORDER) == set(ROUTES)
    refresh(stack)
    for name in ORDER:
        for sent in events(stack, name):
            answer = post(stack, name, sent)
            assert (name, answer.status_code) == (name, 200), answer.text
            assert answer.json()["result"] != "dead-lettered", answer.text
    assert {name for name, count in rows(stack).items() if not count} == set()
    assert stack.pubsub.dead_letters() == 0
    for name in ORDER:
        bare = httpx.post(stack.url(name), json={"version": 9}, timeout=SECONDS)
        assert (name, bare.status_code) == (name, 400)
        pushed = post(stack, name, wrapped("push_broker", b"no JSON"))
        assert pushed.json()["result"] == "dead-lettered"
    assert stack.pubsub.dead_letters() == len(ORDER)


def test_the_console_starts_from_the_bundle_and_shows_its_pages(stack: Stack) -> None:
    """Its templates are in the bundle, and what they need is pinned."""
    refresh(stack)
    url = stack.start_console()
    for path in ("day/2025-11-12", "season", "nothing"):
        found = httpx.get(f"{url}{path}", timeout=SECONDS)
        assert found.status_code == (404 if path == "nothing" else 200), found.text
        assert "<h1>" in found.text


def refresh(stack: Stack) -> None:
    """Scrape the schedule, which the deciders need, and let its object be logged."""
    sent = ({}, {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"})
    assert post(stack, "scraper_runner", sent).json()["result"] == "stored"


def post(stack: Stack, function: str, sent: Recorded) -> httpx.Response:
    """Send one request to a function, and wait until the chain is idle."""
    headers, body = sent
    # The recorded host is that of another server.
    kept = {key: value for key, value in headers.items() if key.lower() != "host"}
    answer = httpx.post(stack.url(function), json=body, headers=kept, timeout=SECONDS)
    assert IdleWait(stack).wait(SECONDS).idle
    return answer


def events(stack: Stack, function: str) -> Iterator[Recorded]:
    """Yield a new event in each shape that the function can be sent."""
    is_object = ROUTES[function][1] is ObjectEvent
    for shape in STORAGE if is_object else MESSAGES:
        message = finalized(stack, function) if is_object else message_for(function)
        yield wrapped(shape, message, attributes(message) if is_object else {"action": "RUN"})


def message_for(function: str) -> dict[str, Any]:
    """Return a message that the function has not had yet; ticks are all of one slot."""
    if function in TICKERS:
        return {"schema": "tick", "version": 1, "scheduled_time": SLOT}
    if function == "scraper_runner":
        return {"schema": "scraper-request", "version": 1, "scraper": "nbac_player_list"}
    return {
        "schema": "workflow-decision",
        "version": 1,
        "decision_id": str(uuid4()),
        "workflow_name": "injury_discovery",
        "action": "RUN",
        "slot": SLOT,
        "decision_time": SLOT,
        "target_date": "2025-11-12",
        "scrapers": ["nbac_injury_report"],
    }


def finalized(stack: Stack, function: str) -> dict[str, Any]:
    """Return the event of an object in the bucket: an upload, or the result of a task."""
    settings = Settings()
    storage = GoogleStorage(settings.project, stack.environment[variable("storage_emulator_host")])
    if function == "scraper_logger":
        name = f"uploads/2025-11-12/{uuid4()}.json"
        stored = storage.create(settings.data_bucket, name, b"{}")
        assert IdleWait(stack).wait(SECONDS).idle  # its own event is another delivery of the same
    else:
        listed = storage.list(settings.data_bucket, "")
        stored = next(each for each in listed if "execution_id" in each.metadata)
    return {
        "kind": "storage#object",
        "bucket": stored.bucket,
        "name": stored.name,
        "generation": str(stored.generation),
        "size": str(stored.size),
        "contentType": stored.content_type,
        "timeCreated": SLOT,
        "metadata": dict(stored.metadata),
    }


def attributes(message: dict[str, Any]) -> dict[str, str]:
    """Return the attributes of a notification about an object."""
    return {
        "eventType": "OBJECT_FINALIZE",
        "bucketId": message["bucket"],
        "objectId": message["name"],
        "objectGeneration": message["generation"],
    }


def rows(stack: Stack) -> dict[str, int]:
    """Count the rows of each table."""
    settings = Settings()
    client = make_client(settings.project, stack.environment[variable("bigquery_emulator_host")])
    counted = {}
    for name in (
        "daily_expected_schedule",
        "workflow_decisions",
        "cleanup_operations",
        "scraper_execution_log",
        "workflow_executions",
    ):
        found = run_query(client, f"SELECT COUNT(*) AS n FROM {settings.dataset}.{name}")[1]
        counted[name] = found[0]["n"]
    return counted
