"""The README's list of commands, written from the commands themselves.

`python -m local.commands.help_text` writes it anew; a test compares the two.
"""

import textwrap
from collections.abc import Iterator, Sequence

import click

from common.settings import ROOT
from local.commands.cli import GROUPS

README = ROOT / "README.md"
BEGIN = "<!-- commands: written by `python -m local.commands.help_text` -->\n"
END = "<!-- end of commands -->\n"
PROGRAM = "python -m local"
COLUMNS, INDENT = 100, " " * 8
UNBROKEN = "\N{NO-BREAK SPACE}"


def command_list() -> str:
    """Return the commands by group: usage with all options, and the help's first paragraph."""
    blocks = []
    for heading, commands in GROUPS.items():
        lines = [line for command in commands for line in _described(command, [PROGRAM])]
        blocks.append("\n".join((f"# {heading}", *lines)))
    return "\n\n".join(blocks)


def _described(command: click.Command, before: Sequence[str]) -> Iterator[str]:
    usage = [*before, str(command.name), *_pieces(command)]
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _described(each, usage)
        return
    whole = " ".join(piece.replace(" ", UNBROKEN) for piece in usage)
    for line in textwrap.wrap(whole, COLUMNS, subsequent_indent=INDENT, break_on_hyphens=False):
        yield line.replace(UNBROKEN, " ")
    first = (command.help or "").split("\n\n")[0]
    yield f"    {' '.join(first.split())}"


def _pieces(command: click.Command) -> Iterator[str]:
    """Yield a command's arguments, then its options."""
    context = click.Context(command)
    for param in command.params:
        if isinstance(param, click.Argument):
            yield param.make_metavar(context)
    for param in command.params:
        if isinstance(param, click.Option):
            yield _option(param, context)


def _option(option: click.Option, context: click.Context) -> str:
    """Return an option as usage lines show it, in brackets where it may be left out."""
    name = "/".join((*option.opts, *option.secondary_opts))
    text = name if option.is_flag else f"{name} {option.make_metavar(context)}"
    text = text if option.required else f"[{text}]"
    return f"{text}..." if option.multiple else text


def with_commands(readme: str) -> str:
    """Return the README with its list of commands written anew.

    Raises:
        ValueError: the README lacks one of the two markers.
    """
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}```\n{command_list()}\n```\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_commands(README.read_text()))
