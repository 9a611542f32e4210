"""`python -m local status`: today in one screen."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from common.eastern import eastern
from common.pages.age import age
from common.pages.documents import iso
from local.commands.console import make_console
from local.commands.look.games import troubles_of
from local.commands.options import json_option, project_option

if TYPE_CHECKING:
    from common.look.datum import DateCoverage
    from common.look.runs import Run
    from common.look.status import Status, WorkflowToday
    from common.runtime import Runtime
    from local.operate.letters import Letter

PIPED_WIDTH = 150
LETTERS_MAX = 1000
REASON_CHARACTERS_MAX = 70


@click.command()
@project_option
@json_option
def status(*, project: str | None, as_json: bool) -> None:
    """Show today: plan, runs, what is late or missing, dead letters."""
    from common.look.status import status_of
    from local.operate.reach import reach

    place = reach(project)
    found, letters = status_of(place), _letters(place)
    if as_json:
        click.echo(json.dumps(as_document(found, letters), indent=2))
        return
    click.echo("\n".join(_heading(found)))
    _print_workflows(found)
    click.echo("\n".join(_lines(found, letters)))


def _letters(place: "Runtime") -> list["Letter"]:
    from local.operate.subscription import dead_letters

    with dead_letters(place).leased(LETTERS_MAX) as held:
        return list(held.values())


def as_document(found: "Status", letters: list["Letter"]) -> dict[str, Any]:
    """Return the status as JSON holds it; times are ISO 8601."""
    return {
        "now": iso(found.now),
        "date": f"{found.day}",
        "plan_locked": iso(found.locked),
        "last_decision": iso(found.decided),
        "last_cleanup": iso(found.swept["cleanup_time"]) if found.swept else None,
        "workflows": [_workflow(one) for one in found.workflows],
        "troubles": [
            {"date": f"{date.day}", "text": line} for date in found.dates for line in _of(date)
        ],
        "blind": found.blind or None,
        "paused": {name: held.model_dump(mode="json") for name, held in found.pauses.items()},
        "dead_letters": len(letters),
    }


def _workflow(one: "WorkflowToday") -> dict[str, Any]:
    last = one.last
    return {
        "workflow": one.name,
        "planned": [iso(when) for when in one.planned],
        "runs": [_run(run) for run in one.runs],
        "last": last and {name: last[name] for name in ("action", "reason_code", "reason")},
    }


def _run(run: "Run") -> dict[str, Any]:
    slot = iso(run.decision["slot"])
    return {"execution_id": run.execution_id, "slot": slot, "state": run.state}


def _of(date: "DateCoverage") -> Iterator[str]:
    if any(date.troubles()):
        yield from troubles_of(date)


def _heading(found: "Status") -> Iterator[str]:
    yield f"{eastern(found.now):%A %Y-%m-%d %H:%M} ET"
    yield f"plan: {f'locked {_time(found.locked)}' if found.locked else 'none is locked'}"
    if found.decided:
        yield f"controller: decided {age(found.decided, found.now)} ago"
    else:
        yield "controller: nothing was decided since yesterday"
    row = found.swept
    if row is None:
        yield "cleanup: none since yesterday"
    else:
        error = f": {row['error_message']}" if row["error_message"] else ""
        yield f"cleanup: {row['status']} {age(row['cleanup_time'], found.now)} ago{error}"


def _print_workflows(found: "Status") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("workflow", "planned", "ran", "last decision")
    for one in found.workflows:
        planned = " ".join(f"{eastern(when):%H}" for when in one.planned)
        ran = "\n".join(f"{_time(run.decision['slot'])} {run.state.lower()}" for run in one.runs)
        last = one.last
        said = f"{_time(last['slot'])} {last['action']}: {last['reason']}" if last else "none"
        style = "bold red" if last and last["action"] == "ABORT" else ""
        table.add_row(one.name, planned, ran, Text(said[:REASON_CHARACTERS_MAX], style))
    make_console(PIPED_WIDTH).print(table)


def _lines(found: "Status", letters: list["Letter"]) -> Iterator[str]:
    for name, held in found.pauses.items():
        why = f": {held.why}" if held.why else ""
        yield f"PAUSED {name} by {held.by} since {eastern(held.since):%Y-%m-%d %H:%M}{why}"
    for one in found.workflows:
        for run in one.runs:
            if run.ended is None:
                when = _time(run.decision["slot"])
                yield f"{run.state.upper()} {one.name} of {when}: {run.progress}"
    if found.blind:
        yield f"Data: not known: {found.blind}"
    for date in found.dates:
        yield f"{date.day}:"
        yield from (f"  {line}" for line in troubles_of(date))
    more = "; see: python -m local dlq list" if letters else ""
    yield f"Dead letters: {len(letters) or 'none'}{more}"


def _time(instant: datetime) -> str:
    return f"{eastern(instant):%H:%M}"
