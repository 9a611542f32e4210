"""One contract for the warehouse port, and the job id logic that no emulator enforces."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core.exceptions import (
    Conflict,
    Forbidden,
    GoogleAPICallError,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
)

from common.cloud.jobs import JOBS_MAX
from common.cloud.ports import Warehouse
from common.cloud.tables import NAMES, build_row, table
from common.cloud.warehouse import (
    QUERY_PARAMETERS_MAX,
    BigQueryWarehouse,
    make_client,
    run_query,
)
from common.errors import PermanentError, RowError, TransientError, is_transient
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.world import ManualClock
from local.stack.bigquery import BigQueryServer, create_tables, start_bigquery

PROJECT, DATASET = "nba-props-platform", "nba_orchestration"
DECISIONS = "workflow_decisions"
_NUMBERS = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BigQueryServer]:
    """Start one bqemulator with the five tables for the module."""
    running = start_bigquery(PROJECT, tmp_path_factory.mktemp("bq") / "bigquery.log")
    create_tables(running.endpoint, PROJECT, DATASET)
    yield running
    running.stop()


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


def decision(when: datetime, name: str, **more: Any) -> dict[str, Any]:
    """Return a small decision row whose id is unique to its time."""
    return {"decision_time": when, "decision_id": f"{name}@{when:%Y%m%d}", **more}


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


class FakeJob:
    """A job as jobs.get shows it; each look after the first `looks` finds it done."""

    def __init__(self, error: GoogleAPICallError | None = None, *, looks: int = 0) -> None:
        self.job_id = "a-job"
        self.error = error
        self.looks = looks
        self.looked = 0

    @property
    def state(self) -> str:
        """Return DONE once it was looked at often enough."""
        return "DONE" if self.looked >= self.looks else "RUNNING"

    @property
    def error_result(self) -> dict[str, str] | None:
        """Return what is shown of a failed job."""
        return {"reason": "x"} if self.error and self.state == "DONE" else None

    def exception(self) -> GoogleAPICallError | None:
        """Return the error of a done job."""
        assert self.state == "DONE"
        return self.error

    def reload(self, **options: Any) -> None:
        """Look at the job again."""
        may_be_tried_again(options)
        self.looked += 1

    def result(self, **options: Any) -> None:
        """Refuse, as getQueryResults may for a job of another account."""
        raise Forbidden("Access Denied: getQueryResults")


def may_be_tried_again(options: dict[str, Any]) -> None:
    """Assert that a call may hang and be tried again, within a function's time."""
    assert 2 * options["timeout"] < options["retry"].timeout
    assert options["retry"].timeout + options["timeout"] < 540


class FakeClient:
    """BigQuery's job ids: the second insert of one id is a 409."""

    def __init__(self) -> None:
        self.jobs: dict[str, FakeJob] = {}
        self.outcomes: list[FakeJob] = []
        self.sent: list[str] = []
        self.visible = True

    def query(self, sql: str, *, job_id: str, **options: Any) -> FakeJob:
        """Insert a job."""
        assert options["job_retry"] is None
        may_be_tried_again(options)
        if job_id in self.jobs:
            raise Conflict(f"Already Exists: Job {job_id}")
        self.sent.append(job_id)
        self.jobs[job_id] = self.outcomes.pop(0) if self.outcomes else FakeJob()
        return self.jobs[job_id]

    def get_dataset(self, dataset: str, **options: Any) -> Any:
        """Return the dataset's location, within a function's time."""
        may_be_tried_again(options)
        return type("Dataset", (), {"location": f"location of {dataset}"})

    def get_job(self, job_id: str, *, location: str, **options: Any) -> FakeJob:
        """Return a job of the dataset's location, within a function's time."""
        may_be_tried_again(options)
        assert location == f"location of {DATASET}"
        if not self.visible or job_id not in self.jobs:
            raise NotFound(f"Not found: Job {job_id}")
        return self.jobs[job_id]


class Asked:
    """A client that keeps the one query that it is asked, and finds nothing."""

    def __init__(self) -> None:
        self.sql, self.options = "", dict[str, Any]()

    def query_and_wait(self, sql: str, **options: Any) -> Any:
        """Answer with no rows."""
        self.sql, self.options = sql, options
        return type("Rows", (list,), {"schema": [], "job_id": None})()

    @property
    def values(self) -> list[Any]:
        """Return the query's parameters."""
        found = self.options["job_config"].query_parameters
        return [getattr(one, "values", None) or one.value for one in found]


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


def fake_append(
    client: Any, key: str = "slot-1", *, size: int = 1, clock: ManualClock | None = None
) -> None:
    """Append decisions through the fake."""
    when = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
    rows = [decision(when, str(number)) for number in range(size)]
    made = BigQueryWarehouse(PROJECT, DATASET, client=client, clock=clock or ManualClock(when))
    made.append(DECISIONS, rows, job_key=key)


def test_r6_a_second_delivery_finds_the_job_done() -> None:
    """A second append of one key finds the finished job, and sends nothing."""
    client = FakeClient()
    fake_append(client)
    fake_append(client)
    assert len(client.sent) == 1


def test_fp01_a_job_is_waited_for_by_looking_at_it() -> None:
    """Another account's running job is looked at until it is done, not asked for its results."""
    client = FakeClient()
    fake_append(client)
    job = client.jobs[client.sent[0]] = FakeJob(looks=3)
    fake_append(client)
    assert (len(client.sent), job.looked) == (1, 3)


def test_fp01_a_job_that_does_not_end_is_transient() -> None:
    """A job that runs for a minute is left to the next delivery."""
    client, clock = FakeClient(), ManualClock(datetime(2025, 11, 12, 17, 0, tzinfo=UTC))
    client.outcomes = [FakeJob(looks=1000)]
    began = clock.now()
    with pytest.raises(TransientError, match="a-job still runs"):
        fake_append(client, clock=clock)
    # Each look is a request: the pauses grow from an eighth of a second to a whole one.
    assert clock.now() - began == timedelta(seconds=1 / 8 + 1 / 4 + 1 / 2 + 60)
    (job,) = client.jobs.values()
    assert job.looked == 63


def test_r6_a_running_job_is_waited_for() -> None:
    """The failure of another delivery's running job is raised, and no second job is sent."""
    client = FakeClient()
    client.outcomes = [FakeJob(ServiceUnavailable("later"), looks=2)]
    with pytest.raises(ServiceUnavailable):
        fake_append(client)
    assert len(client.sent) == 1


def test_r6_failed_jobs_take_suffixes() -> None:
    """Each delivery after a failed job sends one job with the next suffix, until one succeeds."""
    client = FakeClient()
    client.outcomes = [FakeJob(ServiceUnavailable("x")) for _ in range(2)]
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            fake_append(client)
    fake_append(client)
    fake_append(client)
    first = client.sent[0]
    assert client.sent == [first, f"{first}-2", f"{first}-3"]


def too_early() -> GoogleAPICallError:
    """Return the error of a job beyond 25 statements in 10 s, as the library makes it."""
    return TooManyRequests(
        "Exceeded rate limits: too many table dml insert operations for this table.",
        errors=[{"reason": "rateLimitExceeded"}],
    )


def test_fp02_a_job_beyond_the_rate_is_sent_again_in_the_same_delivery() -> None:
    """The append pauses longer and longer, and takes the next suffix each time."""
    client, clock = FakeClient(), ManualClock(datetime(2025, 11, 12, 17, 0, tzinfo=UTC))
    client.outcomes = [FakeJob(too_early()) for _ in range(3)]
    began = clock.now()
    fake_append(client, clock=clock)
    assert len(client.sent) == 4
    assert timedelta(seconds=3) < clock.now() - began < timedelta(seconds=7)


def test_fp02_a_rate_that_does_not_refill_is_left_to_the_next_delivery() -> None:
    """After two minutes the error is raised, long before a function's timeout."""
    client, clock = FakeClient(), ManualClock(datetime(2025, 11, 12, 17, 0, tzinfo=UTC))
    client.outcomes = [FakeJob(too_early()) for _ in range(100)]
    began = clock.now()
    with pytest.raises(TooManyRequests):
        fake_append(client, clock=clock)
    assert timedelta(seconds=100) < clock.now() - began < timedelta(seconds=121)


@pytest.mark.parametrize(
    ("outcomes", "begun"),
    [
        ([FakeJob(looks=1000)], True),
        ([FakeJob(ServiceUnavailable("x"))], False),
        ([FakeJob(ServiceUnavailable("x")), FakeJob(looks=1000)], True),
    ],
)
def test_r6_a_job_that_may_still_write_has_begun(outcomes: list[FakeJob], *, begun: bool) -> None:
    """An append has begun when its last job runs or waits, and has not when its last job failed."""
    client: Any = FakeClient()
    client.outcomes = [*outcomes]
    for _ in outcomes:
        with pytest.raises((ServiceUnavailable, TransientError)):
            fake_append(client)
    warehouse = BigQueryWarehouse(PROJECT, DATASET, client=client)
    assert warehouse.has_begun(DECISIONS, job_key="slot-1") == begun
    assert not warehouse.has_begun(DECISIONS, job_key="slot-2")


def test_a_job_that_may_not_be_looked_at_is_none_of_ours() -> None:
    """A job that BigQuery forbids to read is not ours, because an account may read its own jobs."""
    client: Any = FakeClient()

    def refuse(job_id: str, **options: Any) -> FakeJob:
        raise Forbidden(f"Access Denied: Job {job_id}")

    client.get_job = refuse
    warehouse = BigQueryWarehouse(PROJECT, DATASET, client=client)
    assert not warehouse.has_begun(DECISIONS, job_key="slot-1")


def test_suffixes_are_bounded() -> None:
    """When every allowed job of a key has failed, the append fails permanently."""
    client = FakeClient()
    client.outcomes = [FakeJob(ServiceUnavailable("x"))]
    with pytest.raises(ServiceUnavailable):
        fake_append(client)
    (first,) = client.sent
    failed = client.jobs[first]
    client.jobs |= {f"{first}-{number}": failed for number in range(2, JOBS_MAX + 1)}
    with pytest.raises(PermanentError, match=f"{JOBS_MAX} jobs nba_orchestration-workflow_dec"):
        fake_append(client)


def test_a_job_not_yet_visible_is_transient() -> None:
    """A 404 just after a 409, as BigQuery gives at times, is a transient error."""
    client = FakeClient()
    fake_append(client)
    client.visible = False
    with pytest.raises(TransientError, match="cannot be read yet"):
        fake_append(client)


def test_job_ids_are_legal_and_distinct() -> None:
    """Every key gives a legal job id, and different keys and datasets give different ones."""
    client = FakeClient()
    keys = ["a/b", "a:b", "a b", "ä", "x" * 5000, "x" * 5001, ""]
    for key in keys:
        fake_append(client, key)
    assert len(set(client.sent)) == len(keys)
    for name in client.sent:
        assert len(name) <= 1024
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    BigQueryWarehouse(PROJECT, "staging", client=client).append(  # type: ignore[arg-type] # a fake
        DECISIONS, [decision(datetime(2025, 11, 12, tzinfo=UTC), "0")], job_key="a/b"
    )
    assert len(set(client.sent)) == len(keys) + 1


def test_parts_keep_their_job_ids() -> None:
    """A large batch is split the same way each time, so that a repeat sends nothing."""
    client = FakeClient()
    size = 2 * (QUERY_PARAMETERS_MAX // len(table(DECISIONS).fields)) + 1
    fake_append(client, size=size)
    assert len(client.sent) == 3
    fake_append(client, size=size)
    assert len(client.sent) == 3


def test_r6_an_append_whose_every_job_has_failed_has_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many as may fail of one key are looked at, from the first on."""
    client: Any = FakeClient()
    warehouse = BigQueryWarehouse(PROJECT, DATASET, client=client)
    assert not warehouse.has_begun(DECISIONS, job_key="slot-1")
    fake_append(client)
    assert warehouse.has_begun(DECISIONS, job_key="slot-1")
    monkeypatch.setattr("common.cloud.warehouse.JOBS_MAX", 2)
    client.outcomes = [FakeJob(ServiceUnavailable("x")) for _ in range(2)]
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            fake_append(client, "slot-2")
    assert not warehouse.has_begun(DECISIONS, job_key="slot-2")


def test_without_a_clock_the_wall_s_tells_how_long_to_wait() -> None:
    """A job that is done at once needs no wait."""
    client: Any = FakeClient()
    warehouse = BigQueryWarehouse(PROJECT, DATASET, client=client)
    when = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
    warehouse.append(DECISIONS, [decision(when, "a")], job_key="slot-1")
    assert len(client.sent) == 1


def answering(*rows: dict[str, Any]) -> Any:
    """Return a client that answers each query with these rows."""
    client: Any = FakeClient()
    fields = [SimpleNamespace(name=name) for name in (rows[0] if rows else {})]
    client.query_and_wait = lambda *_, **__: type("Rows", (list,), {"schema": fields})(rows)
    return client


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
