"""Reads table files back into rows, and into the history that a controller decides from."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from common.cloud.ports import Row
from common.cloud.tables import table
from common.decisions.history import (
    History,
    attempts_from_log,
    begun_of,
    ends_of,
    ours,
    runs_from_rows,
)
from common.errors import BadInputError
from common.handlers.situation_reader import HISTORY_SPAN


def read_history(folder: Path, before: datetime) -> History:
    """Return the history that a controller would have read from the tables at an instant.

    Raises:
        BadInputError: a file cannot be read.
    """
    since = before - HISTORY_SPAN
    log = [row for row in read_rows(folder, "scraper_execution_log") if _logged(row) < before]
    decisions = ours(read_rows(folder, "workflow_decisions"))
    runs = [row for row in decisions if row["action"] == "RUN"]
    ended = [row for row in read_rows(folder, "workflow_executions") if _ended(row) < before]
    return History(
        attempts_from_log(row for row in log if since <= row["triggered_at"]),
        runs_from_rows(
            (row for row in runs if since <= row["decision_time"] < before),
            ends_of(ended, {row["execution_id"] for row in log}),
            begun_of(ended),
        ),
    )


def _logged(row: Row) -> datetime:
    when: datetime = row.get("logged_at") or row["triggered_at"]
    return when


def _ended(row: Row) -> datetime:
    when: datetime = row["finished_at"] or row["execution_time"]
    return when


def read_rows(folder: Path, name: str) -> list[Row]:
    """Return the rows of `<name>.jsonl`, with times and dates as BigQuery returns them.

    Raises:
        BadInputError: the file is missing or a line is not a row; names file and line.
    """
    path = folder / f"{name}.jsonl"
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    return [_read(name, line, f"{path}:{number}") for number, line in enumerate(lines, 1)]


def _read(name: str, line: str, where: str) -> Row:
    try:
        return _typed(name, from_json(line))
    except (ValueError, TypeError, AttributeError) as error:
        raise _unreadable(where, error) from error


def _unreadable(where: object, error: Exception) -> BadInputError:
    why = error.strerror if isinstance(error, OSError) else error
    return BadInputError(f"{where}: {why}; give a folder that `day` or `simulate` wrote")


def _typed(name: str, row: object) -> Row:
    """Return a row as BigQuery returns it: every column, with Python's datetimes and dates."""
    if not isinstance(row, dict):
        raise TypeError(f"{row!r:.40} is not a JSON object")
    shape = table(name)
    whole: dict[str, Any] = {}
    for field in shape.fields:
        value = row.get(field.name)  # BigQuery's export omits null columns
        if value is None and field.mode == "REPEATED":
            value = []
        if value is None and field.name == shape.partition_column:
            raise ValueError(f"column {field.name} is missing")
        if value is not None and field.type == "TIMESTAMP":
            value = _instant(value)
        elif value is not None and field.type == "DATE":
            value = date.fromisoformat(value)
        whole[field.name] = value
    return whole


def _instant(text: str) -> datetime:
    """Parse ISO 8601, or BigQuery's export format `2025-11-12 18:00:00 UTC`."""
    found = datetime.fromisoformat(text.removesuffix(" UTC"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
