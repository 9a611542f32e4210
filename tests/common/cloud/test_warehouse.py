"""One contract for the warehouse port, in memory and on an emulator."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError

from common.cloud.ports import Warehouse
from common.cloud.tables import NAMES, build_row, table
from common.cloud.warehouse import (
    QUERY_PARAMETERS_MAX,
    BigQueryWarehouse,
    make_client,
    run_query,
)
from common.errors import RowError, is_transient
from local.simulator.ports.memory import MemoryWarehouse
from local.stack.bigquery import BigQueryServer, create_tables
from tests.alerts.days import Emulator
from tests.kit.bigquery_client import DECISIONS, PROJECT, decision

DATASET = "warehouse_contract"
_NUMBERS = count()


@pytest.fixture(scope="module")
def server(emulator: Emulator) -> BigQueryServer:
    """A bqemulator with five tables for the module."""
    create_tables(emulator.endpoint, PROJECT, DATASET)
    return emulator.server


@pytest.fixture(params=["memory", pytest.param("bigquery", marks=pytest.mark.stack)])
def warehouse(request: pytest.FixtureRequest) -> Warehouse:
    """Return each implementation in turn."""
    if request.param == "memory":
        return MemoryWarehouse()
    endpoint = request.getfixturevalue("server").endpoint
    return BigQueryWarehouse(PROJECT, DATASET, endpoint, read_retry_seconds=2)


@pytest.fixture
def noon() -> datetime:
    """Return 17:00 UTC of a day of this test alone, because the server is shared."""
    return datetime(2025, 1, 12, 17, 0, tzinfo=UTC) + timedelta(days=30 * next(_NUMBERS))


def ids_between(warehouse: Warehouse, since: datetime, until: datetime) -> list[str]:
    """Return the short ids of the decisions in a range, sorted, because no order is promised."""
    rows = warehouse.select(DECISIONS, ["decision_id"], since=since, until=until)
    return sorted(row["decision_id"].split("@")[0] for row in rows)


HOUR = timedelta(hours=1)
MIN_TIME = datetime(1, 1, 1, tzinfo=UTC)
MAX_TIME = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
EXTREMES: dict[str, tuple[Any, Any]] = {
    "STRING": ("", "' \"\\ \n\u2013 \U0001f3c0 @r0c0 `x`" * 50),
    "INTEGER": (-(2**63), 2**63 - 1),
    "FLOAT": (-1.7976931348623157e308, 5e-324),
    "TIMESTAMP": (MIN_TIME, MAX_TIME),
    "DATE": (date.min, date.max),
    "BOOLEAN": (False, True),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("end", [0, 1, None], ids=["min", "max", "empty"])
def test_b4_extreme_rows_come_back_as_they_went(
    warehouse: Warehouse, noon: datetime, name: str, end: int | None
) -> None:
    """Smallest, largest and empty values of every column survive the table unchanged."""
    shape = table(name)
    values: dict[str, Any] = {}
    for field in shape.fields:
        if end is not None:
            value = EXTREMES[field.type][end]
            values[field.name] = [value] * end if field.mode == "REPEATED" else value
        elif field.mode == "REQUIRED":
            values[field.name] = EXTREMES[field.type][0]
    values[shape.id_column] = f"extreme-{noon.isoformat()}"
    values[shape.partition_column] = noon if shape.partition_type == "TIMESTAMP" else noon.date()
    row = build_row(name, values)
    warehouse.append(name, [row], job_key=str(values[shape.id_column]))
    columns = [field.name for field in shape.fields]
    since, until = noon - timedelta(minutes=1), noon + timedelta(minutes=1)
    assert warehouse.select(name, columns, since=since, until=until) == [row]


def test_the_range_is_half_open(warehouse: Warehouse, noon: datetime) -> None:
    """A row at `since` is returned and a row at `until` is not, to the microsecond."""
    moment = timedelta(microseconds=1)
    times = {"before": -moment, "at": 0 * moment, "last": HOUR - moment, "until": HOUR}
    rows = [decision(noon + offset, name) for name, offset in times.items()]
    warehouse.append(DECISIONS, rows, job_key=f"range-{noon}")
    assert ids_between(warehouse, noon, noon + HOUR) == ["at", "last"]


def test_the_plan_is_read_by_eastern_date(warehouse: Warehouse, noon: datetime) -> None:
    """A range around an Eastern day finds that day's plan and no other."""
    rows = [
        {"date": noon.date() + timedelta(days=days), "plan_id": f"{days}@{noon}"}
        for days in (-1, 0, 1)
    ]
    warehouse.append("daily_expected_schedule", rows, job_key=f"plan-{noon}")
    found = warehouse.select(
        "daily_expected_schedule", ["date", "plan_id"], since=noon, until=noon + 8 * HOUR
    )
    assert found == [{"date": noon.date(), "plan_id": f"0@{noon}"}]


def test_filters_are_equality_or_one_of(warehouse: Warehouse, noon: datetime) -> None:
    """A text filters by equality, a sequence by membership, an empty one finds nothing."""
    rows = [
        decision(noon, "a", workflow_name="betting_lines", action="RUN"),
        decision(noon, "b", workflow_name="betting_lines", action="SKIP"),
        decision(noon, "c", workflow_name="injury_discovery", action="RUN"),
        decision(noon, "d"),
    ]
    warehouse.append(DECISIONS, rows, job_key=f"filter-{noon}")

    def found(**where: Any) -> list[str]:
        held = warehouse.select(
            DECISIONS, ["decision_id"], since=noon, until=noon + HOUR, where=where
        )
        return sorted(row["decision_id"][0] for row in held)

    assert found(workflow_name="betting_lines") == ["a", "b"]
    assert found(workflow_name="betting_lines", action="RUN") == ["a"]
    assert found(workflow_name=["betting_lines", "injury_discovery"], action=["RUN"]) == ["a", "c"]
    assert found(action=[]) == []


def test_no_rows_is_no_job(warehouse: Warehouse, noon: datetime) -> None:
    """Appending nothing does nothing, and does not use up the key."""
    warehouse.append(DECISIONS, [], job_key=f"nothing-{noon}")
    warehouse.append(DECISIONS, [decision(noon, "a")], job_key=f"nothing-{noon}")
    assert ids_between(warehouse, noon, noon + HOUR) == ["a"]


def test_b5_a_bad_row_writes_nothing(warehouse: Warehouse, noon: datetime) -> None:
    """A row that does not fit is refused before any of its batch is written."""
    rows = [decision(noon, "good"), decision(noon, "bad", scrapers=None)]
    with pytest.raises(RowError, match=r"workflow_decisions\.scrapers"):
        warehouse.append(DECISIONS, rows, job_key=f"bad-{noon}")
    with pytest.raises(RowError, match="no column 'surprise'"):
        warehouse.append(DECISIONS, [decision(noon, "x", surprise=1)], job_key=f"bad-{noon}")
    assert ids_between(warehouse, noon, noon + HOUR) == []


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=7)])
def test_r6_a_takeover_looks_before_it_writes(
    warehouse: Warehouse, noon: datetime, later: timedelta
) -> None:
    """Rows whose id is there are left out, even when the retry is a week younger."""
    warehouse.append(DECISIONS, [decision(noon, "a")], job_key=f"first-{noon}")
    again = [
        {**decision(noon, "a"), "decision_time": noon + later},
        {**decision(noon, "b"), "decision_time": noon + later},
    ]
    warehouse.append(DECISIONS, again, job_key=f"second-{noon}", look_first=True)
    warehouse.append(DECISIONS, again, job_key=f"third-{noon}", look_first=True)
    assert ids_between(warehouse, noon, noon + timedelta(days=8)) == ["a", "b"]


def test_an_append_is_known_by_its_job_key(warehouse: Warehouse, noon: datetime) -> None:
    """An append has begun for its own table and key only."""
    key = f"known-{noon}"
    assert not warehouse.has_begun(DECISIONS, job_key=key)
    warehouse.append(DECISIONS, [decision(noon, "a")], job_key=key)
    assert warehouse.has_begun(DECISIONS, job_key=key)
    assert not warehouse.has_begun(DECISIONS, job_key=f"{key}-2")
    assert not warehouse.has_begun("workflow_executions", job_key=key)


def test_reads_refuse_what_the_table_lacks(warehouse: Warehouse, noon: datetime) -> None:
    """An unknown column, a filter on one, and naive bounds are errors of ours."""
    until = noon + HOUR
    with pytest.raises(RowError, match="no column 'nope'"):
        warehouse.select(DECISIONS, ["nope"], since=noon, until=until)
    with pytest.raises(RowError, match="no column 'nope'"):
        warehouse.select(DECISIONS, ["action"], since=noon, until=until, where={"nope": "x"})
    with pytest.raises(RowError, match="naive bounds"):
        warehouse.select(DECISIONS, ["action"], since=noon.replace(tzinfo=None), until=until)


@pytest.mark.stack
def test_a_batch_larger_than_one_job(server: BigQueryServer, noon: datetime) -> None:
    """Rows beyond the parameter limit are written by further jobs, and all arrive."""
    warehouse = BigQueryWarehouse(PROJECT, DATASET, server.endpoint)
    size = QUERY_PARAMETERS_MAX // len(table(DECISIONS).fields) + 1
    rows = [decision(noon, f"{number:04}") for number in range(size)]
    warehouse.append(DECISIONS, rows, job_key=f"large-{noon}")
    assert len(ids_between(warehouse, noon, noon + HOUR)) == size


@pytest.mark.stack
def test_d5_a_failed_query_is_never_an_empty_result(server: BigQueryServer, noon: datetime) -> None:
    """A failed query raises, although the emulator answers it with 200 and no rows."""
    elsewhere = BigQueryWarehouse(PROJECT, "no_such_dataset", server.endpoint)
    with pytest.raises(GoogleAPICallError, match="no_such_dataset"):
        elsewhere.select(DECISIONS, ["action"], since=noon, until=noon + HOUR)
    with pytest.raises(GoogleAPICallError, match="no_such_dataset"):
        elsewhere.append(DECISIONS, [decision(noon, "a")], job_key=f"elsewhere-{noon}")
    with pytest.raises(GoogleAPICallError, match=r"(?i)division by zero"):
        run_query(make_client(PROJECT, server.endpoint), "SELECT 1/0")


def test_an_absent_server_is_transient(noon: datetime) -> None:
    """A read without a server raises a transient error once its time is up."""
    warehouse = BigQueryWarehouse(PROJECT, DATASET, "http://127.0.0.1:9", read_retry_seconds=0.1)
    with pytest.raises(Exception, match=r"127\.0\.0\.1") as caught:
        warehouse.select(DECISIONS, ["action"], since=noon, until=noon + HOUR)
    assert is_transient(caught.value)
