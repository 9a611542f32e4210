"""The SQL of the tables, with a typed parameter for every value; the emulator's tests run it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from common.cloud.sql import insert_statement, select_statement
from common.cloud.tables import build_row, table
from common.errors import RowError

SHAPE = table("cleanup_operations")
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
ROW = build_row(
    SHAPE.name,
    {
        "cleanup_time": NOON,
        "cleanup_id": "c-1",
        "files_checked": 0,
        "missing_files_found": 2,
        "republished_count": 1,
        "duration_seconds": 0.5,
        "slot": NOON,
        "status": "OK",
        "republished": ["gs://b/x"],
    },
)


def test_an_insert_has_a_typed_parameter_for_every_filled_cell() -> None:
    """Zero is a value; an empty list and a missing text are none, and their columns left out."""
    sql, parameters = insert_statement("`p.d.t`", SHAPE, [ROW])
    kinds = {
        name: getattr(one, "type_", None) or one.array_type
        for name, one in zip(sql.split("(")[1].split(")")[0].split(","), parameters, strict=True)
    }
    assert kinds == {
        "`cleanup_time`": "TIMESTAMP",
        "`cleanup_id`": "STRING",
        "`files_checked`": "INT64",
        "`missing_files_found`": "INT64",
        "`republished_count`": "INT64",
        "`duration_seconds`": "FLOAT64",
        "`slot`": "TIMESTAMP",
        "`status`": "STRING",
        "`republished`": "STRING",
    }
    assert parameters[-1].values == ["gs://b/x"]
    assert sql.endswith("VALUES (" + ",".join(f"@r0c{n}" for n in range(9)) + ")")


def test_a_column_that_one_row_fills_is_inserted_for_all() -> None:
    """The rows of a statement have the same columns."""
    sql, parameters = insert_statement("`p.d.t`", SHAPE, [ROW, {**ROW, "error_message": "why"}])
    assert "`error_message`" in sql
    assert [one.value for one in parameters if one.name in ("r0c8", "r1c8")] == [None, "why"]


def test_a_select_is_bounded_by_the_partition_and_its_filters() -> None:
    """One text and several are filtered alike; the later bound is excluded."""
    where = {"status": "OK", "cleanup_id": ["c-1", "c-2"]}
    sql, parameters = select_statement("`p.d.t`", SHAPE, ["slot"], (NOON, NOON), where)
    assert sql == (
        "SELECT `slot` FROM `p.d.t` WHERE `cleanup_time` >= @since AND `cleanup_time` < @until "
        "AND `status` IN UNNEST(@w0) AND `cleanup_id` IN UNNEST(@w1)"
    )
    assert [one.name for one in parameters] == ["since", "until", "w0", "w1"]
    assert [one.values for one in parameters[2:]] == [["OK"], ["c-1", "c-2"]]


@pytest.mark.parametrize(
    ("columns", "where"), [([], {}), (["nope"], {}), (["slot"], {"nope": "x"})]
)
def test_a_column_that_does_not_exist_is_refused(columns: list[str], where: dict[str, str]) -> None:
    """Names are never taken from elsewhere than our schema files."""
    with pytest.raises(RowError, match="cleanup_operations"):
        select_statement("`p.d.t`", SHAPE, columns, (NOON, NOON), where)


def test_a_filter_has_the_type_of_its_column() -> None:
    """BigQuery's name of it, which is not always the schema file's."""
    where: Any = {"files_checked": [0, 3], "status": "OK"}
    _, parameters = select_statement("`t`", SHAPE, ["status"], (NOON, NOON), where)
    assert [one.array_type for one in parameters[2:]] == ["INT64", "STRING"]
