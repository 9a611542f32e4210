"""Cloud Storage on this machine: our server as a child process, publishing its events."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.cloud.storage import make_client
from local.processes.process import (
    HOST,
    Process,
    accepts,
    base_environment,
    begin,
    held_port,
)


@dataclass(frozen=True)
class Events:
    """The topic that gets the OBJECT_FINALIZE events of a bucket.

    Attributes:
        bucket: whose objects.
        topic: its name.
        pubsub: where REST of Pub/Sub is, `host:port`.
    """

    bucket: str
    topic: str
    pubsub: str


@dataclass(frozen=True)
class StorageServer:
    """A running server; `endpoint` is what `GoogleStorage` takes."""

    endpoint: str
    process: Process

    def stop(self) -> None:
        """Stop the server; its objects are lost."""
        self.process.stop()


def start_gcs(project: str, log_file: Path) -> StorageServer:
    """Start the server on the wall clock, without buckets and events, on a free port.

    Raises:
        ConfigError: the server does not start.
    """
    with held_port() as port:
        server = begin_gcs(project, log_file, port)
        server.process.await_ready()
    return server


def begin_gcs(
    project: str,
    log_file: Path,
    port: int,
    events: Events | None = None,
    clock_file: Path | None = None,
) -> StorageServer:
    """Start the server, without buckets, and do not wait for it.

    Args:
        project: owns the topic.
        log_file: takes the server's output.
        port: to listen on, which the caller holds.
        events: what to publish; None publishes nothing.
        clock_file: of the virtual clock that objects have their times of; None for the wall clock.
    """
    argv = [sys.executable, "-m", "local.stack.storage_server", "--port", str(port)]
    if clock_file is not None:
        argv += ["--clock", str(clock_file)]
    if events is not None:
        argv += ["--bucket", events.bucket, "--pubsub", events.pubsub]
        argv += ["--topic", f"projects/{project}/topics/{events.topic}"]
    env, name = base_environment(), "storage server"
    process = begin(argv, env, log_file, lambda: accepts(port), name=name)
    return StorageServer(f"http://{HOST}:{port}", process)


def create_buckets(endpoint: str, project: str, names: Sequence[str]) -> None:
    """Create the buckets that the stack uses."""
    client = make_client(project, endpoint)
    for name in names:
        client.create_bucket(name)
