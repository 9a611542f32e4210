"""`python -m local games`: what each game of a date has, and what it lacks."""

import json
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from common.pages.documents import of_coverage
from local.commands.console import make_console
from local.commands.options import Day, json_option, project_option

if TYPE_CHECKING:
    from datetime import datetime

    from common.look.datum import DateCoverage, Datum

PIPED_WIDTH = 150
STYLES = {"there": "", "late": "yellow", "waiting": "dim", "missing": "bold red"}


@click.command()
@click.argument("day", metavar="DATE", type=Day())
@project_option
@json_option
def games(day: date, *, project: str | None, as_json: bool) -> None:
    """Show what each game of DATE has, or why it is missing."""
    from common.look.coverage import cover
    from local.operate.reach import reach

    place = reach(project)
    found = cover(place, day)
    if as_json:
        click.echo(json.dumps(of_coverage(found), indent=2))
        return
    _print_table(found)
    click.echo("\n".join(lines_of(found)))


def _print_table(found: "DateCoverage") -> None:
    from rich.table import Table
    from rich.text import Text

    if not found.games:
        click.echo(f"The schedule lists no game on {found.day}.")
        return
    names = [one.scraper.replace("_", "\n", 1) for one in found.games[0].data]
    table = Table("tip-off ET", "game", *names, title=f"Games of {found.day}")
    for covered in found.games:
        game = covered.game
        cells = [Text(cell(one, found.day), STYLES[one.state]) for one in covered.data]
        tip = _time(game.tipoff, found.day) if game.tipoff else "not known"
        table.add_row(tip, f"{game.away}@{game.home}", *cells)
    make_console(PIPED_WIDTH).print(table)


def cell(one: "Datum", day: date) -> str:
    """Write when a datum came, and below it by whom where that was another scraper."""
    if one.when is None:
        return "MISSING" if one.state == "missing" else "not due"
    by = "" if one.by == one.scraper else f"\n{one.by}"
    return f"{'late ' if one.state == 'late' else ''}{_time(one.when, day)}{by}"


def _time(instant: "datetime", day: date) -> str:
    """Write an instant as an Eastern time; with its date where it is not of the day."""
    from common.eastern import eastern

    local = eastern(instant)
    return f"{local:%H:%M}" if local.date() == day else f"{local:%m-%d %H:%M}"


def lines_of(found: "DateCoverage") -> Iterator[str]:
    """Yield what is collected once for the date, then what is late or missing, and why."""
    for one in found.data:
        yield f"{one.scraper}: {cell(one, found.day).replace(chr(10), ' by ')}"
    yield from (f"postponed: {game.away}@{game.home}" for game in found.postponed)
    yield from (f"{name} is off: its source has no address or key here" for name in found.off)
    yield from troubles_of(found)


def troubles_of(found: "DateCoverage") -> Iterator[str]:
    """Yield a line for each datum that is late or missing, with its games and the first cause."""
    causes = [*found.causes()]
    for one in causes:
        names = ", ".join(f"{game.away}@{game.home}" for game in one.games) or f"{found.day}"
        coming = f"; {one.coming.words}" if one.coming else ""
        yield f"{one.state.upper()} {one.scraper} of {names}: {one.why}{coming}"
    if not causes:
        yield "Nothing is late or missing."
