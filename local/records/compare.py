"""Compares the tables of two days, without the columns that depend on the clock.

The same day run twice, or run with chaos, has the same rows; they differ only in when each was
written, and in what derives from that.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import from_json

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
        "files_checked": "how many objects existed at that instant",
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
"""Columns that are not compared, each with the reason; every other column is compared."""


def _gcs_path(row: Row) -> str:
    """Return the path without the time of day in the object's name."""
    folder, _, name = row["gcs_path"].rpartition("/")
    return f"{folder}/*.{name.rpartition('.')[2]}"


def _task_id(row: Row) -> str | None:
    """Return the task id, without that of a plain request, which derives from its message's id."""
    task: str | None = row["task_id"]
    return task and (task if row["workflow_execution_id"] else "of a message")


def _inputs(row: Row) -> object:
    """Return a decision's inputs; of its tries only which they were, not when.

    What is no JSON object is compared as it stands.
    """
    try:
        held = from_json(row["inputs"])
    except (ValueError, TypeError):
        return row["inputs"]
    if not isinstance(held, dict):
        return held
    return {**held, "tries": sorted(tried[:2] for tried in held.get("tries", []))}


def _reason(row: Row) -> str:
    """Return the reason without hours: a slot decided late counts the hours left by then."""
    return re.sub(r"[\d.]+h\b", "*h", row["reason"])


REDUCED: Mapping[str, Callable[[Row], object]] = {
    "gcs_path": _gcs_path,
    "task_id": _task_id,
    "inputs": _inputs,
    "reason": _reason,
}
"""Columns of which a part is compared; `scraper_execution_ids` are compared by their rows."""


NAMED = ("date", "workflow_name", "scraper_name", "slot", "target_date", "game_id", "decision_id")
"""Columns that say which row it is."""
Cells = tuple[tuple[str, str], ...]


def differences(one: Tables, other: Tables) -> list[str]:
    """Return the rows that only one of two days has, each with its table and side.

    Two rows that are equal in over half of their columns are one row (`~`), with what differs.
    """
    found: list[str] = []
    for name in NAMES:
        left, right = (Counter(_rows(name, tables)) for tables in (one, other))
        lacking, extra = (sorted(rows.elements()) for rows in (left - right, right - left))
        for row in lacking:
            twin = max(extra, key=lambda each: _shared(row, each), default=row)
            if twin in extra and 2 * _shared(row, twin) > len(row):
                extra.remove(twin)
                found.append(f"{name} ~ {_changed(row, twin)}")
            else:
                found.append(f"{name} < {_whole(row)}")
        found += [f"{name} > {_whole(row)}" for row in extra]
    return found


def _shared(one: Cells, other: Cells) -> int:
    return len({*one} & {*other})


def _changed(one: Cells, other: Cells) -> str:
    """Name the row by what both have, then the columns in which they differ."""
    named = ", ".join(f"{column}={value}" for column, value in one if column in NAMED)
    pairs = (pair for pair in zip(one, other, strict=True) if pair[0] != pair[1])
    changes = "; ".join(f"{before[0]}: {before[1]} → {after[1]}" for before, after in pairs)
    return f"{named}: {changes}"


def _whole(row: Cells) -> str:
    return " | ".join(f"{column}={value}" for column, value in row)


def _rows(name: str, tables: Tables) -> Iterator[Cells]:
    """Yield the compared part of every row."""
    tasks = {
        row["execution_id"]: f"{row['scraper_name']} {row['game_id']}"
        for row in tables["scraper_execution_log"]
    }
    for row in tables[name]:
        held = {column: row[column] for column in row if column not in LEFT_OUT[name]}
        held |= {column: reduce(row) for column, reduce in REDUCED.items() if column in held}
        if "scraper_execution_ids" in held:
            # Ids derive from object generations, so the scraper and game of each row are compared.
            ids = held["scraper_execution_ids"]
            held["scraper_execution_ids"] = sorted(tasks.get(each, "no row") for each in ids)
        yield tuple((column, f"{value}") for column, value in held.items())


def read_folder(folder: Path) -> Tables:
    """Read the five tables that `day` or `simulate` wrote.

    Raises:
        BadInputError: a table's file is missing or a line is not a row; names file and line.
    """
    return {name: read_rows(folder, name) for name in NAMES}
