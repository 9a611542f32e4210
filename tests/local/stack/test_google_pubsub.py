"""Starting and stopping Google's emulator."""

import socket
import subprocess
from pathlib import Path

import pytest

from common.errors import ConfigError
from local.stack import google_pubsub as emulator
from local.stack.google_pubsub import GoogleEmulator


def script(path: Path, text: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.stack
def test_it_listens_and_leaves_no_process(google: str) -> None:
    """Entered, its port answers; left, its own process is gone."""
    with GoogleEmulator() as running:
        process = running._process
        assert process is not None
        assert running.host != google
        socket.create_connection(("127.0.0.1", running.port), timeout=5).close()
    assert process.poll() is not None


def test_a_missing_gcloud_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the SDK: one line that says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="java is not on PATH"):
        GoogleEmulator().__enter__()
    with pytest.raises(ConfigError, match="gcloud is not on PATH"):
        emulator.find_jar()


def test_a_missing_component_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the SDK but without the emulator: the command that adds it."""
    script(tmp_path / "sdk/bin/gcloud", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "sdk/bin"))
    with pytest.raises(ConfigError, match="gcloud components install pubsub-emulator"):
        emulator.find_jar()


def test_one_that_ends_at_once_says_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A java that fails is not waited for; its message and the port are in the error."""
    java = script(tmp_path / "java", "echo 'Address already in use'; exit 1")
    monkeypatch.setattr(emulator, "find_java", lambda: str(java))
    monkeypatch.setattr(emulator, "find_jar", lambda: tmp_path / "emulator.jar")
    with pytest.raises(ConfigError, match=r"port 4321: Address already in use"):
        GoogleEmulator(4321).__enter__()


def test_one_that_ignores_the_signal_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that does not end in time is ended all the same."""
    java = script(
        tmp_path / "java",
        "trap '' TERM; echo 'Server started, listening on 1'; while :; do sleep 1; done",
    )
    monkeypatch.setattr(emulator, "find_java", lambda: str(java))
    monkeypatch.setattr(emulator, "find_jar", lambda: tmp_path / "emulator.jar")
    monkeypatch.setattr(emulator, "_STOP_SECONDS", 0.1)
    with GoogleEmulator() as running:
        process = running._process
        assert isinstance(process, subprocess.Popen)
    assert process.returncode == -9
