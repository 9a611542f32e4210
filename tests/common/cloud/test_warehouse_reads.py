"""What the warehouse asks BigQuery for, and what it makes of an answer."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

from common.cloud.tables import table
from common.cloud.warehouse import QUERY_PARAMETERS_MAX, BigQueryWarehouse, run_query
from tests.kit.bigquery_client import (
    DATASET,
    DECISIONS,
    PROJECT,
    Asked,
    FakeClient,
    FakeJob,
    answering,
    decision,
)

HOUR = timedelta(hours=1)


def test_a_view_is_read_whole_from_the_deployment_s_own_dataset() -> None:
    """Project and dataset are named, because a job's project may be another's."""
    client: Any = Asked()
    BigQueryWarehouse(PROJECT, DATASET, client=client).view("freshness", ("kind", "name"))
    assert client.sql == f"SELECT `kind`, `name` FROM `{PROJECT}.{DATASET}.freshness`"


@pytest.mark.parametrize("seconds", [30, 60])
def test_a_read_ends_within_its_time(seconds: int) -> None:
    """One call may take a third of it, the query as a whole and its retries all."""
    client: Any = Asked()
    warehouse = BigQueryWarehouse(
        PROJECT, DATASET, client=client, **{"read_retry_seconds": seconds} if seconds != 30 else {}
    )
    now = datetime(2025, 11, 12, 17, tzinfo=UTC)
    for read in (
        lambda: warehouse.view("incidents", ("rule",)),
        lambda: warehouse.select(DECISIONS, ["action"], since=now, until=now + HOUR),
    ):
        read()
        asked = client.options
        whole = (asked["wait_timeout"], asked["retry"].timeout, asked["job_retry"].timeout)
        assert (asked["api_timeout"], whole) == (seconds / 3, (seconds,) * 3)


def test_r6_a_takeover_looks_for_its_rows_a_week_and_a_day_around_them() -> None:
    """The other delivery's row may be earlier or later by as long as messages live."""
    client: Any = Asked()
    client.query = FakeClient().query
    first = datetime(2025, 11, 12, 17, tzinfo=UTC)
    rows = [decision(first, "a"), decision(first + HOUR, "b")]
    BigQueryWarehouse(PROJECT, DATASET, client=client).append(
        DECISIONS, rows, job_key="slot-1", look_first=True
    )
    ids = [row["decision_id"] for row in rows]
    assert client.values == [first - timedelta(days=8), first + timedelta(days=8, hours=1), ids]


def test_r6_each_part_of_a_takeover_looks_for_its_own_rows() -> None:
    """A part that wrote the rows of another one as well would write them twice."""
    client: Any = Asked()
    looked, written = list[list[str]](), list[int]()
    answer, inserting = client.query_and_wait, FakeClient()

    def look(sql: str, **options: Any) -> Any:
        found = answer(sql, **options)
        looked.append(client.values[-1])
        return found

    def insert(sql: str, **options: Any) -> FakeJob:
        written.append(sql.count("(@"))
        return inserting.query(sql, **options)

    client.query_and_wait, client.query = look, insert
    size = QUERY_PARAMETERS_MAX // len(table(DECISIONS).fields)
    noon = datetime(2025, 11, 12, 17, tzinfo=UTC)
    rows = [decision(noon, f"id-{number}") for number in range(size + 2)]
    ids = [row["decision_id"] for row in rows]
    made = BigQueryWarehouse(PROJECT, DATASET, client=client)
    made.append(DECISIONS, rows, job_key="slot-1", look_first=True)
    assert looked == [ids[:size], ids[size:]]
    assert written == [size, 2]


def test_d5_a_query_that_failed_behind_an_answer_is_raised() -> None:
    """An answer without a schema may be an emulator's failed job, or a statement without rows."""
    client: Any = Asked()
    failed = FakeJob(ServiceUnavailable("x"))
    client.get_job = lambda *_, **__: failed
    client.query_and_wait = lambda *_, **__: type(
        "Rows", (list,), {"schema": [], "job_id": "j", "location": "US"}
    )()
    with pytest.raises(ServiceUnavailable):
        run_query(client, "SELECT 1")
    failed.error = None
    assert run_query(client, "SELECT 1") == ([], [])


def test_a_query_returns_its_columns_and_rows() -> None:
    """The columns in the order of the query; a read has the rows alone."""
    rows = [{"b": 1, "a": None}, {"b": 2, "a": "x"}]
    assert run_query(answering(*rows), "SELECT") == (["b", "a"], rows)
    when, made = datetime(2025, 11, 12, 17, tzinfo=UTC), {"action": "RUN"}
    warehouse = BigQueryWarehouse(PROJECT, DATASET, client=answering(made))
    assert warehouse.select(DECISIONS, ["action"], since=when, until=when + HOUR) == [made]
    assert warehouse.view("freshness", ["action"]) == [made]


def test_r6_a_takeover_leaves_out_the_rows_that_are_there() -> None:
    """Where all are, no job is sent."""
    when = datetime(2025, 11, 12, 17, tzinfo=UTC)
    rows = [decision(when, name) for name in "ab"]
    for there, sent in ((rows[:1], 1), (rows, 0)):
        client = answering(*({"decision_id": row["decision_id"]} for row in there))
        made, jobs = BigQueryWarehouse(PROJECT, DATASET, client=client), list[str]()
        inserting = client.query
        client.query = lambda sql, to=jobs, do=inserting, **more: (to.append(sql), do(sql, **more))[
            1
        ]
        made.append(DECISIONS, rows, job_key="slot-1", look_first=True)
        assert [sql.count("(@") for sql in jobs] == [1] * sent


def test_d5_the_job_behind_an_empty_answer_is_looked_up_where_it_ran() -> None:
    """In its location, within the read's own time."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def get_job(name: str, **options: Any) -> FakeJob:
        asked.append((name, options))
        return FakeJob()

    found = type("Rows", (list,), {"schema": [], "job_id": "j", "location": "EU"})
    client: Any = SimpleNamespace(query_and_wait=lambda *_, **__: found(), get_job=get_job)
    run_query(client, "SELECT 1", retry_seconds=6)
    ((name, options),) = asked
    assert (name, options["location"], options["timeout"]) == ("j", "EU", 2)
    assert options["retry"].timeout == 6
