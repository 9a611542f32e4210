"""Lives of a RUN, and what cuts them short, told call by call in `tests/kit/lives/`.

`python -m tests.kit.lives` writes them anew. Every line is a contract of one room with another or
with an operator, so a change must be seen in the difference, and its reason stand in the commit.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from common import ids
from common.errors import TransientError
from local.fake_sources.answers import Answer
from local.simulator.world import World
from tests.kit.breaks import Break, failing, raising, tapped
from tests.kit.losses import is_for
from tests.kit.situations import WORKFLOWS
from tests.kit.told import Story, followed
from tests.kit.world import SLOT, SWEEP, lose_two, new_world, tick

FOLDER = Path(__file__).with_name("lives")
NIGHT = SLOT + timedelta(hours=18)
"""07:00 ET on the next day."""
QUARTER = timedelta(minutes=15)
Tell = Callable[[], AbstractContextManager[None]]
Scene = Callable[[World, Tell], None]


def slot(world: World, tell: Tell) -> None:
    """A slot: one workflow runs in two steps to its terminal row, another one is skipped."""
    only(world, "betting_lines", "post_game_window_1")
    with tell():
        tick(world, "tick-master-controller")
        world.settle()


def plan(world: World, tell: Tell) -> None:
    """A date's plan is locked, locked again in vain, and by force."""
    only(world, "betting_lines")
    with tell():
        tick(world, "tick-schedule-locker")
        tick(world, "tick-schedule-locker")
        tick(world, "tick-schedule-locker", force=True)
        world.settle()


def night(world: World, tell: Tell) -> None:
    """Two games of the night before are collected, once NBA.com and ESPN call them final."""
    only(world, "late_game_catch_up")
    world.clock.move(NIGHT)
    first, second = "nbac_boxscore", "nbac_play_by_play"
    targets = [
        {"game_id": "0022500213", "away": "MIL", "home": "CHA", "scrapers": [first, second]},
        {"game_id": "0022500214", "away": "CHI", "home": "DET", "scrapers": [first]},
    ]
    scrapers = ["nbac_schedule_api", "espn_scoreboard", first, second]
    with tell():
        decide(world, "late_game_catch_up", NIGHT, scrapers=scrapers, targets=targets)
        world.settle()


def refused(world: World, tell: Tell) -> None:
    """NBA.com refuses the schedule for the third time: ESPN replaces it, until it answers again."""
    only(world, "morning_operations")
    asked = world.ask

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        return Answer(403, {}, b"no") if path.startswith("/static") else asked(path, params)

    for number in range(4):
        world.ask = asked if number == 3 else ask
        due = NIGHT + timedelta(hours=number)
        world.clock.move(due)
        with tell() if number > 1 else nullcontext():
            decide(world, "morning_operations", due, scrapers=["nbac_schedule_api"])
            world.settle()


def lost(world: World, tell: Tell) -> None:
    """An upload's event and a decision's message were lost; the sweeps of an hour heal both."""
    only(world, "betting_lines")
    lose_two(world)
    with tell():
        for number in range(2):
            tick(world, "tick-cleanup-processor", SWEEP + number * QUARTER)
            world.settle()


def silent(world: World, tell: Tell) -> None:
    """A task never hears its requests: it is asked for three times, and written off."""
    only(world, "betting_lines")
    tick(world, "tick-master-controller")
    with world.transport.losing(is_for("scraper_runner")):
        world.settle()
        with tell():
            for number in range(5):
                tick(world, "tick-cleanup-processor", SWEEP + number * QUARTER)
                world.settle()


def uploads(world: World, tell: Tell) -> None:
    """A stranger's upload is logged; what cannot be read or is not known is a dead letter."""
    with tell():
        world.storage.create("nba-scraped-data", "uploads/by-hand.json", b"{}")
        for topic, body in (
            ("workflow-decisions", {"schema": "workflow-decision", "version": 2}),
            ("scraper-requests", {"schema": "scraper-request", "version": 1, "scraper": "nobody"}),
            ("scraped-objects", {"bucket": "another", "name": "x", "generation": "1"}),
            ("tick-master-controller", {"schema": "tick", "scheduled_time": "noon"}),
        ):
            world.publisher.publish(topic, body, {"action": "RUN"})
        world.settle()


def outage(world: World, tell: Tell) -> None:
    """BigQuery does not answer: a decision ABORTs, a row comes with a later delivery."""
    only(world, "betting_lines")
    with tapped(world, failing(TransientError("no answer"), "select"), "warehouse"), tell():
        tick(world, "tick-master-controller")
        world.settle()
    with tapped(world, Break(1, raising(LookupError("a bug"))).around, "warehouse"), tell():
        world.storage.create("nba-scraped-data", "uploads/by-hand.json", b"{}")
        world.settle()


SCENES: dict[str, Scene] = {
    scene.__name__: scene for scene in (slot, plan, night, refused, lost, silent, uploads, outage)
}


def decide(world: World, workflow: str, due: datetime, **fields: object) -> None:
    """Publish a RUN of the date of `SLOT`, as the controller does."""
    decision = {
        "schema": "workflow-decision",
        "version": 1,
        "decision_id": ids.decision_id(workflow, due),
        "workflow_name": workflow,
        "action": "RUN",
        "slot": due.isoformat(),
        "decision_time": due.isoformat(),
        "target_date": "2025-11-12",
        **fields,
    }
    world.publisher.publish("workflow-decisions", decision, {"action": "RUN"})


def only(world: World, *workflows: str) -> None:
    """Configure some workflows alone."""
    world.runtime = world.runtime.but(
        season=world.runtime.season, configured={name: WORKFLOWS[name] for name in workflows}
    )


@cache
def told(name: str) -> list[str]:
    """Let a scene happen in a world of its own, and tell it."""
    world, story, scene = new_world(), Story(), SCENES[name]
    story.say(0, scene.__doc__ or "")
    scene(world, partial(followed, world, story))
    return story.lines


def assert_told_as_held(name: str) -> None:
    """Compare a scene with what was last written down."""
    now, before = told(name), held(name)
    at = next((n for n, pair in enumerate(zip(now, before, strict=False)) if pair[0] != pair[1]), 0)
    why = f"{name}.txt:{at + 1}; on purpose? write it anew: python -m tests.kit.lives"
    assert now == before, f"{why}\n" + "\n".join(now[max(at - 5, 0) : at + 5])


def held(name: str) -> list[str]:
    """Return a scene as it was last written down."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def main() -> None:
    """Write all scenes down."""
    for name in SCENES:
        (FOLDER / f"{name}.txt").write_text("\n".join([*told(name), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
