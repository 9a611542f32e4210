"""What a person maintains of a dashboard: `dashboards/source/*.yaml`.

The SQL is for the BigQuery plugin: `$__timeFilter(column)` is its macro for a TIMESTAMP column,
`$__from` and `$__to` are Grafana's own (milliseconds), all else in braces is a variable of
`local/dashboards/variables.py`. How a column is shown follows from its name: `columns.py`.
https://grafana.com/docs/plugins/grafana-bigquery-datasource/latest/query-editor
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.errors import ConfigError
from common.settings import ROOT

SOURCES = ROOT / "dashboards" / "source"
COLUMNS = 24


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Matrix(_Strict):
    """Columns of a query's answer that become the rows, columns and cells of a table."""

    rows: str
    columns: str
    cells: str


class Panel(_Strict):
    """One panel.

    Attributes:
        seed: heading of the query in docs/03-bigquery-schemas.md that the panel shows.
        kind: the visualization.
        empty: what it means when there is nothing to show.
        healthy: `may be empty` when a healthy day has no rows for it.
        of: `now` when it shows the present, whatever the time range.
        last: what it shows in place of a time range that ends now, such as `24h`.
        width: in the grid's 24 columns; the panels of a row fill it.
        height: in the grid's rows.
        unit: of a chart's or a `stat`'s values: `s`, `m` (minutes) or `percent`.
        warn_from: the number from which a `stat` is orange.
        bad_from: the number from which a `stat` is red.
        x: the column along which a bar chart's bars stand; without, Grafana wants a text or a time.
        matrix: how a table's rows become a grid.
        runbook: sections of docs/operations.md that say what to do.
    """

    title: str
    kind: Literal["table", "timeseries", "stat", "barchart", "status-history"]
    sql: str
    empty: str
    width: Annotated[int, Field(gt=0, le=COLUMNS)]
    height: Annotated[int, Field(gt=0)]
    description: str | None = None
    seed: str | None = None
    healthy: Literal["has rows", "may be empty"] = "has rows"
    of: Literal["time range", "now"] = "time range"
    last: Annotated[str, Field(pattern=r"^[0-9]+h$")] | None = None
    unit: Literal["s", "m", "percent"] | None = None
    warn_from: int | None = None
    bad_from: int | None = None
    x: str | None = None
    matrix: Matrix | None = None
    runbook: tuple[str, ...] = ()


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
                f"{path}: {error}; local/dashboards/source.py describes the fields"
            ) from error
