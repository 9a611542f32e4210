"""The command line as a whole: help, groups, refusals."""

import errno
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import click
import pytest
from click.testing import CliRunner
from google.api_core.exceptions import NotFound
from pydantic import PlainSerializer, TypeAdapter

from common.errors import ConfigError
from common.logs import log
from common.settings import ROOT
from local.commands import cli
from local.commands.cli import GROUPS, CommandLine, main
from local.commands.help_text import README, with_commands
from tests.local.commands.command_line import assert_one_line, run


def test_without_arguments_the_help_is_printed() -> None:
    """`python -m local` prints the same as `python -m local --help`, with exit status 0."""
    bare, asked = run(), run("--help")
    assert (bare.returncode, bare.stderr) == (0, "")
    assert bare.stdout.startswith("Usage: python -m local [OPTIONS] COMMAND")
    assert bare.stdout == asked.stdout


def test_the_help_lists_every_command_below_its_heading() -> None:
    """The five headings are printed in order, each followed by its commands."""
    lines = iter(run("--help").stdout.splitlines())
    assert list(GROUPS) == ["Stack", "Review", "Look", "Operate", "Develop"]
    for heading, commands in GROUPS.items():
        assert f"{heading}:" in lines
        for command in commands:
            assert any(line.startswith(f"  {command.name} ") for line in lines)


@pytest.mark.parametrize("command", [one for group in GROUPS.values() for one in group], ids=str)
def test_the_list_of_commands_cuts_no_help_short(command: click.Command) -> None:
    """The first sentence of each command's help fits beside its name."""
    assert command.help
    assert "..." not in command.get_short_help_str(80 - len("  dashboards") - 2)


def test_fu13_a_command_group_without_a_command_prints_its_help() -> None:
    """`python -m local dlq` prints its help with exit status 0."""
    done = run("dlq")
    assert (done.returncode, done.stderr) == (0, "")
    assert "List the letters, oldest first" in done.stdout


PRINTED = ["", "--help", "--version", "dlq", "check --help", "schema"]
"""The top's own texts, and those of its commands."""


@pytest.mark.parametrize("words", PRINTED)
def test_a_full_disk_is_one_line(words: str) -> None:
    """Whether help, version or a command's result finds no space."""
    with Path("/dev/full").open("w") as full:
        done = print_to(full.fileno(), words)
    assert (done.returncode, done.stderr) == (2, "error: [Errno 28] No space left on device\n")


@pytest.mark.parametrize("words", [*PRINTED, "check", "scrapers"])
def test_fu18_a_reader_that_has_enough_is_no_error(words: str) -> None:
    """Piped into `head`, a command ends in silence, as other programs do."""
    reading, writing = os.pipe()
    os.close(reading)
    done = print_to(writing, words)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def print_to(file: int, words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m local WORDS`, whose standard output is a file."""
    argv = [sys.executable, "-m", "local", *words.split()]
    env = {name: held for name, held in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        argv, stdout=file, stderr=subprocess.PIPE, text=True, check=False, env=env
    )


def test_the_version_is_all_that_is_printed() -> None:
    """The option prints name and version of pyproject.toml, and no command after it is run."""
    held = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for words in (("--version",), ("--version", "schema")):
        done = run(*words)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"{held['name']} {held['version']}\n"


def test_fu14_asking_for_help_writes_nothing() -> None:
    """What writes files is a command, whose help only prints."""
    files = sorted((ROOT / "dashboards").glob("*.json"))
    before = [file.stat().st_mtime_ns for file in files]
    assert run("dashboards", "--help").stdout.startswith("Usage: python -m local dashboards")
    assert before == [file.stat().st_mtime_ns for file in files] != []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nope", "No such command 'nope'. All are listed by: python -m local --help"),
        ("down", "No such command 'down'. All are listed by: python -m local --help"),
        ("statis", "No such command 'statis'. Did you mean 'status'?"),
        ("dlq nope", "No such command 'nope'. All are listed by: python -m local dlq --help"),
        ("dlq shows", "No such command 'shows'. Did you mean 'show'?"),
        ("--nope", "No such option '--nope'. All are listed by: python -m local --help"),
        ("stop --xyz", "No such option '--xyz'. All are listed by: python -m local stop --help"),
        ("status --jsn", "No such option '--jsn'. Did you mean '--json'?"),
    ],
)
def test_an_unknown_name_is_one_line(words: str, said: str) -> None:
    """It names what is near, else where all are listed."""
    assert_one_line(run(*words.split()), f"error: {said}\n")


def test_years_out_of_range_are_one_line(tmp_path: Path) -> None:
    """Dates and instants outside 1970 to 2199 are refused with that range."""
    assert_one_line(run("decide", "--at", "9999-12-31T23:59"), "a year from 1970 to 2199")
    assert_one_line(run("day", "0001-01-01", "--out", str(tmp_path)), "a year from 1970 to 2199")


def test_fu4_a_date_is_no_instant() -> None:
    """Where a time of day decides, none is made up."""
    assert_one_line(run("decide", "--at", "2025-11-12"), "has no time of day; write 2025-11-12T13")


def test_the_readme_lists_the_commands_as_they_are() -> None:
    """README.md contains the generated list; `python -m local.commands.help_text` rewrites it."""
    readme = README.read_text()
    assert with_commands(readme) == readme
    assert "python -m local day DATE --out DIR [--schedule FILE]" in readme


ENDS: list[tuple[BaseException, int, str]] = [
    (OSError(28, "No space left on device", "out.json"), 2, "No space left on device: 'out.json'"),
    (ConfigError("two\n  lines"), 2, "error: two lines\n"),
    (NotFound("no bucket"), 2, "error: no bucket; is the project right"),
    (BrokenPipeError(errno.EPIPE, "enough"), 1, ""),
]


@pytest.mark.parametrize(("error", "status", "said"), ENDS)
def test_how_a_command_ends(error: Exception, status: int, said: str) -> None:
    """What the user can mend is one line on standard error; whoever has read enough reads none."""

    def fails() -> None:
        raise error

    done = CliRunner().invoke(CommandLine(commands=[click.Command("x", callback=fails)]), ["x"])
    assert (done.exit_code, done.stdout) == (status, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == bool(said)


def _end(_: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _end_within_pydantic(_: object) -> None:
    def serialize(value: int) -> None:
        _end(value)

    TypeAdapter(Annotated[int, PlainSerializer(serialize)]).dump_json(1)


def _interrupt(_: object) -> None:
    raise click.Abort


def test_what_our_code_warns_of_is_a_note() -> None:
    """One line for people in place of a JSON object; what it informs of is left out."""

    @click.command()
    def look() -> None:
        log("DEBUG", "Looked")
        log("INFO", "Handled")
        log("WARNING", "It cannot be read", object="a/b.json", error="not\nJSON")
        click.echo("found")

    done = CliRunner().invoke(CommandLine(commands={"look": look}), ["look"])
    assert done.stdout == "found\n"
    assert done.stderr == "note: It cannot be read: a/b.json: not JSON\n"


@pytest.mark.parametrize(
    ("happens", "status"),
    [(_end, 128 + 15), (_end_within_pydantic, 128 + 15), (_interrupt, 128 + 2)],
)
def test_a_signal_ends_it_as_a_shell_expects(
    happens: Callable[[object], None], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both unwind it, so that what was started is stopped; pydantic makes an error of an exit."""
    held = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(main, "invoke", happens)
    monkeypatch.setattr("sys.argv", ["local", "stop"])
    try:
        with pytest.raises(SystemExit) as ended:
            cli.run()
    finally:
        signal.signal(signal.SIGTERM, held)
    assert ended.value.code == status
