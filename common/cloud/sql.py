"""The SQL that inserts and selects rows of the five tables; every value is a parameter."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.cloud.ports import Filter, Row
from common.cloud.tables import Field, Table
from common.errors import RowError

if TYPE_CHECKING:
    from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter

_PARAMETER_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


def insert_statement(path: str, shape: Table, rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """Build an INSERT of typed rows, and its parameters."""
    # Each cell is a typed parameter: measured on bqemulator, that takes 21 ms against 55 ms for
    # one array parameter of JSON texts. A column that no row fills is left out, because it would
    # cost as much as a value.
    fields = [field for field in shape.fields if any(_filled(row[field.name]) for row in rows)]
    parameters, tuples = [], []
    for number, row in enumerate(rows):
        names = [f"r{number}c{column}" for column in range(len(fields))]
        tuples.append("(" + ",".join("@" + name for name in names) + ")")
        parameters += [
            _parameter(name, field, row[field.name])
            for name, field in zip(names, fields, strict=True)
        ]
    columns = ",".join(f"`{field.name}`" for field in fields)
    # Names come from our schema files; values are parameters.
    return f"INSERT INTO {path} ({columns}) VALUES {','.join(tuples)}", parameters  # noqa: S608 - see above


def _filled(value: object) -> bool:
    return value is not None and value != []


def select_statement(
    path: str,
    shape: Table,
    columns: Sequence[str],
    bounds: tuple[Any, Any],
    where: Mapping[str, Filter],
) -> tuple[str, list[Any]]:
    """Build a SELECT of columns with partition bounds and IN filters, and its parameters.

    Raises:
        RowError: the table has no such column, or `columns` is empty.
    """
    if not columns:
        raise RowError(f"{shape.name}: no column asked for")
    partition = shape.column(shape.partition_column)
    tests = [f"`{partition.name}` >= @since", f"`{partition.name}` < @until"]
    parameters = [
        _parameter(name, partition, value)
        for name, value in zip(("since", "until"), bounds, strict=True)
    ]
    for number, (name, value) in enumerate(where.items()):
        tests.append(f"`{shape.column(name).name}` IN UNNEST(@w{number})")
        values = [value] if isinstance(value, str) else list(value)
        parameters.append(_array(f"w{number}", shape.column(name), values))
    wanted = ",".join(f"`{shape.column(name).name}`" for name in columns)
    # Names come from our schema files; values are parameters.
    return f"SELECT {wanted} FROM {path} WHERE {' AND '.join(tests)}", parameters  # noqa: S608 - see above


def _parameter(
    name: str,
    field: Field,
    value: Any,  # noqa: ANN401 - a cell
) -> "ScalarQueryParameter | ArrayQueryParameter":
    from google.cloud.bigquery import ScalarQueryParameter  # noqa: PLC0415 - cold start

    if field.mode == "REPEATED":
        return _array(name, field, value)
    return ScalarQueryParameter(name, _type_of(field), value)


def _array(name: str, field: Field, values: Sequence[Any]) -> "ArrayQueryParameter":
    from google.cloud.bigquery import ArrayQueryParameter  # noqa: PLC0415 - cold start

    return ArrayQueryParameter(name, _type_of(field), values)


def _type_of(field: Field) -> str:
    return _PARAMETER_TYPES.get(field.type, field.type)
