"""Expand a panel's SQL as Grafana and its BigQuery plugin do before BigQuery receives it.

Grafana replaces its variables in the browser; the plugin's backend expands the macros:
https://github.com/grafana/grafana-plugin-sdk-go/blob/main/data/sqlutil/macros.go and
https://github.com/grafana/google-bigquery-datasource/blob/main/pkg/bigquery/macros.go
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(__from|__to)\b")
_TIME_FILTER = re.compile(r"\$__timeFilter\(([^()]*)\)")


def expand(sql: str, variables: Mapping[str, str], start: datetime, end: datetime) -> str:
    """Expand variables and macros into the statement that BigQuery receives.

    Raises:
        KeyError: the dashboard has no such variable.
        ValueError: a macro is left that is not understood here, or that the plugin does not know.
    """
    known = {**variables, "__from": _milliseconds(start), "__to": _milliseconds(end)}
    replaced = _VARIABLE.sub(lambda match: known[match.group(1) or match.group(2)], sql)
    first, last = (f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for instant in (start, end))
    expanded = _TIME_FILTER.sub(rf"\1 >= '{first}' AND \1 <= '{last}'", replaced)
    if "$" in expanded:
        raise ValueError(f"a macro or variable is left in: {expanded}")
    return expanded


def variables_of(dashboard: Mapping[str, Any]) -> dict[str, str]:
    """Read the dashboard's text variables with their values."""
    listed = dashboard["templating"]["list"]
    return {one["name"]: one["query"] for one in listed if one["type"] == "textbox"}


def _milliseconds(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))
