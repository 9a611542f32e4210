"""Each function's rows are written once, though the delivery that wrote them died behind that."""

from typing import Any

import pytest

from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from tests.kit.breaks import die_after, tapped
from tests.kit.world import LAST_TASK, ForgetfulWarehouse, before, new_world

WRITERS = {
    "schedule_locker": "plan_id",
    "master_controller": "decision_id",
    "scraper_logger": "execution_id",
    LAST_TASK: "execution_id",
    "cleanup_processor": "cleanup_id",
}
"""The event of each function that writes rows, and the id of its table."""


@pytest.mark.parametrize("event", WRITERS)
def test_r6_who_takes_over_looks_for_the_rows_first(event: str) -> None:
    """A first delivery need not: the look is one read more."""
    world = new_world(ForgetfulWarehouse)
    delivery = before(world, event)
    looked: list[tuple[str, bool]] = []

    def dying(call: PortCall, do: Do) -> Any:
        if call.name != "append":
            return do()
        looked.append((call.subject, call.named["look_first"]))
        return do() if looked[1:] else die_after(do)

    with tapped(world, dying, "warehouse"):
        assert world.deliver(delivery) == 0
        world.clock.sleep(700)
        assert world.deliver(delivery) == 200
    (table, _), _ = looked
    assert looked == [(table, False), (table, True)]
    rows = [row[WRITERS[event]] for row in world.rows[table]]
    assert rows
    assert len(set(rows)) == len(rows)
