"""`python -m local stop`: ends the kept stack."""

import click

from common.errors import OrchestrationError


@click.command()
def stop() -> None:
    """Stop the kept stack; its logs stay until another one starts."""
    from local.stack.driver import stop_kept

    if not stop_kept():
        raise OrchestrationError("no stack is up")
    click.echo("stopped")
