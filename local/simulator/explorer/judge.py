"""Lets a world come to rest after a schedule, and finds what is wrong in its tables."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from common.cloud.ports import Row, StoredObject
from common.configuration.workflows import DailyWindow, Discovery, PreGame, Workflow
from common.errors import OrchestrationError
from local.simulator.invariants import Invariants
from local.simulator.ports.intercepted import Do
from local.simulator.transport import Delivery
from local.simulator.world import World

SWEEP_INTERVAL = timedelta(minutes=15)
SWEEPS_MIN, SWEEPS_MAX = 2, 110
"""At least two sweeps follow a schedule, at most those of a day and some hours more."""
LANDS_AFTER = timedelta(minutes=5)
"""How long after the workers' end a late write lands."""
UNEXPECTED = 500


def watched(world: World) -> Invariants:
    """Return the invariants of a world, which hear of every object that is finalized."""
    invariants = Invariants(world.runtime, world.rows, 0)

    def note(stored: StoredObject) -> None:
        if stored.bucket == world.runtime.settings.data_bucket:
            invariants.finalized(stored)

    for stored in world.storage.list(world.runtime.settings.data_bucket, ""):
        note(stored)
    world.storage.listeners.append(note)
    return invariants


def problems(world: World, invariants: Invariants, late: Sequence[Do]) -> list[str]:
    """Let the sweeps run on until all work is done, and list what is wrong."""
    try:
        _settle(world, invariants, late)
    except OrchestrationError as error:
        return [str(error)]
    found = [
        f"{name} answered 500: {text[:200]}" for name, s, text in world.answers if s == UNEXPECTED
    ]
    letters = (m.body for m in world.publisher.published if m.topic == "dead-letters")
    return [*found, *(f"dead letter: {body}"[:300] for body in letters), *_twice(world)]


def _settle(world: World, invariants: Invariants, late: Sequence[Do]) -> None:
    around = world.around

    def checked(delivery: Delivery, do: Callable[[], int]) -> int:
        status = around(delivery, do)
        invariants.after_event(world.clock.now())
        return status

    world.around = checked
    world.settle(world.clock.now() + LANDS_AFTER)
    for do in late:
        try:
            do()
        except Exception:  # noqa: BLE001, S112 - what lands late may be refused, as at its time
            continue
    invariants.after_event(world.clock.now())
    for number in range(SWEEPS_MAX):
        if number >= SWEEPS_MIN and not (invariants.unfinished or world.queue):
            break
        world.tick("tick-cleanup-processor", _next_quarter(world.clock.now()))
        invariants.after_event(world.clock.now())
    world.settle()
    invariants.after_event(world.clock.now())
    invariants.at_rest()


def _next_quarter(now: datetime) -> datetime:
    start = now.replace(minute=0, second=0, microsecond=0)
    return start + SWEEP_INTERVAL * ((now - start) // SWEEP_INTERVAL + 1)


def _twice(world: World) -> Iterator[str]:
    """Yield what a workflow collected again although nothing had failed, and nothing was due."""
    found: dict[tuple[str, str, object, object], list[Row]] = defaultdict(list)
    for row in world.rows["scraper_execution_log"]:
        if row["workflow_name"] and row["outcome"] == "SUCCESS":
            key = (row["workflow_name"], row["scraper_name"], row["target_date"], row["game_id"])
            found[key].append(row)
    for (workflow, scraper, day, game), rows in found.items():
        period = _period(world.runtime.configured[workflow], scraper)
        slots = sorted(row["slot"] for row in rows)
        again = [late for early, late in pairwise(slots) if late - early < period]
        if again:
            yield f"collected twice: {scraper} {day} {game or ''} by {workflow} in {again[0]}"


def _period(flow: Workflow, scraper: str) -> timedelta:
    """Return how far apart two successes of a scraper must be."""
    if isinstance(flow, PreGame | Discovery):
        return timedelta(hours=flow.every_hours) if isinstance(flow, PreGame) else timedelta(days=1)
    if isinstance(flow, DailyWindow):
        return timedelta(hours=20)
    # Of post-game runs the schedule is asked for in each, and the whole date with every game.
    is_of_a_game = any(scraper in step.scrapers and step.games == "final" for step in flow.steps)
    again = flow.again_after(scraper)
    return (again or timedelta(hours=2)) if is_of_a_game else timedelta(0)
