"""The user's statements, run as written where the clock shows a day with rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from common.cloud.tables import NAMES, table
from common.cloud.warehouse import make_client
from common.settings import ROOT
from local.day.seed_queries import DOCUMENT, TODAY, Statement, bind, statements
from local.records.sql import run_sql
from tests.alerts.days import DATASET, PROJECT, Emulator, Rows

pytestmark = pytest.mark.stack
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


def day_of_rows() -> Rows:
    """Make rows like the document's examples, as one connected day."""
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


ROWS = day_of_rows()


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
    emulator: Emulator, statement: Statement
) -> None:
    """Each CREATE TABLE of the document runs as written in a dataset without that table."""
    client = make_client(PROJECT, emulator.endpoint)
    empty = f"empty_{CREATES.index(statement)}"
    client.create_dataset(empty)
    sql = statement.sql.replace(f".{DATASET}.", f".{empty}.")
    assert run_sql(emulator.endpoint, PROJECT, sql)[1] == []
    (made,) = client.list_tables(empty)
    assert made.table_id == statement.heading.split(":")[0]


@pytest.mark.parametrize("statement", QUERIES, ids=heading)
def test_queries_run_verbatim(emulator: Emulator, statement: Statement) -> None:
    """Each query, as written, finds the rows of the day that the clock shows, and none later."""
    assert TODAY in statement.sql
    assert emulator.query(ROWS, statement.sql, EVENING)[1]
    columns, rows = emulator.query(ROWS, statement.sql, EVENING + timedelta(days=30))
    assert columns
    assert rows == []


def test_the_end_to_end_query_joins_all_three_tables(emulator: Emulator) -> None:
    """The RUN decision shows its execution and its three logged scraper runs."""
    columns, rows = emulator.query(ROWS, FLOW.sql, EVENING)
    (row,) = [dict(zip(columns, row, strict=True)) for row in rows]
    assert row["workflow_name"] == "betting_lines"
    assert row["execution_status"] == "completed"
    assert (row["scrapers_triggered"], row["scraper_runs_logged"]) == (3, 3)


def test_our_equivalent_answers_the_same(emulator: Emulator) -> None:
    """The view that real BigQuery takes has the end-to-end query's answer."""
    ours = emulator.query(ROWS, our_equivalent(), EVENING)
    assert ours == emulator.query(ROWS, FLOW.sql, EVENING)
    assert ours[1]


def test_the_equivalent_keeps_runs_without_an_execution(emulator: Emulator) -> None:
    """A RUN whose execution is missing stays in the answer with zero logged runs."""
    lonely = date(2025, 12, 1)
    when = datetime(2025, 12, 1, 18, 0, tzinfo=UTC)
    row = {"decision_id": "lonely", "decision_time": when, "action": "RUN"}
    rows = {**ROWS, "workflow_decisions": [*ROWS["workflow_decisions"], row]}
    ours = emulator.query(rows, bind(our_equivalent(), lonely), EVENING)
    assert ours == emulator.query(rows, bind(FLOW.sql, lonely), EVENING)
    assert [row[-1] for row in ours[1]] == [0]
