"""The five tables are read from a stack in a readable order, counted, and written as files."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from common.cloud.tables import NAMES, table
from local.records import tables
from local.records.rows import read_rows

WHERE = {
    "environment": {"BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:9050"},
    "project": "p",
    "dataset": "d",
}


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[str]:
    """Stand in for the stack's BigQuery; the list holds the statements that are asked."""
    asked: list[str] = []

    def run(endpoint: str, project: str, statement: str) -> Any:
        assert (endpoint, project) == ("http://127.0.0.1:9050", "p")
        asked.append(statement)
        return answer

    monkeypatch.setattr(tables, "run_sql", run)
    return asked


def test_every_table_is_read_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """By time, and at one time by name, so that two days can be read side by side."""
    asked = answering(monkeypatch, (["a", "b"], [(1, 2), (3, 4)]))
    found = tables.read_tables(WHERE)
    assert [*found] == [*NAMES]
    assert all(rows == [{"a": 1, "b": 2}, {"a": 3, "b": 4}] for rows in found.values())
    assert sorted(asked) == sorted(
        f"SELECT * FROM `p.d.{name}` ORDER BY {order}"
        for name, order in {
            "daily_expected_schedule": "expected_run_time, workflow_name",
            "workflow_decisions": "slot, workflow_name, decision_time",
            "workflow_executions": "execution_time, workflow_name",
            "scraper_execution_log": "triggered_at, scraper_name, game_id, execution_id",
            "cleanup_operations": "cleanup_time",
        }.items()
    )


def test_all_rows_are_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement has a line for each table, also where two have as many."""
    asked = answering(monkeypatch, (["name", "n"], [(name, 7) for name in NAMES]))
    assert tables.count_rows(WHERE) == dict.fromkeys(NAMES, 7)
    counts = (f"SELECT '{name}' AS name, COUNT(*) AS n FROM `p.d.{name}`" for name in NAMES)
    assert asked == [" UNION ALL ".join(counts)]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Folders are made on the way, and a second day takes the place of the first."""
    folder = tmp_path / "out" / "day"
    fields = table("cleanup_operations").fields
    row = {field.name: ["x"] if field.mode == "REPEATED" else None for field in fields}
    row["cleanup_time"] = datetime(2025, 11, 12, 18, tzinfo=UTC)
    for _ in range(2):
        tables.write_tables({"cleanup_operations": [row]}, folder)
    assert read_rows(folder, "cleanup_operations") == [row]


def test_what_is_no_value_of_a_table_is_not_written(tmp_path: Path) -> None:
    """A date is written as a date; anything else would come back as a text."""
    tables.write_tables({"t": [{"a": date(2025, 11, 12)}]}, tmp_path)
    assert (tmp_path / "t.jsonl").read_text() == '{"a": "2025-11-12"}\n'
    with pytest.raises(TypeError, match="Path cannot be written to a table file"):
        tables.write_tables({"t": [{"a": tmp_path}]}, tmp_path)
