"""Every command of docs/operations.md and docs/monitoring.md is one that works.

Pub/Sub, BigQuery and our own commands run on a local stack. Other `gcloud` commands run against a
server that refuses every request: `gcloud` has then parsed the whole command and sent it. `make`,
`terraform` and replays of a day are parsed only: they take minutes or change the checkout.

`gcloud` and `bq` take a second or more to start, so of commands that differ in names and messages
only, the first is run; the messages and the queries of the others go to the stack without them.
Of each API `gcloud` sends one here and the others in `make soak`; it knows all of them by its list.
Our own commands run within this process, where no shell has more to do than to split their words.
"""

import base64
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import time, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest

from common.cloud.publisher import GooglePublisher
from common.eastern import at
from common.logs import log
from common.settings import ROOT
from local.commands.cli import main
from local.fake_sources.nba.schedule import document
from local.fake_sources.slate import load
from local.records.sql import run_sql
from local.stack.config import DEFAULT_SLATE
from local.stack.driver import RunningStack, start_stack
from local.stack.views import create_views
from tests.docs.guide import (
    COMMANDS,
    DEPLOYING,
    LETTERS,
    LOCAL,
    PARSED,
    REMOTE,
    TOPOLOGY,
    firsts,
    query_of,
)
from tests.kit.replays import DAY, config
from tests.kit.situations import WORKFLOWS
from tests.local.commands.command_line import run

pytestmark = pytest.mark.stack
PROJECT = "nba-props-platform"
OURS = ["python", "-m", "local"]
REFRESH = {"schema": "scraper-request", "version": 1, "scraper": "nbac_schedule_api"}
REFUSED_APIS = ("CLOUDFUNCTIONS", "CLOUDSCHEDULER", "LOGGING", "SECRETMANAGER", "STORAGE")
NOON = at(DAY, time(12))
GCLOUD_REFUSED, GCLOUD_MISUSED = 1, 2
needs_gcloud = pytest.mark.skipif(
    shutil.which("gcloud") is None or shutil.which("bq") is None,
    reason="gcloud and bq are not on this machine",
)


class Refusing(BaseHTTPRequestHandler):
    """Answers 403 to everything, and remembers what was asked."""

    asked: list[str]

    def _refuse(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "not here"}}
        body = json.dumps(told).encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _refuse  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture(scope="module")
def refusing() -> Iterator[tuple[str, list[str]]]:
    """A server that refuses everything: its address, and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (Refusing,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack at noon that knows the schedule and has one dead letter."""
    given = config(tmp_path_factory.mktemp("operations"))
    given = replace(given, instant=NOON)
    with start_stack(given) as running:
        publisher = GooglePublisher(PROJECT, running.environment["PUBSUB_EMULATOR_HOST"])
        publisher.publish("scraper-requests", REFRESH, {})
        assert running.wait_idle(60).idle
        publisher.publish("scraper-requests", {**REFRESH, "scraper": "unheard_of"}, {})
        assert running.wait_idle(60).idle
        assert running.dead_letters() == 1
        endpoint = running.environment["BIGQUERY_EMULATOR_HOST"]
        create_views(endpoint, PROJECT, running.where["dataset"], WORKFLOWS)
        yield running


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the repository's folders, so that commands write nothing into it."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("common", "docs", "local"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "dashboards", folder / "dashboards")
    shutil.copy(ROOT / "config" / "workflows.yaml", folder / "new.yaml")
    season = document(load(DEFAULT_SLATE), NOON)
    (folder / "season.json").write_text(json.dumps(season))
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `gcloud` has a project and no credentials."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path_factory.mktemp("home")),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_PROJECT": PROJECT,
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "NEW_KEY": "a-key",
    }


@pytest.fixture(scope="module")
def local_tools(tools: dict[str, str], stack: RunningStack) -> dict[str, str]:
    """The same, with `gcloud pubsub`, `bq` and our commands pointed at the stack."""
    emulators = ("PUBSUB_EMULATOR_HOST", "STORAGE_EMULATOR_HOST", "BIGQUERY_EMULATOR_HOST")
    # `bq` takes a token in place of an account on its command line only.
    bin_folder = Path(tools["HOME"]) / "bin"
    bin_folder.mkdir()
    shim = bin_folder / "bq"
    shim.write_text(
        f"#!/bin/sh\nexec {shutil.which('bq')} --api={stack.environment['BIGQUERY_EMULATOR_HOST']} "
        f"--project_id={PROJECT} --oauth_access_token=none --discovery_file={discovery()} "
        '"$@"\n'
    )
    shim.chmod(0o755)
    return {
        **tools,
        "PATH": f"{bin_folder}{os.pathsep}{tools['PATH']}",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": stack.where["pubsub_rest"],
        **{name: stack.environment[name] for name in (*emulators, "NBA_CLOCK_FILE")},
    }


def discovery() -> Path:
    """The API's description that `bq` would ask the real API for."""
    return of_the_sdk("platform/bq/discovery_next/bigquery.json")


def of_the_sdk(path: str) -> Path:
    """A file that comes with `gcloud`."""
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        pytest.skip("gcloud is not on this machine")
    for parent in Path(gcloud).resolve().parents:
        for root in (parent, parent / "lib" / "google-cloud-sdk", parent / "google-cloud-sdk"):
            if (root / path).exists():
                return root / path
    pytest.skip(f"{path} of gcloud is not on this machine")


def shell(command: str, env: dict[str, str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command as a person would."""
    words = shlex.split(command.replace("\\\n", " "), comments=True)
    if words[:3] == OURS and not {"|", ">", "<", "&&"} & {*words} and "$" not in command:
        with chdir(cwd):
            return run(*words[3:], **env)
    line = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(
        line, env=env, cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_pages_have_commands_of_each_kind() -> None:
    """The blocks were found, and every command is checked in one way."""
    assert len(COMMANDS) > 40
    assert sorted(LETTERS + LOCAL + REMOTE + PARSED) == sorted(COMMANDS)
    assert len(LOCAL) > 15
    assert len(REMOTE) > 12


@needs_gcloud
@pytest.mark.parametrize("command", firsts(LOCAL))
def test_a_command_runs_on_the_local_stack(
    command: str, local_tools: dict[str, str], workplace: Path, stack: RunningStack
) -> None:
    """It succeeds."""
    done = shell(command, local_tools, workplace)
    assert done.returncode == 0, done.stdout + done.stderr
    assert stack.wait_idle(60).idle


@pytest.mark.parametrize("command", [one for one in LOCAL if " topics publish " in one])
def test_a_message_is_handled(command: str, stack: RunningStack) -> None:
    """What the command publishes is taken by its function: there is no new dead letter."""
    before = stack.wait_idle(60)
    publish(command, stack)
    after = stack.wait_idle(60)
    assert after.idle
    assert after.handled > before.handled
    assert stack.dead_letters() == 1


def publish(command: str, stack: RunningStack) -> None:
    """Publish as the command does."""
    words = shlex.split(command)
    (message,) = (word.removeprefix("--message=") for word in words if "--message=" in word)
    publisher = GooglePublisher(PROJECT, stack.environment["PUBSUB_EMULATOR_HOST"])
    publisher.publish(words[4], json.loads(message), {})


@pytest.mark.parametrize("command", [one for one in LOCAL if "bq query" in one and "<" not in one])
def test_a_query_is_answered(command: str, stack: RunningStack) -> None:
    """BigQuery takes the query, inside bash's quotes."""
    assert run_sql(stack.environment["BIGQUERY_EMULATOR_HOST"], PROJECT, query_of(command))[0]


def test_the_first_day_s_check_shows_what_came_of_it(
    local_tools: dict[str, str], workplace: Path
) -> None:
    """The command prints the outcome of its scrape."""
    (asked,) = (one for one in LOCAL if " scrape nbac_player_list" in one)
    done = shell(asked, local_tools, workplace)
    assert done.stdout.startswith("SUCCESS   nbac_player_list of 2025-11-12 → gs://")


@needs_gcloud
def test_dead_letters_are_looked_at_and_replayed(
    local_tools: dict[str, str], workplace: Path, stack: RunningStack
) -> None:
    """The letter is listed, replayed, dies again of the same cause, and can be pulled."""
    for command in LETTERS:
        done = shell(command, local_tools, workplace)
        assert done.returncode == 0, done.stdout + done.stderr
        assert stack.wait_idle(60).idle
        said = "1 replayed, 0 stayed" if "replay" in command else "unheard_of"
        assert said in done.stdout + decoded(done.stdout)
    stack.set_clock(NOON + timedelta(minutes=15))  # ends the lease of the last pull
    assert stack.dead_letters() == 1


def decoded(text: str) -> str:
    """The messages of a pull, where the text is one."""
    if not text.startswith("["):
        return ""
    pulled = json.loads(text)
    return " ".join(base64.b64decode(one["message"]["data"]).decode() for one in pulled)


def test_a_forced_slot_is_decided_again_and_a_date_filled(
    local_tools: dict[str, str], workplace: Path
) -> None:
    """The guide's re-run prints decisions; its back-fill leaves nothing to ask for."""
    one, all_ = (each for each in LOCAL if " local force " in each)
    assert len(shell(one, local_tools, workplace).stdout.splitlines()) == 1
    assert len(shell(all_, local_tools, workplace).stdout.splitlines()) == len(WORKFLOWS)
    planned, filling = (one for one in LOCAL if " local backfill " in one)
    shell(filling, local_tools, workplace)
    assert shell(planned, local_tools, workplace).stdout.splitlines()[-1].startswith("0 scrapes")


def by_api() -> tuple[list[str], list[str]]:
    """The first command of each API of those that differ in more than names, and the others."""
    found: dict[str, list[str]] = {}
    for command in firsts(REMOTE):
        words = shlex.split(command)
        found.setdefault(words[words.index("gcloud") + 1], []).append(command)
    return [first for first, *_ in found.values()], [c for _, *more in found.values() for c in more]


SENT, KNOWN = by_api()


@needs_gcloud
@pytest.mark.parametrize(
    "command", [*SENT, *(pytest.param(one, marks=pytest.mark.soak) for one in KNOWN)]
)
def test_gcloud_takes_the_command(
    command: str, tools: dict[str, str], workplace: Path, refusing: tuple[str, list[str]]
) -> None:
    """`gcloud` parses all of it and sends a request, which is refused; misuse would exit with 2."""
    address, asked = refusing
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": address for api in REFUSED_APIS}
    asked.clear()
    done = shell(command, {**tools, **overrides}, workplace)
    assert done.returncode == GCLOUD_REFUSED, done.stdout + done.stderr
    assert asked, done.stderr


@pytest.mark.parametrize("command", KNOWN)
def test_gcloud_knows_the_command(command: str) -> None:
    """The list with which a shell completes it has the command and its options."""
    words = shlex.split(command.replace("\\\n", " "))
    check_gcloud([word for word in words[words.index("gcloud") + 1 :] if word != "|"])


@needs_gcloud
def test_a_misspelt_flag_is_noticed(
    tools: dict[str, str], workplace: Path, refusing: tuple[str, list[str]]
) -> None:
    """The check of `gcloud` commands is one that can fail."""
    address, asked = refusing
    env = {**tools, "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDSCHEDULER": address}
    asked.clear()
    done = shell("gcloud scheduler jobs pause x --locatn=us-central1", env, workplace)
    assert (done.returncode, asked) == (GCLOUD_MISUSED, [])


def test_the_first_look_hides_no_line_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """It asks for no field that some of the lines lack."""
    log("ERROR", "Quarantined: no try healed it", result="a")
    bare = {*json.loads(capsys.readouterr().err)} - {"result"}
    (command,) = (one for one in REMOTE if "severity>=WARNING" in one)
    assert set(re.findall(r"jsonPayload\.(\w+)[:=]", command)) <= bare


@pytest.mark.parametrize("name", ["operations.md", "failures.md"])
def test_how_long_a_message_is_tried_is_what_the_topology_gives(name: str) -> None:
    """The tries end hours after the first, long before the subscription's 7 days."""
    tries = TOPOLOGY.delivery.max_delivery_attempts
    hours = tries * TOPOLOGY.delivery.maximum_backoff_seconds // 3600
    text = (ROOT / "docs" / name).read_text()
    assert re.search(rf"{tries} (failed tries|times) \(some {hours} h\)", text)
    assert "7 days" not in text.replace("retry span 7 days", "")


@pytest.mark.parametrize("command", [one for one in REMOTE if "scheduler jobs" in one])
def test_a_job_is_one_of_ours(command: str) -> None:
    """The scheduler's commands name jobs of the topology."""
    verb, *names = [word for word in shlex.split(command)[3:] if not word.startswith("-")]
    assert verb == "list" or set(names) <= {job.name for job in TOPOLOGY.jobs}


@pytest.mark.parametrize("command", PARSED)
def test_a_long_command_is_one_that_is_understood(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make` has the target, Terraform knows the command and its options, our CLI takes it."""
    program, *words = shlex.split(command)
    if program == "make":
        done = subprocess.run(
            ["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    elif program == "terraform":
        check_terraform(words)
    elif program == "gcloud":
        check_gcloud(words)
    else:
        assert (program, words[:2]) == ("python", ["-m", "local"])
        (tmp_path / "new.yaml").touch()  # which a command before it makes
        monkeypatch.chdir(tmp_path)
        parse(words[2:])


@pytest.mark.parametrize("command", firsts(DEPLOYING))
def test_a_command_of_a_deployment_is_one_of_gcloud(command: str) -> None:
    """`gcloud` has the command and its options."""
    check_gcloud(shlex.split(command, comments=True)[1:])


def check_terraform(words: list[str]) -> None:
    """Terraform's help of the command names each option."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on this machine")
    where, verb, *rest = words
    assert (ROOT / where.removeprefix("-chdir=")).is_dir()
    told = subprocess.run(
        ["terraform", verb, "-help"], capture_output=True, text=True, check=True
    ).stdout
    for option in (word.split("=")[0] for word in rest if word.startswith("-")):
        assert option in told


def check_gcloud(words: list[str]) -> None:
    """`gcloud` knows the command and its options: these APIs' addresses cannot be overridden."""
    root = known = completions(of_the_sdk("data/cli/gcloud_completions.py"))
    for word in words:
        if word not in known["commands"]:
            break
        known = known["commands"][word]
    assert not known["commands"], words
    options = {word.split("=")[0] for word in words if word.startswith("-")}
    assert options <= known["flags"].keys() | root["flags"].keys()


@cache
def completions(path: Path) -> dict[str, Any]:
    """Read the tree of commands that a shell completes `gcloud` with."""
    tree: dict[str, Any] = runpy.run_path(str(path))["STATIC_COMPLETION_CLI_TREE"]
    return tree


def parse(words: list[str]) -> None:
    """Our command line takes the words; nothing is run."""
    name, *arguments = words
    command = main.commands[name]
    with click.Context(main) as parent:
        assert command.make_context(name, arguments, parent=parent).params
