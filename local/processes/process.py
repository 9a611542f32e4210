"""Starts a server as a child process, and stops it by its handle."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from common.errors import ConfigError
from common.settings import ROOT

HOST = "127.0.0.1"
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 5.0
POLL_SECONDS = 0.01
_TAIL_LINES_MAX = 3
_TAIL_CHARACTERS_MAX = 500
# Asks Linux to kill this process with its parent (PR_SET_PDEATHSIG = 1), then becomes the server.
# SIGTERM would not end a suspended server. A preexec_fn would do the same, but forks a parent that
# serves gRPC, whose fork handlers log a line at each start. This costs 11 ms.
_WITH_PARENT = (
    "import ctypes, os, signal, sys;"
    "ctypes.CDLL(None).prctl(1, signal.SIGKILL);"
    "os.getppid() == int(sys.argv[1]) or sys.exit(1);"  # the parent has died already
    "os.execv(sys.argv[2], sys.argv[2:])"
)


@dataclass(frozen=True)
class Process:
    """A running child process.

    Attributes:
        name: for messages.
        child: its handle.
        log_file: takes both of its output streams.
        ready: checks once whether it answers.
    """

    name: str
    child: subprocess.Popen[bytes]
    log_file: Path
    ready: Callable[[], bool]

    def await_ready(self, seconds: float = START_SECONDS_MAX) -> None:
        """Wait until the child answers, and stop it when it does not within so many real seconds.

        Raises:
            ConfigError: it has ended, or is not ready in time; the text holds the last lines of
                its log.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.running():
                raise ConfigError(f"{self.name} ended at once: {_tail(self.log_file)}")
            if self.ready():
                return
            time.sleep(POLL_SECONDS)
        self.stop()
        raise ConfigError(f"{self.name} was not ready within {seconds:g} s: {_tail(self.log_file)}")

    def running(self) -> bool:
        """Return whether the child still runs."""
        return self.child.poll() is None

    def stop(self, seconds: float = STOP_SECONDS_MAX) -> None:
        """Terminate the child, and kill it if it has not ended after `seconds`."""
        self.child.terminate()
        self.resume()  # a suspended process handles no other signal
        try:
            self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def ask(self, line: str) -> str:
        """Send a line to a child that talks, and return its answer; empty when it has ended."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            # Past the buffer, which would write its rest to the dead child once more when it goes.
            os.write(self.child.stdin.fileno(), line.encode() + b"\n")
        except BrokenPipeError:
            return ""
        return self.child.stdout.readline().decode().strip()

    def suspend(self) -> None:
        """Suspend the child and its workers, like a machine that hangs."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue a suspended child; does nothing if it runs or has ended."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.running():  # otherwise another process may have its id by now
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, number)

    def kill(self) -> None:
        """Kill the child and its workers at once, as a crash would."""
        with suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


def start(
    argv: Sequence[str],
    env: Mapping[str, str],
    log_file: Path,
    ready: Callable[[], bool],
    timeout_seconds: float = START_SECONDS_MAX,
    *,
    name: str | None = None,
) -> Process:
    """Start a server and wait until it answers; see `begin`.

    Args:
        argv: the program's path and its arguments.
        env: the child's whole environment.
        log_file: takes both of the child's output streams.
        ready: checks once whether the server answers; must not block for long.
        timeout_seconds: how long it may take to become ready, in real seconds.
        name: for messages; the program's own name by default.

    Raises:
        ConfigError: the program is missing, ends at once, or does not become ready in time; the
            text holds the last lines of its log.
    """
    process = begin(argv, env, log_file, ready, name=name)
    process.await_ready(timeout_seconds)
    return process


def begin(
    argv: Sequence[str],
    env: Mapping[str, str],
    log_file: Path,
    ready: Callable[[], bool],
    *,
    name: str | None = None,
    talks: bool = False,
) -> Process:
    """Start a server without waiting for it; its `await_ready` does that.

    Call it from the main thread: on Linux the child ends with the thread that started it, so that
    no child outlives a killed parent.

    Args:
        argv: as for `start`.
        env: as for `start`.
        log_file: as for `start`.
        ready: as for `start`.
        name: as for `start`.
        talks: whether it answers lines by lines on its standard streams; see `Process.ask`.

    Raises:
        ConfigError: the program is missing.
    """
    program = Path(argv[0])
    if not os.access(program, os.X_OK):
        raise ConfigError(f"{program} is missing or not executable; run make setup")
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log:
        child = subprocess.Popen(
            [*_prefix(), *argv],
            env=dict(env),
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE if talks else log,
            stderr=log,
            start_new_session=True,  # Ctrl-C reaches the parent, which stops in order
        )
    return Process(name or program.name, child, log_file, ready)


def _prefix() -> list[str]:
    if sys.platform != "linux":
        return []
    return [sys.executable, "-I", "-S", "-c", _WITH_PARENT, str(os.getpid())]


def _tail(log_file: Path) -> str:
    lines = log_file.read_text(errors="replace").strip().splitlines()[-_TAIL_LINES_MAX:]
    tail = " | ".join(lines)[-_TAIL_CHARACTERS_MAX:]
    return f"{tail or 'its log is empty'} (log: {log_file})"


def base_environment() -> dict[str, str]:
    """Return a child's environment: of the user's own only what a program needs to run."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(ROOT / ".local" / "home")}


@contextmanager
def held_port(port: int | None = None) -> Iterator[int]:
    """Hold a free port of this machine, or the given one, for as long as the block runs.

    A port that is only looked up may be given to another process: in one of 200 stacks two
    functions got the same port, and one answered for the other. A socket that is bound but does not
    listen keeps the port from being chosen again, yet a server that names the port can bind it.

    Raises:
        ConfigError: the given port is in use.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((HOST, port or 0))
        except OSError as error:
            raise ConfigError(
                f"port {port} is in use; stop what uses it or pick another"
            ) from error
        chosen = int(holder.getsockname()[1])
        if sys.platform != "linux":
            holder.close()  # elsewhere the socket would keep the server out as well
        yield chosen


def accepts(port: int) -> bool:
    """Return whether a server on this machine accepts connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it.

    Raises:
        ConfigError: the package is not installed.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ConfigError(f"package {name} is not installed; run make setup")
    return Path(spec.origin).parent
