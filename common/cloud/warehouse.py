"""The warehouse port on BigQuery: INSERT jobs whose ids derive from the row ids append the rows.

These limits shape it:

- Rows are appended by DML INSERT. Load jobs are limited to 1,500 a table and day, which an earlier
  version reached (B1). INSERT statements have a rate (`limits.DML_STATEMENTS`): the job that comes
  too early fails, and the append waits and sends another one.
- A job id is unique in its project and location, so that a repeated insert is answered with 409 and
  the first job decides (`limits.JOB_ID_CHARACTERS`).
- A job is waited for with jobs.get. getQueryResults may be refused for a job of another function's
  account, and shows a failed job as an error that the library takes for one of the call.
- A query has at most 10,000 parameters (`limits.QUERY_PARAMETERS`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from common.clock import Clock, SystemClock
from common.cloud import limits
from common.cloud.access import access
from common.cloud.jobs import JOBS_MAX, attempt_id, job_id_of
from common.cloud.ports import Filter, Row, View
from common.cloud.sql import insert_statement, select_statement
from common.cloud.tables import Table, build_row, table
from common.cloud.times import call_seconds, pauses
from common.errors import PermanentError, TransientError, is_rate_limit
from common.threads import once

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.bigquery import Client, QueryJob, QueryJobConfig

QUERY_PARAMETERS_MAX = limits.QUERY_PARAMETERS.most
WRITE_SECONDS_MAX = 60.0
"""How long a call of a write is retried, and how long its job is waited for."""
LOOK_SECONDS_MAX = 1.0
"""The longest pause between two looks at a running job; an INSERT takes some seconds."""
EARLIER_WRITE_AGE_MAX = timedelta(days=8)
"""How far apart in time two deliveries may write a row; messages live 7 days."""


class BigQueryWarehouse:
    """Appends to and reads the five tables on BigQuery, or on an emulator.

    Args:
        project: holds the dataset and runs the jobs.
        dataset: holds the five tables.
        endpoint: an emulator (`http://host:port`), called without credentials. It becomes an option
            of the client, because the library's BIGQUERY_EMULATOR_HOST would still need
            credentials.
        read_retry_seconds: how long a read is retried before it raises.
        client: a ready client, for tests; None builds one at the first use.
        clock: tells how long to wait for a job and for the table's rate.
    """

    def __init__(
        self,
        project: str,
        dataset: str,
        endpoint: str | None = None,
        read_retry_seconds: float = 30,
        *,
        client: "Client | None" = None,
        clock: Clock | None = None,
    ) -> None:
        self._project = project
        self._dataset = dataset
        self._endpoint = endpoint
        self._read_retry_seconds = read_retry_seconds
        self._given = client
        self._clock = clock or SystemClock()

    @once
    def _client(self) -> "Client":
        return self._given or make_client(self._project, self._endpoint)

    def append(
        self, table_name: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append rows exactly once for a `job_key`; see the port.

        Raises:
            RowError: a row does not fit the table.
            PermanentError: `JOBS_MAX` jobs of this key have failed.
            TransientError: an earlier job of this key exists but cannot be read yet.
            GoogleAPICallError, TimeoutError: the library's own; `is_transient` judges them.
        """
        shape = table(table_name)
        typed = [build_row(table_name, row) for row in rows]
        for part, batch in enumerate(_batches(shape, typed)):
            # The rows are split before the look, so that a part keeps its job id in every case.
            missing = self._not_there(shape, batch) if look_first else batch
            if missing:
                self._insert(shape, missing, job_id_of(self._dataset, shape, job_key, part))

    def _insert(self, shape: Table, rows: Sequence[Row], job_id: str) -> None:
        statement = insert_statement(self._path(shape), shape, rows)
        waits = pauses(job_id)
        for attempt in range(1, JOBS_MAX + 1):
            job = self._begin(statement, attempt_id(job_id, attempt))
            if job is None:
                continue
            self._wait(job)
            if not job.error_result:
                return
            error = job.exception()  # type: ignore[no-untyped-call] # the library's base is untyped
            pause = next(waits, None) if is_rate_limit(error) else None
            if pause is None:
                raise error
            self._clock.sleep(pause)
        raise PermanentError(
            f"{shape.name}: {JOBS_MAX} jobs {job_id}-N failed; look at the last one and replay"
        )

    def _begin(self, statement: tuple[str, list[Any]], name: str) -> "QueryJob | None":
        """Begin a job, or find the one that has its id; None where that one has failed."""
        from google.api_core.exceptions import Conflict  # noqa: PLC0415 - cold start

        sql, parameters = statement
        try:
            return self._client.query(
                sql,
                job_config=_job_config(parameters),
                job_id=name,
                **_patient(WRITE_SECONDS_MAX),
                job_retry=None,  # the library would give a failed job a suffix of its own
            )
        except Conflict:
            job = self._earlier_job(name)
            return None if job.error_result else job

    def has_begun(self, table_name: str, *, job_key: str) -> bool:
        """Return whether a job under the key runs or has succeeded; see the port."""
        from google.api_core.exceptions import Forbidden  # noqa: PLC0415 - cold start

        job_id = job_id_of(self._dataset, table(table_name), job_key, part=0)
        for attempt in range(1, JOBS_MAX + 1):
            try:
                job = self._job(attempt_id(job_id, attempt))
            except Forbidden:  # an account may always read its own jobs, so this is none
                return False
            if job is None:
                return False
            if not job.error_result:
                return True
        return False

    @once
    def _location(self) -> str:
        # Outside the US and EU multi-regions jobs.get needs the location, which jobs.insert infers
        # from the table. https://cloud.google.com/bigquery/docs/locations
        # The library's default retry takes ten minutes, longer than a function may run.
        return str(self._client.get_dataset(self._dataset, **_patient(WRITE_SECONDS_MAX)).location)

    def _earlier_job(self, name: str) -> "QueryJob":
        job = self._job(name)
        if job is None:
            # This happens just after a 409: github.com/googleapis/python-bigquery/issues/2134
            raise TransientError(f"job {name} exists but cannot be read yet; try again")
        return job

    def _job(self, name: str) -> "QueryJob | None":
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - cold start

        calls = _patient(WRITE_SECONDS_MAX)
        try:
            job = self._client.get_job(name, location=self._location, **calls)
        except NotFound:
            return None
        return cast("QueryJob", job)  # only `append` makes ids of this form, and only query jobs

    def _wait(self, job: "QueryJob") -> None:
        """Look at a job until it is done, well or not.

        Raises:
            TransientError: it still runs after `WRITE_SECONDS_MAX`; the next delivery finds it.
        """
        waited, pause = 0.0, LOOK_SECONDS_MAX / 8
        while job.state != "DONE":
            if waited >= WRITE_SECONDS_MAX:
                raise TransientError(f"job {job.job_id} still runs; the next delivery looks again")
            self._clock.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, LOOK_SECONDS_MAX)
            job.reload(**_patient(WRITE_SECONDS_MAX))

    def _not_there(self, shape: Table, rows: Sequence[Row]) -> list[Row]:
        times = [row[shape.partition_column] for row in rows]
        bounds = min(times) - EARLIER_WRITE_AGE_MAX, max(times) + EARLIER_WRITE_AGE_MAX
        ids = [row[shape.id_column] for row in rows]
        found = self._query(shape, [shape.id_column], bounds, {shape.id_column: ids})
        there = {row[shape.id_column] for row in found}
        return [row for row in rows if row[shape.id_column] not in there]

    def select(
        self,
        table_name: str,
        columns: Sequence[str],
        *,
        since: datetime,
        until: datetime,
        where: Mapping[str, Filter] | None = None,
    ) -> list[Row]:
        """Return the rows whose partition time is in [since, until); see the port.

        `daily_expected_schedule` is partitioned by Eastern date; all rows of an Eastern day with an
        instant in the range are returned.

        Raises:
            RowError: a column does not exist, or a bound is naive.
            GoogleAPICallError, RetryError, TimeoutError: `read_retry_seconds` of tries failed.
        """
        shape = table(table_name)
        return self._query(shape, columns, shape.bounds(since, until), where or {})

    def view(self, name: View, columns: Sequence[str]) -> list[Row]:
        """Return the rows of a view; see the port.

        Raises:
            GoogleAPICallError, RetryError, TimeoutError: `read_retry_seconds` of tries failed.
        """
        named = ", ".join(f"`{column}`" for column in columns)
        sql = f"SELECT {named} FROM `{self._project}.{self._dataset}.{name}`"  # noqa: S608 - our own
        return run_query(self._client, sql, (), self._read_retry_seconds)[1]

    def _query(
        self,
        shape: Table,
        columns: Sequence[str],
        bounds: tuple[Any, Any],
        where: Mapping[str, Filter],
    ) -> list[Row]:
        sql, parameters = select_statement(self._path(shape), shape, columns, bounds, where)
        return run_query(self._client, sql, parameters, self._read_retry_seconds)[1]

    def _path(self, shape: Table) -> str:
        return f"`{self._project}.{self._dataset}.{shape.name}`"


def make_client(project: str, endpoint: str | None) -> "Client":
    """Build a BigQuery client, which is anonymous where an emulator's endpoint is given."""
    from google.cloud import bigquery  # noqa: PLC0415 - cold start

    return bigquery.Client(project=project, **access(endpoint))


def run_query(
    client: "Client", sql: str, parameters: Sequence[Any] = (), retry_seconds: float = 30
) -> tuple[list[str], list[Row]]:
    """Run one statement, and wait for its rows.

    Returns:
        The column names and the rows, both empty for a statement without a result.

    Raises:
        GoogleAPICallError, RetryError, TimeoutError: the statement failed.
    """
    found = client.query_and_wait(
        sql,
        job_config=_job_config(parameters),
        api_timeout=call_seconds(retry_seconds),
        wait_timeout=retry_seconds,
        retry=_retry(retry_seconds),
        job_retry=_job_retry(retry_seconds),
    )
    if not found.schema and found.job_id:
        # A failed jobs.query is a 4xx of BigQuery, but a 200 without a schema of bqemulator 1.4.0.
        job = client.get_job(found.job_id, location=found.location, **_patient(retry_seconds))
        if job.error_result:
            raise job.exception()  # type: ignore[no-untyped-call] # the library's base is untyped
    return [field.name for field in found.schema], [dict(row.items()) for row in found]


def _batches(shape: Table, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    size = QUERY_PARAMETERS_MAX // len(shape.fields)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _job_config(parameters: Sequence[Any]) -> "QueryJobConfig":
    from google.cloud.bigquery import QueryJobConfig  # noqa: PLC0415 - cold start

    return QueryJobConfig(query_parameters=list(parameters))


def _patient(seconds: float) -> dict[str, Any]:
    """Return the options of a call that is retried for some seconds."""
    return {"retry": _retry(seconds), "timeout": call_seconds(seconds)}


def _retry(seconds: float) -> "Retry":
    from google.cloud.bigquery.retry import DEFAULT_RETRY  # noqa: PLC0415 - cold start

    return DEFAULT_RETRY.with_timeout(seconds)


def _job_retry(seconds: float) -> "Retry":
    from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY  # noqa: PLC0415 - cold start

    return DEFAULT_JOB_RETRY.with_timeout(seconds)
