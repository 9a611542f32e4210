"""The scenes of the explorer: worlds just before pieces of work that can meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from common.cloud.ports import StoredObject
from local.fake_sources.answers import Answer
from local.simulator.explorer.stage import (
    BY_DAY,
    BY_NIGHT,
    GAMES_MAX,
    LOCKS,
    NEXT_SLOT,
    NIGHT,
    SLOT,
    SWEEPS,
    TICKS,
    Works,
    delivered,
    run_to,
    tick,
    world_at,
)
from local.simulator.transport import Delivery
from local.simulator.world import World


@dataclass(frozen=True)
class Scene:
    """What can meet, and in which world."""

    name: str
    prepare: Callable[[], tuple[World, Works]]


def _twice(function: str) -> tuple[World, Works]:
    """One message of a function comes twice."""
    world = world_at(SLOT, BY_DAY)
    topic = {"schedule_locker": LOCKS, "cleanup_processor": SWEEPS}.get(function, TICKS)
    tick(world, topic, SLOT)
    delivery = run_to(world, function)
    return delivered(world, delivery, delivery)


def _last_two_results() -> tuple[World, Works]:
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    one = run_to(world, "execution_tracker", step="1")
    other = run_to(world, "execution_tracker", step="1")
    return delivered(world, one, other)


def _results_of_games() -> tuple[World, Works]:
    world = world_at(NIGHT, BY_NIGHT[:1])
    tick(world, TICKS, NIGHT)
    tasks = GAMES_MAX * 3 + 1
    one = run_to(world, "execution_tracker", step="1", last=tasks - 2)
    other = run_to(world, "execution_tracker", step="1")
    return delivered(world, one, other)


def _beside_a_sweep(function: str) -> tuple[World, Works]:
    """A message that was held up for an hour comes while a sweep heals what it left behind."""
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    held = run_to(world, function)
    world.settle(SLOT + timedelta(minutes=30))
    tick(world, SWEEPS, SLOT + timedelta(minutes=60))
    return delivered(world, run_to(world, "cleanup_processor"), held)


def _two_sweeps() -> tuple[World, Works]:
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    run_to(world, "scraper_logger")  # lost for good
    world.settle(SLOT + timedelta(minutes=30))
    tick(world, SWEEPS, SLOT + timedelta(minutes=45))
    one = run_to(world, "cleanup_processor")
    tick(world, SWEEPS, SLOT + timedelta(minutes=60))
    return delivered(world, one, run_to(world, "cleanup_processor"))


def _two_ticks(
    first: datetime, second: datetime, *, forced: tuple[bool, bool], workflows: tuple[str, ...]
) -> tuple[World, Works]:
    world = world_at(first, workflows)
    tick(world, TICKS, first, force=forced[0])
    one = run_to(world, "master_controller")
    tick(world, TICKS, second, force=forced[1])
    return delivered(world, one, run_to(world, "master_controller"))


def _write_off_and_late_request() -> tuple[World, Works]:
    """A task's request comes while the sweep writes the task off."""
    world = world_at(SLOT, ("injury_discovery",))
    tick(world, TICKS, SLOT)
    held = run_to(world, "scraper_runner")
    with world.transport.losing(lambda one: one.function == "scraper_runner"):
        for quarter in range(1, 6):
            tick(world, SWEEPS, SLOT + quarter * timedelta(minutes=15))
            world.settle()
    tick(world, SWEEPS, SLOT + timedelta(minutes=90))
    return delivered(world, run_to(world, "cleanup_processor"), held)


def _lost_and_late_decision() -> tuple[World, Works]:
    """A decision's message comes while the sweep ends its run as lost, a day later."""
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    held = run_to(world, "workflow_executor")
    with world.transport.losing(lambda one: one.function == "workflow_executor"):
        for hour in (1, 2, 3, 4):
            tick(world, SWEEPS, SLOT + hour * timedelta(hours=1))
            world.settle()
    tick(world, SWEEPS, SLOT + timedelta(hours=24, minutes=45))
    return delivered(world, run_to(world, "cleanup_processor"), held)


def _forged(world: World, held: Delivery) -> StoredObject:
    """Store an object that claims to be the one of a task, as a copy or a forger does."""
    reference = held.message.body["execution"]
    scraper = str(held.message.body["scraper"])
    began = world.clock.now()
    labels = {
        "task_id": str(reference["task_id"]),
        "scraper": scraper,
        "status": "SUCCESS",
        "outcome": "SUCCESS",
        "records": "1",
        "started_at": began.isoformat(),
        "duration_seconds": "1",
        "target_date": str(held.message.body["target_date"]),
        "execution_id": str(reference["execution_id"]),
        "decision_id": str(reference["decision_id"]),
        "workflow_name": str(reference["workflow_name"]),
        "step": str(reference["step"]),
        "slot": str(reference["slot"]),
    }
    name = f"{scraper.replace('_', '-')}/{labels['target_date']}/forged.json"
    body = b'{"schema":"scraped","records":[{"id":"forged"}]}'
    bucket = world.runtime.settings.data_bucket
    return world.runtime.storage.create(bucket, name, body, metadata=labels)


def _forger_beside_the_task() -> tuple[World, Works]:
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    held = run_to(world, "scraper_runner")
    return world, {"A": partial(world.deliver, held), "B": partial(_forged, world, held)}


def _rewritten(world: World, name: str) -> StoredObject:
    """Store an object of ours anew, as a restore or a change of its class does."""
    return world.storage.restore(world.runtime.settings.data_bucket, name)


def _rewrite_beside_the_tracker() -> tuple[World, Works]:
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    held = run_to(world, "execution_tracker")
    name = str(held.message.body["name"])
    return world, {"A": partial(world.deliver, held), "B": partial(_rewritten, world, name)}


def _discovery_beside_its_run() -> tuple[World, Works]:
    """The runner is out for an hour: the next slot is decided while the report is asked for."""
    world = world_at(SLOT, ("injury_discovery",))
    tick(world, TICKS, SLOT)
    held = run_to(world, "scraper_runner")
    tick(world, TICKS, NEXT_SLOT)
    return delivered(world, held, run_to(world, "master_controller"))


def _controller_held_up() -> tuple[World, Works]:
    """A tick comes late, and again: the next slot is about to begin."""
    world = world_at(SLOT, BY_DAY)
    tick(world, TICKS, SLOT)
    delivery = run_to(world, "master_controller")
    world.clock.move(NEXT_SLOT - timedelta(minutes=8))
    return delivered(world, delivery, delivery)


def _refused_then_answered() -> tuple[World, Works]:
    """A source refuses a task's first delivery, and answers the second."""
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    delivery = run_to(world, "scraper_runner")
    ask, asked = world.ask, count()

    def answer(path: str, params: Mapping[str, str]) -> Answer:
        return Answer(403, {}, b"no") if next(asked) == 0 else ask(path, params)

    world.ask = answer
    return delivered(world, delivery, delivery)


def _lost_message() -> tuple[World, Works]:
    """A decision's message never comes: nothing but the sweeps can bring its run on."""
    world = world_at(SLOT, ("betting_lines",))
    tick(world, TICKS, SLOT)
    run_to(world, "workflow_executor")
    tick(world, SWEEPS, SLOT + timedelta(minutes=30))
    one = run_to(world, "cleanup_processor")
    tick(world, SWEEPS, SLOT + timedelta(minutes=45))
    return delivered(world, one, run_to(world, "cleanup_processor"))


FUNCTIONS = (
    *("schedule_locker", "master_controller", "cleanup_processor", "workflow_executor"),
    *("scraper_runner", "scraper_logger", "execution_tracker"),
)
_ALL: Mapping[str, Callable[[], tuple[World, Works]]] = {
    **{f"{name}-twice": partial(_twice, name) for name in FUNCTIONS},
    "last-two-results": _last_two_results,
    "results-of-games": _results_of_games,
    **{
        f"{name}-beside-a-sweep": partial(_beside_a_sweep, name)
        for name in ("workflow_executor", "scraper_runner", "scraper_logger", "execution_tracker")
    },
    "two-sweeps": _two_sweeps,
    "forced-beside-plain": partial(
        _two_ticks, SLOT, SLOT, forced=(False, True), workflows=("betting_lines",)
    ),
    "forced-beside-plain-by-night": partial(
        _two_ticks, NIGHT, NIGHT, forced=(False, True), workflows=BY_NIGHT[:1]
    ),
    "two-forced-by-night": partial(
        _two_ticks, NIGHT, NIGHT, forced=(True, True), workflows=BY_NIGHT[:1]
    ),
    "neighbouring-slots": partial(
        _two_ticks, SLOT, NEXT_SLOT, forced=(False, False), workflows=BY_DAY
    ),
    "write-off-beside-late-request": _write_off_and_late_request,
    "lost-beside-late-decision": _lost_and_late_decision,
    "forger-beside-the-task": _forger_beside_the_task,
    "rewrite-beside-the-tracker": _rewrite_beside_the_tracker,
    "discovery-beside-its-run": _discovery_beside_its_run,
    "controller-held-up": _controller_held_up,
    "refused-then-answered": _refused_then_answered,
    "lost-message": _lost_message,
}
SCENES: Mapping[str, Scene] = {name: Scene(name, prepare) for name, prepare in _ALL.items()}
