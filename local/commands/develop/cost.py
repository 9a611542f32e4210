"""`python -m local cost`: what a month in Google Cloud costs."""

from pathlib import Path

import click

from local.commands.options import file_option


@click.command()
@file_option("--count", "Count again first, with the scheduleLeagueV2 file of 2024-25.")
@click.option("--write", is_flag=True, help="Write docs/cost.md in place of printing it.")
def cost(count: Path | None, *, write: bool) -> None:
    """Compute what a month in Google Cloud costs."""
    from local.costs.cost import PAGE, load_counts, recount, render, save_counts
    from local.costs.prices import load_prices

    if count:
        save_counts(recount(count))
    text = render(load_counts(), load_prices())
    if write:
        PAGE.write_text(text)
    else:
        click.echo(text, nl=False)
