"""Table files are read back as BigQuery returns their rows, and as a controller would have."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.cloud.tables import NAMES, table
from common.decisions.history import UNLOGGED, History
from common.errors import BadInputError
from common.handlers.situation_reader import HISTORY_SPAN
from local.records.rows import read_history, read_rows

NOW = datetime(2025, 11, 12, 18, tzinfo=UTC)
INSTANT = timedelta(seconds=1)
OLDEST = NOW - HISTORY_SPAN
DECISION = {
    "decision_id": "d",
    "workflow_name": "betting_lines",
    "action": "RUN",
    "slot": NOW - timedelta(hours=1),
    "decision_time": NOW - timedelta(hours=1),
    "target_date": "2025-11-12",
    "game_ids": [],
}
ENDED = {
    "execution_id": "e",
    "decision_id": "d",
    "status": "completed",
    "execution_time": NOW - timedelta(minutes=50),
    "finished_at": NOW - timedelta(minutes=40),
    "scraper_execution_ids": ["l"],
}
LOGGED = {
    "execution_id": "l",
    "scraper_name": "oddsa_events",
    "workflow_name": "betting_lines",
    "outcome": "SUCCESS",
    "target_date": "2025-11-12",
    "triggered_at": NOW - timedelta(minutes=45),
    "logged_at": NOW - timedelta(minutes=44),
}


def write(folder: Path, name: str, *rows: Mapping[str, Any]) -> None:
    """Write a table's file."""
    lines = (json.dumps(row, default=lambda value: value.isoformat()) for row in rows)
    (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines))


def history(folder: Path, **changed: Mapping[str, Any]) -> History:
    """Return what is read of one run with one scrape; `table={column: value}` changes a row."""
    rows = {
        "workflow_decisions": DECISION,
        "workflow_executions": ENDED,
        "scraper_execution_log": LOGGED,
    }
    for name, row in rows.items():
        write(folder, name, {**row, **changed.get(name, {})})
    return read_history(folder, NOW)


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        ({}, True),
        ({"triggered_at": OLDEST, "logged_at": OLDEST}, True),
        ({"triggered_at": OLDEST - INSTANT, "logged_at": OLDEST}, False),
        ({"logged_at": NOW - INSTANT}, True),
        ({"logged_at": NOW}, False),
        ({"logged_at": None, "triggered_at": NOW - INSTANT}, True),
        ({"logged_at": None, "triggered_at": NOW}, False),
    ],
)
def test_a_scrape_is_known_once_it_is_logged(
    tmp_path: Path, changes: Mapping[str, Any], *, is_read: bool
) -> None:
    """Its row's time decides, without one its own; what is older is not read."""
    assert bool(history(tmp_path, scraper_execution_log=changes).attempts) is is_read


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        ({}, True),
        ({"decision_time": OLDEST}, True),
        ({"decision_time": OLDEST - INSTANT}, False),
        ({"decision_time": NOW}, False),
        ({"action": "SKIP"}, False),
        ({"action": "ABORT"}, False),
        ({"slot": None}, False),
    ],
)
def test_a_run_is_known_once_it_is_decided(
    tmp_path: Path, changes: Mapping[str, Any], *, is_read: bool
) -> None:
    """Runs are our own RUN decisions before the instant, and none that are too old."""
    assert bool(history(tmp_path, workflow_decisions=changes).runs) is is_read


@pytest.mark.parametrize(
    ("table", "changes", "status"),
    [
        ("workflow_executions", {}, "completed"),
        ("workflow_executions", {"finished_at": NOW - INSTANT}, "completed"),
        ("workflow_executions", {"finished_at": NOW}, None),
        ("workflow_executions", {"finished_at": None}, "completed"),
        ("workflow_executions", {"finished_at": None, "execution_time": NOW}, None),
        ("scraper_execution_log", {"logged_at": NOW}, UNLOGGED),
        ("scraper_execution_log", {"triggered_at": OLDEST - INSTANT}, "completed"),
    ],
)
def test_a_run_has_ended_once_its_rows_are_there(
    tmp_path: Path, table: str, changes: Mapping[str, Any], status: str | None
) -> None:
    """Its own row, and those of the scrapes that it links, however old these are."""
    (run,) = history(tmp_path, **{table: changes}).runs
    assert run.status == status


@pytest.mark.parametrize("name", NAMES)
def test_a_row_has_every_column(tmp_path: Path, name: str) -> None:
    """What an export leaves out is null, and an array without items."""
    shape = table(name)
    write(tmp_path, name, {shape.partition_column: "2025-11-12"})
    (row,) = read_rows(tmp_path, name)
    empty = {field.name: [] if field.mode == "REPEATED" else None for field in shape.fields}
    assert {**row, shape.partition_column: None} == {**empty, shape.partition_column: None}


@pytest.mark.parametrize(
    "text", ["2025-11-12T13:00:00-05:00", "2025-11-12 18:00:00 UTC", "2025-11-12T18:00:00"]
)
def test_times_and_dates_are_those_of_bigquery(tmp_path: Path, text: str) -> None:
    """An instant has its offset, or is UTC as in an export; a date is a date."""
    write(
        tmp_path, "workflow_decisions", {"decision_time": text, "target_date": date(2025, 11, 12)}
    )
    (row,) = read_rows(tmp_path, "workflow_decisions")
    assert (row["decision_time"], row["target_date"]) == (NOW, date(2025, 11, 12))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\xff", "cleanup_operations.jsonl: 'utf-8' codec"),
        (b"{}\n", "cleanup_operations.jsonl:1: column cleanup_time is missing"),
        (b'{"cleanup_time": "2025-11-12"}\n5\n', "cleanup_operations.jsonl:2: 5 is not"),
        (
            b'"%s"' % (b"x" * 99),
            f":1: '{'x' * 39} is not a JSON object; give a folder that",
        ),
        (b'{"cleanup_time": ' + b"[" * 100_000, "cleanup_operations.jsonl:1: recursion limit"),
        (b'{"cleanup_time": 5}\n', "cleanup_operations.jsonl:1: "),
        (b'{"cleanup_time": "noon"}\n', "cleanup_operations.jsonl:1: "),
    ],
    ids=range(7),
)
def test_what_is_no_table_is_named(tmp_path: Path, body: bytes, why: str) -> None:
    """The error has the file, the line and what to give."""
    (tmp_path / "cleanup_operations.jsonl").write_bytes(body)
    with pytest.raises(BadInputError) as refused:
        read_rows(tmp_path, "cleanup_operations")
    assert why in str(refused.value)
    assert "; give a folder that" in str(refused.value)
