"""Compares two days' tables: every column but those that a clock gives.

The same day run twice, or run with chaos, has the same rows; only when each was written differs,
and what derives from that.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from common.cloud.tables import NAMES
from local.records.rows import read_rows
from local.records.tables import Tables

Row = Mapping[str, Any]

LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "daily_expected_schedule": {"locked_at": "an instant"},
    "workflow_decisions": {"decision_time": "an instant"},
    "cleanup_operations": {
        "cleanup_time": "an instant",
        "duration_seconds": "a span",
        "files_checked": "how many objects there were at that instant",
        "missing_files_found": "how many of them had no row at that instant",
        "republished_count": "how many of those were old enough to be sent again",
        "republished": "the same, by name",
    },
    "scraper_execution_log": {
        "triggered_at": "an instant",
        "duration_seconds": "a span",
        "logged_at": "an instant",
        "object_generation": "GCS makes it from its clock",
        "execution_id": "derives from the object's name and generation",
    },
    "workflow_executions": {
        "execution_time": "an instant",
        "finished_at": "an instant",
        "duration_seconds": "a span",
    },
}
"""Columns that are not compared, and why; whatever else a table has, is."""


def _gcs_path(row: Row) -> str:
    """Without the HHMMSS that an object is named by."""
    folder, _, name = row["gcs_path"].rpartition("/")
    return f"{folder}/*.{name.rpartition('.')[2]}"


def _task_id(row: Row) -> str | None:
    """That of a request without an execution derives from the message's id: once, it has one."""
    task: str | None = row["task_id"]
    return task and (task if row["workflow_execution_id"] else "of a message")


def _inputs(row: Row) -> object:
    """What a decision was made from; of the tries, which were looked at and not when they were."""
    if row["inputs"] is None:
        return None
    held = json.loads(row["inputs"])
    return {**held, "tries": sorted(tried[:2] for tried in held.get("tries", []))}


def _reason(row: Row) -> str:
    """Without hours: a slot decided late is judged by what is left then (docs/decisions.md)."""
    return re.sub(r"[\d.]+h\b", "*h", row["reason"])


REDUCED: Mapping[str, Callable[[Row], object]] = {
    "gcs_path": _gcs_path,
    "task_id": _task_id,
    "inputs": _inputs,
    "reason": _reason,
}
"""Columns of which only a part is compared; and `scraper_execution_ids`, by the rows they name."""


def differences(one: Tables, other: Tables) -> list[str]:
    """Rows that only one of two days has, each with its table and side; empty when they agree."""
    found: list[str] = []
    for name in NAMES:
        left, right = (Counter(_lines(name, tables)) for tables in (one, other))
        found += [f"{name} < {line}" for line in sorted((left - right).elements())]
        found += [f"{name} > {line}" for line in sorted((right - left).elements())]
    return found


def _lines(name: str, tables: Tables) -> Iterator[str]:
    """The comparable part of every row."""
    tasks = {
        row["execution_id"]: f"{row['scraper_name']} {row['game_id']}"
        for row in tables["scraper_execution_log"]
    }
    for row in tables[name]:
        held = {column: row[column] for column in row if column not in LEFT_OUT[name]}
        held |= {column: reduce(row) for column, reduce in REDUCED.items() if column in held}
        if "scraper_execution_ids" in held:
            # They derive from generations: what counts is whose rows they are.
            ids = held["scraper_execution_ids"]
            held["scraper_execution_ids"] = sorted(tasks.get(each, "no row") for each in ids)
        yield " | ".join(f"{column}={value}" for column, value in held.items())


def read_folder(folder: Path) -> Tables:
    """The five tables that `day` or `simulate` wrote.

    Raises:
        BadInputError: a table's file is missing or not of that form; names it, and the line.
    """
    return {name: read_rows(folder, name) for name in NAMES}
