"""The user's statements, run as written on a stack whose clock shows a day with rows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.clock import set_clock
from common.cloud.tables import NAMES, table
from common.cloud.warehouse import BigQueryWarehouse, make_client
from common.configuration.workflows import read_workflows
from common.settings import ROOT, Settings
from local.day.seed_queries import DOCUMENT, TODAY, Statement, bind, statements
from local.records.sql import run_sql
from local.stack.bigquery import BigQueryServer, create_tables, start_bigquery
from local.stack.views import create_views

pytestmark = pytest.mark.stack
PROJECT, DATASET = "nba-props-platform", "nba_orchestration"
DAY = date(2025, 11, 12)
EVENING = datetime(2025, 11, 13, 4, 30, tzinfo=UTC)
"""23:30 ET of `DAY`, which is already the next day in UTC."""
SHARED = ROOT.parent / "shared" / "03-bigquery-schemas.md"
ALL = statements()
CREATES = [statement for statement in ALL if statement.creates]
QUERIES = [statement for statement in ALL if not statement.creates]
FLOW = next(statement for statement in QUERIES if "End-to-End" in statement.heading)
TABLES_DOC = DOCUMENT.with_name("tables.md")


def our_equivalent() -> str:
    """Return the query of docs/tables.md on the view `run_flow`."""
    text = TABLES_DOC.read_text()
    return text[text.index("SELECT workflow_name, decision_time") :].split("```")[0]


def heading(statement: Statement) -> str:
    """Return a readable test id."""
    return statement.heading


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the file of a virtual clock that shows the evening of the day with rows."""
    file = tmp_path_factory.mktemp("clock") / "clock.json"
    set_clock(file, EVENING)
    return file


@pytest.fixture(scope="module")
def server(clock: Path) -> Iterator[BigQueryServer]:
    """Start a bqemulator on the virtual clock, without tables, for the module."""
    running = start_bigquery(PROJECT, clock.with_name("bigquery.log"), clock_file=clock)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def stack(server: BigQueryServer) -> BigQueryServer:
    """Create the stack's five tables, with the rows of a plausible day."""
    create_tables(server.endpoint, PROJECT, DATASET)
    flows = read_workflows(Settings().workflows_file).file.enabled
    create_views(server.endpoint, PROJECT, DATASET, flows)
    warehouse = BigQueryWarehouse(PROJECT, DATASET, server.endpoint)
    for name, rows in day_of_rows().items():
        warehouse.append(name, rows, job_key=f"seed-test-{name}")
    return server


def day_of_rows() -> dict[str, list[dict[str, Any]]]:
    """Return rows like the document's examples, as one connected day."""
    ran = datetime(2025, 11, 12, 18, 30, 15, tzinfo=UTC)
    scrapers = ["oddsa_events", "oddsa_player_props", "oddsa_game_lines"]
    decided = {"workflow_name": "betting_lines", "priority": "CRITICAL", "target_date": DAY}
    runs = [f"exec-00{number}" for number in (1, 2, 3)]
    return {
        "daily_expected_schedule": [
            {
                "date": DAY,
                "locked_at": datetime(2025, 11, 12, 10, 0, 15, tzinfo=UTC),
                "workflow_name": "betting_lines",
                "expected_run_time": ran + timedelta(hours=hours),
                "reason": "Pre-game betting lines (12 games today)",
                "scrapers": scrapers,
                "plan_id": f"plan-{hours}",
            }
            for hours in (0, 2)
        ],
        "workflow_decisions": [
            {**decided, "decision_time": ran, "action": "RUN", "alert_level": "NONE"}
            | {"decision_id": "decision-1", "scrapers": scrapers},
            {**decided, "decision_time": ran + timedelta(hours=2), "action": "SKIP"}
            | {"decision_id": "decision-2", "alert_level": "NONE"},
            # 18:55 ET is 23:55 UTC; five hours on it is already the next day in UTC.
            {**decided, "decision_time": ran + timedelta(hours=6), "action": "ABORT"}
            | {"decision_id": "decision-3", "alert_level": "WARNING"},
        ],
        "cleanup_operations": [
            {"cleanup_time": ran, "cleanup_id": "c-1", "files_checked": 0}
            | {"missing_files_found": 0, "republished_count": 0, "duration_seconds": 0.85},
            {"cleanup_time": ran + timedelta(minutes=15), "cleanup_id": "c-2", "files_checked": 12}
            | {"missing_files_found": 6, "republished_count": 6, "duration_seconds": 2.15},
        ],
        "scraper_execution_log": [
            {"triggered_at": ran, "execution_id": run, "scraper_name": name, "status": "SUCCESS"}
            for run, name in zip(runs, scrapers, strict=True)
        ],
        "workflow_executions": [
            {
                "execution_id": "uuid-abc-123",
                "execution_time": ran + timedelta(seconds=15),
                "workflow_name": "betting_lines",
                "decision_id": "decision-1",
                "scrapers_requested": scrapers,
                "scrapers_triggered": 3,
                "scrapers_succeeded": 3,
                "scrapers_failed": 0,
                "scraper_execution_ids": runs,
                "status": "completed",
                "duration_seconds": 12.5,
            }
        ],
    }


def test_the_document_is_the_users_own() -> None:
    """The copy in docs is the user's document, byte for byte."""
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not on this machine")
    assert DOCUMENT.read_bytes() == SHARED.read_bytes()


def test_every_statement_is_found() -> None:
    """The document has five tables and eleven queries, each under its own heading."""
    assert (len(CREATES), len(QUERIES)) == (5, 11)
    assert len({statement.heading for statement in ALL}) == 16
    assert all(statement.sql.count(";") == 1 for statement in ALL)
    # Counted another way: only a statement's last line ends in a semicolon.
    assert DOCUMENT.read_text().count(";\n") == 16
    assert [statement.heading.split(":")[0] for statement in CREATES] == list(NAMES)


def test_seed_columns_come_first_with_their_types() -> None:
    """Each schema file begins with the columns of its CREATE TABLE: names, types, order, modes."""
    types = {"INT64": "INTEGER", "FLOAT64": "FLOAT"}
    for statement, name in zip(CREATES, NAMES, strict=True):
        body = statement.sql.split("(", 1)[1].split("\n)\n", 1)[0]
        wanted = []
        for line in body.splitlines():
            words = line.split("--")[0].strip().rstrip(",").split(" ", 2)
            if len(words) < 2:
                continue
            array = words[1] == "ARRAY<STRING>"
            required = words[2:] == ["NOT NULL"]
            mode = "REPEATED" if array else "REQUIRED" if required else "NULLABLE"
            wanted.append((words[0], "STRING" if array else types.get(words[1], words[1]), mode))
        have = [(field.name, field.type, field.mode) for field in table(name).fields]
        assert have[: len(wanted)] == wanted != []


@pytest.mark.parametrize("statement", CREATES, ids=heading)
def test_create_statements_run_on_an_empty_dataset(
    server: BigQueryServer, statement: Statement
) -> None:
    """Each CREATE TABLE of the document runs as written in a dataset without that table."""
    client = make_client(PROJECT, server.endpoint)
    empty = f"empty_{CREATES.index(statement)}"
    client.create_dataset(empty)
    sql = statement.sql.replace(f".{DATASET}.", f".{empty}.")
    assert run_sql(server.endpoint, PROJECT, sql)[1] == []
    (made,) = client.list_tables(empty)
    assert made.table_id == statement.heading.split(":")[0]


@pytest.mark.parametrize("statement", QUERIES, ids=heading)
def test_queries_run_verbatim(stack: BigQueryServer, statement: Statement) -> None:
    """Each query, as written, finds the rows of the day that the stack's clock shows."""
    assert TODAY in statement.sql
    assert run_sql(stack.endpoint, PROJECT, statement.sql)[1]


def test_a_day_without_rows_has_none(stack: BigQueryServer, clock: Path) -> None:
    """Each query answers its columns and no rows once the clock has moved far on."""
    set_clock(clock, EVENING + timedelta(days=30))
    try:
        for statement in QUERIES:
            columns, rows = run_sql(stack.endpoint, PROJECT, statement.sql)
            assert columns
            assert rows == [], statement.heading
    finally:
        set_clock(clock, EVENING)


def test_the_end_to_end_query_joins_all_three_tables(stack: BigQueryServer) -> None:
    """The RUN decision shows its execution and its three logged scraper runs."""
    columns, rows = run_sql(stack.endpoint, PROJECT, FLOW.sql)
    (row,) = [dict(zip(columns, row, strict=True)) for row in rows]
    assert row["workflow_name"] == "betting_lines"
    assert row["execution_status"] == "completed"
    assert (row["scrapers_triggered"], row["scraper_runs_logged"]) == (3, 3)


def test_our_equivalent_answers_the_same(stack: BigQueryServer) -> None:
    """The view that real BigQuery takes has the end-to-end query's answer."""
    sql = our_equivalent()
    ours = run_sql(stack.endpoint, PROJECT, sql)
    assert ours == run_sql(stack.endpoint, PROJECT, FLOW.sql)
    assert ours[1]


def test_the_equivalent_keeps_runs_without_an_execution(stack: BigQueryServer) -> None:
    """A RUN whose execution is missing stays in the answer with zero logged runs."""
    lonely = date(2025, 12, 1)
    when = datetime(2025, 12, 1, 18, 0, tzinfo=UTC)
    row = {"decision_id": "lonely", "decision_time": when, "action": "RUN"}
    warehouse = BigQueryWarehouse(PROJECT, DATASET, stack.endpoint)
    warehouse.append("workflow_decisions", [row], job_key="lonely")
    sql = our_equivalent()
    ours = run_sql(stack.endpoint, PROJECT, bind(sql, lonely))
    assert ours == run_sql(stack.endpoint, PROJECT, bind(FLOW.sql, lonely))
    assert [row[-1] for row in ours[1]] == [0]
