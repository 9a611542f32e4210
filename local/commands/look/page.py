"""`python -m local page`: a date as one self-contained HTML file."""

from datetime import date
from pathlib import Path

import click

from local.commands.options import Day, OutFile, make_folder, project_option


@click.command()
@click.argument("day", metavar="DATE", type=Day())
@project_option
@click.option("--out", type=OutFile(), required=True, help="File.")
def page(day: date, *, project: str | None, out: Path) -> None:
    """Write DATE as a page: time line, games, decisions, runs."""
    from common.pages.day import read_day
    from common.pages.render import render
    from local.operate.reach import reach

    make_folder(out.parent)
    text = render(read_day(reach(project), day), alone=True)
    out.write_text(text)
    click.echo(f"{day} written to {out}")
