"""The typed row builder and the five schemas."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from google.cloud.bigquery import ScalarQueryParameter
from hypothesis import given
from hypothesis import strategies as st

from common.cloud.tables import NAMES, TEXT_BYTES_MAX, Field, build_row, read_table, table
from common.errors import ConfigError, RowError
from common.redaction import HIDDEN, learn, shown

NOON = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
SIMPLE: dict[str, Any] = {
    "STRING": "x",
    "INTEGER": 1,
    "FLOAT": 1.5,
    "TIMESTAMP": NOON,
    "DATE": NOON.date(),
    "BOOLEAN": True,
}


def least(name: str) -> dict[str, Any]:
    """Return the values that a row of the table needs."""
    shape = table(name)
    return {
        field.name: SIMPLE[field.type]
        for field in shape.fields
        if field.mode == "REQUIRED" or field.name in (shape.id_column, shape.partition_column)
    }


def cells(kind: str) -> list[tuple[str, str]]:
    """List every (table, column) of a type that is not an array."""
    return [
        (name, field.name)
        for name in NAMES
        for field in table(name).fields
        if field.type == kind and field.mode != "REPEATED"
    ]


@pytest.mark.parametrize("name", NAMES)
def test_schema_files_name_real_columns(name: str) -> None:
    """A table's id, partition and clustering are columns of its own, each named once."""
    shape = table(name)
    names = [field.name for field in shape.fields]
    assert shape.name == name
    assert len(names) == len(set(names))
    assert {shape.id_column, shape.partition_column, *shape.clustering} <= set(names)
    assert shape.partition_type in {"TIMESTAMP", "DATE"}
    assert all(field.description for field in shape.fields)


@pytest.mark.parametrize(
    ("kind", "given", "built"),
    [
        ("STRING", "Dončić", "Dončić"),
        ("INTEGER", -(2**63), -(2**63)),
        ("INTEGER", 2**63 - 1, 2**63 - 1),
        ("FLOAT", 3, 3.0),
        ("FLOAT", -1.5, -1.5),
        ("TIMESTAMP", NOON.astimezone(timezone(timedelta(hours=-5))), NOON),
        ("DATE", NOON.date(), NOON.date()),
        ("BOOLEAN", True, True),
        ("BOOLEAN", False, False),
    ],
)
def test_a_value_that_fits_is_written_as_it_is(kind: str, given: object, built: object) -> None:
    """A time is written in UTC, and a whole number may stand for a float."""
    places = cells(kind)
    assert places
    for name, column in places:
        held = build_row(name, {**least(name), column: given})[column]
        assert (held, type(held)) == (built, type(built))


@pytest.mark.parametrize("name", NAMES)
def test_our_own_columns_are_nullable(name: str) -> None:
    """Only the seed's columns are REQUIRED, so that older readers understand every new column."""
    required = {field.name for field in table(name).fields if field.mode == "REQUIRED"}
    seed = {
        "execution_id",
        "execution_time",
        "workflow_name",
        "scrapers_triggered",
        "scrapers_succeeded",
        "scrapers_failed",
        "status",
    }
    assert required == (seed if name == "workflow_executions" else set())


@pytest.mark.parametrize("name", NAMES)
def test_b4_the_emptiest_row_has_nulls_and_empty_arrays(name: str) -> None:
    """Columns not given come out as None, arrays as empty lists, in the schema's order."""
    row = build_row(name, least(name))
    assert list(row) == [field.name for field in table(name).fields]
    for field in table(name).fields:
        if field.name not in least(name):
            assert row[field.name] == ([] if field.mode == "REPEATED" else None)


@pytest.mark.parametrize("name", NAMES)
def test_required_id_and_partition_must_be_there(name: str) -> None:
    """A row without its id, its partition value or a REQUIRED column is refused by name."""
    for missing in least(name):
        values = {key: value for key, value in least(name).items() if key != missing}
        with pytest.raises(RowError, match=rf"{name}\.{missing} .*is missing"):
            build_row(name, values)


def test_an_unknown_field_is_refused() -> None:
    """A field that the schema lacks is refused, although the emulator would accept it."""
    with pytest.raises(RowError, match="cleanup_operations: no column 'surprise'"):
        build_row("cleanup_operations", {**least("cleanup_operations"), "surprise": 1})


@pytest.mark.parametrize("wrong", [None, "abc", {"a": 1}, [None], [1], [["x"]]])
def test_b4_an_array_is_a_list_of_texts(wrong: object) -> None:
    """Null, a bare text and a list with other things in it are refused in a REPEATED column."""
    values = {**least("workflow_decisions"), "scrapers": wrong}
    with pytest.raises(RowError, match=r"workflow_decisions\.scrapers"):
        build_row("workflow_decisions", values)


WRONG: dict[str, list[Any]] = {
    "STRING": [1, b"x", NOON, "\ud800", "x" * (TEXT_BYTES_MAX + 1), {"a": 1}],
    "INTEGER": [True, 1.0, "1", 2**63, -(2**63) - 1, Decimal(1)],
    "FLOAT": [True, "1.5", math.nan, math.inf, -math.inf, Decimal("1.5"), 10**400],
    "TIMESTAMP": [
        NOON.replace(tzinfo=None),
        NOON.date(),
        "2025-11-12T17:00:00Z",
        1762966800,
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
    ],
    "DATE": [NOON, "2025-11-12", "TODAY", 20251112],
    "BOOLEAN": [0, 1, "true"],
}


@pytest.mark.parametrize(("kind", "wrong"), [(k, w) for k, ws in WRONG.items() for w in ws])
def test_b4_a_wrong_type_is_refused_by_table_field_and_value(kind: str, wrong: object) -> None:
    """Each column type refuses a value that BigQuery would refuse or change, and names it."""
    for name, column in cells(kind) if len(repr(wrong)) < 1_000 else cells(kind)[:1]:
        with pytest.raises(RowError, match=rf"^{name}\.{column} \({kind}\): ") as caught:
            build_row(name, {**least(name), column: wrong})
        assert f"({kind}): {shown(repr(wrong), 80)} " in str(caught.value)


def test_r10_a_secret_reaches_neither_the_row_nor_the_refusal() -> None:
    """The error's column may hold any library's text, and a value that does not fit anything."""
    learn(["s3cret-key"])
    given = {**least("cleanup_operations"), "error_message": "GET ?k=s3cret-key failed"}
    assert build_row("cleanup_operations", given)["error_message"] == f"GET ?k={HIDDEN} failed"
    with pytest.raises(RowError, match=r"error_message \(STRING\): .* is not a str") as caught:
        build_row("cleanup_operations", {**given, "error_message": ["s3cret-key"]})
    assert "s3cret" not in str(caught.value)


def test_instants_come_out_in_utc() -> None:
    """An aware datetime of any zone is stored as the same instant in UTC."""
    eastern = datetime(2025, 11, 12, 13, 30, 15, tzinfo=timezone(timedelta(hours=-5)))
    values = {**least("workflow_decisions"), "decision_time": eastern}
    row = build_row("workflow_decisions", values)
    assert row["decision_time"] == eastern
    assert row["decision_time"].tzinfo is UTC


def test_an_unknown_table_is_a_configuration_error() -> None:
    """The error for an unknown table lists the five tables."""
    with pytest.raises(ConfigError, match="no table 'scraper_runs'; there are daily_expected"):
        table("scraper_runs")


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}', '{"fields": [{"nome": 1}]}'])
def test_a_broken_schema_file_is_named(tmp_path: Path, text: str) -> None:
    """A file that is not a schema, or not there, is a configuration error with its path."""
    path = tmp_path / "broken.json"
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        read_table(path)
    path.write_text(text)
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        read_table(path)


def test_a_date_partition_covers_every_eastern_day_of_the_range() -> None:
    """The bounds of a DATE partition are the Eastern dates of the instants in the range."""
    plan = table("daily_expected_schedule")
    midnight = datetime(2025, 11, 12, 5, 0, tzinfo=UTC)
    one_day = plan.bounds(midnight, midnight + timedelta(days=1))
    assert one_day == (date(2025, 11, 12), date(2025, 11, 13))
    assert plan.bounds(midnight, midnight + timedelta(days=1, microseconds=1))[1].day == 14
    assert plan.bounds(midnight - timedelta(microseconds=1), midnight)[0].day == 11


@pytest.mark.parametrize("name", NAMES)
def test_naive_bounds_are_refused(name: str) -> None:
    """A bound without a time zone is refused."""
    with pytest.raises(RowError, match="naive bounds"):
        table(name).bounds(NOON, NOON.replace(tzinfo=None))


ZONES = (UTC, ZoneInfo("America/New_York"), timezone(timedelta(hours=14)))
TEXT = st.text(max_size=20)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXT,
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from(ZONES)),
    st.lists(st.one_of(TEXT, st.none(), st.integers()), max_size=3),
)


@st.composite
def offers(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a table and values for some of its columns, often of the right type."""
    name = draw(st.sampled_from(NAMES))
    columns = draw(st.lists(st.sampled_from(table(name).fields), max_size=4, unique=True))
    values = {field.name: draw(st.one_of(ANYTHING, _likely(field))) for field in columns}
    return name, {**least(name), **values}


def _likely(field: Field) -> st.SearchStrategy[Any]:
    likely: dict[str, st.SearchStrategy[Any]] = {
        "STRING": TEXT,
        "INTEGER": st.integers(-(2**63), 2**63 - 1),
        "FLOAT": st.floats(allow_nan=False, allow_infinity=False),
        "TIMESTAMP": st.datetimes(timezones=st.just(UTC)),
        "DATE": st.dates(),
        "BOOLEAN": st.booleans(),
    }
    plain = likely[field.type]
    return st.lists(plain, max_size=3) if field.mode == "REPEATED" else plain


@given(offers())
def test_whatever_is_accepted_fits_the_schema(offer: tuple[str, dict[str, Any]]) -> None:
    """An accepted row has exactly the schema's columns, each in the wire form of its type."""
    name, values = offer
    try:
        row = build_row(name, values)
    except RowError as error:
        assert str(error).startswith(f"{name}.")  # noqa: PT017 - both ends of the property
        return
    assert list(row) == list(table(name).by_name)
    for field in table(name).fields:
        held = row[field.name] if field.mode == "REPEATED" else [row[field.name]]
        for value in held:
            assert _fits_on_the_wire(field, value), (field, value)


def _fits_on_the_wire(field: Field, value: object) -> bool:
    """Return whether the client library's text of a value follows BigQuery's lexical rules."""
    if value is None:
        return field.mode == "NULLABLE"
    sent = ScalarQueryParameter("x", field.type, value).to_api_repr()["parameterValue"]["value"]
    checks: dict[str, Callable[[str], bool]] = {
        "INTEGER": lambda text: int(text) in range(-(2**63), 2**63) and str(int(text)) == text,
        "FLOAT": lambda text: math.isfinite(float(text)),
        "BOOLEAN": lambda text: text in {"true", "false"},
        "DATE": lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None,
        "TIMESTAMP": lambda text: datetime.fromisoformat(text).utcoffset() == timedelta(0),
        "STRING": lambda text: text.encode() == str(value).encode(),
    }
    return checks[field.type](str(sent))


def test_d4_every_table_and_column_that_the_code_reads_exists() -> None:
    """Each select in the code names a table of ours and columns of that table."""
    from common.handlers import situation_reader as readings  # noqa: PLC0415 - only here
    from common.healing import objects as lost_objects  # noqa: PLC0415 - only here
    from common.healing import runs as lost_runs  # noqa: PLC0415 - only here

    assert set(readings.LOG_COLUMNS) <= set(table("scraper_execution_log").by_name)
    assert set(readings.RUN_COLUMNS) <= set(table("workflow_decisions").by_name)
    assert set(readings.ENDED_COLUMNS) <= set(table("workflow_executions").by_name)
    assert set(lost_runs.COLUMNS) <= set(table("workflow_decisions").by_name)
    for module in (lost_objects, lost_runs, readings):
        assert module.__file__ is not None
        text = Path(module.__file__).read_text()
        selects = re.findall(r"select\(\s*\"(\w+)\",\s*(?:\(([^)]*)\))?", text)
        assert selects
        for name, columns in selects:
            assert name in NAMES
            assert set(re.findall(r"\"(\w+)\"", columns)) <= set(table(name).by_name)


def test_b5_of_several_unknown_columns_the_first_by_name_is_named() -> None:
    """Whatever their order in the row, the error is the same at every try."""
    row = {**least("workflow_decisions"), "zebra": 1, "ape": 1, "bear": 1}
    with pytest.raises(RowError, match="no column 'ape'"):
        build_row("workflow_decisions", row)


def test_a_row_is_known_again_by_the_id_of_what_it_tells() -> None:
    """By another column a row that is written a second time would be there twice, or never."""
    assert {name: table(name).id_column for name in NAMES} == {
        "daily_expected_schedule": "plan_id",
        "workflow_decisions": "decision_id",
        "workflow_executions": "execution_id",
        "scraper_execution_log": "execution_id",
        "cleanup_operations": "cleanup_id",
    }


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("STRING", 1, "is not a str"),
        ("STRING", "é" * (TEXT_BYTES_MAX // 2) + "x", f"is longer than {TEXT_BYTES_MAX} bytes"),
        ("INTEGER", "1", "is not an int"),
        ("INTEGER", 2**63, "is out of 64 bits"),
        ("FLOAT", "1", "is not a number"),
        ("FLOAT", math.nan, "is not finite"),
        ("TIMESTAMP", "now", "is not a datetime"),
        ("TIMESTAMP", NOON.replace(tzinfo=None), "has no time zone"),
        ("DATE", NOON, "is not a date"),
        ("BOOLEAN", 1, "is not a bool"),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(kind: str, value: object, why: str) -> None:
    """In words that name what is wrong with it."""
    name, column = cells(kind)[0]
    with pytest.raises(RowError) as caught:
        build_row(name, {**least(name), column: value})
    assert str(caught.value).endswith(f" {why}")


def test_a_text_may_have_as_many_bytes_as_the_limit() -> None:
    """Bytes are counted, and not characters."""
    given = {**least("cleanup_operations"), "status": "é" * (TEXT_BYTES_MAX // 2)}
    assert build_row("cleanup_operations", given)["status"] == given["status"]


def test_a_refusal_lists_what_would_fit() -> None:
    """An array that is null, and the columns of the table."""
    values = least("workflow_decisions")
    empty = r"\(STRING\): 'a' is not a list \(an array is empty, never null\)$"
    with pytest.raises(RowError, match=empty):
        build_row("workflow_decisions", {**values, "scrapers": "a"})
    columns = ", ".join(field.name for field in table("workflow_decisions").fields)
    with pytest.raises(RowError, match=f"^workflow_decisions: no column 'x'; it has {columns}$"):
        build_row("workflow_decisions", {**values, "x": 1})
