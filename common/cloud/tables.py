"""The five tables: their schemas, from `config/tables/`, and the typed row builder (R9)."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from common.cloud.ports import Row
from common.eastern import eastern_date
from common.errors import ConfigError, RowError
from common.redaction import redact, shown
from common.settings import ROOT

FOLDER = ROOT / "config" / "tables"
NAMES = (
    "daily_expected_schedule",
    "workflow_decisions",
    "cleanup_operations",
    "scraper_execution_log",
    "workflow_executions",
)
TEXT_BYTES_MAX = 1024 * 1024
"""Far below BigQuery's 10 MB a request; a longer text is a mistake."""
_INT64 = range(-(2**63), 2**63)
_SHOWN_CHARACTERS_MAX = 80
ERROR_COLUMN = "error_message"
"""The column for the text of an exception, which may be any library's; in three tables."""
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Field:
    """One column, with the names that BigQuery's JSON schemas use."""

    name: str
    type: str
    mode: str
    description: str


@dataclass(frozen=True)
class Table:
    """The schema of one table; its `partition_column` is a TIMESTAMP (by UTC day) or a DATE."""

    name: str
    description: str
    id_column: str
    partition_column: str
    clustering: tuple[str, ...]
    partition_expiration_days: int | None
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by column name, in the order of the schema."""
        return {field.name: field for field in self.fields}

    @cached_property
    def optional(self) -> frozenset[str]:
        """The columns that may be null; most of a row is, so that these are skipped together."""
        needed = {self.id_column, self.partition_column}
        nullable = (field.name for field in self.fields if field.mode == "NULLABLE")
        return frozenset(nullable) - needed

    @cached_property
    def partition_type(self) -> str:
        """The type of the partition column, `TIMESTAMP` or `DATE`."""
        return self.by_name[self.partition_column].type

    def column(self, name: str) -> Field:
        """Return the field of a column.

        Raises:
            RowError: the table has no such column.
        """
        if name not in self.by_name:
            raise RowError(f"{self.name}: no column {name!r}; it has {', '.join(self.by_name)}")
        return self.by_name[name]

    def bounds(self, since: datetime, until: datetime) -> tuple[Any, Any]:
        """Return the half-open range of partition values that covers the instants [since, until).

        A DATE partition is an Eastern day, so the range is every Eastern day with an instant in
        it, which may add a few rows but never omits one.

        Raises:
            RowError: an instant is naive.
        """
        if since.tzinfo is None or until.tzinfo is None:
            raise RowError(f"{self.name}: naive bounds {since}, {until}; pass aware datetimes")
        if self.partition_type == "TIMESTAMP":
            return since.astimezone(UTC), until.astimezone(UTC)
        return eastern_date(since), eastern_date(until - _MICROSECOND) + timedelta(days=1)


@lru_cache(maxsize=len(NAMES))
def table(name: str) -> Table:
    """Return the schema of one of the five tables.

    Raises:
        ConfigError: the table does not exist, or its file is not a schema.
    """
    if name not in NAMES:
        raise ConfigError(f"no table {name!r}; there are {', '.join(NAMES)}")
    return read_table(FOLDER / f"{name}.json")


def read_table(path: Path) -> Table:
    """Read a table's schema from its file.

    Raises:
        ConfigError: the file is missing or is not a schema; the text names file and field.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return Table(
            name=held["name"],
            description=held["description"],
            id_column=held["id_column"],
            partition_column=held["partition"]["column"],
            clustering=tuple(held["clustering"]),
            partition_expiration_days=held["partition_expiration_days"],
            fields=tuple(Field(**field) for field in held["fields"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: not a table schema: {error!r}; restore the file") from error


def build_row(table_name: str, values: Mapping[str, Any]) -> Row:
    """Check values against a table's schema, and complete them to a row.

    An absent column becomes None, or an empty list where it is REPEATED. Datetimes become UTC.

    Args:
        table_name: one of `NAMES`.
        values: the values by column name.

    Returns:
        Every column in the order of the schema.

    Raises:
        RowError: a value does not fit; the text names table, field and value.
    """
    shape = table(table_name)
    unknown = values.keys() - shape.by_name.keys()
    if unknown:
        shape.column(min(unknown))
    absent = shape.optional - {name for name, value in values.items() if value is not None}
    return {
        name: None if name in absent else _fit(shape, field, values)
        for name, field in shape.by_name.items()
    }


def _fit(shape: Table, field: Field, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a cell
    if field.mode == "REPEATED":
        return _fit_array(shape, field, values.get(field.name, ()))
    value = values.get(field.name)
    if value is not None:
        fitting = _fit_value(shape, field, value)
        return redact(fitting) if field.name == ERROR_COLUMN else fitting
    # A row without an id cannot be counted (R6), and no bounded read finds one without a
    # partition value.
    if field.mode == "REQUIRED" or field.name in (shape.id_column, shape.partition_column):
        raise _misfit(shape, field, value, "is missing")
    return None


def _fit_array(shape: Table, field: Field, value: Any) -> list[Any]:  # noqa: ANN401 - a cell
    if not isinstance(value, list | tuple):
        raise _misfit(shape, field, value, "is not a list (an array is empty, never null)")
    return [_fit_value(shape, field, item) for item in value]


def _fit_value(shape: Table, field: Field, value: Any) -> Any:  # noqa: ANN401 - a cell
    try:
        return _FITS[field.type](value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _misfit(shape, field, value, str(error)) from error


def _misfit(shape: Table, field: Field, value: object, why: str) -> RowError:
    said = shown(repr(value), _SHOWN_CHARACTERS_MAX)
    return RowError(f"{shape.name}.{field.name} ({field.type}): {said} {why}")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("is not a str")
    if len(value.encode()) > TEXT_BYTES_MAX:
        raise ValueError(f"is longer than {TEXT_BYTES_MAX} bytes")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("is not an int")
    if value not in _INT64:
        raise ValueError("is out of 64 bits")
    return int(value)


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError("is not a number")
    if not math.isfinite(value):
        raise ValueError("is not finite")
    return float(value)


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("is not a datetime")
    if value.utcoffset() is None:
        raise ValueError("has no time zone")
    return value.astimezone(UTC)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("is not a date")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("is not a bool")
    return value


_FITS: dict[str, Callable[[object], Any]] = {
    "STRING": _text,
    "INTEGER": _integer,
    "FLOAT": _number,
    "TIMESTAMP": _instant,
    "DATE": _day,
    "BOOLEAN": _truth,
}
