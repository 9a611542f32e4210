"""Turns at a host: never two in one interval, whoever asks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise, repeat
from pathlib import Path
from secrets import randbelow
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from common.clock import SystemClock
from common.cloud.storage import GoogleStorage
from common.sources.errors import NoTurnError
from common.sources.pacing import LocalTurns, SharedTurns
from local.simulator.ports.inline import InlineExecutor
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from local.stack.gcs import create_buckets, start_gcs
from tests.kit.state import new_state

NOW = datetime(2025, 11, 12, 18, 30, 0, 250_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
HOST = "cdn.example"


def instance(
    storage: MemoryStorage, now: datetime = NOW, draw: Callable[[int], int] = lambda _: 0
) -> tuple[SharedTurns, ManualClock]:
    """Return an instance with a clock of its own, on a shared bucket."""
    clock = ManualClock(now)
    return SharedTurns(new_state(storage, clock), 0.6, draw, InlineExecutor()), clock


def distances(instants: list[datetime]) -> list[float]:
    """Return the seconds between neighbours, in order of time."""
    return [(later - one).total_seconds() for one, later in pairwise(sorted(instants))]


def test_s6_instances_keep_their_distance_together() -> None:
    """Nine instances that start together ask at least an interval apart."""
    storage = MemoryStorage(ManualClock(NOW))
    asked = []
    for _ in range(9):
        turns, clock = instance(storage, draw=lambda width: width - 1)
        turns.wait(HOST, LATER)
        asked.append(clock.now())
    assert min(distances(asked)) >= 0.6 - 1e-6


def test_s6_a_crowd_spreads_in_a_few_tries() -> None:
    """300 instances that start together get a turn each, with fewer than 40 creations each."""
    storage = MemoryStorage(ManualClock(NOW))
    created = 0
    create = storage.create

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal created
        created += 1
        return create(*args, **kwargs)

    storage.create = counted  # type: ignore[method-assign] # counts what it costs

    def ask(_: None) -> datetime:
        clock = ManualClock(NOW)
        SharedTurns(new_state(storage, clock), 0.6, randbelow, InlineExecutor()).wait(HOST, LATER)
        return clock.now()

    with ThreadPoolExecutor(20) as pool:
        asked = list(pool.map(ask, repeat(None, 300)))
    assert min(distances(asked)) >= 0.6 - 1e-6
    assert created < 40 * 300


def test_one_instance_alone_waits_for_the_next_slot_only() -> None:
    """One instance waits less than two intervals at first, and one interval from then on."""
    turns, clock = instance(MemoryStorage(ManualClock(NOW)))
    asked = []
    for _ in range(5):
        turns.wait(HOST, LATER)
        asked.append(clock.now())
    assert asked[0] - NOW < timedelta(seconds=1.2)
    assert distances(asked) == pytest.approx([0.6] * 4)


def test_a_turn_that_begins_by_the_deadline_is_taken() -> None:
    """A turn that begins at the deadline is taken, and a later one is not."""
    turns, clock = instance(MemoryStorage(ManualClock(NOW)), draw=lambda width: width - 1)
    turns.wait(HOST, LATER)
    start = clock.now()
    assert start - NOW < timedelta(seconds=0.7)
    turns, clock = instance(MemoryStorage(ManualClock(NOW)))
    turns.wait(HOST, start)
    assert clock.now() == start
    turns, clock = instance(MemoryStorage(ManualClock(NOW)))
    with pytest.raises(NoTurnError):
        turns.wait(HOST, start - timedelta(milliseconds=1))


def test_hosts_do_not_hold_each_other_up() -> None:
    """Two hosts may be asked in the same turn."""
    storage = MemoryStorage(ManualClock(NOW))
    (one, clock), (other, second) = instance(storage), instance(storage)
    one.wait(HOST, LATER)
    other.wait("stats.example", LATER)
    assert clock.now() == second.now()


def test_a_slow_creation_takes_another_slot() -> None:
    """A turn that began while its object was written is left unused."""
    clock = ManualClock(NOW)
    storage = MemoryStorage(clock)
    create, names = storage.create, []

    def slow(bucket: str, name: str, data: bytes, **more: Any) -> Any:
        names.append(name)
        clock.sleep(2 if len(names) == 1 else 0.01)
        return create(bucket, name, data, **more)

    storage.create = slow  # type: ignore[method-assign,assignment] # only what is called of it
    SharedTurns(new_state(storage, clock), 0.6, lambda _: 0, InlineExecutor()).wait(HOST, LATER)
    assert len(names) == 2
    assert names[-1] == f"pacing/{HOST}/{clock.now():%Y%m%dT%H%M%S.%f}"


def test_no_turn_before_the_deadline() -> None:
    """Without a turn before the deadline the error comes at once."""
    storage = MemoryStorage(ManualClock(NOW))
    turns, clock = instance(storage)
    with pytest.raises(NoTurnError, match=HOST):
        turns.wait(HOST, NOW)
    assert clock.now() == NOW


def test_a_slot_that_is_always_taken_ends() -> None:
    """The draws are bounded even when every turn is taken."""
    storage = MemoryStorage(ManualClock(NOW))
    instance(storage)[0].wait(HOST, LATER)
    turns, clock = instance(storage)
    with pytest.raises(NoTurnError):
        turns.wait(HOST, LATER)
    assert clock.now() == NOW


def test_threads_of_one_process_keep_their_distance() -> None:
    """Without shared turns the threads of a process keep the interval among themselves."""
    clock = ManualClock(NOW)
    turns = LocalTurns(clock, 0.6)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: turns.wait(HOST, LATER), range(5)))
    assert (clock.now() - NOW).total_seconds() == pytest.approx(2.4)


def test_threads_of_one_process_wait_one_after_the_other() -> None:
    """A thread begins to wait once the turn before it is over, so that no two turns are one."""
    meeting = Barrier(2)

    class Meeting(ManualClock):
        def sleep(self, seconds: float) -> None:
            with suppress(BrokenBarrierError):
                meeting.wait(0.05)  # nobody comes while the other one waits
            super().sleep(seconds)

    turns = LocalTurns(Meeting(NOW), 0.6)
    turns.wait(HOST, LATER)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: turns.wait(HOST, LATER), range(2)))
    assert meeting.broken


def test_a_thread_waits_only_for_the_rest_of_the_interval() -> None:
    """Time that has passed since the last turn shortens the wait."""
    clock = ManualClock(NOW)
    turns = LocalTurns(clock, 0.6)
    turns.wait(HOST, LATER)
    clock.sleep(0.4)
    turns.wait(HOST, LATER)
    assert (clock.now() - NOW).total_seconds() == pytest.approx(0.6)


class Watched(SystemClock):
    """A clock that records until when each sleep lasts."""

    def __init__(self) -> None:
        self.until: list[datetime] = []

    def sleep(self, seconds: float) -> None:
        """Block for some seconds."""
        self.until.append(self.now() + timedelta(seconds=seconds))
        super().sleep(seconds)


def test_s6_reserved_turns_follow_one_another_in_one_round() -> None:
    """Each of the waits gets the next of them, and creates nothing more."""
    storage = MemoryStorage(ManualClock(NOW))
    turns, clock = instance(storage)
    turns.reserve(HOST, 3, LATER)
    reserved = [stored.name for stored in storage.list("state", f"pacing/{HOST}/")]
    asked = []
    for _ in range(3):
        turns.wait(HOST, LATER)
        asked.append(clock.now())
    assert distances(asked) == pytest.approx([0.6, 0.6])
    assert [stored.name for stored in storage.list("state", f"pacing/{HOST}/")] == reserved
    turns.wait(HOST, LATER)
    assert clock.now() > asked[-1]


def test_s6_two_tasks_that_reserve_at_once_share_no_turn() -> None:
    """Who finds a turn taken reserves later ones."""
    storage = MemoryStorage(ManualClock(NOW))
    asked = []
    for turns, clock in (instance(storage), instance(storage, NOW + timedelta(seconds=0.3))):
        turns.reserve(HOST, 4, LATER)
        for _ in range(4):
            turns.wait(HOST, LATER)
            asked.append(clock.now())
    assert min(distances(asked)) >= 0.6 - 1e-6


@pytest.mark.parametrize("lost", [0, 1, 2, 3])
def test_s6_a_task_reserves_as_many_turns_as_it_has_calls(lost: int) -> None:
    """For each turn that another has it takes one more, and none that it does not need."""
    storage = MemoryStorage(ManualClock(NOW))
    instance(storage)[0].reserve(HOST, lost, LATER)
    assert len([*storage.list("state", f"pacing/{HOST}/")]) == lost
    turns, clock = instance(storage)
    for number in (1, 3, 2):  # what was reserved before is still there
        turns.reserve(HOST, number, LATER)
    assert len([*storage.list("state", f"pacing/{HOST}/")]) == lost + 3
    asked = []
    for _ in range(3):
        turns.wait(HOST, LATER)
        asked.append(clock.now())
    assert min(distances(asked)) >= 0.6 - 1e-6
    assert len([*storage.list("state", f"pacing/{HOST}/")]) == lost + 3


def test_s6_who_loses_reserved_turns_takes_further_ones_each_time() -> None:
    """Drawn among one more in each round, so that two tasks do not meet in every one."""
    storage, drawn = MemoryStorage(ManualClock(NOW)), list[int]()
    alone, before = instance(storage)
    alone.reserve(HOST, 3, LATER)
    alone.wait(HOST, LATER)

    def draw(width: int) -> int:
        drawn.append(width)
        return width - 1

    turns, clock = instance(storage, draw=draw)
    turns.reserve(HOST, 1, LATER)
    turns.wait(HOST, LATER)
    assert drawn == [1, 2]
    assert distances([before.now(), clock.now()]) == pytest.approx([3 * 0.6])


def test_s6_a_reserved_turn_that_has_passed_is_not_used() -> None:
    """A task that comes late reserves another one, which is still to come."""
    turns, clock = instance(MemoryStorage(ManualClock(NOW)))
    turns.reserve(HOST, 2, LATER)
    clock.move(NOW + timedelta(seconds=30))
    turns.wait(HOST, LATER)
    assert clock.now() > NOW + timedelta(seconds=30)


@pytest.mark.parametrize(("late", "waited"), [(0, 0), (0.001, 0.6)])
def test_s6_a_reserved_turn_that_begins_now_is_used(late: float, waited: float) -> None:
    """One that began a moment ago is another request's distance."""
    turns, clock = instance(MemoryStorage(ManualClock(NOW)))
    turns.reserve(HOST, 3, LATER)
    turns.wait(HOST, LATER)
    second = clock.now() + timedelta(seconds=0.6)
    clock.move(second + timedelta(seconds=late))
    turns.wait(HOST, LATER)
    assert (clock.now() - second).total_seconds() == pytest.approx(waited)


def test_s6_a_turn_is_drawn_among_those_before_the_deadline() -> None:
    """However many were lost, the widest draw is no later."""
    storage = MemoryStorage(ManualClock(NOW))
    other, first = instance(storage)
    other.wait(HOST, LATER)
    end = first.now() + timedelta(seconds=0.7)
    turns, clock = instance(storage, draw=lambda width: width - 1)
    turns.wait(HOST, end)
    assert distances([first.now(), clock.now()]) == pytest.approx([0.6])


def test_s6_no_turn_is_reserved_after_the_deadline() -> None:
    """What does not fit before it is refused when its turn is waited for."""
    storage = MemoryStorage(ManualClock(NOW))
    turns, clock = instance(storage)
    end = NOW + timedelta(seconds=2)
    turns.reserve(HOST, 9, end)
    for _ in range(2):
        turns.wait(HOST, end)
    with pytest.raises(NoTurnError):
        turns.wait(HOST, end)
    assert clock.now() <= end


def test_a_stopped_task_has_no_further_turn() -> None:
    """One of its calls has failed: what still waits is of no use."""
    turns, _ = instance(MemoryStorage(ManualClock(NOW)))
    turns.reserve(HOST, 2, LATER)
    turns.wait(HOST, LATER)
    turns.stop()
    with pytest.raises(NoTurnError, match="another call of the task has failed"):
        turns.wait(HOST, LATER)


@pytest.mark.stack
def test_s6_turns_hold_on_a_real_storage_and_clock(tmp_path: Path) -> None:
    """Four clients with connections of their own never share a turn."""
    interval, project = 0.25, "nba-props-platform"
    server = start_gcs(project, tmp_path / "gcs.log")
    try:
        create_buckets(server.endpoint, project, ["state"])

        def ask(_: int) -> list[datetime]:
            clock = Watched()
            turns = SharedTurns(
                new_state(GoogleStorage(project, server.endpoint), clock),
                interval,
                randbelow,
                InlineExecutor(),
            )
            for _ in range(2):
                turns.wait(HOST, clock.now() + timedelta(seconds=60))
                assert clock.now() >= clock.until[-1]
            return clock.until

        with ThreadPoolExecutor(4) as pool:
            starts = [start for each in pool.map(ask, range(4)) for start in each]
    finally:
        server.stop()
    slots = {int((start.timestamp() + 0.01) / interval) for start in starts}
    assert len(slots) == len(starts) == 8
