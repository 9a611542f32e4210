"""The command line. Errors: one line on standard error, exit status 2."""

import shutil
import signal
import sys
from datetime import date, time, timedelta
from pathlib import Path

import click
from rich.console import Console

from common.configuration.topology import load_topology
from common.eastern import at
from common.errors import OrchestrationError
from common.settings import Settings
from local.commands.develop.bundle import bundle
from local.commands.develop.soak import shrink_and_tell, soak
from local.commands.operate.dlq import dlq
from local.commands.options import Day, Folder, Port
from local.commands.review.judging import decide, diff, replay, schema
from local.costs.cost import cost
from local.day import replay as replayed
from local.fake_sources.slate import Slate
from local.records.compare import compare
from local.stack.driver import RunningStack, kept_stack, run_folder, start_stack, stop_kept
from local.stack.stack import StackConfig

FAILED = 2
PIPED_WIDTH = 120


class OneLineErrors(click.Group):
    """Turns errors of ours into one line on standard error and exit status 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (OrchestrationError, OSError) as error:  # such as a full disk, with the file's name
            click.echo(f"error: {' '.join(str(error).split())}", err=True)
            sys.exit(FAILED)


def run() -> None:
    """Run the command line; click's own refusals are one line as well."""
    try:
        main.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"error: {' '.join(error.format_message().split())}", err=True)
        sys.exit(FAILED)
    except click.Abort:
        sys.exit(128 + signal.SIGINT)


@click.group(cls=OneLineErrors, context_settings={"show_default": True, "max_content_width": 100})
def main() -> None:
    """Run the NBA orchestration on this machine: real functions, emulated Google Cloud."""


@main.command()
@click.argument("day", type=Day())
@click.option("--out", type=Folder(), required=True, help="Folder for the tables.")
@click.option("--schedule", type=click.Path(path_type=Path), help="A scheduleLeagueV2 file.")
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
@click.option("--pubsub", type=click.Choice(["embedded", "google"]), default="embedded")
@click.option("--port", "ports", type=Port(), multiple=True, help="Instead of a free one.")
@click.option("--keep", is_flag=True, help="Leave the stack up and say how to query it.")
@click.option("--chaos", type=int, metavar="SEED", help="Kill, suspend and duplicate meanwhile.")
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
    from local.day.report import Watch, print_report  # noqa: PLC0415 - rich only where it is shown

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
    from common.configuration.checks import load_checked  # noqa: PLC0415 - only where it matters

    load_checked(workflows, load_topology(Settings().topology_file))


def _print_kept(console: Console, stack: RunningStack) -> None:
    from local.day.report import print_kept  # noqa: PLC0415 - rich only where it is shown

    print_kept(console, stack.where)


@main.command()
@click.option(
    "--schedule",
    type=click.Path(path_type=Path),
    required=True,
    help="A scheduleLeagueV2 file.",
)
@click.option("--from", "first", type=Day(), required=True, help="First date (Eastern).")
@click.option("--to", "last", type=Day(), required=True, help="Last game date.")
@click.option("--out", type=Folder(), required=True, help="Folder for the tables.")
@click.option("--seed", type=int, default=0, help="Of everything random.")
@click.option("--faults", default="", help="Such as source=1%,late=45h; see docs/faults.md.")
@click.option("--workflows", type=click.Path(path_type=Path), help="Another workflow file.")
@click.option("--progress", is_flag=True, help="A line a day on standard error.")
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
    from local.simulator import run as simulator  # noqa: PLC0415 - the handlers only where they run
    from local.simulator import summary  # noqa: PLC0415 - likewise

    options = simulator.SimulateOptions(schedule, first, last, seed, faults, workflows)
    told = summary.print_progress if progress else lambda _: None
    try:
        outcome = simulator.run(options, told)
    except simulator.BrokenError as error:
        shrink_and_tell(options, error)
        raise
    summary.write_outcome(outcome, out)
    summary.print_summary(outcome, out)


@main.command()
@click.argument("statement")
def sql(statement: str) -> None:
    """Run a SQL STATEMENT against the kept stack."""
    from local.records.sql import print_table, run_sql  # noqa: PLC0415 - a client only when used

    stack = kept_stack()
    if stack is None:
        raise OrchestrationError(
            "no stack is up; start one with: python -m local day DATE --out DIR --keep"
        )
    endpoint = stack.environment["BIGQUERY_EMULATOR_HOST"]
    print_table(*run_sql(endpoint, stack.where["project"], statement))


@main.command()
def stop() -> None:
    """Stop the kept stack."""
    if not stop_kept():
        raise OrchestrationError("no stack is up")
    click.echo("stopped")


for command in (bundle, compare, cost, decide, diff, dlq, replay, schema, soak):
    main.add_command(command)
