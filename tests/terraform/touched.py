"""Records what each function touches on two days in memory on which much goes wrong."""

import gc
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from google.api_core.exceptions import ServiceUnavailable

from common.eastern import at
from common.handlers.console import answer
from common.logs import silent
from common.settings import ROOT
from common.state.names import CURSOR
from local.fake_sources.answers import Answer
from local.fake_sources.slate import load
from local.scheduler import ticks_of
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.transport import Delivery
from local.simulator.world import World
from tests.kit.incidents import incident_row

Touch = tuple[str, str, str]
"""Function, what kind of thing it does, to what: `("scraper_logger", "data", "read")`."""
KINDS = {
    "create": "create",
    "replace": "replace",
    "read": "read",
    "stat": "read",
    "list": "read",
    "folders": "read",
}
"""Calls of the storage port, as rights on a bucket."""
FIRST, LAST = date(2025, 11, 11), date(2025, 11, 13)
StateUse = tuple[str, str, str]
"""Function, call of the storage port, and the name or prefix in the state bucket."""
RIGHTS = {
    "append": "appends",
    "select": "reads",
    "publish": "publishes",
    "publish_all": "publishes",
}
"""Calls of the other ports, as rights on a table or topic."""
VIEWS = ROOT / "config" / "views"


def read_by(view: str) -> set[str]:
    """Return a view, and the views and tables that it reads: reading it needs a right on each."""
    named = re.findall(r"`[\w.-]+\.(\w+)`", (VIEWS / f"{view}.sql").read_text())
    views = [name for name in named if (VIEWS / f"{name}.sql").exists()]
    return {view, *named}.union(*map(read_by, views))


BOX_SCORES, BACK = "/liveData/boxscore/", at(LAST, time(3)) - timedelta(days=1)
"""An owner that refuses in the first night, and answers again afterwards."""
OUTAGE = at(LAST, time(14)) - timedelta(days=1)
DELIVERIES_PER_LOSS = 29
FAILED_WRITES = frozenset({2, 5, 11, 23, 47, 95})
"""Which writes of a function fail; further and further apart, so that no retry fails for ever."""


@dataclass
class Recorder:
    """Notes what each function calls, and lets some of its writes fail.

    Attributes:
        buckets: what each bucket is called in a touch.
        function: the one that runs; empty between deliveries, when nothing is noted.
        touches: what was noted.
        uses: the calls on objects of the state bucket, by name.
    """

    buckets: Mapping[str, str]
    function: str = ""
    touches: set[Touch] = field(default_factory=set)
    uses: set[StateUse] = field(default_factory=set)
    writes: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, what: str) -> None:
        """Note a touch of the function that runs."""
        if self.function:
            self.touches.add((self.function, kind, what))

    def around(self, call: Call, do: Do) -> Any:
        """Note a call of a port, and carry it out unless it is one of the writes that fail."""
        if call.name in KINDS:
            bucket = self.buckets[call.args[0]]
            self.note(bucket, KINDS[call.name])
            if bucket == "state" and self.function:
                self.uses.add((self.function, call.name, call.subject))
        elif call.name == "view":
            for name in read_by(call.subject):
                self.note("reads", name)
        elif call.name != "has_begun":  # looking at one's own job needs no right
            self.note(RIGHTS[call.name], call.subject)
        if call.writes:
            self._fail_sometimes()
        return do()

    def _fail_sometimes(self) -> None:
        """Fail some writes: only after a failure is a claim freed, taken over or met again."""
        self.writes[self.function] += 1
        if self.function and self.writes[self.function] in FAILED_WRITES:
            raise ServiceUnavailable("down for a moment")

    def delivery(self, delivery: Delivery, do: Callable[[], int]) -> int:
        """Deliver to a function with the recorder on."""
        self.function = delivery.function
        try:
            return do()
        finally:
            self.function = ""


def record(world: World) -> Recorder:
    """Record from now on what the functions of a world touch."""
    settings, ask = world.runtime.settings, world.ask
    recorder = Recorder({settings.data_bucket: "data", settings.state_bucket: "state"})

    def asked(path: str, params: Mapping[str, str]) -> Answer:
        if "apiKey" in params:
            recorder.note("secret", "read")
        is_refused = BOX_SCORES in path and world.clock.now() < BACK
        return Answer(403, {}, b"") if is_refused else ask(path, params)

    def outage(call: Call, do: Do) -> Any:
        if call.subject == "workflow_decisions" and call.writes and is_down(world):
            raise ServiceUnavailable("down for more than a slot")
        return do()

    world.ask, world.around = asked, recorder.delivery
    world.runtime = world.runtime.but(
        storage=intercepted(world.storage, recorder.around),
        warehouse=intercepted(intercepted(world.warehouse, outage), recorder.around),
        publisher=intercepted(world.publisher, recorder.around),
    )
    return recorder


def is_down(world: World) -> bool:
    """Whether no decision can be written now: for more than an hour in the second afternoon."""
    return OUTAGE <= world.clock.now() < OUTAGE + timedelta(minutes=70)


def some() -> Callable[[Delivery], bool]:
    """Select deliveries to lose: some of each link always, and every 29th of the others."""
    numbers = count(1)

    def is_lost(delivery: Delivery) -> bool:
        if delivery.attempt > 1:
            return False
        body, function = json.dumps(delivery.message.body), delivery.function
        never_starts = function == "workflow_executor" and "injury_discovery" in body
        never_runs = function == "scraper_runner" and "nbac_referee" in body
        never_told = function == "execution_tracker" and '"betting_lines"' in body
        never_told = never_told and f'"slot": "{LAST - timedelta(days=1)}' in body
        return never_starts or never_runs or never_told or next(numbers) % DELIVERIES_PER_LOSS == 0

    return is_lost


@contextmanager
def _no_collections() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def touched() -> Recorder:
    """Live through the days, publish what is seldom seen, and return what was recorded."""
    world = World(load(ROOT / "config" / "slates" / "2025-11.json"), at(FIRST, time()))
    world.transport.lose(some())
    # The cleanup's round through the bucket has begun on an earlier day.
    world.storage.create(world.runtime.settings.state_bucket, CURSOR, b'{"next": "m"}')
    test = incident_row("test", "road", at(FIRST, time(12)), level="TEST")
    world.warehouse.views["incidents"] = [test]
    recorder = record(world)
    with silent(), _no_collections():
        for number in range((LAST - FIRST).days):
            for tick in ticks_of(world.runtime.topology, FIRST + timedelta(days=number)):
                world.settle(tick.instant)
                world.clock.move(tick.instant)
                world.publisher.publish(tick.topic, tick.body(world.runtime.topology), {})
        for topic, body in _seldom(world):
            for _ in range(2):  # so that losing one does not lose both
                world.publisher.publish(topic, body, {"action": "RUN"})
        world.settle(world.clock.now() + timedelta(hours=1))
        look(world, recorder)
    return recorder


def look(world: World, recorder: Recorder) -> None:
    """Look at every page of the console, with the recorder on."""
    recorder.function = "console"
    day = LAST - timedelta(days=1)
    held = json.loads(answer(world.runtime, f"/day/{day}.json", {})[0])
    run, game = held["runs"][-1], held["games"][0]["game_id"]
    task = held["tasks"][run["execution_id"]][0]
    of_run = (f"/run/{day}/{run['execution_id']}", f"/decision/{day}/{run['decision_id']}")
    of_day = (f"/day/{FIRST}", f"/date/{day}", f"/game/{day}/{game}", f"/object/{day}")
    for path in ("/", *of_run, *of_day, "/season", "/health"):
        assert answer(world.runtime, path, {"path": task["gcs_path"]})[1] == 200
    recorder.function = ""


def _seldom(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Make unreadable messages, a RUN without scrapers, and an event that only names its object."""
    topics = sorted({subscription.topic for subscription in world.runtime.topology.subscriptions})
    published = world.publisher.published
    decision = next(m.body for m in published if m.topic == "workflow-decisions")
    empty = {
        **decision,
        "decision_id": str(uuid5(NAMESPACE_URL, "empty")),
        "action": "RUN",
        "scrapers": [],
        "targets": [],
    }
    upload = world.storage.create(world.runtime.settings.data_bucket, "uploads/by-hand.json", b"{}")
    event = {"bucket": upload.bucket, "name": upload.name, "generation": str(upload.generation)}
    nonsense = [(topic, {"schema": "nonsense"}) for topic in topics]
    return [*nonsense, ("workflow-decisions", empty), ("scraped-objects", event)]
