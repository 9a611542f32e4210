"""What an operator who stops waiting reads: what was published goes on."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def waiting(where: str) -> Iterator[None]:
    """Tell whoever interrupts a wait that what is published is handled all the same.

    Args:
        where: the command that shows what has come of them.
    """
    try:
        yield
    except KeyboardInterrupt:
        click.echo(
            f"stopped waiting; what was published already goes on, see: python -m local {where}",
            err=True,
        )
        raise
