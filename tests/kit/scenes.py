"""The worlds in which the explorer lets work meet: `python -m tests.kit.scenes`.

`tests/kit/scenes.txt` has of each scene its clock and workflows, a line each message published
before the work meets, a line each delivery that waits then, and of each piece of work what it is
about and what came of it when nobody met it.
"""

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from common.cloud.ports import StoredObject
from common.logs import silent
from local.simulator.explorer.scenes import SCENES, Scene
from local.simulator.explorer.turns import Work
from local.simulator.ports.memory_publisher import Published
from local.simulator.transport import Delivery
from local.simulator.world import World

FILE = Path(__file__).with_name("scenes.txt")
TOLD = ("scheduled_time", "force", "workflow_name", "slot", "action", "scraper", "step", "name")
"""What is told of a message, where it has it."""


def lines() -> list[str]:
    """Write the lines of all scenes."""
    with silent():
        return [line for scene in SCENES.values() for line in _of(scene)]


def _of(scene: Scene) -> Iterator[str]:
    world, works = scene.prepare()
    start = f"{world.clock.now():%d %H:%M:%S}"
    yield f"{scene.name}: at {start}, {' '.join(sorted(world.runtime.configured))}"
    yield from (f"{scene.name}: published {_message(one)}" for one in world.publisher.published)
    yield from (f"{scene.name}: waits {_delivery(one)}" for one in world.queue)
    for letter, work in works.items():
        yield f"{scene.name}: {letter} {_about(work)} -> {_result(world, work)}"


def _about(work: Work) -> str:
    assert isinstance(work, partial)
    return " ".join(_delivery(one) for one in work.args if isinstance(one, Delivery)) or "an object"


def _result(world: World, work: Work) -> str:
    before = len(world.publisher.published)
    made = work()
    if isinstance(made, StoredObject):
        labels = json.dumps(made.metadata, sort_keys=True)
        return f"{made.bucket} {made.name} {labels} {sha256(_data(world, made)).hexdigest()[:6]}"
    return " ".join([str(made), *map(_sent, world.publisher.published[before:])])


def _sent(one: Published) -> str:
    labels = one.body.get("metadata", {})
    told = [labels[key] for key in ("outcome", "http_status", "error_type") if key in labels]
    return "/".join([one.topic, *told])


def _data(world: World, made: StoredObject) -> bytes:
    held = world.storage.read(made.bucket, made.name)
    assert held is not None
    return held[0]


def _delivery(one: Delivery) -> str:
    return f"{one.function} #{one.attempt} {one.due:%d %H:%M:%S} of {_message(one.message)}"


def _message(one: Published) -> str:
    held = {**one.body.get("execution", {}), **one.body.get("metadata", {}), **one.body}
    told = [f"{key}={held[key]}" for key in TOLD if key in held]
    return " ".join([one.topic, f"{one.publish_time:%d %H:%M:%S}", *told])


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in lines()))
