"""`python -m local explore`: how pieces of work can meet, schedule by schedule, on all cores."""

import sys
import time
from itertools import chain
from random import Random
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.simulator.explorer.explore import Failure

PROGRESS_SECONDS = 10.0
"""Seconds between two lines of progress."""


@click.command()
@click.option("--scene", metavar="NAME", help="Only this scene; an unknown one lists them.")
@click.option("--schedule", "text", metavar="TEXT", help="Run this one schedule of the scene.")
@click.option("--seed", type=int, metavar="N", default=0, help="Seed of the random schedules.")
@click.option(
    "--minutes", type=float, metavar="N", default=1.0, help="How long random schedules go on."
)
def explore(scene: str | None, text: str | None, seed: int, minutes: float) -> None:
    """Let deliveries meet at every call, and judge the tables.

    First every schedule with one or two switches or one fault, then random ones. Exit status 1 with
    the smallest schedule that fails, and the line that runs it again.
    """
    from common.errors import BadInputError
    from local.simulator.explorer import explore as explorer
    from local.simulator.explorer.scenes import SCENES
    from local.simulator.explorer.schedule import parse_schedule

    if scene is not None and scene not in SCENES:
        raise BadInputError(f"--scene {scene!r}: known are {', '.join(SCENES)}")
    if text is not None and scene is None:
        raise BadInputError(f"--schedule {text!r}: say of which scene, with --scene")
    chosen = [SCENES[scene]] if scene else [*SCENES.values()]
    if text is not None:
        _report([*explorer.tried(chosen[0], [parse_schedule(text)])])
        return
    began, due, number = time.monotonic(), PROGRESS_SECONDS, 0
    draw = Random(seed)  # noqa: S311 - no secret
    every = ((one.name, schedule) for one in chosen for schedule in explorer.every_schedule(one))
    wanted = chain(every, explorer.at_random(chosen, draw))
    for failure in explorer.tried_on_all_cores(wanted):
        number += 1
        seconds = time.monotonic() - began
        if failure:
            _report([failure])
        if seconds >= due:
            due = seconds + PROGRESS_SECONDS
            click.echo(f"{number} schedules, {seconds:.0f} s", err=True)
        if seconds >= 60 * minutes:
            break
    click.echo(f"{number} schedules of {len(chosen)} scenes: none fails")


def _report(found: "Sequence[Failure | None]") -> None:
    """Print a failure and end; without one say so."""
    from local.simulator.explorer.explore import smallest

    failed = [one for one in found if one]
    if not failed:
        click.echo("It holds.")
        return
    small = smallest(failed[0])
    for line in small.wrong:
        click.echo(line)
    click.echo(f"{small.scene}: {small.schedule}\n{small.line}")
    sys.exit(1)
