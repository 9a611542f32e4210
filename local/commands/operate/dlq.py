"""`python -m local dlq`: shows dead letters, sends their originals again, or drops one.

Works on the kept stack, or with --project on a Google Cloud project (Application Default
Credentials; where PUBSUB_EMULATOR_HOST is set, on that emulator).
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING

import click

from common.errors import BadInputError
from local.commands.console import make_console
from local.commands.options import Decorator, FunctionName, json_option, project_option

if TYPE_CHECKING:
    from local.operate.letters import Letter
    from local.operate.subscription import DeadLetters

LETTERS_MAX = 1000
"""Letters that one command looks at."""
CELL_CHARACTERS_MAX = 60
REASON_CHARACTERS_MAX = 200
PIPED_WIDTH = 160
STAYED = 1
"""Exit status when a letter asked for could not be replayed."""


def connect(project: str | None) -> "DeadLetters":
    """Return the dead letters of a Google Cloud project, or of the kept stack."""
    from local.operate.reach import reach
    from local.operate.subscription import dead_letters

    return dead_letters(reach(project))


@click.group()
@project_option
@click.pass_context
def dlq(context: click.Context, project: str | None) -> None:
    """Show dead letters, and replay or drop them."""
    context.obj = project


def function_option(text: str) -> Decorator:
    """Return the option that names a function, in either spelling."""
    return click.option("--function", type=FunctionName(), help=text)


@dlq.command("list")
@function_option("Only letters of this function.")
@click.option(
    "--limit",
    type=click.IntRange(1, LETTERS_MAX),
    default=LETTERS_MAX,
    metavar="N",
    help="List at most N.",
)
@json_option
@click.pass_obj
def list_letters(project: str | None, function: str | None, *, limit: int, as_json: bool) -> None:
    """List the letters, oldest first; none is consumed."""
    with connect(project).leased(LETTERS_MAX) as letters:
        found = _of(letters.values(), function)[:limit]
    if as_json:
        click.echo(json.dumps([_summary(letter) for letter in found], indent=2))
    else:
        _print_table(found)


@dlq.command()
@click.argument("letter_id", metavar="ID")
@click.pass_obj
def show(project: str | None, letter_id: str) -> None:
    """Print one letter with its original, as JSON."""
    from local.operate.letters import described

    with connect(project).leased(LETTERS_MAX) as letters:
        letter = _one(letters, letter_id)[1]
    click.echo(json.dumps(described(letter), indent=2))


@dlq.command()
@click.argument("letter_id", metavar="ID")
@click.pass_obj
def drop(project: str | None, letter_id: str) -> None:
    """Throw one letter away for good; look at it first, with show."""
    letters = connect(project)
    with letters.leased(LETTERS_MAX) as held:
        lease, letter = _one(held, letter_id)
        letters.drop(lease, letter)
    click.echo(f"dropped   {letter_id}  of {letter.function or 'an unknown function'}")


@dlq.command()
@click.argument("letter_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Every letter.")
@function_option("Every letter of this function.")
@click.pass_obj
def replay(
    project: str | None, letter_id: str | None, function: str | None, *, everything: bool
) -> None:
    """Publish originals again with their original time. Exit status 1 if a letter has to stay."""
    if sum((letter_id is not None, function is not None, everything)) != 1:
        raise click.UsageError("replay: give one of ID, --function NAME or --all")
    letters = connect(project)
    with letters.leased(LETTERS_MAX) as held:
        wanted = [_one(held, letter_id)[1]] if letter_id else _of(held.values(), function)
        leases = {letter.letter_id: lease for lease, letter in held.items()}
        stayed = sum(not _replayed(letters, leases[one.letter_id], one) for one in wanted)
    more = (
        f"; {LETTERS_MAX} were looked at; run it again for more" if len(held) == LETTERS_MAX else ""
    )
    click.echo(f"{len(wanted) - stayed} replayed, {stayed} stayed{more}")
    if stayed:
        sys.exit(STAYED)


def _replayed(letters: "DeadLetters", lease: str, letter: "Letter") -> bool:
    try:
        topic = letters.replay(lease, letter)
    except BadInputError as error:
        click.echo(f"stays     {letter.letter_id}  {_plain(str(error), REASON_CHARACTERS_MAX)}")
        return False
    since = letter.published or letter.failed_at
    click.echo(f"replayed  {letter.letter_id}  to {topic}, of {since.isoformat()}")
    return True


def _of(letters: Iterable["Letter"], function: str | None) -> list["Letter"]:
    found = [letter for letter in letters if function in {None, letter.function}]
    return sorted(found, key=lambda letter: (letter.failed_at, letter.letter_id))


def _one(held: Mapping[str, "Letter"], letter_id: str) -> tuple[str, "Letter"]:
    """Return the lease of a letter, and the letter."""
    for lease, letter in held.items():
        if letter.letter_id == letter_id:
            return lease, letter
    raise BadInputError(
        f"no dead letter {letter_id!r} waits; see: python -m local dlq list "
        "(another command may hold it for up to ten minutes)"
    )


def _summary(letter: "Letter") -> dict[str, object]:
    from local.operate.letters import described

    whole = described(letter)
    return {key: whole[key] for key in ("id", "function", "error_class", "failed_at", "error")}


def _print_table(letters: Sequence["Letter"]) -> None:
    from rich.markup import escape
    from rich.table import Table

    shown = Table("id", "function", "error class", "when (UTC)", "error")
    for letter in letters:
        when = f"{letter.failed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        texts = (letter.letter_id, letter.function or "?", letter.error_class, when, letter.error)
        shown.add_row(*(escape(_plain(text, CELL_CHARACTERS_MAX)) for text in texts))
    console = make_console(PIPED_WIDTH)
    console.print(shown)
    console.print(f"{len(letters)} dead letter{'' if len(letters) == 1 else 's'}")


def _plain(text: str, longest: int) -> str:
    """Return text without control characters: a letter may contain anything."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"
