"""The Makefile: setup from the pins, and `make soak`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from common.settings import ROOT

PINS = ("requirements.in", "constraints.txt", "requirements-dev.txt")


@pytest.mark.stack
def test_make_names_a_missing_python(tmp_path: Path) -> None:
    """Without the wanted Python, `make setup` prints its name and fails."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    for name in ("Makefile", *PINS):
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        ["make", "setup", "PYTHON=no-such-python"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "no-such-python not found" in done.stderr


@pytest.mark.stack
@pytest.mark.parametrize("name", PINS)
def test_a_newer_pin_rebuilds_the_environment(tmp_path: Path, name: str) -> None:
    """`make -q setup` has nothing to do until one of the pins' files is newer."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    (tmp_path / ".venv").mkdir()
    for number, each in enumerate((*PINS, ".venv/installed")):
        (tmp_path / each).touch()
        os.utime(tmp_path / each, (number, number))
    asked = ["make", "-q", "setup"]
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 0
    os.utime(tmp_path / name, (9, 9))
    assert subprocess.run(asked, cwd=tmp_path, timeout=30, check=False).returncode == 1


@pytest.mark.stack
def test_soak_continues_after_a_failure_with_k(tmp_path: Path) -> None:
    """`make soak` stops when its tests fail; `make -k soak` runs the random weeks as well."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "ran $2"\nexit 1\n')
    python.chmod(0o755)
    for name in (*PINS, "Makefile", ".venv/installed"):
        (tmp_path / name).touch()
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    for flags, ran in (((), ["pytest"]), (("-k",), ["pytest", "local"])):
        done = subprocess.run(
            ["make", *flags, "soak"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "MAKEFLAGS"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 2
        assert [line[4:] for line in done.stdout.splitlines() if line.startswith("ran ")] == ran
