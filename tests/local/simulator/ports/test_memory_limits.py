"""The ports in memory refuse what Cloud Storage, Pub/Sub and BigQuery refuse."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest, TooManyRequests

from common.cloud import limits
from common.cloud.times import pauses
from common.errors import BadInputError, is_rate_limit, is_transient
from local.simulator.ports.memory import MemoryStorage, MemoryWarehouse
from local.simulator.ports.memory_limits import Statements
from local.simulator.ports.memory_publisher import MemoryPublisher
from local.simulator.world import ManualClock

NOW = datetime(2025, 11, 12, 18, 0, tzinfo=UTC)
TABLE = "workflow_decisions"
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock at 13:00 ET."""
    return ManualClock(NOW)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a\nb", "a\rb", "x" * 1025, "🏀" * 257, ".well-known/acme-challenge/x"],
    ids=ascii,
)
def test_an_object_name_that_storage_refuses_is_refused(clock: ManualClock, name: str) -> None:
    """A name beyond the documented form is a 400 that no retry mends."""
    storage = MemoryStorage(clock)
    with pytest.raises(BadRequest) as caught:
        storage.create("data", name, b"")
    assert not is_transient(caught.value)
    assert list(storage.list("data", "")) == []


def test_metadata_beyond_8_kib_are_refused(clock: ManualClock) -> None:
    """Keys and values count together, in bytes; exactly 8 KiB pass."""
    storage = MemoryStorage(clock)
    most = limits.METADATA_BYTES.most
    storage.create("data", "a", b"", metadata={"key": "é" * ((most - 4) // 2) + "x"})
    with pytest.raises(BadRequest, match="metadata of 8193 bytes"):
        storage.create("data", "b", b"", metadata={"key": "é" * ((most - 4) // 2) + "xy"})


def test_a_name_is_written_once_a_second(clock: ManualClock) -> None:
    """The second write comes a second later, as from the client that tries again by itself."""
    storage = MemoryStorage(clock)
    made = storage.create("state", "lease", b"1")
    storage.create("state", "another", b"1")
    assert clock.now() == NOW
    made = storage.replace("state", "lease", b"2", generation=made.generation)
    assert clock.now() == NOW + SECOND
    clock.sleep(5)
    storage.replace("state", "lease", b"3", generation=made.generation)
    assert clock.now() == NOW + 6 * SECOND


def test_a_message_that_pubsub_refuses_is_refused(clock: ManualClock) -> None:
    """A message in memory has the limits of a real one."""
    publisher = MemoryPublisher(clock)
    with pytest.raises(BadInputError, match="256 bytes"):
        publisher.publish("t", {}, {"k" * 257: "v"})
    assert publisher.published == []


def row(number: int) -> dict[str, Any]:
    """Return a decision's row."""
    return {"decision_time": NOW, "decision_id": str(number)}


def test_fp02_the_26th_statement_waits_until_10_seconds_are_over(clock: ManualClock) -> None:
    """25 statements a table pass at once; the next one waits; another table has its own rate."""
    warehouse = MemoryWarehouse(clock)
    for number in range(limits.DML_STATEMENTS.most):
        warehouse.append(TABLE, [row(number)], job_key=str(number))
    assert clock.now() == NOW
    plan = {"date": NOW.date(), "plan_id": "1"}
    warehouse.append("daily_expected_schedule", [plan], job_key="plan")
    assert clock.now() == NOW
    warehouse.append(TABLE, [row(26)], job_key="26")
    assert 10 * SECOND <= clock.now() - NOW < 20 * SECOND
    assert len(warehouse.rows[TABLE]) == 26


def test_a_repeated_append_is_no_statement(clock: ManualClock) -> None:
    """A job id that exists is answered with 409, and begins nothing."""
    warehouse = MemoryWarehouse(clock)
    for _ in range(100):
        warehouse.append(TABLE, [row(1)], job_key="1")
    assert clock.now() == NOW


def test_a_rate_that_stays_used_up_is_the_error_that_the_client_shows() -> None:
    """After two minutes of waiting it is raised, as one that passes."""
    statements = Statements()

    class Busy(ManualClock):
        """While we sleep, others take all that the rate allows."""

        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            with suppress(TooManyRequests):
                while True:
                    statements.begin(TABLE, self.now())

    clock = Busy(NOW)
    clock.sleep(0)
    refused = statements.refused
    with pytest.raises(TooManyRequests) as caught:
        statements.wait(TABLE, clock, "key")
    told = f"Exceeded rate limits: too many table dml insert operations for {TABLE}."
    assert caught.value.message == told
    assert caught.value.errors == [{"reason": "rateLimitExceeded"}]
    assert is_rate_limit(caught.value)
    waits = [*pauses("key")]
    assert clock.now() - NOW == sum((timedelta(seconds=each) for each in waits), timedelta(0))
    # Each pause the others were refused once, and we after it; and we before the first one.
    assert statements.refused - refused == 2 * len(waits) + 1


def test_the_queue_after_1500_statements_a_day_takes_100() -> None:
    """Ten run and a hundred wait; one more is refused with an error that passes."""
    statements, now = Statements(seconds=600), NOW
    for number in range(1500):
        now = NOW + number * SECOND
        statements.begin(TABLE, now)
    now += timedelta(hours=1)
    for number in range(110):
        statements.begin(TABLE, now + number * SECOND)
    with pytest.raises(BadRequest) as caught:
        statements.begin(TABLE, now + 599 * SECOND)
    assert caught.value.message == (
        "Resources exceeded during query execution: Too many DML statements outstanding "
        f"against table {TABLE}, limit is 100"
    )
    assert caught.value.errors == [{"reason": "resourcesExceeded"}]
    assert is_transient(caught.value)
    assert statements.refused == 1
    statements.begin(TABLE, now + 600 * SECOND)


@pytest.mark.parametrize(("seconds", "passes"), [(9.999, False), (10, True)])
def test_the_rate_is_counted_in_ten_seconds(seconds: float, *, passes: bool) -> None:
    """A statement leaves it when ten seconds are over, in which 25 begin."""
    statements = Statements()
    for _ in range(25):
        statements.begin(TABLE, NOW)
    later = NOW + seconds * SECOND
    if passes:
        statements.begin(TABLE, later)
    else:
        with pytest.raises(TooManyRequests):
            statements.begin(TABLE, later)


@pytest.mark.parametrize(
    ("hours", "others", "passes"),
    [(23.9, 1500, False), (24, 1500, True), (24, 1499, True), (23.9, 1499, True)],
)
def test_a_day_of_statements_is_of_24_hours(hours: float, others: int, *, passes: bool) -> None:
    """With one that began a day ago or less, up to 1,500 run; beyond them one waits for others."""
    statements = Statements(seconds=90000)
    for number in range(others):
        statements.begin(TABLE, NOW + (number > 0) * timedelta(hours=1) + number * SECOND)
    later = NOW + timedelta(hours=hours)
    if passes:
        statements.begin(TABLE, later)
    else:
        with pytest.raises(BadRequest):
            statements.begin(TABLE, later)


def test_the_first_1500_statements_of_24_hours_run_at_once() -> None:
    """Before them no queue is counted, and those of the day before are forgotten."""
    statements = Statements(seconds=3600)
    for number in range(1500):
        statements.begin(TABLE, NOW + number * SECOND)
    later = NOW + timedelta(hours=25)
    for number in range(1500):
        statements.begin(TABLE, later + number * SECOND)
