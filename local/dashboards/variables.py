"""The variables of a dashboard: what every one has, and those that its panels' SQL names."""

import re
from collections.abc import Iterator

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import bigquery
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    VariableOption,
    VariableRefresh,
)

from common.settings import Settings

PLUGIN = "grafana-bigquery-datasource"
SOURCE = DataSourceRef(PLUGIN, "${source}")
EVERYTHING = "'everything'"
"""The SQL that stands for All: Grafana does not quote a value of All that is given (allValue)."""
NO_RUNBOOK = "https://set-the-variable-runbook.invalid/"
"""The address of the repository's files until somebody says it; as `runbook_url` of Terraform."""
CARRIED = "&".join(
    f"${{{name}:queryparam}}" for name in ("source", "project", "dataset", "runbook")
)
"""What a link hands on to another dashboard."""
_LOOKBACK = "TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)"
CHOICES = {
    "workflow": ("Workflow", "workflow_name", "workflow_decisions", "decision_time"),
    "scraper": ("Scraper", "scraper_name", "scraper_execution_log", "triggered_at"),
}
"""Variables with a list: label, and the column, table and time of the list."""
FILTERS = {"decision": "Decision", "execution": "Execution", "object": "Object (bucket/name)"}
"""Variables for one id; empty for all. Links fill them in."""
Builder = builders.DatasourceVariable | builders.TextBoxVariable | builders.QueryVariable


def variables_of(queries: str) -> Iterator[Builder]:
    """Yield the variables that every dashboard has, and those that its queries name."""
    defaults = Settings()
    yield builders.DatasourceVariable("source").label("Data source").type(PLUGIN)
    yield _text("project", "Project", defaults.project)
    yield _text("dataset", "Dataset", defaults.dataset)
    yield _text("runbook", "Runbook", NO_RUNBOOK)
    named = set(re.findall(r"\$\{(\w+):", queries))
    yield from (_choice(name) for name in CHOICES if name in named)
    yield from (_text(name, label, "") for name, label in FILTERS.items() if name in named)


def _text(name: str, label: str, value: str) -> builders.TextBoxVariable:
    """Return a variable that a person can type."""
    option = VariableOption(selected=True, text=value, value=value)
    typed = builders.TextBoxVariable(name).label(label).default_value(value)
    return typed.current(option).options([option])


def _choice(name: str) -> builders.QueryVariable:
    """Return a variable of whose values several can be chosen, or All."""
    label, column, table, time = CHOICES[name]
    sql = (
        f"SELECT DISTINCT {column} FROM `${{project}}.${{dataset}}.{table}`\n"  # noqa: S608 - ours
        f"WHERE {time} >= {_LOOKBACK}\n  AND {column} IS NOT NULL\nORDER BY {column}"
    )
    query = bigquery.Dataquery(
        raw_query=True,
        raw_sql=sql,
        format_val=bigquery.QueryFormat.TABLE,
        editor_mode=bigquery.EditorMode.CODE,
        ref_id=name,
    )
    return (
        builders.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(query.to_json())
        .refresh(VariableRefresh.ON_DASHBOARD_LOAD)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(EVERYTHING)
        .current(VariableOption(selected=True, text=["All"], value=["$__all"]))
    )
