"""`python -m local backfill`: fills in what the games of dates lack, and asks for nothing else."""

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from common.errors import BadInputError
from local.commands.operate.scrape import document_of, line_of
from local.commands.operate.waiting import waiting
from local.commands.options import (
    first_option,
    json_option,
    last_option,
    project_option,
    wait_option,
)

if TYPE_CHECKING:
    from common.cloud.ports import Row
    from local.operate.asking import Question
    from local.operate.backfill import Filled, Plan

LACKING = 1
"""Exit status where something is still missing."""


@click.command()
@first_option
@last_option
@click.option("--dry-run", is_flag=True, help="Print the plan and its digest; ask for nothing.")
@click.option("--digest", metavar="DIGEST", help="Of a dry run: refuse to ask for anything else.")
@wait_option
@project_option
@json_option
def backfill(
    first: date,
    last: date,
    digest: str | None,
    *,
    dry_run: bool,
    wait: float,
    project: str | None,
    as_json: bool,
) -> None:
    """Ask for what games lack. Exit status 1 if some still do.

    Only what is missing is asked for, so that a second run asks for nothing. Lines, injury reports
    and referee assignments show the present only and cannot be filled in.
    """
    from local.operate.backfill import fill, plan_of
    from local.operate.reach import reach

    place = reach(project)
    plan = plan_of(place, first, last)
    if digest is not None and digest != plan.digest:
        raise BadInputError(
            f"the facts have changed since digest {digest}: it is {plan.digest} now, for "
            f"{len(plan.gaps)} scrapes; look at the plan again with --dry-run"
        )
    if dry_run:
        click.echo(json.dumps(_document(plan), indent=2) if as_json else _plan(plan))
        return
    told = Told(plan, as_json=as_json)
    with waiting(f"games {last}"):
        filled = fill(place, plan, seconds_max=wait, told=told)
    _end(plan, filled, as_json=as_json)
    if filled.lacking or filled.waiting:
        sys.exit(LACKING)


class Told:
    """Prints a line for each row, with its number and how many are expected as far as known.

    Where a scraper fails and another can stand in, one more is expected.
    """

    def __init__(self, plan: "Plan", *, as_json: bool) -> None:
        self._expected = len(plan.gaps)
        self._has_next = {question for gap in plan.gaps for question in gap[:-1]}
        self._as_json = as_json
        self._number = 0

    def __call__(self, question: "Question", row: "Row") -> None:
        """Print one."""
        self._number += 1
        self._expected += row["outcome"] != "SUCCESS" and question in self._has_next
        if self._as_json:
            click.echo(json.dumps(document_of(question, row)))
        else:
            click.echo(f"{self._number}/{self._expected} {line_of(question, row)}")


def _document(plan: "Plan") -> dict[str, Any]:
    return {
        "digest": plan.digest,
        "scrapes": [
            {
                "scraper": gap[0].scraper,
                "date": f"{gap[0].day}",
                "game_id": gap[0].game.game_id if gap[0].game else None,
                "alternatives": [one.scraper for one in gap[1:]],
            }
            for gap in plan.gaps
        ],
        "left": list(plan.left),
    }


def _plan(plan: "Plan") -> str:
    lines = [f"ask for {gap[0].said}{_or(gap)}" for gap in plan.gaps]
    lines += [f"leave   {why}" for why in plan.left]
    return "\n".join([*lines, f"{len(plan.gaps)} scrapes, digest {plan.digest}"])


def _or(gap: "tuple[Question, ...]") -> str:
    names = ", then ".join(one.scraper for one in gap[1:])
    return f"; where it fails, {names}" if names else ""


def _end(plan: "Plan", filled: "Filled", *, as_json: bool) -> None:
    """Print the totals; beside JSON on standard error."""
    for why in plan.left:
        click.echo(f"left: {why}", err=as_json)
    for question in filled.waiting:
        click.echo(f"no answer yet: {question.said}", err=as_json)
    lacking = f", {len(filled.lacking)} still missing" if filled.lacking else ""
    asked = f"{len(plan.gaps)} asked for, {filled.found} found{lacking}"
    click.echo(asked if plan.gaps else "nothing to ask for", err=as_json)
