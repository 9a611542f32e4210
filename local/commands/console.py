"""The console that commands print tables to."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def make_console(piped_width: int) -> "Console":
    """Return standard output as a console.

    Args:
        piped_width: columns where standard output is a file or a pipe, so that a table keeps its
            columns there.
    """
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=piped_width)
