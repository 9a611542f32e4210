"""Lives of a RUN, and what cuts them short, told call by call in `tests/kit/lives/`.

`python -m tests.kit.lives` writes them anew. Every line is a contract of one room with another or
with an operator, so a change must be seen in the difference, and its reason stand in the commit.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from common import ids
from common.errors import TransientError
from common.state import names
from local.fake_sources.answers import Answer
from local.fake_sources.direct import Ask
from local.simulator.ports.intercepted import Call, Do
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.breaks import Break, failing, raising, tapped
from tests.kit.losses import fail_to_complete, is_for
from tests.kit.situations import WORKFLOWS
from tests.kit.told import Story, followed
from tests.kit.world import SLOT, SWEEP, before, forget, lose_two, new_world, tick, unnoticed

FOLDER = Path(__file__).with_name("lives")
NIGHT = SLOT + timedelta(hours=18)
"""07:00 ET on the next day."""
GAME = {"game_id": "0022500213", "away": "MIL", "home": "CHA"}
HOUR = timedelta(hours=1)
QUARTER = HOUR / 4
Tell = Callable[..., AbstractContextManager[None]]
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
            ("scraper-requests", {"scraper": "nbac_boxscore"}),
            ("scraper-requests", {"scraper": "nbac_player_list", "game": GAME}),
            ("scraper-requests", {"scraper": "nbac_player_list", "event_ids": ["e1"]}),
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


def given_up(world: World, tell: Tell) -> None:
    """A decision is sent again in vain for a day, another is not known any more: both end."""
    only(world, "betting_lines", "injury_discovery")
    with world.transport.losing(is_for("workflow_executor")):
        tick(world, "tick-master-controller")
        world.settle()
        for number in range(3):
            tick(world, "tick-cleanup-processor", SWEEP + number * QUARTER)
            world.settle()
        only(world, "betting_lines")
        with tell():
            for wait in (3 * QUARTER, 25 * HOUR):
                if wait > HOUR:
                    forget(world, world.runtime.settings.state_bucket, "decided/")
                tick(world, "tick-cleanup-processor", SWEEP + wait)
                world.settle()


def quarrel(world: World, tell: Tell) -> None:
    """ESPN has another score of one game, and another one not at all; a box score is corrected."""
    only(world, "late_game_catch_up")
    world.clock.move(NIGHT)
    asked, corrected = world.ask, False

    def ask(path: str, params: Mapping[str, str]) -> Answer:
        found = asked(path, params)
        if path.endswith("/scoreboard"):
            return replace(found, body=_quarrelled(found.body))
        if corrected and "boxscore" in path:
            return replace(found, body=found.body.replace(b'"jerseyNum":"', b'"jerseyNum":"1', 1))
        return found

    world.ask = ask
    targets = [
        {"game_id": game, "away": teams[:3], "home": teams[4:], "scrapers": ["nbac_boxscore"]}
        for game, teams in (("0022500213", "MIL@CHA"), ("0022500215", "ORL@NYK"))
    ]
    scrapers = ["nbac_schedule_api", "espn_scoreboard", "nbac_boxscore"]
    for hours, is_told in ((0, ("execution_tracker",)), (2, ("scraper_runner",))):
        corrected, due = hours > 0, NIGHT + timedelta(hours=hours)
        world.clock.move(due)
        with tell(*is_told):
            decide(world, "late_game_catch_up", due, scrapers=scrapers, targets=targets)
            world.settle()


def _quarrelled(body: bytes) -> bytes:
    document = json.loads(body)
    for event in document["events"]:
        if event["shortName"] == "MIL @ CHA":
            home = event["competitions"][0]["competitors"][0]
            home["score"] = str(int(home["score"]) + 2)
            home["linescores"][0]["value"] += 2
    document["events"] = [each for each in document["events"] if each["shortName"] != "ORL @ NYK"]
    return json.dumps(document).encode()


def trouble(world: World, tell: Tell) -> None:
    """The Odds API is down, left alone, has moved, lacks credits, and answers something else."""
    good = world.ask
    answers = [
        *[Answer(503, {}, b"down")] * 5,
        Answer(301, {"location": "https://new.example/"}, b""),
        Answer(200, {"x-requests-remaining": "1", "x-requests-used": "9"}, b"[]"),
        Answer(200, {}, b'{"message": "hello"}'),
    ]
    for number, answer in enumerate(answers):
        world.ask = partial(_ask_events, good, answer)
        world.clock.move(SLOT + number * timedelta(minutes=20))
        with tell("scraper_runner") if number > 3 else nullcontext():
            request(world, "oddsa_events")
            if number == 4:
                request(world, "oddsa_events")
            if number == 6:
                request(world, "oddsa_player_props", event_ids=["e1"])
            world.settle()


def _ask_events(good: Ask, answer: Answer, path: str, params: Mapping[str, str]) -> Answer:
    return answer if "events" in path else good(path, params)


def spoilt(world: World, tell: Tell) -> None:
    """Somebody has overwritten an object and a lease; a delivery outlives its own lease."""
    only(world, "betting_lines")
    events = before(world, "execution_tracker")
    (stored,) = world.storage.list("nba-scraped-data", "oddsa-events/")
    with unnoticed(world):
        world.storage.replace(stored.bucket, stored.name, b"{}", generation=stored.generation)
    lease = names.lease(names.step_key(events.message.body["metadata"]["execution_id"], 0))
    world.storage.create("nba-orchestration-state", lease, b"no lease")

    again = iter([events])

    def takes_long(call: Call, do: Do) -> object:
        if call.subject == stored.name and (delivery := next(again, None)):
            world.clock.sleep(700)
            world.deliver(delivery)
        return do()

    with tapped(world, takes_long, "storage"), tell("execution_tracker"):
        world.deliver(events)
    with tell("execution_tracker"):
        world.settle()


def again(world: World, tell: Tell) -> None:
    """Every event of a slot, a plan and a sweep is delivered once more: nothing happens."""
    only(world, "betting_lines")
    seen: list[Delivery] = []
    world.around = partial(_noted, seen)
    for topic in ("tick-schedule-locker", "tick-master-controller", "tick-cleanup-processor"):
        tick(world, topic)
        world.settle()
    world.around = lambda _, handle: handle()
    with tell():
        for delivery in seen:
            world.deliver(delivery)
        world.settle()


def _noted(seen: list[Delivery], delivery: Delivery, handle: Callable[[], int]) -> int:
    seen.append(delivery)
    return handle()


def forced(world: World, tell: Tell) -> None:
    """A slot is decided once more by force, beside its own batch; a later one comes too late."""
    only(world, "betting_lines")
    tick(world, "tick-master-controller")
    world.settle()
    with tell("master_controller"):
        world.clock.move(SLOT + QUARTER)
        tick(world, "tick-master-controller", SLOT, force=True)
        world.settle()
        world.clock.move(SLOT + 3 * HOUR)
        tick(world, "tick-master-controller", SLOT + HOUR)
        world.settle()


def beside(world: World, tell: Tell) -> None:
    """While a slot is decided a forced tick of it is: the later batch has not seen the other."""
    only(world, "betting_lines")
    tick(world, "tick-master-controller")
    tick(world, "tick-master-controller", force=True)
    plain, other = world.take(), iter([world.take()])

    def at_once(call: Call, do: Do) -> object:
        if call.subject.startswith("decided/") and call.writes and (late := next(other, None)):
            world.deliver(late)
        return do()

    with tapped(world, at_once, "storage"), tell("master_controller"):
        world.deliver(plain)


def stuck(world: World, tell: Tell) -> None:
    """A step was not completed, then its state was spoilt: a day later the run is ended."""
    only(world, "betting_lines")
    fail_to_complete(world)
    world.queue.clear()
    state = world.runtime.settings.state_bucket
    world.transport.lose(is_for("execution_tracker"))
    world.transport.lose(is_for("workflow_executor"))
    sweeps = ((HOUR / 2, ""), (HOUR, "/1/tasks.json"), (2 * HOUR, "manifest.json"), (25 * HOUR, ""))
    for after, name in sweeps:
        for stored in world.storage.list(state, "executions/"):
            if name and stored.name.endswith(name):
                world.storage.corrupt(state, stored.name, b"no JSON")
        with tell("cleanup_processor"):
            tick(world, "tick-cleanup-processor", SLOT + after)
            world.settle()


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        *(slot, plan, night, refused, lost, silent, uploads, outage),
        *(given_up, quarrel, trouble, spoilt, again, stuck, forced, beside),
    )
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


def request(world: World, scraper: str, **fields: object) -> None:
    """Publish a request of no execution, as the scheduler or an operator does."""
    body = {"schema": "scraper-request", "version": 1, "scraper": scraper, **fields}
    world.publisher.publish("scraper-requests", body, {})


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
