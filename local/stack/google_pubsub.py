"""Google's own Pub/Sub emulator, for conformance tests and `day --pubsub google`.

The jar is started directly: `gcloud beta emulators pubsub start` takes twice as long (1.4 s), and
terminating it leaves its java process behind.
"""

import shutil
import subprocess
import threading
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Self

from common.errors import ConfigError
from local.stack.process import HOST, held_port

_JAR = "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar"
_READY = "Server started, listening on"
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_LINES_SHOWN = 3
# Seen: up 0.7 s after the start with these, 0.9 s without.
_JAVA_FLAGS = ("-Xmx256m", "-XX:TieredStopAtLevel=1")


class GoogleEmulator:
    """Runs the emulator inside a `with` block; gRPC and REST are on one port.

    Args:
        port: to listen on; 0 takes a free one.

    Raises:
        ConfigError: on entry, when gcloud, its emulator or java is missing, or it does not start.
    """

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    @property
    def host(self) -> str:
        """The value for `PUBSUB_EMULATOR_HOST`."""
        return f"{HOST}:{self.port}"

    def __enter__(self) -> Self:
        command = [find_java(), *_JAVA_FLAGS, "-jar", str(find_jar())]
        with held_port(self.port) as self.port:
            self._process = subprocess.Popen(
                [*command, f"--host={HOST}", f"--port={self.port}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            self._wait_ready(self._process)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _wait_ready(self, process: subprocess.Popen[str]) -> None:
        said: deque[str] = deque(maxlen=_LINES_SHOWN)
        up, told = threading.Event(), threading.Event()
        threading.Thread(target=_listen, args=(process, said, up, told), daemon=True).start()
        if told.wait(_START_SECONDS) and up.is_set():
            return
        self.__exit__(None, None, None)
        raise ConfigError(
            f"Google's Pub/Sub emulator did not start on port {self.port}: "
            f"{' / '.join(said) or 'it said nothing'}; free the port or use --pubsub embedded"
        )


def find_jar() -> Path:
    """The emulator inside the installed Google Cloud SDK.

    Raises:
        ConfigError: gcloud or its component is not installed.
    """
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise ConfigError("gcloud is not on PATH; install the Google Cloud SDK")
    jars = sorted(Path(gcloud).resolve().parent.parent.glob(_JAR))
    if not jars:
        raise ConfigError(
            "gcloud has no Pub/Sub emulator; run `gcloud components install pubsub-emulator` "
            "(or `apt-get install google-cloud-cli-pubsub-emulator`)"
        )
    return jars[-1]


def find_java() -> str:
    """The java on PATH.

    Raises:
        ConfigError: there is none.
    """
    java = shutil.which("java")
    if java is None:
        raise ConfigError("java is not on PATH; Google's Pub/Sub emulator needs a Java 11 or later")
    return java


def _listen(
    process: subprocess.Popen[str], said: deque[str], up: threading.Event, told: threading.Event
) -> None:
    """Read all that it says, so that its pipe never fills; `told` when it is `up`, or has ended."""
    assert process.stdout is not None, "the pipe is asked for at the start"
    with process.stdout as lines:
        for line in lines:
            said.append(line.strip())
            if _READY in line:
                up.set()
                told.set()
    told.set()
