"""Claims: one holder at a time, done for ever, and never lost with a holder that died."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from common.cloud.ports import Storage, StoredObject
from common.errors import ClaimBusyError, ConflictError, TransientError
from common.state.claims import claimed, is_done
from common.state.store import StateStore
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.state import LEASE, NOON, Mortal, new_state

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
def state(clock: ManualClock, storage: MemoryStorage) -> StateStore:
    """A state store on that bucket."""
    return new_state(storage, clock)


def die_holding(state: StateStore) -> None:
    """Hold the claim in a process that dies: it neither frees the claim nor marks it done."""
    process = Mortal(state.storage)
    holding = claimed(replace(state, storage=cast("Storage", process)), "work")
    holding.__enter__()
    process.die()
    holding.__exit__(Died, Died(), None)


def test_the_first_holds_a_fresh_claim(state: StateStore) -> None:
    """No takeover: nothing needs looking for."""
    with claimed(state, "work") as claim:
        assert claim is not None
        assert (claim.owner, claim.started, claim.takeover) == ("owner-1", NOON, False)
    assert is_done(state, "work")


def test_done_work_is_yielded_as_none_for_ever(state: StateStore, clock: ManualClock) -> None:
    """At once, and long after the lease is over."""
    with claimed(state, "work"):
        pass
    for _ in range(2):
        with claimed(state, "work") as claim:
            assert claim is None
        clock.sleep(10 * LEASE.total_seconds())


def test_x4_held_work_is_busy(state: StateStore) -> None:
    """Until its holder is done; the error names claim and time."""
    with (
        claimed(state, "work"),
        pytest.raises(ClaimBusyError, match="claim work: held until 2025-11-12T17:11:00"),
        claimed(state, "work"),
    ):
        pass
    assert is_done(state, "work")


def test_other_work_is_not_busy(state: StateStore) -> None:
    """Each key has a claim of its own."""
    with claimed(state, "work"), claimed(state, "other") as claim:
        assert claim is not None


def test_work_that_raised_is_taken_over_at_once(state: StateStore) -> None:
    """By the next delivery, which is lines to look first; it started when the first one did."""
    with pytest.raises(LookupError), claimed(state, "work"):
        raise LookupError
    assert not is_done(state, "work")
    with claimed(state, "work") as claim:
        assert claim is not None
        assert claim.takeover
    assert is_done(state, "work")


def test_r6_a_dead_holder_s_work_is_taken_over_after_its_lease(
    state: StateStore, clock: ManualClock
) -> None:
    """Busy to the last second, then a takeover that keeps the first start."""
    die_holding(state)
    clock.sleep(LEASE.total_seconds() - 1)
    with pytest.raises(ClaimBusyError), claimed(state, "work"):
        pass
    clock.sleep(1)
    with claimed(state, "work") as claim:
        assert claim is not None
        assert (claim.takeover, claim.started) == (True, NOON)


def test_r6_one_of_two_takes_an_expired_claim_over(
    state: StateStore, storage: MemoryStorage, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one finds it changed under its hands, and is busy."""
    die_holding(state)
    clock.sleep(LEASE.total_seconds())

    overwrite = storage.replace

    def raced(bucket: str, name: str, data: bytes, *, generation: int) -> StoredObject:
        overwrite(bucket, name, data, generation=generation)
        return overwrite(bucket, name, data, generation=generation)

    monkeypatch.setattr(storage, "replace", raced)
    with pytest.raises(ClaimBusyError, match="taken over by another"), claimed(state, "work"):
        pass


def test_r6_a_holder_past_its_lease_does_not_free_its_successor_s_claim(
    state: StateStore, clock: ManualClock
) -> None:
    """The first one's error comes late: the second one still holds the claim."""
    first, second = claimed(state, "work"), claimed(state, "work")
    first.__enter__()
    clock.sleep(LEASE.total_seconds())
    assert second.__enter__() is not None
    first.__exit__(LookupError, LookupError(), None)
    with pytest.raises(ClaimBusyError), claimed(state, "work"):
        pass
    second.__exit__(None, None, None)
    assert is_done(state, "work")


def test_a_holder_past_its_lease_is_done_like_its_successor(
    state: StateStore, clock: ManualClock
) -> None:
    """Both finish: done twice is done."""
    with claimed(state, "work"):
        clock.sleep(LEASE.total_seconds())
        with claimed(state, "work") as second:
            assert second is not None
    assert is_done(state, "work")


def test_a_lease_that_vanished_is_busy(
    state: StateStore, storage: MemoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there and is gone: an operator cleans up, and the next delivery begins anew."""

    def vanish(bucket: str, name: str, data: bytes, **more: object) -> StoredObject:
        raise ConflictError("it is there")

    monkeypatch.setattr(storage, "create", vanish)
    with pytest.raises(ClaimBusyError, match="claim work: its lease vanished"):
        claimed(state, "work").__enter__()


def test_what_went_wrong_with_a_claim_is_logged(
    state: StateStore, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that could not be freed, and one that was marked done twice, each in one warning."""
    die_holding(state)
    clock.sleep(LEASE.total_seconds())
    with claimed(state, "work"):
        clock.sleep(LEASE.total_seconds())
        with claimed(state, "work"):
            pass
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["severity"] for line in lines] == ["WARNING", "WARNING"]
    assert [line["claim"] for line in lines] == ["work", "work"]
    assert lines[0]["error_class"] == "ConnectionError"
    assert lines[0]["error"]
    assert lines[1]["message"].startswith("Two deliveries did the same work")


def test_a_claim_whose_first_answer_was_lost_is_its_own(
    state: StateStore, storage: MemoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library created the lease, lost the answer and meets its own lease: no 11 min of 503."""
    create = storage.create

    def retry(bucket: str, name: str, data: bytes, **more: object) -> StoredObject:
        if name.endswith("lease"):
            create(bucket, name, data)
        return create(bucket, name, data)

    monkeypatch.setattr(storage, "create", retry)
    with claimed(state, "work") as claim:
        assert claim is not None
    assert is_done(state, "work")


def test_an_outage_at_the_lease_s_write_is_no_lease_of_another(
    state: StateStore, storage: MemoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is raised as it is, so that the work is delivered again."""

    def fail(*_: object, **__: object) -> StoredObject:
        raise TransientError("storage is away")

    monkeypatch.setattr(storage, "create", fail)
    with pytest.raises(TransientError, match=r"^storage is away$"), claimed(state, "work"):
        pass


def spoil_lease(state: StateStore, body: bytes) -> None:
    """Leave a lease that holds these bytes, written now."""
    state.storage.create(state.bucket, "claims/work/lease", body)


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
    state: StateStore, clock: ManualClock, body: bytes
) -> None:
    """A takeover, which looks before it writes; the work began when the lease was written."""
    spoil_lease(state, body)
    clock.sleep(5)
    with claimed(state, "work") as claim:
        assert claim is not None
        assert (claim.takeover, claim.started) == (True, NOON)
        with pytest.raises(ClaimBusyError, match="held until"), claimed(state, "work"):
            pass
    assert is_done(state, "work")


def test_work_never_began_later_than_now(state: StateStore, clock: ManualClock) -> None:
    """The local stack's storage dates a lease ahead of the virtual clock."""
    spoil_lease(state, b"")
    clock.sleep(-60)
    with claimed(state, "work") as claim:
        assert claim is not None
        assert claim.started == NOON - timedelta(minutes=1)


def test_r6_a_lease_with_a_field_of_a_later_release_is_held(state: StateStore) -> None:
    """Two releases run side by side while one is rolled out."""
    spoil_lease(state, json.dumps({**GOOD, "more": 1}).encode())
    with pytest.raises(ClaimBusyError, match="held until"), claimed(state, "work"):
        pass
