"""The jobs that write rows: their ids, those of other deliveries, and those that fail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import (
    Forbidden,
    GoogleAPICallError,
    ServiceUnavailable,
    TooManyRequests,
)

from common.cloud.jobs import JOBS_MAX
from common.cloud.tables import table
from common.cloud.warehouse import QUERY_PARAMETERS_MAX, BigQueryWarehouse
from common.errors import PermanentError, TransientError
from local.simulator.world import ManualClock
from tests.kit.bigquery_client import (
    DATASET,
    DECISIONS,
    PROJECT,
    FakeClient,
    FakeJob,
    decision,
    fake_append,
)


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
