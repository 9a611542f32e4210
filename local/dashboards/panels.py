"""One panel of a source file, built with the builder of its kind."""

from collections.abc import Callable, Mapping

from grafana_foundation_sdk.builders import (
    barchart,
    bigquery,
    common,
    dashboard,
    stat,
    statushistory,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import bigquery as query
from grafana_foundation_sdk.models.common import TableCellDisplayMode as Mode
from grafana_foundation_sdk.models.common import VisibilityMode
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DataTransformerConfig,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMappingResult,
)

from local.dashboards import columns
from local.dashboards.source import Panel
from local.dashboards.variables import SOURCE

Built = table.Panel | timeseries.Panel | stat.Panel | barchart.Panel | statushistory.Panel
HISTORY = {"missing": "red", "SKIP": "#6e7681", "ABORT": "orange", "RUN": "green"}
"""What the numbers of a status history stand for, from 0 on, and their colours."""
SERIES = "${__field.labels.metric}"
"""The name of a line: the value of the column `metric`."""


def built(panel: Panel, number: int) -> Built:
    """Return a panel's builder; Grafana needs a number for it."""
    made = KINDS[panel.kind](panel)
    made.id(number).title(panel.title).height(panel.height).span(panel.width)
    made.datasource(SOURCE).with_target(_query(panel)).no_value(panel.empty)
    made.links(columns.built({f"What to do: {part}": _runbook(part) for part in panel.runbook}))
    if panel.description:
        made.description(panel.description)
    if panel.last:
        made.time_from(panel.last)
    if panel.unit:
        made.unit(panel.unit)
    if " AS metric" in panel.sql:
        made.display_name(SERIES)
    return made


def _query(panel: Panel) -> bigquery.Dataquery:
    in_time = panel.kind in ("timeseries", "status-history")
    asked = query.QueryFormat.TIMESERIES if in_time else query.QueryFormat.TABLE
    made = bigquery.Dataquery().ref_id("A").datasource(SOURCE).format(asked)
    return made.raw_query(raw_query=True).editor_mode(query.EditorMode.CODE).raw_sql(panel.sql)


def _runbook(section: str) -> str:
    return f"${{runbook}}docs/operations.md#{section}"


def _table(panel: Panel) -> table.Panel:
    made = table.Panel().mappings([columns.words()])
    made.thresholds(dashboard.ThresholdsConfig().steps(columns.steps({None: "transparent"})))
    if panel.matrix:
        return _matrix(panel, made)
    for names, properties in columns.overrides(panel.sql):
        made.override_by_regexp(names, properties)
    return made


def _matrix(panel: Panel, made: table.Panel) -> table.Panel:
    """Turn rows into a grid of words with colours; its first column names the rows."""
    assert panel.matrix is not None
    rows, heads, cells = panel.matrix.rows, panel.matrix.columns, panel.matrix.cells
    fields = {"rowField": rows, "columnField": heads, "valueField": cells}
    made.with_transformation(DataTransformerConfig("groupingToMatrix", options=fields))
    made.data_links(columns.built(columns.MATRIX_LINK))
    made.override_by_regexp(".*", [columns.nothing(), columns.cell(Mode.COLOR_BACKGROUND)])
    plain = [columns.cell(Mode.AUTO), columns.no_links()]
    return made.override_by_name(f"{rows}\\{heads}", plain)


def _stat(panel: Panel) -> stat.Panel:
    """Return one number; none at all is as bad as a bad one."""
    levels: dict[int | None, str] = {None: "green"}
    if panel.warn_from is not None:
        levels[panel.warn_from] = "orange"
    if panel.bad_from is not None:
        levels[panel.bad_from] = "red"
    none = DashboardSpecialValueMapOptions(
        SpecialValueMatch.NULL, ValueMappingResult(text=panel.empty, color="red")
    )
    made = stat.Panel().thresholds(dashboard.ThresholdsConfig().steps(columns.steps(levels)))
    return made.mappings([SpecialValueMap(none)])


def _history(_: Panel) -> statushistory.Panel:
    results = {
        str(number): ValueMappingResult(text=word, color=colour)
        for number, (word, colour) in enumerate(HISTORY.items())
    }
    made = statushistory.Panel().mappings([ValueMap(results)]).show_value(VisibilityMode.NEVER)
    return made.legend(_legend()).data_links(columns.built(columns.SERIES_LINK))


def _legend() -> common.VizLegendOptions:
    """Return a legend that shows: the builders' own one is hidden, other than Grafana's."""
    return common.VizLegendOptions().show_legend(show_legend=True)


def _bars(panel: Panel) -> barchart.Panel:
    made = barchart.Panel().legend(_legend())
    return made.x_field(panel.x) if panel.x else made


KINDS: Mapping[str, Callable[[Panel], Built]] = {
    "table": _table,
    "stat": _stat,
    "status-history": _history,
    "timeseries": lambda _: timeseries.Panel(),
    "barchart": _bars,
}
