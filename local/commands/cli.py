"""The command line: its groups of commands, and errors on one line with exit status 2."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import NoReturn

import click

from common.errors import OrchestrationError
from common.logs import lines_to
from common.settings import ROOT
from local.commands.develop.bench import bench
from local.commands.develop.bundle import bundle
from local.commands.develop.cost import cost
from local.commands.develop.dashboards import dashboards
from local.commands.develop.explore import explore
from local.commands.develop.new_scraper import new_scraper
from local.commands.develop.schema import schema
from local.commands.develop.simulate import simulate
from local.commands.develop.soak import soak
from local.commands.look.asof import asof
from local.commands.look.games import games
from local.commands.look.incidents import incidents
from local.commands.look.page import page
from local.commands.look.runs import run_, runs
from local.commands.look.status import status
from local.commands.look.trace import trace
from local.commands.look.why import why
from local.commands.operate.backfill import backfill
from local.commands.operate.check import check
from local.commands.operate.dlq import dlq
from local.commands.operate.force import force
from local.commands.operate.parse import parse
from local.commands.operate.pause import pause, resume
from local.commands.operate.schedule import schedule
from local.commands.operate.scrape import scrape
from local.commands.operate.scrapers import scrapers
from local.commands.review.compare import compare
from local.commands.review.decide import decide
from local.commands.review.diff import diff
from local.commands.review.replay import replay
from local.commands.stack.day import day
from local.commands.stack.queries import queries
from local.commands.stack.sql import sql
from local.commands.stack.stop import stop
from local.commands.stack.up import up
from local.operate.reach import told_in_one_line

PROGRAM = "python -m local"
NOTED = ("object", "scraper", "error")
"""What a note says of a warning beside its message."""
FAILED = 2
"""Exit status of a command that was refused or failed."""
GROUPS: Mapping[str, Sequence[click.Command]] = {
    "Stack": (day, up, sql, queries, stop),
    "Review": (decide, diff, replay, compare),
    "Look": (status, games, page, why, runs, run_, incidents, trace, asof, check, scrapers),
    "Operate": (scrape, force, backfill, pause, resume, dlq, schedule, parse),
    "Develop": (
        simulate,
        soak,
        explore,
        bench,
        bundle,
        new_scraper,
        schema,
        dashboards,
        cost,
    ),
}
"""Every command, below the heading that the help shows."""


class CommandLine(click.Group):
    """Lists its commands by group, and reports an error of ours as one line."""

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of each group below its heading."""
        width = formatter.width - max(map(len, self.commands)) - 6  # indent and gap, as click's own
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(str(one.name), one.get_short_help_str(width)) for one in commands]
                )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take no words at all for `--help`."""
        return super().parse_args(ctx, args or ["--help"])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; such an error ends it with exit status 2."""
        try:
            with told_in_one_line(), lines_to(_note), _helped():
                return super().invoke(ctx)
        except BrokenPipeError:  # such as `| head`, which has enough: click ends in silence
            raise
        except (OrchestrationError, OSError) as error:  # such as a full disk, with the file's name
            _fail(error)


@contextmanager
def _helped() -> Iterator[None]:
    """Print the help of a group, such as `dlq`, that is named without one of its commands."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; click's own errors are one line as well.

    A termination ends it as Ctrl-C does, so that what it started is stopped and removed.

    Args:
        arguments: the words after `python -m local`; None takes those of this process.
    """
    is_terminated = False

    def terminate(*_: object) -> NoReturn:
        nonlocal is_terminated
        is_terminated = True
        sys.exit(128 + signal.SIGTERM)

    signal.signal(signal.SIGTERM, terminate)
    try:
        main.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.ClickException as error:
        _print_error(_refusal(error))
        sys.exit(FAILED)
    except OSError as error:  # of the help or the version, which no command has printed
        _fail(error)
    except click.Abort:
        sys.exit(128 + signal.SIGINT)
    except Exception:
        if is_terminated:  # a library has made an error of the exit, as pydantic does
            sys.exit(128 + signal.SIGTERM)
        raise


def _note(line: Mapping[str, object]) -> None:
    """Print what our code warns of while it looks, as one line for people."""
    if line["severity"] not in ("DEBUG", "INFO"):
        said = [str(line[name]) for name in ("message", *NOTED) if name in line]
        click.echo(f"note: {' '.join(': '.join(said).split())}", err=True)


def _refusal(error: click.ClickException) -> str:
    """Return click's sentence; of a name like which there is none, with where all are listed."""
    if not isinstance(error, click.exceptions.NoSuchCommand | click.NoSuchOption):
        return error.format_message()
    if error.possibilities or error.ctx is None:
        return error.format_message()
    return f"{error.message} All are listed by: {error.ctx.command_path} --help"


def _fail(error: Exception) -> NoReturn:
    """Print an error, and end with exit status 2.

    What could not be printed would be tried once more at the end, and change the status.
    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    _print_error(error)
    if isinstance(error, OSError):
        with suppress(OSError):  # a test's standard output is no file
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(FAILED)


def _print_error(error: object) -> None:
    click.echo(f"error: {' '.join(str(error).split())}", err=True)


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
    if asked:
        import tomllib

        held = tomllib.loads((ROOT / "pyproject.toml").read_text())
        click.echo(f"{held['project']['name']} {held['project']['version']}")
        context.exit()


@click.group(cls=CommandLine, context_settings={"show_default": True, "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
def main() -> None:
    """Run the NBA orchestration on this machine: real functions, emulated Google Cloud."""


for _commands in GROUPS.values():
    for _command in _commands:
        main.add_command(_command)
