"""Starting and stopping child processes, and holding their ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from common.errors import ConfigError
from local.processes.process import HOST, accepts, held_port, package_folder, start

pytestmark = pytest.mark.stack
SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]


def gone(pid: int) -> bool:
    """Return whether a process has ended, be it as a zombie."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


def test_a_ready_server_is_stopped_by_its_handle(tmp_path: Path) -> None:
    """The output goes to the log; `stop` ends the process, and may be called again."""
    log = tmp_path / "logs" / "sleeper.log"
    running = start(SLEEPER, {}, log, lambda: "up" in log.read_text())
    assert running.running()
    running.stop()
    running.stop()
    assert not running.running()


def test_a_server_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    """A server that has not ended in the given time is killed."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True);"
    log = tmp_path / "ignoring.log"
    argv = [sys.executable, "-c", code + "time.sleep(600)"]
    running = start(argv, {}, log, lambda: "up" in log.read_text())
    running.stop(0.2)
    assert running.child.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_suspended_server_goes_on_or_is_stopped(tmp_path: Path) -> None:
    """A suspended server continues when resumed, and ends by its handle while suspended."""
    log = tmp_path / "sleeper.log"
    running = start(SLEEPER, {}, log, lambda: "up" in log.read_text())
    running.suspend()
    assert _becomes(running.child.pid, "T")
    running.resume()
    assert _becomes(running.child.pid, "S")
    running.suspend()
    running.stop()
    assert running.child.returncode == -signal.SIGTERM
    running.resume()  # nothing is left to resume


def _becomes(pid: int, state: str) -> bool:
    """Wait for a process's state, by the kernel's letter: T is stopped, S is asleep."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if f"\nState:\t{state}" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.01)
    return False


def test_a_missing_program_is_one_clear_line(tmp_path: Path) -> None:
    """The error has the missing path and says what to do."""
    with pytest.raises(ConfigError, match=r"^/no/such/server is missing .*; run make setup$"):
        start(["/no/such/server"], {}, tmp_path / "log", lambda: True)


def test_a_server_that_ends_at_once_is_explained(tmp_path: Path) -> None:
    """The error has the last lines of its log."""
    argv = [sys.executable, "-c", "raise SystemExit('port 1 is taken')"]
    with pytest.raises(ConfigError, match="ended at once: port 1 is taken"):
        start(argv, {}, tmp_path / "log", lambda: False)


def test_a_server_that_never_answers_is_stopped(tmp_path: Path) -> None:
    """A server that is not ready in time is stopped, and the error has the time."""
    log = tmp_path / "pid.log"
    argv = [
        sys.executable,
        "-c",
        "import os, time; print(os.getpid(), flush=True); time.sleep(600)",
    ]
    with pytest.raises(ConfigError) as raised:
        start(argv, {}, log, lambda: False, timeout_seconds=0.3, name="the server")
    pid = int(log.read_text())
    assert str(raised.value) == f"the server was not ready within 0.3 s: {pid} (log: {log})"
    assert gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
@pytest.mark.parametrize("suspended", [False, True])
def test_a_child_ends_with_its_killed_parent(tmp_path: Path, *, suspended: bool) -> None:
    """A server ends when its parent is killed, even while it is suspended."""
    code = (
        "import pathlib, sys, time; from local.processes.process import start;"
        f"argv = [sys.executable, '-c', 'import time; time.sleep(600)'];"
        f"p = start(argv, {{}}, pathlib.Path({str(tmp_path / 'log')!r}), lambda: True);"
        "print(p.child.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent:
        child = int(parent.stdout.readline())
        # The child asks for the signal itself, before it becomes the server.
        deadline, server = time.monotonic() + 10, b"-c\0import time; time.sleep(600)\0"
        while time.monotonic() < deadline:
            line = Path(f"/proc/{child}/cmdline").read_bytes()
            if line.endswith(server) and b"-I" not in line:
                break
            time.sleep(0.01)
        if suspended:
            os.kill(child, signal.SIGSTOP)
        parent.kill()
        while not gone(child) and time.monotonic() < deadline:
            time.sleep(0.01)
    assert gone(child)


def test_a_port_in_use_is_refused() -> None:
    """A given port that is in use is refused before any process starts."""
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert accepts(port)
        told = f"^port {port} is in use; stop what uses it or pick another$"
        with pytest.raises(ConfigError, match=told), held_port(port):
            pass
    assert not accepts(port)


def test_a_held_port_is_for_the_server_that_names_it_alone() -> None:
    """A held port is given to no process that asks for any port, but to the server that names it.

    Two functions of one stack once had one port: the schedule locker's tick reached another one.
    """
    with ExitStack() as stack:
        ports = [stack.enter_context(held_port()) for _ in range(200)]
        assert len(set(ports)) == len(ports)
        for _ in range(2000):
            with socket.socket() as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                other.bind((HOST, 0))
                assert other.getsockname()[1] not in ports
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            assert not accepts(ports[0])
            server.bind((HOST, ports[0]))
            server.listen()
            assert accepts(ports[0])
            for _ in range(500):
                with socket.create_connection((HOST, ports[0])) as caller:
                    assert caller.getsockname()[1] not in ports
                    server.accept()[0].close()


def test_a_missing_package_is_named() -> None:
    """A missing package is a ConfigError; an installed one is found without importing it."""
    with pytest.raises(ConfigError, match="package no_such_package is not installed"):
        package_folder("no_such_package")
    assert (package_folder("json") / "__init__.py").exists()
