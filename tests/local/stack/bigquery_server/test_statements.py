"""Statements as the emulator translates them: the functions of the present follow its clock."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from google.api_core.exceptions import BadRequest

from common.clock import set_clock
from common.cloud.warehouse import make_client
from local.records.sql import run_sql
from local.stack.bigquery import BigQueryServer
from local.stack.bigquery_server.present import as_of
from tests.alerts.days import Emulator

PROJECT = "nba-props-platform"
LOCAL = "2025-11-12T11:00:00.500000"
"""A DATETIME, which has no zone and therefore no seconds since 1970."""
NOW = datetime(2025, 11, 13, 3, 30, tzinfo=UTC)
"""22:30 in New York, on the evening before."""
CREATED = "CREATE VIEW d.v AS SELECT DATE(STACK_NOW(), 'UTC') AS t"
STAMP = "STACK_NOW()"
TEXTS = 200_000
"""Of 64 characters each; a copy of a table with them is 12 MiB."""


@pytest.fixture(scope="module")
def server(emulator: Emulator) -> BigQueryServer:
    """The emulator that the tests share, its clock at `NOW`."""
    set_clock(emulator.clock, NOW)
    return emulator.server


@pytest.mark.parametrize(
    ("sql", "bound"),
    [
        ("SELECT CURRENT_TIMESTAMP() AS t", f"SELECT {STAMP} AS t"),
        ("SELECT CURRENT_DATE AS d", f"SELECT DATE({STAMP}, 'UTC') AS d"),
        ("SELECT CURRENT_DATETIME(zone) FROM t", f"SELECT DATETIME({STAMP}, zone) FROM t"),
        ("CREATE VIEW d.v AS SELECT CURRENT_DATE AS t", CREATED),
        ("INSERT INTO d.t (x) VALUES (current_time())", None),
        ("SELECT 'CURRENT_DATE' AS current_date, t.current_time FROM t", None),
        ("SELECT CURRENT_DATE( FROM", None),
        ("SELECT CURRENT_TIMESTAMP() AS t -- the day's", f"SELECT {STAMP} AS t"),
    ],
)
def test_only_functions_of_the_present_are_bound(sql: str, bound: str | None) -> None:
    """Texts, names and what cannot be read stay as they are; a comment is dropped."""
    wanted = bound or sql.replace("current_time()", f"TIME({STAMP}, 'UTC')")
    assert as_of(sql) == wanted


@pytest.mark.stack
def test_every_function_of_the_present_shows_the_clock(server: BigQueryServer) -> None:
    """A zone counts, UTC is the default, and one statement sees one instant."""
    zone = "'America/New_York'"
    sql = (
        f"SELECT CURRENT_DATE() AS a, CURRENT_DATE({zone}) AS b, CURRENT_DATETIME({zone}) AS c, "
        f"CURRENT_TIME({zone}) AS d, CURRENT_TIMESTAMP() = CURRENT_TIMESTAMP() AS e, "
        "TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), TIMESTAMP '2025-11-13 03:00:00+00', MINUTE) AS f"
    )
    ((utc, eastern, local, at, same, minutes),) = run_sql(server.endpoint, PROJECT, sql)[1]
    assert (utc, eastern, same) == (date(2025, 11, 13), date(2025, 11, 12), True)
    assert (local.date(), local.hour) == (date(2025, 11, 12), 22)
    assert time(22, 30) <= at < time(22, 50)
    assert 30 <= minutes < 50


@pytest.mark.stack
def test_fu2_every_client_sees_the_clock(server: BigQueryServer) -> None:
    """A job, a plain request, a script, a view and a written row show the clock's day."""
    today, client = date(2025, 11, 13), make_client(PROJECT, server.endpoint)
    client.create_dataset("seen")
    assert [row[0] for row in client.query("SELECT CURRENT_DATE()").result()] == [today]
    body = json.dumps({"query": "SELECT CAST(CURRENT_DATE() AS STRING)", "useLegacySql": False})
    address = f"{server.endpoint}/bigquery/v2/projects/{PROJECT}/queries"
    request = Request(address, body.encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        assert json.load(answer)["rows"] == [{"f": [{"v": str(today)}]}]
    script = "DECLARE day DATE DEFAULT CURRENT_DATE(); SELECT day;"
    assert [row[0] for row in client.query(script).result()] == [today]
    for sql in (
        "CREATE TABLE seen.kept AS SELECT CURRENT_DATE() AS day",
        "CREATE VIEW seen.shown AS SELECT CURRENT_DATE() AS day",
    ):
        client.query(sql).result()
    for name in ("kept", "shown"):
        assert run_sql(server.endpoint, PROJECT, f"SELECT day FROM seen.{name}")[1] == [(today,)]


@pytest.mark.stack
def test_a_view_moves_with_the_clock(server: BigQueryServer, emulator: Emulator) -> None:
    """It is read on the day of its creation and, by the same statement, on another."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("moving")
    client.query("CREATE VIEW moving.now AS SELECT CURRENT_DATE() AS day").result()
    read = "SELECT day, CURRENT_DATE() AS today FROM moving.now"
    assert run_sql(server.endpoint, PROJECT, read)[1] == [(date(2025, 11, 13),) * 2]
    set_clock(emulator.clock, NOW + timedelta(days=3))
    try:
        rows = run_sql(server.endpoint, PROJECT, read)[1]
    finally:
        set_clock(emulator.clock, NOW)
    assert rows == [(date(2025, 11, 16),) * 2]


@pytest.mark.stack
def test_a_statement_is_translated_anew_when_a_table_is_another(server: BigQueryServer) -> None:
    """The type of a column decides how its average is taken."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("retyped")
    for kind, mean in (("INT64", float), ("NUMERIC", Decimal)):
        client.query(f"CREATE OR REPLACE TABLE retyped.t AS SELECT CAST(3 AS {kind}) AS x").result()
        ((found,),) = run_sql(server.endpoint, PROJECT, "SELECT AVG(x) AS mean FROM retyped.t")[1]
        assert (found, type(found)) == (3, mean)


@pytest.mark.stack
def test_fu15_times_are_written_as_a_client_asks(server: BigQueryServer) -> None:
    """In seconds, or in microseconds: `bq` takes the latter for dates that nobody can print."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("timed")
    client.query(
        "CREATE TABLE timed.t AS SELECT TIMESTAMP '2025-11-12 11:00:00.5+00' AS moment, "
        "DATETIME '2025-11-12 11:00:00.5' AS local"
    ).result()
    job = client.query("SELECT moment, local FROM timed.t")
    job.result()
    base = f"{server.endpoint}/bigquery/v2/projects/{PROJECT}"
    for path in ("datasets/timed/tables/t/data", f"queries/{job.job_id}"):
        for asked, form in (("", "1762945200.500000"), ("True", "1762945200500000")):
            option = f"?formatOptions.useInt64Timestamp={asked}"
            with urlopen(f"{base}/{path}{option if asked else ''}") as answer:
                assert json.load(answer)["rows"] == [{"f": [{"v": form}, {"v": LOCAL}]}]
    at = datetime(2025, 11, 12, 11, 0, 0, 500_000, UTC)
    assert [row[0] for row in client.list_rows("timed.t")] == [at]
    assert [row[0] for row in client.query("SELECT moment FROM timed.t").result()] == [at]


@pytest.mark.stack
def test_fu15_an_extract_is_told_what_to_do_instead(server: BigQueryServer) -> None:
    """The emulator writes nothing to Cloud Storage, nor does it read from there."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("told")
    client.query("CREATE TABLE told.t AS SELECT 1 AS x").result()
    told = r"gs://b/x: the local BigQuery .* no Cloud Storage.*python -m local sql"
    with pytest.raises(BadRequest, match=told):
        client.extract_table("told.t", "gs://b/x").result()
    with pytest.raises(BadRequest, match=told):
        client.load_table_from_uri("gs://b/x", "told.t").result()


@pytest.mark.stack
def test_the_past_of_a_table_is_refused(server: BigQueryServer) -> None:
    """No past is kept: the present would be the answer. The error names the instant."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("past")
    client.query("CREATE TABLE past.t AS SELECT 1 AS n").result()
    sql = "SELECT n FROM past.t FOR SYSTEM_TIME AS OF TIMESTAMP '2025-11-12 17:00:00+00'"
    then = r"AS OF 2025-11-12 17:00:00\+00:00"
    told = rf"{then}: .* keeps no table's past.*python -m local asof"
    with pytest.raises(BadRequest, match=told):
        client.query(sql).result()


@pytest.mark.stack
def test_an_insert_leaves_its_row_and_nothing_else(server: BigQueryServer) -> None:
    """A copy of the table at each INSERT took memory, until the stack had a gigabyte.

    The table is so large that its copies stand out from what a process takes and gives back.
    """
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("lean")
    numbers = f"UNNEST(GENERATE_ARRAY(1, {TEXTS})) AS n"
    texts = f"SELECT TO_HEX(SHA256(CAST(n AS STRING))) AS t FROM {numbers}"
    client.query(f"CREATE TABLE lean.t AS {texts}").result()
    status = Path(f"/proc/{server.process.child.pid}/status")
    if not status.exists():
        pytest.skip("memory is read from /proc")

    def insert(times: int) -> int:
        """Return the memory in KiB after so many INSERTs."""
        for n in range(times):
            client.query(f"INSERT INTO lean.t (t) VALUES ('{n}')").result()
        (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1])

    copy = TEXTS * 64 / 1024
    assert -insert(1) + insert(6) < 2 * copy


@pytest.mark.stack
def test_a_policy_of_rows_holds_in_a_view_too(server: BigQueryServer) -> None:
    """Whom no policy lets in sees no row, by the table and by a view of it."""
    client = make_client(PROJECT, server.endpoint)
    client.create_dataset("policed")
    client.query("CREATE TABLE policed.t AS SELECT 1 AS n").result()
    client.query("CREATE VIEW policed.v AS SELECT n FROM policed.t").result()

    def seen() -> list[int]:
        """Count the rows of both."""
        return [
            len(run_sql(server.endpoint, PROJECT, f"SELECT n FROM policed.{x}")[1]) for x in "tv"
        ]

    assert seen() == [1, 1]
    of = "p ON policed.t"
    client.query(
        f"CREATE ROW ACCESS POLICY {of} GRANT TO ('user:a@example.com') FILTER USING (TRUE)"
    ).result()
    try:
        assert seen() == [0, 0]
    finally:
        client.query(f"DROP ROW ACCESS POLICY {of}").result()
    assert seen() == [1, 1]
