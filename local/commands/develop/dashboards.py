"""`python -m local dashboards`: writes the Grafana dashboards `dashboards/*.json`.

A person maintains `dashboards/source/*.yaml`: titles, queries, sizes. This module adds ids, places
on the grid, variables and the rest of Grafana's model. The SQL is for the BigQuery plugin:
`$__timeFilter(column)` is its macro for a TIMESTAMP column, `$__from` and `$__to` are Grafana's own
(milliseconds), `${project}` and `${dataset}` are variables of the dashboard.
https://grafana.com/docs/plugins/grafana-bigquery-datasource/latest/query-editor
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import ConfigError
from common.settings import ROOT, Settings

FOLDER = ROOT / "dashboards"
SOURCES = FOLDER / "source"
COLUMNS = 24
PLUGIN = "grafana-bigquery-datasource"
DATASOURCE = {"type": PLUGIN, "uid": "${source}"}
SCHEMA_VERSION = 41
"""The schema of Grafana 11.6; newer versions migrate it when they load it."""
TAG = "nba-orchestration"
Json = dict[str, Any]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Panel(_Strict):
    """One panel.

    Attributes:
        seed: heading of the query in docs/03-bigquery-schemas.md that the panel shows.
        kind: the visualization.
        healthy: `may be empty` when a healthy day has no rows for it.
        width: in the grid's 24 columns.
        height: in the grid's rows.
        bad_from: the number from which a `stat` is red.
    """

    title: str
    kind: Literal["table", "timeseries", "stat", "barchart"]
    sql: str
    width: Annotated[int, Field(gt=0, le=COLUMNS)]
    height: Annotated[int, Field(gt=0)]
    description: str | None = None
    seed: str | None = None
    healthy: Literal["has rows", "may be empty"] = "has rows"
    bad_from: int | None = None


class Dashboard(_Strict):
    """One source file: a dashboard and its panels."""

    uid: Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
    title: str
    description: str
    panels: tuple[Panel, ...]


def sources() -> Iterator[tuple[str, Dashboard]]:
    """Yield each dashboard with the name of its file.

    Raises:
        ConfigError: a source file has an unknown or wrong field; names file and field.
    """
    for path in sorted(SOURCES.glob("*.yaml")):
        try:
            yield path.stem, Dashboard.model_validate(yaml.safe_load(path.read_bytes()))
        except (ValidationError, yaml.YAMLError) as error:
            raise ConfigError(
                f"{path}: {error}; local/commands/develop/dashboards.py describes the fields"
            ) from error


def text_of(dashboard: Dashboard) -> str:
    """Return the dashboard's JSON as `dashboards/` contains it."""
    return json.dumps(model_of(dashboard), indent=2, ensure_ascii=False) + "\n"


def model_of(dashboard: Dashboard) -> Json:
    """Return the dashboard in Grafana's model."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": [TAG],
        "timezone": "America/New_York",
        "editable": True,
        "graphTooltip": 1,
        "time": {"from": "now/d", "to": "now"},
        "refresh": "10m",
        "schemaVersion": SCHEMA_VERSION,
        "panels": list(_panels(dashboard.panels)),
        "templating": {"list": _variables()},
        "links": [_links_to_the_others()],
    }


def _panels(panels: Sequence[Panel]) -> Iterator[Json]:
    """Place panels from left to right, in a new row where the next one does not fit."""
    x = y = tallest = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        yield _panel(panel, number, {"h": panel.height, "w": panel.width, "x": x, "y": y})
        x += panel.width
        tallest = max(tallest, panel.height)


def _panel(panel: Panel, number: int, place: Json) -> Json:
    described = {"description": panel.description} if panel.description else {}
    defaults = {"thresholds": _thresholds(panel.bad_from)} if panel.kind == "stat" else {}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        **described,
        "gridPos": place,
        "datasource": DATASOURCE,
        "targets": [_target(panel)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def _target(panel: Panel) -> Json:
    return {
        "refId": "A",
        "datasource": DATASOURCE,
        "editorMode": "code",
        "rawQuery": True,
        "rawSql": panel.sql,
        "format": 0 if panel.kind == "timeseries" else 1,
    }


def _thresholds(bad_from: int | None) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if bad_from is not None:
        steps.append({"color": "red", "value": bad_from})
    return {"mode": "absolute", "steps": steps}


def _variables() -> list[Json]:
    defaults = Settings()
    source = {"type": "datasource", "name": "source", "label": "Data source", "query": PLUGIN}
    return [
        {**source, "skipUrlSync": False},
        _text("project", "Project", defaults.project),
        _text("dataset", "Dataset", defaults.dataset),
    ]


def _text(name: str, label: str, value: str) -> Json:
    """Return a variable that a person can type."""
    return {
        "type": "textbox",
        "name": name,
        "label": label,
        "query": value,
        "current": {"selected": True, "text": value, "value": value},
        "options": [{"selected": True, "text": value, "value": value}],
        "skipUrlSync": False,
    }


def _links_to_the_others() -> Json:
    return {
        "title": "NBA orchestration",
        "type": "dashboards",
        "icon": "external link",
        "tooltip": "",
        "tags": [TAG],
        "asDropdown": True,
        "targetBlank": False,
        "includeVars": True,
        "keepTime": True,
    }


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every dashboard's JSON, and return the files."""
    written = []
    for name, dashboard in sources():
        path = folder / f"{name}.json"
        path.write_text(text_of(dashboard), encoding="utf-8")
        written.append(path)
    return written


@click.command("dashboards")
def dashboards() -> None:
    """Write dashboards/*.json from dashboards/source/*.yaml."""
    for path in write():
        click.echo(path.relative_to(ROOT))
