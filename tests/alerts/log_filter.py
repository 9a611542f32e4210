"""The part of Cloud Logging's query language that config/alerts.yaml uses, applied to one entry.

https://cloud.google.com/logging/docs/view/logging-query-language
"""

import re
from collections.abc import Mapping
from typing import Any

Entry = Mapping[str, Any]
"""One log entry: `severity`, `resource.type`, `resource.labels.x` and `jsonPayload.x` by path."""
SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_COMPARISON = re.compile(r"(?P<path>[\w.]+)(?P<sign>=~|>=|=|:)(?P<operand>.+)", re.DOTALL)
_VALUE = re.compile(r'"([^"]*)"')
_OPERAND = re.compile(r'"[^"]*"|\("[^"]*"( OR "[^"]*")*\)')


def matches(query: str, entry: Entry) -> bool:
    """Whether a log-based policy with this filter notices the entry.

    Raises:
        ValueError: the filter uses a part of the language that is not understood here.
    """
    return all(_holds(part.strip(), entry) for part in re.split(r"\sAND\s", query))


def _holds(part: str, entry: Entry) -> bool:
    if part.startswith("NOT "):
        return not _holds(part.removeprefix("NOT "), entry)
    found = _COMPARISON.fullmatch(part)
    if not found:
        raise ValueError(f"not a comparison that is understood: {part}")
    path, sign, operand = found.groups()
    if path not in entry:  # a comparison with a missing field is false, whatever its sign
        return False
    if sign == ">=":
        return SEVERITIES.index(entry[path]) >= SEVERITIES.index(operand)
    values = _VALUE.findall(operand)
    if not _OPERAND.fullmatch(operand):
        raise ValueError(f"not a quoted value or a list of them: {operand}")
    return any(_compares(str(entry[path]), sign, value) for value in values)


def _compares(held: str, sign: str, value: str) -> bool:
    if sign == "=~":
        return re.search(value, held) is not None
    return value.lower() in held.lower() if sign == ":" else value.lower() == held.lower()


def entry_of(line: Mapping[str, Any], function: str) -> Entry:
    """The entry that Cloud Logging makes of a line of ours on a function's standard error."""
    payload = {f"jsonPayload.{name}": value for name, value in line.items() if name != "severity"}
    return {
        "severity": line["severity"],
        "resource.type": "cloud_run_revision",
        "resource.labels.service_name": function.replace("_", "-"),
        **payload,
    }
