"""`python -m local parse`: how a scraper reads recorded answers of its source.

The files answer the scraper's calls through the deployed client and `scrape`, so the outcome and
the error texts are those that the scraper_runner would store.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from local.commands.options import Day, GameName, Instant, schedule_option

if TYPE_CHECKING:
    from local.commands.operate.answers import Reading


@click.command()
@click.argument("scraper")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--date", "day", type=Day(), required=True, help="Target date (Eastern).")
@click.option("--game", type=GameName(), help="The game, for a scraper of one game.")
@click.option("--team", "teams", multiple=True, help="A team, for a scraper of teams; repeatable.")
@schedule_option
@click.option("--at", "instant", type=Instant(), help="When it is read, or of a past snapshot.")
@click.option("--records", "with_records", is_flag=True, help="Print the records as well.")
def parse(
    scraper: str,
    files: tuple[Path, ...],
    *,
    day: date,
    game: tuple[str, str | None] | None,
    schedule: Path | None,
    teams: tuple[str, ...],
    instant: datetime | None,
    with_records: bool,
) -> None:
    """Read recorded answers as SCRAPER would; print the outcome as JSON.

    Each FILE answers one call of the scraper, in order. A scraper of one game needs --game, with
    the teams given there or in the --schedule file. An answer for a whole date is held against the
    final games that the --schedule file lists for it. A scraper of teams reads the thirty teams'
    answers, or those of each --team. A FILE may be compressed (.gz).
    """
    from local.commands.operate.answers import Asked, read_answers

    found = read_answers(Asked(scraper, files, day, game, schedule, teams, instant))
    click.echo(json.dumps(_shown(found, with_records=with_records), indent=2))


def _shown(found: "Reading", *, with_records: bool) -> dict[str, Any]:
    scraped = found.scraped
    shown = {
        "status": scraped.status,
        "outcome": scraped.outcome,
        "records": scraped.records,
        "error_class": scraped.error_class,
        "error_message": scraped.error_message,
        "warnings": list(scraped.warnings),
    }
    return {**shown, "rows": list(found.rows)} if with_records else shown
