"""What the values of options may be, to the last one that is allowed."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from common.settings import ROOT
from local.commands.console import make_console
from local.commands.options import (
    Day,
    Folder,
    FunctionName,
    GameName,
    GivenFile,
    Instant,
    OutFile,
    Port,
    wait_option,
)
from tests.kit.situations import et
from tests.local.commands.command_line import assert_one_line, run

TAKEN: list[tuple[click.ParamType[Any], str, object]] = [
    (Instant(), "2025-11-12T13:00", et("2025-11-12 13:00")),
    (Instant(), "2025-07-12 13:00", et("2025-07-12 13:00")),
    (Instant(), "2025-11-12T13:00+01:00", et("2025-11-12 07:00")),
    (Instant(), "2199-12-31T23:59", et("2199-12-31 23:59")),
    (Day(), "1970-01-01", date(1970, 1, 1)),
    (Day(), "2199-12-31", date(2199, 12, 31)),
    (Port(), "bigquery=1", ("bigquery", 1)),
    (Port(), "bigquery=65535", ("bigquery", 65535)),
    (GameName(), "0022500213:MIL@CHA", ("0022500213", "MIL@CHA")),
    (GameName(), "espn-123456789012", ("espn-123456789012", None)),
    (FunctionName(), "scraper-runner", "scraper_runner"),
]


@pytest.mark.parametrize(("kind", "text", "value"), TAKEN)
def test_what_is_taken(kind: click.ParamType[Any], text: str, value: object) -> None:
    """A value is read as it is meant, and read again as itself."""
    assert kind.convert(text, None, None) == value
    assert kind.convert(kind.convert(text, None, None), None, None) == value


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Instant(), "noon", "is not an ISO 8601 instant"),
        (Instant(), "2025-11-12", "has no time of day"),
        (Instant(), "1969-12-31T12:00", "a year from 1970 to 2199"),
        (Instant(), "2200-01-01T12:00", "a year from 1970 to 2199"),
        (Day(), "2200-01-01", "a year from 1970 to 2199"),
        (Day(), "12.11.2025", "is not a date"),
        (Port(), "bigquery=0", "from 1 to 65535"),
        (Port(), "bigquery=65536", "from 1 to 65535"),
        (Port(), "bigquery=x", "from 1 to 65535"),
        (Port(), "nobody=1", "name one of pubsub"),
        (GameName(), "00225002130", "is not a game"),
        (GameName(), "002250021", "is not a game"),
        (GameName(), "espn-1234567890123", "is not a game"),
        (GameName(), "0022500213:MIL", "is not a game"),
        (FunctionName(), "runner", "is no function"),
    ],
)
def test_what_is_refused(kind: click.ParamType[Any], text: str, said: str) -> None:
    """The line has the value, and what it may be."""
    with pytest.raises(click.BadParameter, match=said):
        kind.convert(text, None, None)


@pytest.mark.parametrize("lacks", [os.W_OK, os.X_OK])
def test_a_folder_is_one_to_which_files_can_be_added(
    lacks: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may not exist yet, and then the nearest one counts."""
    folder = tmp_path / "a" / "b"
    assert Folder().convert(f"{folder}", None, None) == folder
    monkeypatch.setattr(os, "access", lambda _, mode: not mode & lacks)
    with pytest.raises(click.BadParameter, match=f"{tmp_path} cannot be written to"):
        Folder().convert(folder, None, None)


NAMING: list[tuple[str, str]] = [
    ("day 2025-11-12 --out out", "--workflows"),
    ("up", "--workflows"),
    ("check", "--workflows"),
    ("replay .", "--workflows"),
    ("scrapers", "--workflows"),
    ("decide --at 2025-11-12T13:00", "--schedule"),
    ("cost", "--count"),
    ("diff --schedule pyproject.toml --from 2025-11-11 --to 2025-11-12 pyproject.toml", "NEW"),
]


@pytest.mark.parametrize(("words", "option"), NAMING)
@pytest.mark.parametrize(
    ("file", "said"),
    [("nope", "does not exist"), ("", "does not exist"), ("local", "is a directory")],
)
def test_a_given_file_that_cannot_be_read_is_named_with_its_option(
    words: str, option: str, file: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable is advised, which would be ignored beside the option."""
    monkeypatch.chdir(ROOT)
    given = (option, file) if option.startswith("--") else (file,)
    done = run(*words.split(), *given)
    assert_one_line(done, f"error: Invalid value for '{option}': File '{file}' {said}")
    assert done.stderr.endswith("; give another file\n")


def test_a_given_file_is_a_path(tmp_path: Path) -> None:
    """Read again as itself."""
    file = tmp_path / "a.yaml"
    file.write_text("")
    assert GivenFile().convert(f"{file}", None, None) == file
    assert GivenFile().convert(file, None, None) == file


SEASON = "--schedule config/slates/2025-11.json --from 2025-11-11 --to 2025-11-12"
FOLDERS = ("day 2025-11-12", f"simulate {SEASON}", "trace 2025-11-12")
FILES = ("bundle", "page 2025-11-12")


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what has begun of the work of these commands."""
    begun: list[object] = []
    for work in (
        "local.stack.driver.start_stack",
        "local.simulator.run.run",
        "local.operate.reach.reach",
        "local.commands.develop.bundle.build",
    ):
        monkeypatch.setattr(work, begun.append)
    return begun


@pytest.mark.parametrize("words", [*FOLDERS, *FILES])
def test_an_empty_place_is_not_the_current_folder(words: str, begun: list[object]) -> None:
    """No work begins for it."""
    done = run(*words.split(), "--out", "")
    assert_one_line(done, "Invalid value for '--out': it is empty; name a f")
    assert begun == []


@pytest.mark.parametrize("words", [*FOLDERS, FILES[1]])
@pytest.mark.parametrize("folder", ["/proc/x", "/proc", "/proc/self/fd"])
def test_a_place_that_takes_no_file_ends_it_before_the_work(
    words: str, folder: str, begun: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions do not tell of every such place."""
    monkeypatch.setattr(os, "access", lambda *_: True)
    file = "/day.html" if words in FILES else ""
    done = run(*words.split(), "--out", f"{folder}{file}")
    assert_one_line(done, f"error: {folder}: no file can be written there (")
    assert begun == []


@pytest.mark.parametrize("words", FILES)
def test_a_folder_in_place_of_a_file_is_refused(
    words: str, tmp_path: Path, begun: list[object]
) -> None:
    """A file above it is named as well; nothing is left behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    done = run(*words.split(), "--out", f"{tmp_path / 'folder'}")
    assert_one_line(done, f"{tmp_path / 'folder'} is a folder; name a file")
    done = run(*words.split(), "--out", f"{tmp_path / 'file' / 'x'}")
    assert_one_line(done, f"{tmp_path / 'file'} is a file; name a folder")
    assert begun == []
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "file"}


def test_a_file_to_write_may_exist(tmp_path: Path) -> None:
    """Or its folder may not yet."""
    (tmp_path / "file").write_text("")
    for file in (tmp_path / "file", tmp_path / "a" / "b"):
        assert OutFile().convert(f"{file}", None, None) == file
        assert OutFile().convert(file, None, None) == file


@pytest.mark.parametrize(
    ("given", "waits"), [((), 120), (("0",), 0), (("3600",), 3600), (("3601",), None)]
)
def test_a_wait_may_be_none_and_lasts_an_hour_at_most(
    given: tuple[str, ...], waits: float | None
) -> None:
    """Without one it is two minutes."""
    command = click.command()(wait_option(lambda wait: click.echo(f"{wait:g}")))
    done = CliRunner().invoke(command, ["--wait", *given] if given else [])
    assert (done.stdout or None) == (None if waits is None else f"{waits}\n")


@pytest.mark.parametrize(("terminal", "columns"), [("1", 77), ("", 150)])
def test_a_terminal_has_its_own_width(
    terminal: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is piped has a fixed one."""
    monkeypatch.setenv("FORCE_COLOR", terminal)
    monkeypatch.setenv("COLUMNS", "77")
    assert make_console(150).width == columns
