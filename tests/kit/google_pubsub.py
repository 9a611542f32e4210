"""Google's own Pub/Sub emulator, against which our broker's conformance is tested.

The jar is started directly: `gcloud beta emulators pubsub start` takes twice as long (1.4 s), and
leaves its java process running when it is terminated.
"""

import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from common.errors import ConfigError
from local.processes.process import HOST, held_port

_JAR = "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar"
_READY_LINE = "Server started, listening on"
_START_SECONDS_MAX = 30.0
_LINES_SHOWN_MAX = 3
# With these the emulator was up 0.7 s after the start, without them after 0.9 s.
_JAVA_FLAGS = ("-Xmx256m", "-XX:TieredStopAtLevel=1")


class GoogleEmulator:
    """Runs the emulator inside a `with` block; it serves gRPC and REST on one port.

    Args:
        port: to listen on; 0 takes a free one.
        command: the program and its first arguments; by default the installed emulator.
        stop_seconds: how long the process may take to end before it is killed.

    Raises:
        ConfigError: on entry, when gcloud, its emulator or java is missing, or it does not start.
    """

    def __init__(
        self, port: int = 0, command: Sequence[str] | None = None, stop_seconds: float = 5.0
    ) -> None:
        self.port = port
        self.process: subprocess.Popen[str] | None = None
        self._command = command
        self._stop_seconds = stop_seconds

    @property
    def host(self) -> str:
        """The value for `PUBSUB_EMULATOR_HOST`."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> Self:
        command = self._command or installed_emulator()
        with held_port(self.port) as self.port:
            self.process = subprocess.Popen(
                [*command, f"--host={HOST}", f"--port={self.port}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            self._wait_ready(self.process)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait_ready(self, process: subprocess.Popen[str]) -> None:
        output: deque[str] = deque(maxlen=_LINES_SHOWN_MAX)
        up, decided = threading.Event(), threading.Event()
        threading.Thread(target=_read, args=(process, output, up, decided), daemon=True).start()
        if decided.wait(_START_SECONDS_MAX) and up.is_set():
            return
        self.__exit__(None, None, None)
        raise ConfigError(
            f"Google's Pub/Sub emulator did not start on port {self.port}: "
            f"{' / '.join(output) or 'it wrote nothing'}"
        )


def installed_emulator() -> list[str]:
    """Return the command that starts the emulator of the installed Google Cloud SDK.

    Raises:
        ConfigError: java, gcloud or its emulator is not installed; the text says how to install it.
    """
    java, gcloud = shutil.which("java"), shutil.which("gcloud")
    if java is None:
        raise ConfigError("java is not on PATH; Google's Pub/Sub emulator needs a Java 11 or later")
    if gcloud is None:
        raise ConfigError("gcloud is not on PATH; install the Google Cloud SDK")
    jars = sorted(Path(gcloud).resolve().parent.parent.glob(_JAR))
    if not jars:
        raise ConfigError(
            "gcloud has no Pub/Sub emulator; run `gcloud components install pubsub-emulator` "
            "(or `apt-get install google-cloud-cli-pubsub-emulator`)"
        )
    return [java, *_JAVA_FLAGS, "-jar", str(jars[-1])]


def _read(
    process: subprocess.Popen[str],
    output: deque[str],
    up: threading.Event,
    decided: threading.Event,
) -> None:
    """Read all output, so that its pipe never fills; set `decided` once it is up or has ended."""
    assert process.stdout is not None, "started with a pipe"
    with process.stdout as lines:
        for line in lines:
            output.append(line.strip())
            if _READY_LINE in line:
                up.set()
                decided.set()
    decided.set()
