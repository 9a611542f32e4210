"""`python -m local why`: a recorded decision rule by rule, or what a game has and lacks."""

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from common.errors import BadInputError
from common.pages.documents import of_datum, of_explained
from local.commands.look.games import cell
from local.commands.options import Instant, json_option, project_option

if TYPE_CHECKING:
    from common.calendar.games import Game
    from common.look.datum import Datum
    from common.look.why import Explained
    from common.runtime import Runtime


@click.command()
@click.argument("subject", metavar="WORKFLOW|GAME")
@click.option("--at", "instant", type=Instant(), help="Decisions up to then; up to now by default.")
@project_option
@json_option
def why(subject: str, instant: datetime | None, *, project: str | None, as_json: bool) -> None:
    """Explain the last decision of WORKFLOW, or what GAME lacks.

    A game is named by its id, or by its teams: 0022500213 or MIL@CHA.
    """
    from common.look.why import explained, find_game, game_and_decisions, last_decision
    from local.operate.reach import reach

    place = reach(project)
    when = instant or place.clock.now()
    if subject in place.configured:
        made = explained(place, last_decision(place, subject, when))
        click.echo(json.dumps(of_explained(made), indent=2) if as_json else "\n".join(made.lines()))
        return
    _refuse_unknown(subject, place)
    game = find_game(place, subject, when)
    covered, decisions = game_and_decisions(place, game, when)
    if as_json:
        held = {"game_id": game.game_id, "data": [of_datum(one) for one in covered.data]}
        click.echo(
            json.dumps({**held, "decisions": [of_explained(one) for one in decisions]}, indent=2)
        )
        return
    _print_game(game, covered.data, decisions)


def _refuse_unknown(subject: str, place: "Runtime") -> None:
    if "@" not in subject and not subject[-1:].isdigit():
        raise BadInputError(
            f"{subject!r} is no workflow and no game; known workflows are "
            f"{', '.join(place.configured)}; a game is 0022500213 or MIL@CHA"
        )


def _print_game(game: "Game", data: tuple["Datum", ...], made: list["Explained"]) -> None:
    from common.look.why import game_line

    click.echo(game_line(game))
    for one in data:
        said = cell(one, game.game_date).replace("\n", " by ")
        coming = one.coming.words if one.coming else ""
        click.echo(f"  {one.scraper}: {'; '.join(filter(None, (said, one.why, coming)))}")
    for each in made:
        click.echo("\n" + "\n".join(each.lines()))
