"""A query's result as a table, as JSON and as CSV."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from local.commands.results import Result, print_result

LONG = "gs://nba-scraped-data/" + "x" * 300
RESULT = Result(
    ["name", "at", "ids", "share"],
    [
        ("[red]a", datetime(2025, 11, 12, 18, 30, tzinfo=UTC), [LONG, "b,c"], Decimal("99.5")),
        (None, date(2025, 11, 12), [], Decimal(3)),
    ],
)


def test_a_piped_table_has_whole_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """Long values, nulls and brackets are shown as they are, each row on one line."""
    print_result(RESULT, None)
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if LONG in line]
    assert "[red]a" in row
    assert "2025-11-12 18:30:00+00:00" in row
    assert any("NULL" in line and "2025-11-12 " in line for line in lines)
    assert lines[-1] == "2 rows"


def test_only_what_is_null_is_shown_as_null(capsys: pytest.CaptureFixture[str]) -> None:
    """A zero, a false and an empty text are values."""
    print_result(Result(["n", "b", "t", "l"], [(0, False, "", [])]), None)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "False" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == ["0", "False", "", "[]"]


def test_a_narrow_table_folds_its_cells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal that is narrower than a cell, the cell goes on in the next line."""
    monkeypatch.setattr("local.commands.results.make_console", lambda _: Console(width=10))
    print_result(Result(["name"], [("abcdefghij",)]), None)
    assert capsys.readouterr().out.splitlines()[3:] == [
        "│ abcdef │",
        "│ ghij   │",
        "└────────┘",
        "1 row",
    ]


def test_json_has_an_object_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Times are ISO 8601, decimals are numbers, lists stay lists."""
    print_result(RESULT, "json")
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "name": "[red]a",
        "at": "2025-11-12T18:30:00+00:00",
        "ids": [LONG, "b,c"],
        "share": 99.5,
    }
    assert second == {"name": None, "at": "2025-11-12", "ids": [], "share": 3}


def test_csv_has_a_header_and_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    """A null is empty, and a list is JSON in one cell."""
    print_result(RESULT, "csv")
    header, first, second = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == list(RESULT.columns)
    assert first[:2] == ["[red]a", "2025-11-12T18:30:00+00:00"]
    assert json.loads(first[2]) == [LONG, "b,c"]
    assert second == ["", "2025-11-12", "[]", "3"]


@pytest.mark.parametrize(("rows", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows")])
def test_rows_are_counted(rows: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the table, in words."""
    print_result(Result(["name"], [("a",)] * rows), None)
    assert capsys.readouterr().out.splitlines()[-1] == said


def test_a_value_of_any_kind_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """An object is JSON in one cell, bytes are text, a number keeps its digits."""
    result = Result(["a", "b", "c"], [({"x": 1}, b"y", Decimal("0.10"))])
    print_result(result, "json")
    assert json.loads(capsys.readouterr().out) == [{"a": {"x": 1}, "b": "b'y'", "c": 0.1}]
    print_result(result, "csv")
    _, row = csv.reader(io.StringIO(capsys.readouterr().out))
    assert (json.loads(row[0]), row[1:]) == ({"x": 1}, ["b'y'", "0.1"])
