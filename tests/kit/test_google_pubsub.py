"""Starting and stopping Google's emulator."""

import socket
from pathlib import Path

import pytest

from common.errors import ConfigError
from tests.kit.google_pubsub import GoogleEmulator, installed_emulator


def script(path: Path, text: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.stack
def test_it_listens_and_leaves_no_process() -> None:
    """Inside the block its port accepts connections; after it the process has ended."""
    try:
        installed_emulator()
    except ConfigError as error:
        pytest.skip(f"Google's emulator is not installed: {error}")
    with GoogleEmulator() as running:
        assert running.process is not None
        socket.create_connection(("127.0.0.1", running.port), timeout=5).close()
    assert running.process.poll() is not None


def test_a_missing_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without java the error names it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="java is not on PATH"):
        GoogleEmulator().__enter__()


def test_a_missing_gcloud_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the Google Cloud SDK the error says what to install."""
    script(tmp_path / "java", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="gcloud is not on PATH; install"):
        installed_emulator()


def test_a_missing_component_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the SDK but without its emulator the error has the command that adds it."""
    script(tmp_path / "sdk/bin/java", "exit 0")
    script(tmp_path / "sdk/bin/gcloud", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "sdk/bin"))
    with pytest.raises(ConfigError, match="gcloud components install pubsub-emulator"):
        installed_emulator()


def test_the_output_of_one_that_ends_at_once_is_shown(tmp_path: Path) -> None:
    """The error of an emulator that ends at once has its last output and the port."""
    java = script(tmp_path / "java", "echo 'Address already in use'; exit 1")
    with pytest.raises(ConfigError, match=r"port 4321: Address already in use"):
        GoogleEmulator(4321, [str(java)]).__enter__()


def test_one_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    """A process that does not end in time is killed."""
    java = script(
        tmp_path / "java",
        "trap '' TERM; echo 'Server started, listening on 1'; while :; do sleep 1; done",
    )
    with GoogleEmulator(command=[str(java)], stop_seconds=0.1) as running:
        pass
    assert running.process is not None
    assert running.process.returncode == -9
