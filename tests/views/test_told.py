"""600 equal failures in 18 hours are two messages: the SQL's rows through the real sweeps."""

from collections.abc import Iterator

import pytest

from common.cloud.tables import NAMES
from common.eastern import eastern
from common.incidents.incident import COLUMNS
from common.settings import Settings
from local.simulator.world import World
from tests.kit.receiver import Receiver, receiving
from tests.kit.sweeps import SWEEP_INTERVAL, sweep
from tests.kit.world import SWEEP, new_world
from tests.views.conftest import View, Viewed
from tests.views.test_incidents import ended

pytestmark = pytest.mark.stack
BEGIN, FAILURES, MINUTES = 15 * 60, 600, 1.8
"""The first failure in minutes after noon (03:00 ET), how many there are, and how far apart."""
GOOD = BEGIN + FAILURES * MINUTES + 20
HOURS = (13, 14, 16, 20, 25, 31, 32)
"""Of the sweeps, after 13:30 ET: from 02:30 to 21:30 of the day after. Each query of the view takes
the emulator a second; the sweeps between are those of `tests/common/incidents/test_due.py`."""
INCIDENT = "execution betting_lines"


@pytest.fixture(scope="module")
def failing(view: View) -> Viewed:
    """The tables of a workflow that fails 600 times in 18 hours, and nothing else."""
    executions = [ended(BEGIN + MINUTES * number, "failed") for number in range(FAILURES)]
    executions.append(ended(GOOD, "completed"))
    return view({name: [] for name in NAMES} | {"workflow_executions": executions})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook that listens."""
    with receiving() as listening:
        yield listening


def look(world: World, failing: Viewed) -> None:
    """Let the world's view show what the SQL shows now, by the deployed port."""
    warehouse = failing.emulator.warehouse(failing.rows, world.clock.now())
    world.warehouse.views["incidents"] = warehouse.view("incidents", COLUMNS)


def test_600_equal_failures_in_18_hours_are_two_messages_and_a_digest(
    failing: Viewed, receiver: Receiver
) -> None:
    """Every sweep is a new instance. It opens, is in the morning's digest, and its end is told."""
    world, told = new_world(), list[str]()
    held = world.runtime.settings.model_dump() | {"webhook": receiver.url}
    world.runtime.settings = Settings.model_validate(held)
    for number in (4 * hour for hour in HOURS):
        world.clock.move(SWEEP + number * SWEEP_INTERVAL)
        look(world, failing)
        world.runtime = world.runtime.but()
        lines = sweep(world, number)["told"]
        told += [f"{eastern(world.clock.now()):%H:%M} {line}" for line in lines]
    assert [line for line in told if INCIDENT in line] == [
        f"{when} {road}: INCIDENT_{change} {INCIDENT}"
        for when, change in (("03:30", "OPENED"), ("09:30", "DIGEST"), ("21:30", "CLOSED"))
        for road in ("log", "webhook")
    ]
    posted = [body for body in receiver.posted if body["incidents"][0]["rule"] == "execution"]
    assert [body["change"] for body in posted] == ["OPENED", "DIGEST", "CLOSED"]
    (last,) = posted[-1]["incidents"]
    assert (last["times"], last["recovered"]) == (FAILURES, True)
