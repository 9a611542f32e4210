"""`python -m local incidents`: what is open, and with `--all` what is over as well."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from common.eastern import eastern
from local.commands.console import make_console
from local.commands.options import json_option, project_option

if TYPE_CHECKING:
    from common.incidents.incident import Incident

PIPED_WIDTH = 150
NONE = "No incident is open."
NONE_AT_ALL = "There was no incident in 90 days."


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Those that are over as well, of 90 days.")
@project_option
@json_option
def incidents(*, show_all: bool, project: str | None, as_json: bool) -> None:
    """List what is wrong, from its first bad row to its next good one."""
    from common.incidents.incident import read_incidents
    from local.operate.reach import reach

    place = reach(project)
    listed = [each for each in read_incidents(place.warehouse) if show_all or each.closed is None]
    found = sorted(listed, key=lambda each: each.opened, reverse=True)
    if as_json:
        click.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2))
    elif not found:
        click.echo(NONE_AT_ALL if show_all else NONE)
    else:
        _print(found)


def _print(found: Sequence["Incident"]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("rule", "key", "level", "opened ET", "over", "times", "last said")
    for each in found:
        style = "bold red" if each.closed is None and each.level == "ERROR" else ""
        cells = (each.rule, each.key, each.level, _time(each.opened), _end(each), f"{each.times}")
        table.add_row(*(Text(cell) for cell in cells[:-1]), cells[-1], Text(each.detail, style))
    make_console(PIPED_WIDTH).print(table)


def _end(incident: "Incident") -> str:
    if incident.closed is None:
        return "open"
    return _time(incident.closed) + ("" if incident.recovered else ", given up")


def _time(instant: datetime) -> str:
    return f"{eastern(instant):%Y-%m-%d %H:%M}"
