"""Claims: one holder at a time, done for ever, and never lost with a holder that died."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from common.cloud.ports import StoredObject
from common.errors import ClaimBusyError, ConflictError
from common.runtime import Runtime
from common.settings import Settings
from common.state.claims import claimed, is_done, started
from local.simulator.memory import MemoryStorage
from local.simulator.world import ManualClock

NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
LEASE = timedelta(seconds=660)
GOOD = {"owner": "x", "started": NOON.isoformat(), "expires": (NOON + 2 * LEASE).isoformat()}


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def clock() -> ManualClock:
    """A clock at noon."""
    return ManualClock(NOON)


@pytest.fixture
def storage(clock: ManualClock) -> MemoryStorage:
    """An empty state bucket."""
    return MemoryStorage(clock)


@pytest.fixture
def runtime(clock: ManualClock, storage: MemoryStorage) -> Runtime:
    """A runtime of storage and clock alone."""
    numbers = count(1)
    made = Runtime(Settings(), new_owner=lambda: f"owner-{next(numbers)}")
    made.__dict__.update(clock=clock, storage=storage)
    return made


def die_holding(runtime: Runtime) -> None:
    """Hold the claim in a process that dies: it neither frees the claim nor marks it done."""
    holding = claimed(runtime, "work")
    holding.__enter__()
    held = runtime.__dict__["storage"]
    runtime.__dict__["storage"] = None
    holding.__exit__(Died, Died(), None)
    runtime.__dict__["storage"] = held


def test_the_first_holds_a_fresh_claim(runtime: Runtime) -> None:
    """No takeover: nothing needs looking for."""
    with claimed(runtime, "work") as claim:
        assert claim is not None
        assert (claim.owner, claim.started, claim.takeover) == ("owner-1", NOON, False)
    assert is_done(runtime, "work")


def test_done_work_is_yielded_as_none_for_ever(runtime: Runtime, clock: ManualClock) -> None:
    """At once, and long after the lease is over."""
    with claimed(runtime, "work"):
        pass
    for _ in range(2):
        with claimed(runtime, "work") as claim:
            assert claim is None
        clock.sleep(10 * LEASE.total_seconds())


def test_x4_held_work_is_busy(runtime: Runtime) -> None:
    """Until its holder is done; the error names claim and time."""
    with (
        claimed(runtime, "work"),
        pytest.raises(ClaimBusyError, match="claim work: held until 2025-11-12T17:11:00"),
        claimed(runtime, "work"),
    ):
        pass
    assert is_done(runtime, "work")


def test_other_work_is_not_busy(runtime: Runtime) -> None:
    """Each key has a claim of its own."""
    with claimed(runtime, "work"), claimed(runtime, "other") as claim:
        assert claim is not None


def test_work_that_raised_is_taken_over_at_once(runtime: Runtime) -> None:
    """By the next delivery, which is told to look first; it started when the first one did."""
    with pytest.raises(LookupError), claimed(runtime, "work"):
        raise LookupError
    assert not is_done(runtime, "work")
    with claimed(runtime, "work") as claim:
        assert claim is not None
        assert claim.takeover
    assert is_done(runtime, "work")


def test_r6_a_dead_holder_s_work_is_taken_over_after_its_lease(
    runtime: Runtime, clock: ManualClock
) -> None:
    """Busy to the last second, then a takeover that keeps the first start."""
    die_holding(runtime)
    clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(ClaimBusyError), claimed(runtime, "work"):
        pass
    clock.sleep(1)
    with claimed(runtime, "work") as claim:
        assert claim is not None
        assert (claim.takeover, claim.started) == (True, NOON)


def test_r6_one_of_two_takes_an_expired_claim_over(
    runtime: Runtime, storage: MemoryStorage, clock: ManualClock
) -> None:
    """The other one finds it changed under its hands, and is busy."""
    die_holding(runtime)
    clock.sleep(LEASE.total_seconds())

    class Raced(MemoryStorage):
        def replace(self, bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
            storage.replace(bucket, name, data, generation=generation)
            return storage.replace(bucket, name, data, generation=generation)

    raced = Raced(clock)
    raced._held, raced._index = storage._held, storage._index
    runtime.__dict__["storage"] = raced
    with pytest.raises(ClaimBusyError, match="taken over by another"), claimed(runtime, "work"):
        pass


def test_r6_a_holder_past_its_lease_does_not_free_its_successor_s_claim(
    runtime: Runtime, clock: ManualClock
) -> None:
    """The first one's error comes late: the second one still holds the claim."""
    first, second = claimed(runtime, "work"), claimed(runtime, "work")
    first.__enter__()
    clock.sleep(LEASE.total_seconds())
    assert second.__enter__() is not None
    first.__exit__(LookupError, LookupError(), None)
    with pytest.raises(ClaimBusyError), claimed(runtime, "work"):
        pass
    second.__exit__(None, None, None)
    assert is_done(runtime, "work")


def test_a_holder_past_its_lease_is_done_like_its_successor(
    runtime: Runtime, clock: ManualClock
) -> None:
    """Both finish: done twice is done."""
    with claimed(runtime, "work"):
        clock.sleep(LEASE.total_seconds())
        with claimed(runtime, "work") as second:
            assert second is not None
    assert is_done(runtime, "work")


def test_a_lease_that_vanished_is_busy(runtime: Runtime, clock: ManualClock) -> None:
    """It was there and is gone: somebody cleans up, and the next delivery begins anew."""

    class Vanishing(MemoryStorage):
        def create(self, bucket: str, name: str, data: bytes, **more: object) -> StoredObject:
            raise ConflictError("it is there")

    runtime.__dict__["storage"] = Vanishing(clock)
    with pytest.raises(ClaimBusyError, match="claim work: its lease vanished"):
        claimed(runtime, "work").__enter__()


def test_what_went_wrong_with_a_claim_is_told(
    runtime: Runtime, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that could not be freed, and one that was marked done twice, each in one warning."""
    die_holding(runtime)
    clock.sleep(LEASE.total_seconds())
    with claimed(runtime, "work"):
        clock.sleep(LEASE.total_seconds())
        with claimed(runtime, "work"):
            pass
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["severity"] for line in told] == ["WARNING", "WARNING"]
    assert told[0]["error_class"] == "AttributeError"
    assert told[1]["function"] == "work"


def test_a_claim_whose_first_answer_was_lost_is_its_own(
    runtime: Runtime, storage: MemoryStorage, clock: ManualClock
) -> None:
    """The library created the lease, lost the answer and meets its own lease: no 11 min of 503."""

    class Retrying(MemoryStorage):
        def create(self, bucket: str, name: str, data: bytes, **more: object) -> StoredObject:
            if name.endswith("lease"):
                storage.create(bucket, name, data)
            return storage.create(bucket, name, data)

    retrying = Retrying(clock)
    retrying._held, retrying._index = storage._held, storage._index
    runtime.__dict__["storage"] = retrying
    with claimed(runtime, "work") as claim:
        assert claim is not None
    assert is_done(runtime, "work")


def spoil_lease(runtime: Runtime, body: bytes) -> None:
    """Leave a lease that holds these bytes, written now."""
    runtime.storage.create(runtime.settings.state_bucket, "claims/work/lease", body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        json.dumps(GOOD).encode()[:-9],
        b"\xff",
        b"[]",
        b"{}",
        json.dumps({**GOOD, "started": 7}).encode(),
        json.dumps({**GOOD, "expires": None}).encode(),
        json.dumps({**GOOD, "started": "0001-01-01T00:00:00+00:00"}).encode(),
        json.dumps({**GOOD, "expires": "2025-11-12T18:00:00"}).encode(),
    ],
)
def test_r6_a_lease_that_cannot_be_read_is_over(
    runtime: Runtime, clock: ManualClock, body: bytes
) -> None:
    """A takeover, which looks before it writes; the work began when the lease was written."""
    spoil_lease(runtime, body)
    clock.sleep(5)
    assert started(runtime, "work") == NOON
    with claimed(runtime, "work") as claim:
        assert claim is not None
        assert (claim.takeover, claim.started) == (True, NOON)
        with pytest.raises(ClaimBusyError, match="held until"), claimed(runtime, "work"):
            pass
    assert is_done(runtime, "work")
    assert started(runtime, "work") == NOON


def test_work_never_began_later_than_now(runtime: Runtime, clock: ManualClock) -> None:
    """The local stack's storage dates a lease ahead of the virtual clock."""
    spoil_lease(runtime, b"")
    clock.sleep(-60)
    assert started(runtime, "work") == NOON - timedelta(minutes=1)


def test_r6_a_lease_with_a_field_of_a_later_release_is_held(runtime: Runtime) -> None:
    """Two releases run side by side while one is rolled out."""
    spoil_lease(runtime, json.dumps({**GOOD, "more": 1}).encode())
    with pytest.raises(ClaimBusyError, match="held until"), claimed(runtime, "work"):
        pass


def test_work_without_a_lease_never_began(runtime: Runtime) -> None:
    """None, and not an instant."""
    assert started(runtime, "work") is None
