"""`python -m local new-scraper`: a scraper's file, sample and test, which work as they stand."""

import keyword
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from common.errors import BadInputError

if TYPE_CHECKING:
    from common.scrapers.model import Scope

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
ROOMS = {"NBA": "nba", "ESPN": "espn", "The Odds API": "odds", "BettingPros": "bettingpros"}
"""The folder of each owner's scrapers; a new source has one of its own name."""
SCOPES = ("date", "game", "team", "event")


@click.command("new-scraper")
@click.argument("name")
@click.option("--source", metavar="NAME", help="A source; a new one is declared.  [default: NAME]")
@click.option("--scope", type=click.Choice(SCOPES), default="date", help="What a task collects.")
def new_scraper(name: str, source: str | None, scope: "Scope") -> None:
    """Write the file, sample and test of a scraper called NAME.

    Prints the files, and the line to add to a workflow. Their form is made up: replace it by that
    of a recorded answer.
    """
    from common.settings import ROOT
    from local.commands.develop.skeleton import step_of

    for path in write(ROOT, name, source or name, scope):
        click.echo(f"wrote {path}")
    click.echo("add to the steps of a workflow in config/workflows.yaml:")
    click.echo(f"      {step_of(name, scope)}")


def write(root: Path, name: str, source: str, scope: "Scope") -> list[str]:
    """Write the files of a new scraper, and return their paths in the project.

    Args:
        root: the folder of the project.
        name: the scraper's name.
        source: a declared source, or the name of one that the scraper's file shall declare.
        scope: what one task collects.

    Raises:
        BadInputError: a name is malformed or taken, or a file is there already; none is written.
    """
    from common.scrapers import REGISTRY
    from common.scrapers.source import sources
    from local.commands.develop.skeleton import ROOM, files

    for what, value in (("NAME", name), ("--source", source)):
        _check_form(what, value)
    if name in REGISTRY:
        raise BadInputError(f"NAME {name!r}: a scraper has this name; choose another")
    spec = sources().get(source)
    folder = ROOMS.get(spec.owner, source) if spec else source
    texts = files(name, folder, scope, source, is_new=spec is None)
    _check_free(root, folder, texts)
    package = f"common/scrapers/{folder}/__init__.py"
    if not (root / package).exists():
        texts = {package: ROOM, **texts}
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(texts)


def _check_form(what: str, value: str) -> None:
    if NAME.fullmatch(value) is None or keyword.iskeyword(value):
        said = "write lower-case letters, digits and _, at most 64, such as nbac_standings"
        raise BadInputError(f"{what} {value!r} is no name; {said}")


def _check_free(root: Path, folder: str, texts: dict[str, str]) -> None:
    """Refuse to replace a file, or to hide a module behind a folder of its name."""
    for path in (*texts, f"common/scrapers/{folder}.py"):
        if (root / path).exists():
            raise BadInputError(f"{path} is there already; choose another name or source")
