"""Which stack is found, which one is ended, and what starting one removes."""

import io
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import ConfigError
from local.stack import driver
from local.stack.config import StackConfig
from local.stack.driver import kept_stack, start_stack, stop_kept

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
LIVES, ENDED, ANOTHERS = 11, 12, 13


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Have processes of three kinds, and a place of their stacks."""

    def kill(pid: int, number: int) -> None:
        assert number == 0
        if pid == ENDED:
            raise ProcessLookupError
        if pid == ANOTHERS:
            raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(driver, "ROOT", tmp_path)
    monkeypatch.setattr(driver, "KEPT_FILE", tmp_path / ".local" / "kept.json")
    (tmp_path / ".local").mkdir()
    yield tmp_path
    monkeypatch.undo()


def keep(root: Path, pid: int) -> Path:
    """Describe a kept stack, with a folder of its own; return the folder."""
    folder = root / ".local" / "run-12"
    (folder / "logs").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "clock.json").write_text("{}")
    names = ("project", "dataset", "data_bucket", "state_bucket")
    where = {"pid": pid, "control": "http://127.0.0.1:9", "folder": str(folder)}
    where |= {**dict.fromkeys(names, "x"), "environment": {}, "functions": {}}
    driver.KEPT_FILE.write_text(json.dumps(where))
    return folder


@pytest.mark.parametrize(("pid", "lives"), [(LIVES, True), (ENDED, False), (ANOTHERS, False)])
def test_a_kept_stack_is_one_whose_process_is_ours_and_lives(
    root: Path, pid: int, *, lives: bool
) -> None:
    """Of another one the description is removed; its number may be another program's by now."""
    keep(root, pid)
    found = kept_stack()
    assert (found is not None) is lives
    assert driver.KEPT_FILE.exists() is lives
    if found:
        assert found.where["pid"] == pid


def test_of_a_stack_that_is_ended_the_logs_stay(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is waited for; without a stack nothing is ended."""
    assert not stop_kept()
    folder, looks = keep(root, LIVES), iter([True, True, False])
    monkeypatch.setattr(driver, "_is_alive", lambda _: next(looks))
    assert stop_kept()
    assert next(looks, None) is None
    assert [each.name for each in folder.iterdir()] == ["logs"]
    assert not driver.KEPT_FILE.exists()


class Child:
    """A keeper that says one line."""

    def __init__(self, line: bytes) -> None:
        self.stdout, self.waited = io.BytesIO(line), 0.0

    def wait(self, seconds: float) -> None:
        """Note it."""
        self.waited = seconds


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """List how keepers were started; each says the line that stands before it is."""
    found: list[Any] = [b'{"pid": 5}\n']

    def begin(argv: list[str], **options: Any) -> Child:
        options.pop("stderr").write(b"new\n")
        assert options == {
            "cwd": driver.ROOT,
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "start_new_session": True,
        }
        if isinstance(found[0], BaseException):
            raise found[0]
        found.extend([argv, Child(found[0])])
        return found[-1]

    monkeypatch.setattr(driver.subprocess, "Popen", begin)
    return found


def test_a_started_stack_finds_no_remains(root: Path, begun: list[Any]) -> None:
    """Folders of stacks that have ended are removed; those of a living and of a kept one stay."""
    kept = keep(root, LIVES)  # by a process that goes on with what another one has started
    for pid in (LIVES, ANOTHERS):
        (root / ".local" / f"run-{pid}").mkdir()
    config = StackConfig(instant=NOON, folder=root / "a" / "run")
    config.folder.mkdir(parents=True)
    (config.folder / "keeper.log").write_text("old\n")
    stack = start_stack(config)
    assert stack.where == {"pid": 5}
    names = {each.name for each in (root / ".local").glob("run-*")}
    assert names == {kept.name, f"run-{LIVES}"}
    assert begun[1][1:3] == ["-m", "local.stack.keeper"]
    assert StackConfig.from_json(begun[1][3]) == config
    assert (config.folder / "keeper.log").read_text() == "new\n"
    assert begun[2].waited == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [(b'{"error": "port 7 is in use"}\n', "^port 7 is in use$"), (b"", "keeper died; see .*log$")],
)
def test_a_stack_that_does_not_start_says_why(
    root: Path, begun: list[Any], line: bytes, told: str
) -> None:
    """In the keeper's words, or where its log is; its end is waited for."""
    begun[0] = line
    with pytest.raises(ConfigError, match=told):
        start_stack(StackConfig(instant=NOON, folder=root / "run"))
    assert begun[-1].waited > 0


@pytest.mark.parametrize(
    ("error", "is_left"), [(KeyboardInterrupt, False), (SystemExit, False), (OSError, True)]
)
def test_a_start_that_is_interrupted_leaves_no_folder(
    root: Path, begun: list[Any], error: type[BaseException], *, is_left: bool
) -> None:
    """An error leaves its log."""
    begun[0] = error()
    with pytest.raises(error):
        start_stack(StackConfig(instant=NOON, folder=root / "run"))
    assert (root / "run").exists() is is_left


def test_a_keeper_that_does_not_end_is_not_waited_for_without_end(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its description and its folder are removed after half a minute."""
    keep(root, LIVES)
    times, sleeps = iter([0.0, 29.9, 30.0]), iter([None])
    fakes = SimpleNamespace(monotonic=lambda: next(times), sleep=lambda _: next(sleeps))
    monkeypatch.setattr(driver, "time", fakes)
    assert stop_kept()
    assert next(times, None) is None
    assert not driver.KEPT_FILE.exists()
