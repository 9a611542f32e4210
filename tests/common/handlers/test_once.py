"""Each function's rows are written once, though the delivery that wrote them died behind that."""

from typing import Any

import pytest

from common import ids
from common.messages.models import WorkflowDecision
from local.simulator.ports.intercepted import Call as PortCall
from local.simulator.ports.intercepted import Do
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import die_after, tapped
from tests.kit.world import DAY, LAST_TASK, SLOT, ForgetfulWarehouse, before, new_world

WRITERS = {
    "schedule_locker": "plan_id",
    "master_controller": "decision_id",
    "scraper_logger": "execution_id",
    LAST_TASK: "execution_id",
    "cleanup_processor": "cleanup_id",
}
"""The event of each function that writes rows, and the id of its table."""


def write_once(world: World, delivery: Delivery, known_by: str) -> None:
    """Let the first delivery die behind its rows, and the second one find them."""
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
    rows = [row[known_by] for row in world.rows[table]]
    assert rows
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("event", WRITERS)
def test_r6_who_takes_over_looks_for_the_rows_first(event: str) -> None:
    """A first delivery need not: the look is one read more."""
    world = new_world(ForgetfulWarehouse)
    write_once(world, before(world, event), WRITERS[event])


def test_r6_who_takes_over_a_run_of_nothing_looks_for_its_row_first() -> None:
    """A run that names no scraper ends where it starts, in its row."""
    world = new_world(ForgetfulWarehouse)
    decision = WorkflowDecision(
        decision_id=ids.decision_id("betting_lines", SLOT),
        workflow_name="betting_lines",
        slot=SLOT,
        decision_time=SLOT,
        target_date=DAY,
        action="RUN",
    )
    world.publisher.publish("workflow-decisions", decision.body(), {"action": "RUN"})
    write_once(world, world.take(), "execution_id")
