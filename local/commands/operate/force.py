"""`python -m local force`: a slot decided again, whatever was decided in it."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from common.errors import BadInputError
from common.pages.documents import iso
from local.commands.operate.waiting import waiting
from local.commands.options import Instant, json_option, project_option, wait_option

if TYPE_CHECKING:
    from common.cloud.ports import Row

UNDECIDED = 1
"""Exit status where no decision came in time."""


@click.command()
@click.argument("what", metavar="WORKFLOW|SLOT")
@wait_option
@project_option
@json_option
def force(what: str, *, wait: float, project: str | None, as_json: bool) -> None:
    """Decide again WORKFLOW in its last slot, or all in SLOT. Exit status 1 if none comes.

    SLOT is such as 2025-11-12T23:00.
    What was collected by now is not asked for again, and what a run of the last hour is still
    collecting is left to it. The new rows are marked as forced.
    """
    from local.operate.force import force_slot, slot_for
    from local.operate.reach import reach

    place = reach(project)
    workflow = what if what in place.configured else None
    slot = slot_for(place, workflow) if workflow else _slot(what, place.configured)
    with waiting("status"):
        made = force_slot(place, slot, seconds_max=wait, workflow=workflow)
    if as_json:
        click.echo(json.dumps([_document(row) for row in made], indent=2))
    else:
        for row in made:
            click.echo(f"{row['action']:<5} {row['workflow_name']}: {row['reason']}")
    if not made:
        said = f"forced; no decision came in {wait:g} s, see: python -m local status"
        click.echo(said, err=True)
        sys.exit(UNDECIDED)


def _slot(text: str, known: Iterable[str]) -> datetime:
    try:
        return Instant().convert(text, None, None)
    except click.UsageError as error:
        if text[:1].isdigit():  # no workflow's name begins so
            raise
        raise BadInputError(f"{error.message}, and no workflow: {', '.join(known)}") from error


def _document(row: "Row") -> dict[str, Any]:
    names = ("decision_id", "workflow_name", "action", "reason_code", "reason")
    return {"slot": iso(row["slot"]), **{name: row[name] for name in names}}
