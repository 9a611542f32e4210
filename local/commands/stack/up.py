"""`python -m local up`: a stack that stays up, without a day replayed on it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from common.eastern import eastern_date
from local.commands.console import make_console
from local.commands.kept import keeping
from local.commands.options import Instant, ports_option, schedule_option, workflows_option
from local.commands.stack.inputs import checked_workflows, slate_path

SLATE_MORNING = "2025-11-12T05:00"
"""Eastern; before the first tick of a day of the built-in games."""
PIPED_WIDTH = 120
FIRST = """
Nothing is collected yet. Fetch the schedule first:
  python -m local scrape nbac_schedule_api"""
SHOWN = (
    "project",
    "dataset",
    "data_bucket",
    "state_bucket",
    "environment",
    "functions",
    "pid",
)
"""What `--json` prints of the stack's description."""


@click.command()
@click.option(
    "--at",
    "instant",
    type=Instant(),
    default=SLATE_MORNING,
    help="Where the virtual clock begins; Eastern without an offset.",
)
@schedule_option
@workflows_option
@ports_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def up(
    instant: datetime,
    schedule: Path | None,
    workflows: Path | None,
    *,
    ports: tuple[tuple[str, int], ...],
    as_json: bool,
) -> None:
    """Start a stack, leave it up, and print how to reach it.

    The built-in games are of 2025-11-11 to 2025-11-13; --schedule replaces them.
    """
    from local.fake_sources.slate import load
    from local.stack.config import StackConfig
    from local.stack.driver import start_stack

    slate_file = slate_path(schedule)
    load(slate_file)  # a file that cannot be read is refused before anything starts
    config = StackConfig(
        slate=slate_file,
        instant=instant,
        collect_since=eastern_date(instant) - timedelta(days=1),
        workflows=checked_workflows(workflows),
        ports=dict(ports),
        tell_incidents=True,
    )
    with keeping(), start_stack(config) as stack:
        stack.keep()
    _print(stack.where, as_json=as_json)


def _print(where: Mapping[str, Any], *, as_json: bool) -> None:
    from local.day.report import print_kept

    if as_json:
        click.echo(json.dumps({name: where[name] for name in SHOWN}, indent=2))
    else:
        print_kept(make_console(PIPED_WIDTH), where)
        click.echo(FIRST)
