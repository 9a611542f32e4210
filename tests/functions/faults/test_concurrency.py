"""Of two deliveries of one event at the same time one does the work (R6)."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from common.entry.respond import respond
from local.simulator.ports.intercepted import Do
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.transport import Delivery
from local.simulator.world import ROUTES, World
from tests.kit.breaks import Break, deliver_through
from tests.kit.checks import defects, tables, undisturbed
from tests.kit.world import EVENTS, ForgetfulWarehouse, before, new_world, rest, tick

LEASE_SECONDS_EXCEEDED = 661.0
Second = Callable[[World, Delivery, Do], object]


def before_write(world: World, delivery: Delivery, do: Do) -> object:
    """Deliver the second one before the first one's write."""
    assert world.deliver(delivery) in {200, 503}
    return do()


def after_write(world: World, delivery: Delivery, do: Do) -> object:
    """Deliver the second one after the first one's write."""
    done = do()
    assert world.deliver(delivery) in {200, 503}
    return done


def past_the_lease(world: World, delivery: Delivery, do: Do) -> object:
    """Let the first delivery's lease run out and deliver the second one, before the write.

    The function's timeout keeps this from happening: it is shorter than the lease.
    """
    world.clock.sleep(LEASE_SECONDS_EXCEEDED)
    assert world.deliver(delivery) in {200, 503}
    return do()


def interleaved(event: str, second: Second, warehouse: type[MemoryWarehouse]) -> list[str]:
    """Deliver a second time at every write of the first; returns the writes that go wrong."""
    expected, writes = undisturbed(event)
    wrong = []
    for number, label in enumerate(writes, 1):
        world = new_world(warehouse)
        delivery = before(world, event)
        deliver_through(world, delivery, Break(number, partial(second, world, delivery)))
        rest(world, event)
        if tables(world) != expected or defects(world):
            wrong.append(label)
    return wrong


@pytest.mark.parametrize("second", [before_write, after_write])
@pytest.mark.parametrize("event", EVENTS)
def test_r6_a_second_delivery_meanwhile_adds_nothing(event: str, second: Second) -> None:
    """It meets a held claim (503) or finished work (200), at whichever write it comes."""
    assert interleaved(event, second, ForgetfulWarehouse) == []


@pytest.mark.parametrize("event", EVENTS)
def test_r6_a_delivery_that_outlives_its_lease_adds_nothing(event: str) -> None:
    """Two workers write the same row ids, job ids and names, so that nothing doubles."""
    assert interleaved(event, past_the_lease, MemoryWarehouse) == []


@pytest.mark.parametrize(
    "event", ["schedule_locker", "master_controller", "scraper_logger", EVENTS[-1]]
)
def test_r6_the_one_gap_that_bigquery_s_job_id_closes(event: str) -> None:
    """A worker past its lease inserts after its successor did, having looked before.

    No claim can stop it: between its last look and its insert is always a moment. BigQuery takes
    a job id once (409), and so does `MemoryWarehouse`; bqemulator does not, and there the row
    would be twice. Everywhere else claims alone suffice, also without job ids.
    """
    wrong = interleaved(event, past_the_lease, ForgetfulWarehouse)
    assert wrong[-1].startswith("append ")
    assert not [label for label in wrong if label.startswith(("create claims/", "publish"))]


def locks(world: World, *forced: bool) -> list[Delivery]:
    """Take the deliveries of several lock ticks of the day, each forced or plain."""
    for force in forced:
        tick(world, "tick-schedule-locker", force=force)
    return [world.take() for _ in forced]


def locked_at(number: int, second: Second, *, forced: tuple[bool, bool]) -> tuple[World, Break]:
    """Lock a date, and let another lock in at one write of the first."""
    world = new_world(ForgetfulWarehouse if second is not past_the_lease else MemoryWarehouse)
    first, other = locks(world, *forced)
    breaking = Break(number, partial(second, world, other))
    deliver_through(world, first, breaking)
    world.settle()
    return world, breaking


@pytest.mark.parametrize("second", [before_write, after_write, past_the_lease])
@pytest.mark.parametrize("forced", [(False, True), (True, False), (True, True)])
def test_r6_a_forced_lock_and_another_of_its_date_meet(
    forced: tuple[bool, bool], second: Second
) -> None:
    """Whichever comes in at whichever write, the plan is written once."""
    writes = locked_at(0, second, forced=forced)[1].seen
    assert [write.split()[0] for write in writes] == ["create", "append", "create"]
    for number, label in enumerate(writes, 1):
        world = locked_at(number, second, forced=forced)[0]
        assert tables(world) == undisturbed("schedule_locker")[0], label
        assert defects(world) == [], label


@pytest.mark.parametrize("forced", [(False, True, True), (True, False, True)])
def test_r6_locks_one_after_the_other_write_the_plan_once(forced: tuple[bool, ...]) -> None:
    """A plain lock after a forced one is a no-op; a forced one adds what is missing."""
    world = new_world(ForgetfulWarehouse)
    assert [world.deliver(lock) for lock in locks(world, *forced)] == [200] * 3
    assert tables(world) == undisturbed("schedule_locker")[0]
    results = [body["result"] for name, _, body in world.replies if name == "schedule_locker"]
    assert results == ["locked", *("locked" if force else "already locked" for force in forced[1:])]


@pytest.mark.parametrize("event", EVENTS)
def test_x4_of_many_threads_one_does_the_work(event: str) -> None:
    """Eight deliveries at once: each answers 200 or 503, and the tables are those of one."""
    world = new_world()
    delivery = before(world, event)
    start = threading.Barrier(8)

    def post(_: int) -> int:
        start.wait()
        route = ROUTES[delivery.function]
        return respond(world.runtime, {}, delivery.body(), route)[1]

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(post, range(8)))
    assert 200 in statuses
    assert statuses <= {200, 503}
    rest(world, event)
    assert tables(world) == undisturbed(event)[0]
    assert defects(world) == []
