"""`python -m local day`: one day through the whole chain, on real processes."""

from contextlib import nullcontext
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.errors import OrchestrationError
from local.commands.console import make_console
from local.commands.kept import keeping
from local.commands.options import (
    Day,
    make_folder,
    out_option,
    ports_option,
    schedule_option,
    workflows_option,
)
from local.commands.stack.inputs import checked_workflows, slate_path

if TYPE_CHECKING:
    from rich.console import Console

    from local.fake_sources.slate import Slate
    from local.stack.driver import RunningStack

PIPED_WIDTH = 120


@click.command()
@click.argument("day", metavar="DATE", type=Day())
@out_option
@schedule_option
@workflows_option
@ports_option
@click.option("--keep", is_flag=True, help="Leave the stack up and print how to reach it.")
@click.option(
    "--refuse",
    metavar="PART",
    multiple=True,
    help="Let the sources refuse what has this in its path, such as /pdfs/.",
)
@click.option("--chaos", type=int, metavar="SEED", help="Inject faults; see docs/simulator.md.")
def day(
    day: date,
    out: Path,
    schedule: Path | None,
    workflows: Path | None,
    *,
    ports: tuple[tuple[str, int], ...],
    keep: bool,
    refuse: tuple[str, ...],
    chaos: int | None,
) -> None:
    """Replay one DATE of the schedule on real processes."""
    from common.eastern import at
    from local.day.replay import load_slate
    from local.day.report import print_next
    from local.stack.config import StackConfig
    from local.stack.driver import start_stack

    if keep and chaos is not None:
        raise OrchestrationError("--keep with --chaos: a stack with injected faults is not kept")
    slate_file = slate_path(schedule)
    slate = load_slate(slate_file, day)
    config = StackConfig(
        slate=slate_file,
        instant=at(day, time()),
        collect_since=day - timedelta(days=1),
        workflows=checked_workflows(workflows),
        ports=dict(ports),
        refuse=refuse,
        chaos=chaos,
    )
    make_folder(out)
    console = make_console(PIPED_WIDTH)
    with keeping() if keep else nullcontext(), start_stack(config) as stack:
        _replay(console, stack, slate, day, out)
        if keep:
            _keep(console, stack)
    if not keep:
        print_next(console, day, out)


def _replay(
    console: "Console", stack: "RunningStack", slate: "Slate", day: date, out: Path
) -> None:
    from common.pages.day import read_day
    from common.pages.render import render
    from local.day import replay as replayed
    from local.day.report import Watch, print_report
    from local.operate.reach import reach_stack

    try:
        with Watch(console) as watch:
            outcome = replayed.replay(stack, slate, day, watch.show)
    finally:
        if stack.where["chaos"] is not None:
            replayed.write_disturbances(stack, out)
    replayed.write_outcome(outcome, out)
    print_report(console, outcome, slate, stack)
    console.print(f"Tables written to {out}")
    page = out / "day.html"
    page.write_text(render(read_day(reach_stack(stack), day), alone=True))
    console.print(f"The day as a page: {page}")


def _keep(console: "Console", stack: "RunningStack") -> None:
    from local.day.report import print_kept

    stack.keep()
    print_kept(console, stack.where)
