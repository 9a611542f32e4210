"""A whole dashboard in the JSON that Grafana 11 imports, and all of them as files."""

import json
from pathlib import Path

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DashboardLinkType

from common.settings import ROOT
from local.dashboards.panels import built
from local.dashboards.source import Dashboard, sources
from local.dashboards.variables import variables_of

FOLDER = ROOT / "dashboards"
REFRESH = "30m"
"""Every second sweep: each load of the overview reads 22 tables (docs/cost.md)."""
TAG = "nba-orchestration"


def text_of(source: Dashboard) -> str:
    """Return the dashboard's JSON as `dashboards/` contains it."""
    made = (
        builders.Dashboard(source.title)
        .uid(source.uid)
        .description(source.description)
        .tags([TAG])
        .timezone("America/New_York")
        .editable()
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now/d", "now")
        .refresh(REFRESH)
        .link(_links_to_the_others())
    )
    for variable in variables_of("\n".join(panel.sql for panel in source.panels)):
        made.with_variable(variable)
    for number, panel in enumerate(source.panels, start=1):
        made.with_panel(built(panel, number))
    return json.dumps(made.build(), cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


def _links_to_the_others() -> builders.DashboardLink:
    return (
        builders.DashboardLink("NBA orchestration")
        .type(DashboardLinkType.DASHBOARDS)
        .icon("external link")
        .tags([TAG])
        .as_dropdown(as_dropdown=True)
        .include_vars(include_vars=True)
        .keep_time(keep_time=True)
    )


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every dashboard's JSON, and return the files."""
    written = []
    for name, source in sources():
        path = folder / f"{name}.json"
        path.write_text(text_of(source), encoding="utf-8")
        written.append(path)
    return written
