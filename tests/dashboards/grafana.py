"""Expand a panel's SQL and links as Grafana and its BigQuery plugin do.

Grafana replaces its variables in the browser; the plugin's backend expands the macros:
https://github.com/grafana/scenes/blob/main/packages/scenes/src/variables/interpolation/formatRegistry.ts
https://github.com/grafana/grafana-plugin-sdk-go/blob/main/data/sqlutil/macros.go and
https://github.com/grafana/google-bigquery-datasource/blob/main/pkg/bigquery/macros.go
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

_VARIABLE = re.compile(r"\$\{([\w.]+)(?::(\w+))?\}|\$(__from|__to)\b")
_TIME_FILTER = re.compile(r"\$__timeFilter\(([^()]*)\)")
ALL = "$__all"


@dataclass(frozen=True)
class All:
    """The value of a variable whose choice is All: its own SQL, which no format changes."""

    sql: str


Value = str | list[str] | All
Variables = Mapping[str, Value]


def expand(sql: str, variables: Variables, start: datetime, end: datetime) -> str:
    """Expand variables and macros into the statement that BigQuery receives.

    Raises:
        KeyError: the dashboard has no such variable, or the format is not known here.
        ValueError: a macro is left that is not understood here, or that the plugin does not know.
    """
    known = {**variables, "__from": _milliseconds(start), "__to": _milliseconds(end)}
    replaced = _VARIABLE.sub(lambda match: _formatted(known, match), sql)
    first, last = (f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for instant in (start, end))
    expanded = _TIME_FILTER.sub(rf"\1 >= '{first}' AND \1 <= '{last}'", replaced)
    if "$" in expanded:
        raise ValueError(f"a macro or variable is left in: {expanded}")
    return expanded


def follow(url: str, variables: Variables, clicked: Mapping[str, str]) -> str:
    """Expand a link into the address that a click leads to.

    Args:
        url: the link.
        variables: those of the dashboard.
        clicked: what is told of the cell, such as `__value.raw`.
    """
    span = {"__url_time_range": "from=1&to=2", "__from": "1", "__to": "2"}
    known = {**variables, **clicked, **span}
    return _VARIABLE.sub(lambda match: _formatted(known, match), url)


def _formatted(known: Variables, match: re.Match[str]) -> str:
    name, form = match[1] or match[3], match[2]
    value = known[name]
    if isinstance(value, All):
        return f"var-{name}={ALL}" if form == "queryparam" else value.sql
    values = value if isinstance(value, list) else [value]
    if form == "singlequote":
        return ",".join("'" + one.replace("'", "\\'") + "'" for one in values)
    if form == "queryparam":
        return "&".join(f"var-{name}={quote(one, safe='')}" for one in values)
    assert isinstance(value, str), f"{name} is a list, and {form or 'no format'} is not for lists"
    return {None: value, "percentencode": quote(value, safe="")}[form]


def variables_of(dashboard: Mapping[str, Any]) -> dict[str, Value]:
    """Read the values with which a dashboard opens."""
    found: dict[str, Value] = {"source": "a-data-source"}
    for one in dashboard["templating"]["list"]:
        if one["type"] == "textbox":
            found[one["name"]] = one["query"]
        elif one["type"] == "query":
            assert one["current"]["value"] == [ALL]
            found[one["name"]] = All(one["allValue"])
    return found


def _milliseconds(instant: datetime) -> str:
    return str(int(instant.timestamp() * 1000))
