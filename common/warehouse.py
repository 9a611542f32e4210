"""The warehouse port on BigQuery: rows go in by INSERT jobs whose id derives from the row ids.

Limits that shape it:

- DML INSERT, not load jobs: load jobs are limited to 1,500 a table and day, which an earlier
  version ran into (B1). Of INSERT statements the first 1,500 in 24 hours run at once, later ones
  10 at a time with 100 queued: a day here has a few hundred a table.
  https://cloud.google.com/bigquery/docs/data-manipulation-language#insert_dml_concurrency
- A job id is unique in its project and location, so that a repeated insert answers 409 and can be
  judged by the first job. https://cloud.google.com/bigquery/docs/running-jobs#generate-jobid
- A query takes up to 10,000 parameters.
  https://cloud.google.com/bigquery/quotas#query_jobs
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from common.errors import PermanentError, RowError, TransientError
from common.ports import Row
from common.tables import Field, Table, build_row, table

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.bigquery import (
        ArrayQueryParameter,
        Client,
        QueryJob,
        QueryJobConfig,
        ScalarQueryParameter,
    )

MAX_PARAMETERS = 10_000
MAX_JOBS = 100
"""As many as the deliveries of one message (config/topology.yaml); each can fail one job."""
WRITE_SECONDS = 60.0
CALL_SECONDS = 20.0
LOOK_BACK = timedelta(days=8)
"""How far from its own partition time an earlier delivery may have written a row: messages live
7 days."""
_PARAMETER_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


class BigQueryWarehouse:
    """The five tables on BigQuery, or on an emulator at `endpoint` (`http://host:port`).

    Args:
        project: holds the dataset and runs the jobs.
        dataset: holds the five tables.
        endpoint: an emulator, spoken to without credentials. Passed on as the client's own option:
            the library's BIGQUERY_EMULATOR_HOST would change the address but still want
            credentials.
        read_retry_seconds: how long a read is tried again before it raises.
        client: a ready client, for tests; built at the first use otherwise.
    """

    def __init__(
        self,
        project: str,
        dataset: str,
        endpoint: str | None = None,
        read_retry_seconds: float = 30,
        client: "Client | None" = None,
    ) -> None:
        self._project = project
        self._dataset = dataset
        self._endpoint = endpoint
        self._read_retry_seconds = read_retry_seconds
        self._given = client

    @cached_property
    def _client(self) -> "Client":
        return self._given or make_client(self._project, self._endpoint)

    def append(
        self, table_name: str, rows: Sequence[Row], *, job_key: str, look_first: bool = False
    ) -> None:
        """Append rows exactly once for a `job_key`; see the port.

        Raises:
            RowError: a row does not fit the table.
            PermanentError: `MAX_JOBS` jobs of this key have failed.
            TransientError: the first job of this key cannot be looked at yet.
            GoogleAPICallError, TimeoutError: as the library raises them; `is_transient` judges.
        """
        shape = table(table_name)
        typed = [build_row(table_name, row) for row in rows]
        for part, batch in enumerate(_batches(shape, typed)):
            # Split before looking, so that a part keeps its job id whatever is there already.
            missing = self._not_there(shape, batch) if look_first else batch
            if missing:
                self._insert(shape, missing, _job_id(self._dataset, shape, job_key, part))

    def _insert(self, shape: Table, rows: Sequence[Row], job_id: str) -> None:
        from google.api_core.exceptions import Conflict  # noqa: PLC0415 - cold start

        sql, parameters = _insert_statement(self._path(shape), shape, rows)
        for attempt in range(1, MAX_JOBS + 1):
            name = job_id if attempt == 1 else f"{job_id}-{attempt}"
            try:
                job = self._client.query(
                    sql,
                    job_config=_job_config(parameters),
                    job_id=name,
                    retry=_retry(WRITE_SECONDS),
                    timeout=CALL_SECONDS,
                    job_retry=None,  # a failed job takes a suffix of ours, not one of the library's
                )
            except Conflict:
                job = self._earlier_job(name)
                if job.state == "DONE" and job.error_result:
                    continue
            self._wait(job)
            return
        raise PermanentError(
            f"{shape.name}: {MAX_JOBS} jobs {job_id}-N failed; look at the last one and replay"
        )

    def _earlier_job(self, name: str) -> "QueryJob":
        from google.api_core.exceptions import NotFound  # noqa: PLC0415 - cold start

        # Outside the US and EU multi-regions jobs.get wants the location, which jobs.insert had
        # inferred from the table. https://cloud.google.com/bigquery/docs/locations
        # Unsaid, the library tries again for ten minutes: longer than a function may run.
        retry = _retry(WRITE_SECONDS)
        location = self._client.get_dataset(
            self._dataset, retry=retry, timeout=CALL_SECONDS
        ).location
        try:
            job = self._client.get_job(name, location=location, retry=retry, timeout=CALL_SECONDS)
        except NotFound as error:
            # Seen by others just after a 409: github.com/googleapis/python-bigquery/issues/2134
            raise TransientError(f"job {name} exists but cannot be read yet; try again") from error
        return cast("QueryJob", job)  # only `append` makes ids of this form

    def _wait(self, job: "QueryJob") -> None:
        job.result(retry=_retry(WRITE_SECONDS), timeout=WRITE_SECONDS, job_retry=None)

    def _not_there(self, shape: Table, rows: Sequence[Row]) -> list[Row]:
        times = [row[shape.partition_column] for row in rows]
        bounds = min(times) - LOOK_BACK, max(times) + LOOK_BACK
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
        where: Mapping[str, str | Sequence[str]] | None = None,
    ) -> list[Row]:
        """Rows whose partition time is in [since, until); see the port.

        `daily_expected_schedule` is partitioned by Eastern date: there every Eastern day with an
        instant in the range counts whole.

        Raises:
            RowError: no such column, or naive bounds.
            GoogleAPICallError, RetryError, TimeoutError: after `read_retry_seconds` of trying.
        """
        shape = table(table_name)
        return self._query(shape, columns, shape.bounds(since, until), where or {})

    def _query(
        self,
        shape: Table,
        columns: Sequence[str],
        bounds: tuple[Any, Any],
        where: Mapping[str, str | Sequence[str]],
    ) -> list[Row]:
        sql, parameters = _select_statement(self._path(shape), shape, columns, bounds, where)
        return run_query(self._client, sql, parameters, self._read_retry_seconds)[1]

    def _path(self, shape: Table) -> str:
        return f"`{self._project}.{self._dataset}.{shape.name}`"


def make_client(project: str, endpoint: str | None) -> "Client":
    """A BigQuery client; anonymous where an emulator's endpoint is given."""
    from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415 - cold start
    from google.cloud import bigquery  # noqa: PLC0415 - cold start

    if endpoint is None:
        return bigquery.Client(project=project)
    return bigquery.Client(
        project=project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call] # the library has no types
        client_options={"api_endpoint": endpoint},
    )


def run_query(
    client: "Client", sql: str, parameters: Sequence[Any] = (), retry_seconds: float = 30
) -> tuple[list[str], list[Row]]:
    """Run one statement and wait for its rows.

    Returns:
        The column names and the rows, both empty for a statement without a result.

    Raises:
        GoogleAPICallError, RetryError, TimeoutError: it failed; never an empty result instead.
    """
    found = client.query_and_wait(
        sql,
        job_config=_job_config(parameters),
        api_timeout=CALL_SECONDS,
        wait_timeout=retry_seconds,
        retry=_retry(retry_seconds),
        job_retry=_job_retry(retry_seconds),
    )
    if not found.schema and found.job_id:
        # BigQuery answers a failed jobs.query with 4xx; bqemulator 1.4.0 with 200 and no schema.
        job = client.get_job(
            found.job_id,
            location=found.location,
            retry=_retry(retry_seconds),
            timeout=CALL_SECONDS,
        )
        if job.error_result:
            raise job.exception()  # type: ignore[no-untyped-call] # the library's base is untyped
    return [field.name for field in found.schema], [dict(row.items()) for row in found]


def _batches(shape: Table, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    size = MAX_PARAMETERS // len(shape.fields)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _job_id(dataset: str, shape: Table, job_key: str, part: int) -> str:
    # The digest tells keys apart that differ only in characters a job id may not have; the dataset
    # keeps two deployments in one project from taking each other's rows for written.
    digest = hashlib.sha256(job_key.encode()).hexdigest()[:16]
    readable = re.sub(r"[^A-Za-z0-9_-]", "-", job_key)[:200]
    suffix = f"-part{part}" if part else ""
    return f"{dataset}-{shape.name}-{readable}-{digest}{suffix}"


def _insert_statement(path: str, shape: Table, rows: Sequence[Row]) -> tuple[str, list[Any]]:
    # One typed parameter a cell: measured at 21 ms on bqemulator against 55 ms for one array
    # parameter of JSON texts. A column that no row fills is left out: it costs as much as a value.
    fields = [field for field in shape.fields if any(_filled(row[field.name]) for row in rows)]
    parameters, tuples = [], []
    for number, row in enumerate(rows):
        names = [f"r{number}c{column}" for column in range(len(fields))]
        tuples.append("(" + ",".join("@" + name for name in names) + ")")
        parameters += [
            _parameter(name, field, row[field.name])
            for name, field in zip(names, fields, strict=True)
        ]
    columns = ",".join(f"`{field.name}`" for field in fields)
    # Names come from our schema files, values travel as parameters.
    return f"INSERT INTO {path} ({columns}) VALUES {','.join(tuples)}", parameters  # noqa: S608 - see above


def _filled(value: object) -> bool:
    return value is not None and value != []


def _select_statement(
    path: str,
    shape: Table,
    columns: Sequence[str],
    bounds: tuple[Any, Any],
    where: Mapping[str, str | Sequence[str]],
) -> tuple[str, list[Any]]:
    if not columns:
        raise RowError(f"{shape.name}: no column asked for")
    partition = shape.column(shape.partition_column)
    tests = [f"`{partition.name}` >= @since", f"`{partition.name}` < @until"]
    parameters = [
        _parameter(name, partition, value)
        for name, value in zip(("since", "until"), bounds, strict=True)
    ]
    for number, (name, value) in enumerate(where.items()):
        tests.append(f"`{shape.column(name).name}` IN UNNEST(@w{number})")
        values = [value] if isinstance(value, str) else list(value)
        parameters.append(_array(f"w{number}", shape.column(name), values))
    wanted = ",".join(f"`{shape.column(name).name}`" for name in columns)
    # Names come from our schema files, values travel as parameters.
    return f"SELECT {wanted} FROM {path} WHERE {' AND '.join(tests)}", parameters  # noqa: S608 - see above


def _parameter(
    name: str,
    field: Field,
    value: Any,  # noqa: ANN401 - a cell
) -> "ScalarQueryParameter | ArrayQueryParameter":
    from google.cloud.bigquery import ScalarQueryParameter  # noqa: PLC0415 - cold start

    if field.mode == "REPEATED":
        return _array(name, field, value)
    return ScalarQueryParameter(name, _PARAMETER_TYPES.get(field.type, field.type), value)


def _array(name: str, field: Field, values: Sequence[Any]) -> "ArrayQueryParameter":
    from google.cloud.bigquery import ArrayQueryParameter  # noqa: PLC0415 - cold start

    return ArrayQueryParameter(name, _PARAMETER_TYPES.get(field.type, field.type), values)


def _job_config(parameters: Sequence[Any]) -> "QueryJobConfig":
    from google.cloud.bigquery import QueryJobConfig  # noqa: PLC0415 - cold start

    return QueryJobConfig(query_parameters=list(parameters))


def _retry(seconds: float) -> "Retry":
    from google.cloud.bigquery.retry import DEFAULT_RETRY  # noqa: PLC0415 - cold start

    return DEFAULT_RETRY.with_timeout(seconds)


def _job_retry(seconds: float) -> "Retry":
    from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY  # noqa: PLC0415 - cold start

    return DEFAULT_JOB_RETRY.with_timeout(seconds)
