"""What a child process is given, what its signals reach, and what is said of one that failed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import ConfigError
from common.settings import ROOT
from local.processes.process import Process, base_environment, begin, package_folder, start

OF_A_PROGRAM = {"PYTHONPATH": str(ROOT), "HOME": str(ROOT / ".local" / "home")}


def shell(code: str) -> list[str]:
    """Return the program and arguments that run the code in a shell."""
    return ["/bin/sh", "-c", code]


def with_child(log: Path, **child: Any) -> Process:
    """Return a process whose child has the given parts alone."""
    held: Any = SimpleNamespace(**child)
    return Process("the server", held, log, lambda: False)


@pytest.fixture
def typed(tmp_path: Path) -> Iterator[None]:
    """Have a line of text on this process's standard input, as a user might type it."""
    path = tmp_path / "typed"
    path.write_text("typed by the user\n")
    kept = os.dup(0)
    with path.open() as file:
        os.dup2(file.fileno(), 0)
    yield
    os.dup2(kept, 0)
    os.close(kept)


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ({}, {}),
        (
            {"PATH": "/bin", "LANG": "C", "TMPDIR": "/t", "HOME": "/root", "PYTHONPATH": "/x"},
            {"PATH": "/bin", "LANG": "C", "TMPDIR": "/t"},
        ),
        ({"LANG": "C", "GOOGLE_APPLICATION_CREDENTIALS": "/key"}, {"LANG": "C"}),
    ],
)
def test_a_child_s_environment_holds_little_of_the_user_s_own(
    monkeypatch: pytest.MonkeyPatch, own: dict[str, str], kept: dict[str, str]
) -> None:
    """A child gets three of the user's variables if they are set, and this checkout's own two."""
    monkeypatch.setattr(os, "environ", own)
    assert base_environment() == {**kept, **OF_A_PROGRAM}


@pytest.mark.usefixtures("typed")
def test_a_child_has_the_given_environment_and_log_alone(tmp_path: Path) -> None:
    """A child reads no keyboard, has the given variables, and adds to a log that is there."""
    log = tmp_path / "logs" / "child.log"
    log.parent.mkdir()
    log.write_text("earlier\n")
    code = 'cat; echo "said $WORD"; echo "wrong $LANG" >&2'
    running = begin(shell(code), {"WORD": "hello"}, log, lambda: True)
    assert (running.child.wait(), running.name) == (0, "sh")
    assert log.read_text() == "earlier\nsaid hello\nwrong \n"


def test_a_child_that_talks_answers_until_it_has_ended(tmp_path: Path) -> None:
    """An answer is one line without its end, and empty from a child that is gone."""
    log = tmp_path / "child.log"
    code = 'read line; echo " got $line "; echo "not an answer" >&2'
    running = begin(shell(code), {}, log, lambda: True, name="the talker", talks=True)
    assert os.getsid(running.child.pid) == running.child.pid
    assert running.ask("a word") == "got a word"
    assert running.child.wait() == 0
    assert running.ask("another") == ""
    assert (running.name, log.read_text()) == ("the talker", "not an answer\n")


@pytest.mark.parametrize(
    ("logged", "told"),
    [
        (b"", "its log is empty"),
        (b"\n \n", "its log is empty"),
        (b"\n  taken\n\n", "taken"),
        (b"one\ntwo\nthree\nfour\n", "two | three | four"),
        (b"<" + b"x" * 499, "<" + "x" * 499),
        (b"<" + b"x" * 500, "x" * 500),
        (b"caf\xe9", "caf�"),
    ],
)
def test_a_failed_server_is_explained_by_the_end_of_its_log(
    tmp_path: Path, logged: bytes, told: str
) -> None:
    """The error has the log's path and its last three lines, or its last 500 characters."""
    log = tmp_path / "server.log"
    log.write_bytes(logged)
    with pytest.raises(ConfigError) as raised:
        with_child(log, poll=lambda: 1).await_ready()
    assert str(raised.value) == f"the server ended at once: {told} (log: {log})"


@pytest.mark.parametrize(("name", "told"), [("the server", "the server"), (None, "sh")])
def test_a_server_is_called_by_its_name_or_its_program_s(
    tmp_path: Path, name: str | None, told: str
) -> None:
    """The error of a server that ends at once begins with its name."""
    log = tmp_path / "log"
    with pytest.raises(ConfigError) as raised:
        start(shell("exit 3"), {}, log, lambda: False, name=name)
    assert str(raised.value) == f"{told} ended at once: its log is empty (log: {log})"


def test_a_child_that_has_ended_is_sent_no_signal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another process may have its id by now, and would be suspended in its place."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "killpg", lambda *given: sent.append(given))
    for code in (None, 0):
        child = with_child(tmp_path, pid=41, poll=lambda code=code: code)
        child.suspend()
        child.resume()
    assert sent == [(41, signal.SIGSTOP), (41, signal.SIGCONT)]


def test_a_child_that_ends_meanwhile_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A child may end after the look at it, and before the signal; a killed one is waited for."""

    def gone(*_: int) -> None:
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", gone)
    waited: list[str] = []
    child = with_child(tmp_path, pid=41, poll=lambda: None, wait=lambda: waited.append("waited"))
    child.suspend()
    child.kill()
    assert waited == ["waited"]


def test_a_child_s_workers_are_continued_and_killed_with_it(tmp_path: Path) -> None:
    """A signal reaches the children of a child, which would otherwise write on."""
    worker = "trap 'echo worker goes on' CONT; echo up; sleep 5 & wait; sleep 5; echo late"
    argv, log = shell(f"({worker}) & wait"), tmp_path / "log"
    running = begin(argv, {"PATH": "/bin:/usr/bin"}, log, lambda: True, talks=True)
    assert running.child.stdout is not None
    assert running.child.stdout.readline() == b"up\n"
    running.resume()
    assert running.child.stdout.readline() == b"worker goes on\n"
    running.kill()
    assert running.child.returncode == -signal.SIGKILL
    assert running.child.stdout.read() == b""


def test_a_package_without_a_file_of_its_own_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A bare folder of the package's name is what a removed package may leave behind."""
    (tmp_path / "left_behind").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError) as raised:
        package_folder("left_behind")
    assert str(raised.value) == "package left_behind is not installed; run make setup"
