"""Explores scenes: runs schedules, and reduces one that fails to its smallest form."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from random import Random
from typing import Any

from common.logs import silent
from local.simulator.explorer.judge import problems, watched
from local.simulator.explorer.scenes import SCENES, Scene
from local.simulator.explorer.schedule import KINDS, Point, Schedule, systematic, with_faults
from local.simulator.explorer.turns import Turns
from local.simulator.invariants import InvariantError
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.world import World

Change = Callable[[World], None]
"""Takes a safeguard out of a world, for ablation."""
SWITCHES_MAX, FAULTS_MAX = 4, 2
BATCH, CHUNK = 240, 6
"""How many schedules are handed out to the cores together, and to one of them at once."""


@dataclass(frozen=True)
class Failure:
    """A schedule of a scene that fails, and what is wrong then."""

    scene: str
    schedule: Schedule
    wrong: tuple[str, ...]

    @property
    def line(self) -> str:
        """The command that runs it again."""
        return f"python -m local explore --scene {self.scene} --schedule {self.schedule}"


def try_out(
    scene: Scene, schedule: Schedule, change: Change = lambda _: None
) -> tuple[list[str], list[int]]:
    """Run one schedule.

    Returns:
        What is wrong afterwards, and how many calls each worker made.
    """
    with silent():
        world, works = scene.prepare()
        change(world)
        turns = Turns(schedule, works, world.clock.sleep)
        invariants = watched(world)

        broken: list[str] = []

        def checked(call: Call, do: Do) -> Any:  # noqa: ANN401 - whatever the port returns
            try:
                return turns.around(call, do)
            finally:
                try:
                    invariants.after_event(world.clock.now())
                except InvariantError as error:
                    broken.append(str(error))

        runtime = world.runtime
        world.runtime = runtime.but(
            storage=intercepted(runtime.storage, turns.around),
            warehouse=intercepted(runtime.warehouse, checked),
            publisher=intercepted(runtime.publisher, turns.around),
        )
        turns.run()
        world.runtime = runtime
        found = broken or problems(world, invariants, turns.late)
    return found, [worker.calls for worker in turns.workers.values()]


def lengths_of(scene: Scene) -> list[int]:
    """Return how many calls each worker makes when nobody meets it."""
    with silent():
        letters = "".join(scene.prepare()[1])
    return try_out(scene, Schedule(letters))[1]


def every_schedule(scene: Scene) -> Iterator[Schedule]:
    """Yield the schedules with up to two switches, and those with one fault."""
    lengths = lengths_of(scene)
    return chain(systematic(lengths), with_faults(lengths))


def random_schedules(scene: Scene, draw: Random) -> Iterator[Schedule]:
    """Yield schedules of several switches and faults without end."""
    lengths = lengths_of(scene)
    letters = "ABC"[: len(lengths)]
    while True:
        order = "".join(draw.sample(letters, len(letters)))
        points = []
        for number in range(draw.randint(0, SWITCHES_MAX) + draw.randint(0, FAULTS_MAX)):
            worker = draw.choice(letters)
            call = draw.randint(1, lengths[letters.index(worker)] + 2)
            is_fault = number >= SWITCHES_MAX or draw.random() < FAULTS_MAX / (
                SWITCHES_MAX + FAULTS_MAX
            )
            points.append(Point(worker, call, draw.choice(KINDS) if is_fault else None))
        yield Schedule(order, tuple(sorted(set(points), key=str)))


def tried(
    scene: Scene, schedules: Iterable[Schedule], change: Change = lambda _: None
) -> Iterator[Failure | None]:
    """Try schedules one after another, and yield what came of each: None where it holds."""
    for schedule in schedules:
        wrong, _ = try_out(scene, schedule, change)
        yield Failure(scene.name, schedule, tuple(wrong)) if wrong else None


def at_random(scenes: Sequence[Scene], draw: Random) -> Iterator[tuple[str, Schedule]]:
    """Yield random schedules of the scenes in turn, each with its scene's name, without end."""
    endless = [(scene.name, random_schedules(scene, draw)) for scene in scenes]
    while True:
        for name, schedules in endless:
            yield name, next(schedules)


def tried_on_all_cores(schedules: Iterator[tuple[str, Schedule]]) -> Iterator[Failure | None]:
    """Try schedules, each with its scene's name, and yield what came of them, in order."""
    # A fork is as this process is, also where a test has taken out a safeguard.
    with ProcessPoolExecutor(os.cpu_count(), get_context("fork")) as pool:
        while batch := [*islice(schedules, BATCH)]:
            yield from pool.map(_tried_one, batch, chunksize=CHUNK)


def _tried_one(named: tuple[str, Schedule]) -> Failure | None:
    name, schedule = named
    return next(tried(SCENES[name], [schedule]))


def first_failure(
    scene: Scene, schedules: Iterable[Schedule], change: Change = lambda _: None
) -> tuple[Failure | None, int]:
    """Return the first schedule that fails, made small, and how many were tried."""
    number = 0
    for number, failure in enumerate(tried(scene, schedules, change), 1):
        if failure:
            return smallest(failure, change), number
    return None, number


def smallest(failure: Failure, change: Change = lambda _: None) -> Failure:
    """Leave out points of a schedule that fails while the rest still fails."""
    scene = SCENES[failure.scene]
    points = list(failure.schedule.points)
    for point in tuple(points):
        fewer = Schedule(failure.schedule.order, tuple(one for one in points if one != point))
        wrong, _ = try_out(scene, fewer, change)
        if wrong:
            points.remove(point)
            failure = Failure(failure.scene, fewer, tuple(wrong))
    return failure
