"""`python -m local runs` and `run`: the runs of a date, and the life of one."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from common.eastern import eastern, eastern_date
from common.pages.documents import of_life, of_run
from local.commands.console import make_console
from local.commands.options import Day, json_option, project_option

if TYPE_CHECKING:
    from common.look.run_life import RunLife, Step, Task
    from common.look.runs import Run

PIPED_WIDTH = 150
ERROR_CHARACTERS_MAX = 160


@click.command()
@click.option("--date", "day", type=Day(), help="The slots' Eastern date; today by default.")
@project_option
@json_option
def runs(day: date | None, *, project: str | None, as_json: bool) -> None:
    """List the runs of a date, and what each came to."""
    from common.look.runs import runs_on
    from local.operate.reach import reach

    place = reach(project)
    day = day or eastern_date(place.clock.now())
    found = runs_on(place, day)
    if as_json:
        click.echo(json.dumps([of_run(run) for run in found], indent=2))
    elif not found:
        click.echo(f"No run was decided in the slots of {day}.")
    else:
        _print_runs(found, day)


@click.command("run")
@click.argument("run_id", metavar="ID")
@click.option("--date", "day", type=Day(), help="Its slot's date; the last 8 days by default.")
@project_option
@json_option
def run_(run_id: str, day: date | None, *, project: str | None, as_json: bool) -> None:
    """Follow one run from its decision to its rows.

    ID is the beginning of its id as runs shows it, or of its decision's.
    """
    from common.look.run_life import life_of
    from common.look.runs import find_run
    from local.operate.reach import reach

    place = reach(project)
    life = life_of(place, find_run(place, run_id, day))
    if as_json:
        click.echo(json.dumps(of_life(life), indent=2))
    else:
        click.echo("\n".join(lines_of(life)))


def _print_runs(found: list["Run"], day: date) -> None:
    from rich.table import Table
    from rich.text import Text

    from common.look.runs import ID_CHARACTERS

    table = Table("slot ET", "id", "workflow", "about", "came to", title=f"Runs of {day}")
    for run in found:
        made, error = run.decision, run.ended and run.ended["error_message"]
        games = f", {len(made['game_ids'])} games" if made["game_ids"] else ""
        said = f"{run.state.lower()}: {run.progress}{f'; {error}' if error else ''}"
        slot = f"{eastern(made['slot']):%H:%M}{' forced' if made['forced'] else ''}"
        short = run.execution_id[:ID_CHARACTERS]
        about = f"{made['target_date']}{games}"
        table.add_row(slot, short, made["workflow_name"], about, Text(cut(said)))
    make_console(PIPED_WIDTH).print(table)


def cut(text: str) -> str:
    """Return a text's beginning, and a mark where there is more of it."""
    whole = len(text) <= ERROR_CHARACTERS_MAX
    return text if whole else f"{text[: ERROR_CHARACTERS_MAX - 1]}…"


def lines_of(life: "RunLife") -> Iterator[str]:
    """Yield the life of a run; each time is followed by how long after the one before it came."""
    run, made = life.run, life.run.decision
    yield (
        f"{made['workflow_name']} of {eastern(made['slot']):%Y-%m-%d %H:%M} ET, about "
        f"{made['target_date']}: {run.state.lower()}, {run.progress}"
    )
    yield f"  decision  {made['decision_id']}  {_clock(made['decision_time'])}  {made['reason']}"
    started = "not started"
    if life.started:
        started = f"{_clock(life.started)}{_after(life.decided, life.started)}"
    yield f"  execution {run.execution_id}  {started}"
    before = life.started
    for step in life.steps:
        yield f"  {_title(step)}"
        yield from (f"    {_task(task, before)}" for task in step.tasks)
        before = max((task.ended for task in step.tasks if task.ended), default=before)
    if run.ended:
        error = f": {run.ended['error_message']}" if run.ended["error_message"] else ""
        end = run.ended["finished_at"]
        yield f"  ended {_clock(end)}{_after(before, end)} {run.ended['outcome']}{error}"


def _title(step: "Step") -> str:
    if not step.number:
        return "tasks, from the log alone: the run's state is gone"
    asked = f", in place of {' and '.join(step.instead_of)}" if step.instead_of else ""
    return f"step {step.number}{asked}"


def _task(task: "Task", before: datetime | None) -> str:
    row = task.row
    name = f"{task.scraper} {task.about}"
    if row is None:
        return f"{name}: {'reported, without a row yet' if task.reported else 'has not reported'}"
    error = f": {cut(row['error_message'])}" if row["error_message"] else ""
    came = (
        f"{row['outcome']} in {row['duration_seconds']:.1f} s, {row['records_processed']} records"
    )
    logged = _after(task.ended, row["logged_at"])
    began = f"{_clock(row['triggered_at'])}{_after(before, row['triggered_at'])}"
    return f"{name}: {began} {came}{error} → {row['gcs_path']}, row{logged}"


def _clock(instant: datetime) -> str:
    return f"{eastern(instant):%H:%M:%S}"


def _after(before: datetime | None, instant: datetime | None) -> str:
    from common.look.run_life import passed

    if before is None or instant is None:
        return ""
    return f" {passed(before, instant).total_seconds():+.1f} s"
