"""`python -m local asof`: which objects about a game were known at an instant."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from common.errors import BadInputError
from local.commands.console import make_console
from local.commands.options import GameName, Instant, json_option, project_option

if TYPE_CHECKING:
    from common.look.asof import AsOf

PIPED_WIDTH = 150


@click.command()
@click.option("--at", "instant", type=Instant(), required=True, help="The instant.")
@click.option("--game", type=GameName(), required=True, help="The game, by NBA.com's id.")
@project_option
@json_option
def asof(
    *, instant: datetime, game: tuple[str, str | None], project: str | None, as_json: bool
) -> None:
    """List what was known of a game at an instant, with a digest.

    The digest is the same whenever it is asked for again: store it beside a prediction.
    """
    from common.look.asof import as_of
    from local.operate.reach import reach

    game_id, teams = game
    if teams is not None:
        raise BadInputError(f"--game {game_id}:{teams}: leave the teams out; the id names the game")
    found = as_of(reach(project), game_id, instant)
    if as_json:
        click.echo(json.dumps({**asdict(found), "digest": found.digest}, default=str, indent=2))
        return
    _print_table(found)
    click.echo(f"{len(found.known)} objects known of {found.game_id} at {instant.isoformat()}")
    click.echo(f"sha256 {found.digest}")


def _print_table(found: "AsOf") -> None:
    from rich.table import Table

    from common.eastern import eastern

    table = Table("logged ET", "scraper", "newest", "object#generation")
    for one in found.known:
        logged = f"{eastern(one.logged_at):%Y-%m-%d %H:%M:%S}"
        table.add_row(
            logged, one.scraper, "yes" if one.newest else "", f"{one.path}#{one.generation}"
        )
    make_console(PIPED_WIDTH).print(table)
