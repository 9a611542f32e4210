"""`python -m local page`: a date as one self-contained HTML file."""

from datetime import date
from pathlib import Path

import click

from local.commands.options import Day, project_option


@click.command()
@click.argument("day", metavar="DATE", type=Day())
@project_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File.")
def page(day: date, *, project: str | None, out: Path) -> None:
    """Write DATE as a page: time line, games, decisions, runs."""
    from common.pages.day import read_day
    from common.pages.render import render
    from local.operate.reach import reach

    text = render(read_day(reach(project), day), alone=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text)
    click.echo(f"{day} written to {out}")
