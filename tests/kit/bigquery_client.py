"""BigQuery's client as a fake: job ids that are taken, jobs that run and fail, answers of reads.

By the documents of `jobs.insert`, `jobs.get` and `jobs.query`; no emulator enforces job ids.
"""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from google.api_core.exceptions import Conflict, Forbidden, GoogleAPICallError, NotFound

from common.cloud.warehouse import BigQueryWarehouse
from local.simulator.world import ManualClock

PROJECT, DATASET = "nba-props-platform", "nba_orchestration"
DECISIONS = "workflow_decisions"


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


def decision(when: datetime, name: str, **more: Any) -> dict[str, Any]:
    """Return a small decision row whose id is unique to its time."""
    return {"decision_time": when, "decision_id": f"{name}@{when:%Y%m%d}", **more}


def fake_append(
    client: Any, key: str = "slot-1", *, size: int = 1, clock: ManualClock | None = None
) -> None:
    """Append decisions through the fake."""
    when = datetime(2025, 11, 12, 17, 0, tzinfo=UTC)
    rows = [decision(when, str(number)) for number in range(size)]
    made = BigQueryWarehouse(PROJECT, DATASET, client=client, clock=clock or ManualClock(when))
    made.append(DECISIONS, rows, job_key=key)


def answering(*rows: dict[str, Any]) -> Any:
    """Return a client that answers each query with these rows."""
    client: Any = FakeClient()
    fields = [SimpleNamespace(name=name) for name in (rows[0] if rows else {})]
    client.query_and_wait = lambda *_, **__: type("Rows", (list,), {"schema": fields})(rows)
    return client
