"""`python -m local scrape`: one scrape, checked, asked for, and followed to its row."""

import json
import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from common.eastern import eastern_date
from local.commands.operate.waiting import waiting
from local.commands.options import Day, json_option, project_option, wait_option

if TYPE_CHECKING:
    from common.cloud.ports import Row
    from local.operate.asking import Question

FAILED = 1
"""Exit status where the scrape failed, or nothing came of it in time."""
ANSWERED = ("SUCCESS", "NO_DATA", "NOT_READY")
"""Outcomes of a source that answers, though it may have nothing yet."""


@click.command()
@click.argument("scraper", metavar="SCRAPER")
@click.option("--date", "day", type=Day(), help="What it is about; today (Eastern) by default.")
@click.option("--game", metavar="GAME", help="Of one game: its id, or its teams as MIL@CHA.")
@wait_option
@project_option
@json_option
def scrape(
    scraper: str,
    day: date | None,
    game: str | None,
    *,
    wait: float,
    project: str | None,
    as_json: bool,
) -> None:
    """Ask for one scrape. Exit status 1 if it fails."""
    from local.operate.asking import ask, question_of
    from local.operate.reach import reach

    place = reach(project)
    question = question_of(place, scraper, day or eastern_date(place.clock.now()), game)
    outcomes: list[str] = []

    def told(_: "Question", row: "Row") -> None:
        outcomes.append(row["outcome"])
        click.echo(json.dumps(document_of(question, row)) if as_json else line_of(question, row))

    with waiting("status"):
        left = ask(place, [question], seconds_max=wait, told=told)
    if left:
        click.echo(f"asked for {question.said}; nothing came of it in {wait:g} s", err=True)
    if not set(outcomes) & {*ANSWERED}:
        sys.exit(FAILED)


def line_of(question: "Question", row: "Row") -> str:
    """Say in one line what came of a question."""
    error = f": {' '.join(row['error_message'].split())}" if row["error_message"] else ""
    return f"{row['outcome']:<9} {question.said}{error} → {row['gcs_path']}"


def document_of(question: "Question", row: "Row") -> dict[str, object]:
    """Return the same as JSON holds it."""
    named = ("outcome", "error_message", "gcs_path")
    return {
        "scraper": question.scraper,
        "date": f"{question.day}",
        "game_id": question.game.game_id if question.game else None,
        **{name: row[name] for name in named},
    }
