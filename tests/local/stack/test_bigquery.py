"""The BigQuery emulator process and its tables."""

from pathlib import Path

import pytest

from common.cloud.tables import NAMES, table
from common.cloud.warehouse import make_client
from common.errors import BadInputError, ConfigError, TransientError
from local.processes.process import accepts
from local.records.sql import run_sql
from local.stack.bigquery import BigQueryServer, create_tables, start_bigquery
from tests.alerts.days import Emulator

pytestmark = pytest.mark.stack
PROJECT, DATASET = "nba-props-platform", "schema_files"


@pytest.fixture(scope="module")
def server(emulator: Emulator) -> BigQueryServer:
    """A bqemulator with five tables for the module."""
    create_tables(emulator.endpoint, PROJECT, DATASET)
    return emulator.server


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_those_of_the_schema_files(server: BigQueryServer, name: str) -> None:
    """A table has the columns, types, modes, partitioning and clustering of its schema file.

    It says what they are, too.
    """
    shape = table(name)
    made = make_client(PROJECT, server.endpoint).get_table(f"{PROJECT}.{DATASET}.{name}")
    assert [(field.name, field.field_type, field.mode) for field in made.schema] == [
        (field.name, field.type, field.mode) for field in shape.fields
    ]
    assert made.time_partitioning.field == shape.partition_column
    assert made.clustering_fields == list(shape.clustering)
    assert made.description == shape.description
    assert [field.description for field in made.schema] == [
        field.description for field in shape.fields
    ]
    expires = shape.partition_expiration_days
    assert made.time_partitioning.expiration_ms == (expires and expires * 24 * 60 * 60 * 1000)


def test_creating_the_tables_again_changes_nothing(server: BigQueryServer) -> None:
    """Creating the tables a second time leaves the same five tables."""
    create_tables(server.endpoint, PROJECT, DATASET)
    _, rows = run_sql(
        server.endpoint,
        PROJECT,
        f"SELECT table_name FROM {DATASET}.INFORMATION_SCHEMA.TABLES",
    )
    assert sorted(name for (name,) in rows) == sorted(NAMES)


def test_sql_answers_columns_and_rows(server: BigQueryServer) -> None:
    """A query returns its columns and rows in order; a statement without a result returns none."""
    sql = "SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL ORDER BY a"
    assert run_sql(server.endpoint, PROJECT, sql) == (["a", "b"], [(1, "x"), (2, None)])
    assert run_sql(server.endpoint, PROJECT, "CREATE SCHEMA other") == ([], [])


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT nope FROM nba_orchestration.nothing"])
def test_bad_sql_is_one_clear_line(server: BigQueryServer, sql: str) -> None:
    """A refused statement is an error of one line, never an empty table."""
    with pytest.raises(BadInputError, match=r"^the statement was refused: .+") as caught:
        run_sql(server.endpoint, PROJECT, sql)
    assert "\n" not in str(caught.value)


def test_an_absent_stack_is_one_clear_line() -> None:
    """Where nothing listens the error says what to start."""
    with pytest.raises(TransientError, match=r"no BigQuery answers at .*python -m local up$"):
        run_sql("http://127.0.0.1:9", PROJECT, "SELECT 1")


def test_a_port_in_use_is_refused_before_the_start(server: BigQueryServer, tmp_path: Path) -> None:
    """The error names the port and leaves the running server alone."""
    port = int(server.endpoint.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match=f"port {port} is in use"):
        start_bigquery(PROJECT, tmp_path / "second.log", port=port)
    assert server.process.running()
    assert accepts(port)
