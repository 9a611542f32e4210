"""The command line. Errors: one line on standard error, exit status 2."""

import json
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click
from rich.console import Console

from common.eastern import EASTERN, at
from common.errors import OrchestrationError
from common.settings import Settings
from common.topology import load_topology
from local import day as replayed
from local.bundle import bundle
from local.compare import compare
from local.cost import cost
from local.dlq import dlq
from local.driver import RunningStack, kept_stack, run_folder, start_stack, stop_kept
from local.soak import shrink_and_tell, soak
from local.source.slate import Slate
from local.stack import SERVERS, StackConfig

P = ParamSpec("P")
FAILED = 2
PIPED_WIDTH = 120
MAX_PORT = 65535


def one_line_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn errors of ours into one line on standard error and exit status 2."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except OrchestrationError as error:
            click.echo(f"error: {' '.join(str(error).split())}", err=True)
            sys.exit(FAILED)

    return wrapped


class Port(click.ParamType[tuple[str, int]]):
    """A fixed port such as `bigquery=9050`."""

    name = "NAME=PORT"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Parse it, or fail with click's one line."""
        if isinstance(value, tuple):
            return value
        name, _, number = value.partition("=")
        if name not in SERVERS:
            self.fail(f"{name!r} is none of {', '.join(SERVERS)}", param, ctx)
        if not number.isdigit() or not 0 < int(number) <= MAX_PORT:
            self.fail(f"{value!r}: the port is a number from 1 to {MAX_PORT}", param, ctx)
        return name, int(number)


class Day(click.ParamType[date]):
    """A date such as 2025-11-12."""

    name = "DATE"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Parse it, or fail with click's one line."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date of the form YYYY-MM-DD", param, ctx)


def run() -> None:
    """Run the command line; click's own refusals are one line as well."""
    try:
        main.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"error: {' '.join(error.format_message().split())}", err=True)
        sys.exit(FAILED)
    except click.Abort:
        sys.exit(128 + signal.SIGINT)


@click.group(context_settings={"show_default": True, "max_content_width": 100})
def main() -> None:
    """Run the NBA orchestration on this machine: real functions, emulated Google Cloud."""


@main.command()
@click.argument("day", type=Day())
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the tables."
)
@click.option("--schedule", type=click.Path(path_type=Path), help="A scheduleLeagueV2 file.")
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
@click.option("--pubsub", type=click.Choice(["embedded", "google"]), default="embedded")
@click.option("--port", "ports", type=Port(), multiple=True, help="Instead of a free one.")
@click.option("--keep", is_flag=True, help="Leave the stack up and say how to query it.")
@click.option("--chaos", type=int, metavar="SEED", help="Kill, suspend and duplicate meanwhile.")
@one_line_errors
def day(
    day: date,
    out: Path,
    schedule: Path | None,
    workflows: Path | None,
    pubsub: str,
    *,
    ports: tuple[tuple[str, int], ...],
    keep: bool,
    chaos: int | None,
) -> None:
    """Replay one DATE of the schedule through the whole chain."""
    if keep and kept_stack() is not None:
        raise OrchestrationError("a kept stack is up already; stop it with: python -m local stop")
    if keep and chaos is not None:
        raise OrchestrationError("--keep with --chaos: a stack that goes wrong is not kept")
    slate_file = (schedule or replayed.OWN_SLATE).absolute()
    slate = replayed.load_slate(slate_file, day)
    flows = (workflows or Settings().workflows_file).absolute()
    _check(flows)
    config = StackConfig(
        folder=run_folder(),
        slate=slate_file,
        instant=at(day, time()),
        pubsub=pubsub,
        collect_since=day - timedelta(days=1),
        workflows=flows,
        ports=dict(ports),
        chaos=chaos,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = make_console()
    with start_stack(config) as stack:
        _replay(console, stack, slate, day, out)
        if keep:
            stack.keep()
            _print_kept(console, stack)
    if not keep:
        shutil.rmtree(config.folder, ignore_errors=True)


def _replay(console: Console, stack: RunningStack, slate: Slate, day: date, out: Path) -> None:
    from local.report import Watch, print_report  # noqa: PLC0415 - rich only where it is shown

    try:
        with Watch(console) as watch:
            outcome = replayed.replay(stack, slate, day, watch.show)
    finally:
        if stack.where["chaos"] is not None:
            replayed.write_struck(stack, out)
    replayed.write_outcome(outcome, out)
    print_report(console, outcome, slate, stack)
    console.print(f"Tables written to {out}")


def make_console() -> Console:
    """Standard output; wide where it is not a terminal, so that a report keeps its columns."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPED_WIDTH)


def _check(workflows: Path) -> None:
    """Refuse a configuration that the functions would refuse, before anything is started."""
    from common.workflow_checks import load_checked  # noqa: PLC0415 - only where it matters

    load_checked(workflows, load_topology(Settings().topology_file))


def _print_kept(console: Console, stack: RunningStack) -> None:
    from local.report import print_kept  # noqa: PLC0415 - rich only where it is shown

    print_kept(console, stack.where)


class Instant(click.ParamType[datetime]):
    """An instant such as 2025-11-12T13:30:15-05:00; without an offset it is Eastern."""

    name = "ISO"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse it, or fail with click's one line."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an ISO 8601 instant", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=EASTERN)


@main.command()
@click.option("--schedule", type=click.Path(path_type=Path), help="A scheduleLeagueV2 file.")
@click.option("--at", "instant", type=Instant(), required=True, help="When; Eastern by default.")
@click.option("--workflow", help="Only this workflow.")
@click.option("--history", type=click.Path(path_type=Path), help="A folder that `day` wrote.")
@click.option("--explain", is_flag=True, help="Each rule with the facts it saw, not JSON.")
@one_line_errors
def decide(
    schedule: Path | None,
    instant: datetime,
    workflow: str | None,
    history: Path | None,
    *,
    explain: bool,
) -> None:
    """Print what the controller would decide at an instant, as a JSON array."""
    from local.decide import decisions_at, explained_at  # noqa: PLC0415 - only where it decides

    asked = (schedule or replayed.OWN_SLATE, instant, workflow, history)
    if explain:
        click.echo("\n".join(explained_at(*asked)))
    else:
        click.echo(json.dumps(decisions_at(*asked), indent=2))


@main.command()
@click.option("--schedule", type=click.Path(path_type=Path), required=True)
@click.option("--from", "first", type=Day(), required=True, help="First date (Eastern).")
@click.option("--to", "last", type=Day(), required=True, help="Last date.")
@click.option("--exit-code", "tell", is_flag=True, help="Exit status 1 when something changes.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@one_line_errors
def diff(old: Path, new: Path, *, schedule: Path, first: date, last: date, tell: bool) -> None:
    """Show which decisions the workflow file NEW would make otherwise than OLD."""
    from local import diff as differ  # noqa: PLC0415 - the core only where it decides

    found = differ.diff(schedule, first, last, old, new)
    click.echo("\n".join(differ.lines_of(found)))
    if tell and found.changes:
        sys.exit(1)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
@one_line_errors
def replay(folder: Path, workflows: Path | None) -> None:
    """Judge the recorded decisions of DIR again; exit status 1 when one is made otherwise."""
    from local import rejudge  # noqa: PLC0415 - the core only where it decides

    found = rejudge.rejudge(folder, workflows)
    click.echo("\n".join(rejudge.lines_of(found)))
    if found.otherwise:
        sys.exit(1)


@main.command()
def schema() -> None:
    """Print the JSON schema of the workflow file: config/workflows.schema.json."""
    from local.schema import schema_text  # noqa: PLC0415 - only here

    click.echo(schema_text(), nl=False)


@main.command()
@click.option("--schedule", type=click.Path(path_type=Path), required=True)
@click.option("--from", "first", type=Day(), required=True, help="First date (Eastern).")
@click.option("--to", "last", type=Day(), required=True, help="Last game date.")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the tables."
)
@click.option("--seed", type=int, default=0, help="Of everything random.")
@click.option("--faults", default="", help="Such as source=1%,late=45h.")
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
@click.option("--progress", is_flag=True, help="A line a day on standard error.")
@one_line_errors
def simulate(
    out: Path,
    *,
    schedule: Path,
    first: date,
    last: date,
    seed: int,
    faults: str,
    workflows: Path | None,
    progress: bool,
) -> None:
    """Live through a range of dates in memory, on a virtual clock."""
    from local import simulate as simulator  # noqa: PLC0415 - the handlers only where they run

    options = simulator.SimulateOptions(schedule, first, last, seed, faults, workflows)
    told = simulator.print_progress if progress else lambda _: None
    try:
        outcome = simulator.run(options, told)
    except simulator.BrokenError as error:
        shrink_and_tell(options, error)
        raise
    simulator.write_outcome(outcome, out)
    simulator.print_summary(outcome, out)


@main.command()
@click.argument("statement")
@one_line_errors
def sql(statement: str) -> None:
    """Run a SQL STATEMENT against the kept stack."""
    from local.sql import print_table, run_sql  # noqa: PLC0415 - a client only when used

    stack = kept_stack()
    if stack is None:
        raise OrchestrationError(
            "no stack is up; start one with: python -m local day DATE --out DIR --keep"
        )
    endpoint = stack.environment["BIGQUERY_EMULATOR_HOST"]
    print_table(*run_sql(endpoint, stack.where["project"], statement))


@main.command()
@one_line_errors
def stop() -> None:
    """Stop the kept stack."""
    if not stop_kept():
        raise OrchestrationError("no stack is up")
    click.echo("stopped")


main.add_command(bundle)
main.add_command(compare)
main.add_command(cost)
main.add_command(dlq)
main.add_command(soak)
