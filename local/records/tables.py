"""Reads the five tables of a stack, and writes them as JSON lines."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from common.cloud.ports import Row
from common.cloud.tables import NAMES
from local.records.sql import run_sql

Tables = Mapping[str, list[Row]]
_ORDER = {
    "daily_expected_schedule": "expected_run_time, workflow_name",
    "workflow_decisions": "slot, workflow_name, decision_time",
    "cleanup_operations": "cleanup_time",
    "scraper_execution_log": "triggered_at, scraper_name, game_id, execution_id",
    "workflow_executions": "execution_time, workflow_name",
}


def read_tables(where: Mapping[str, Any]) -> Tables:
    """Return every row of every table, in a readable order."""
    endpoint = where["environment"]["BIGQUERY_EMULATOR_HOST"]
    read: dict[str, list[Row]] = {}
    for name in NAMES:
        sql = (
            f"SELECT * FROM `{where['project']}.{where['dataset']}.{name}` ORDER BY {_ORDER[name]}"  # noqa: S608 - our own names
        )
        columns, rows = run_sql(endpoint, where["project"], sql)
        read[name] = [dict(zip(columns, row, strict=True)) for row in rows]
    return read


def count_rows(where: Mapping[str, Any]) -> dict[str, int]:
    """Count the rows of every table, in one query."""
    endpoint = where["environment"]["BIGQUERY_EMULATOR_HOST"]
    parts = [
        f"SELECT '{name}' AS name, COUNT(*) AS n FROM {_full(where, name)}"  # noqa: S608 - our own names
        for name in NAMES
    ]
    _, rows = run_sql(endpoint, where["project"], " UNION ALL ".join(parts))
    return {str(name): int(number) for name, number in rows}


def _full(where: Mapping[str, Any], name: str) -> str:
    return f"`{where['project']}.{where['dataset']}.{name}`"


def write_tables(tables: Tables, folder: Path) -> None:
    """Write `<table>.jsonl` for each table: column names as keys, ISO 8601 times with offset."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        lines = (json.dumps(row, default=_as_json) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text("".join(lines))


def _as_json(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written to a table file")
