"""A function stopped at any of its writes leaves the same five tables (R6)."""

import pytest

from local.simulator.ports.memory import MemoryWarehouse
from tests.kit.breaks import (
    Act,
    Break,
    deliver_through,
    die_after,
    die_before,
    fail_after,
    fail_before,
    write_twice,
)
from tests.kit.checks import defects, tables, undisturbed
from tests.kit.world import EVENTS, ForgetfulWarehouse, before, new_world, rest


def broken_at(event: str, act: Act, warehouse: type[MemoryWarehouse]) -> list[str]:
    """Break at every write in turn and redeliver; returns the writes that go wrong."""
    expected, writes = undisturbed(event)
    wrong = []
    for number, label in enumerate(writes, 1):
        world = new_world(warehouse)
        deliver_through(world, before(world, event), Break(number, act))
        rest(world, event)
        if tables(world) != expected or defects(world):
            wrong.append(f"{label}: {defects(world) or 'other rows'}")
    return wrong


@pytest.mark.parametrize("act", [die_before, die_after, fail_before, fail_after])
@pytest.mark.parametrize("event", EVENTS)
def test_r6_broken_at_any_write_the_tables_come_out_the_same(event: str, act: Act) -> None:
    """The process dies or the service fails, before a write or after it.

    The forgetful warehouse takes a job id many times: claims and the look before a takeover's
    write do it alone. One gap is left to BigQuery's job id, see `test_concurrency.py`.
    """
    assert broken_at(event, act, ForgetfulWarehouse) == []


@pytest.mark.parametrize("event", EVENTS)
def test_r6_no_row_is_lost_to_its_own_job_id(event: str) -> None:
    """A job id that was taken by a try that did not write must not swallow the next one's rows."""
    assert broken_at(event, fail_before, MemoryWarehouse) == []


@pytest.mark.parametrize("event", EVENTS)
def test_r6_a_write_that_the_library_repeats_changes_nothing(event: str) -> None:
    """After a lost answer the client library writes again and meets its own first write."""
    assert broken_at(event, write_twice, MemoryWarehouse) == []
