"""`python -m local dashboards`: writes the Grafana dashboards `dashboards/*.json`."""

import click

from common.settings import ROOT


@click.command("dashboards")
def dashboards() -> None:
    """Write dashboards/*.json from dashboards/source/*.yaml."""
    from local.dashboards.model import write

    for path in write():
        click.echo(path.relative_to(ROOT))
