"""A season in a world: its sources follow the clock, faults happen, and rules are checked."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from http import HTTPStatus
from zlib import crc32

from common.calendar.games import Game
from common.cloud.ports import StoredObject
from common.configuration.workflows import CatchUp
from common.decisions.kinds.catch_up import OUTAGE_NIGHTS_MAX
from common.eastern import at
from common.errors import OrchestrationError
from common.runtime import Runtime
from common.state.names import PASSING, switch
from local.fake_sources.answers import Answer
from local.fake_sources.season import SCHEDULE_DAYS_BACK, SeasonFile, Sources
from local.records.coverage import Collected, GameCoverage, wanted_of
from local.simulator.chance import Chance
from local.simulator.fault_spec import Faults
from local.simulator.invariants import Invariants
from local.simulator.ports.intercepted import intercepted
from local.simulator.ports.late_warehouse import LateWarehouse
from local.simulator.ports.memory_publisher import Published
from local.simulator.ports.port_faults import PortFaults, identity
from local.simulator.real_season import CLOUD, RealSeason
from local.simulator.transport import Delivery
from local.simulator.world import NO_ANSWER, World

REFUSED, UNEXPECTED = 503, 500
SWITCHES = switch("").removesuffix(".json")
"""What the names of objects begin with that remember a switch."""
GARBAGE = Answer(HTTPStatus.OK, {"Content-Type": "text/html"}, b"<html>We are redecorating</html>")
OVERTAKEN_DELAY_MAX = timedelta(seconds=5)
"""How late a delivery comes that others overtake."""
DUPLICATE_DELAY_MAX = timedelta(minutes=2)
"""How long after a delivery its duplicate comes."""
DUPLICATED_ATTEMPTS_MAX = 3
"""Only the first attempts of a message are duplicated: while it fails, each duplicate is retried by
itself, and duplicates of a hundred attempts would be more than the world can hold."""
STATE_KEPT_FOR = timedelta(days=45)
"""How long the state bucket keeps an object: the default of Terraform's `state_retention_days`."""
DATA_KEPT_FOR = timedelta(days=9)
"""How long the bytes of a data object are held; a read of older ones is an error."""
CLOCK_ERROR_MAX = timedelta(seconds=90)
"""How far an instance's clock is off, in either direction."""


class Simulation:
    """A world with a season's sources; every delivery may go wrong and is held to the invariants.

    Args:
        season: the games.
        start: first Eastern date; the world begins at its midnight.
        faults: what goes wrong, and how often.
        seed: of everything drawn.
        only: keys of the faults that may happen; None is all.
        settings: of the functions, where they differ from the defaults.

    Attributes:
        has_past: whether there are games before the first date, which the plan takes as collected.
        events: deliveries so far.
        refused: deliveries that nothing answered.
        dead_letters: messages that were given up.
        switches: instant, scraper and who stands in for it (nobody where it is back), as logged.
    """

    def __init__(
        self,
        season: SeasonFile,
        start: date,
        faults: Faults,
        seed: int,
        only: Collection[tuple[str, str, str]] | None = None,
        **settings: object,
    ) -> None:
        self.faults = faults
        self.chance = Chance(seed, only)
        self.first_day = start
        self.has_past = any(game.game_date < start for game in season.slate.games)
        self.events = self.refused = self.dead_letters = 0
        self.switches: list[tuple[datetime, str, str]] = []
        first_game = min((game.game_date for game in season.slate.games), default=start)
        self._real = RealSeason(first_game, self.chance) if faults.real else None
        late = LateWarehouse(self._now)
        self.world = World(
            season.slate,
            at(start, time()),
            warehouse=late if faults.bigquery else None,
            collect_since=start,
            **(CLOUD if faults.real else {}),
            **settings,
        )
        self._port_faults = PortFaults(faults, self.chance, self.world.clock, late)
        self._source_fault: Answer | None = None
        self._queued: Counter[str] = Counter()
        self._looked_at = 0
        self._attach()
        reaches = self._real.reaches if self._real else lambda _: False
        self.sources = Sources(season, self._lateness, _reach(self.world.runtime), reaches)
        self.invariants = Invariants(self.world.runtime, self.world.rows, seed)

    def _attach(self) -> None:
        """Put the faults and the counting into the world."""
        world = self.world
        world.ask, world.around = self._answer, self._deliver
        world.transport.arrivals = self._arrivals
        world.publisher.listeners.append(self._note_message)
        world.storage.listeners.append(self._note_object)
        if self.faults.in_ports:
            around = self._port_faults.around
            world.runtime = world.runtime.but(
                storage=intercepted(world.storage, partial(around, "storage")),
                warehouse=intercepted(world.warehouse, partial(around, "bigquery")),
                publisher=intercepted(world.publisher, partial(around, "pubsub")),
            )

    def cover(self, games: Iterable[Game]) -> list[GameCoverage]:
        """Compute what has been collected of some games."""
        self._collect()
        return [self._collected.cover(game) for game in games]

    @cached_property
    def _collected(self) -> Collected:
        runtime = self.world.runtime
        return Collected(wanted_of(runtime.workflows, runtime.per_game), self._read_path)

    def _collect(self) -> None:
        """Look at what was logged since the last time."""
        log = self.world.rows["scraper_execution_log"]
        self._collected.add(log[self._looked_at :])
        self._looked_at = len(log)

    def _read_path(self, path: str) -> bytes:
        """The content of a `gs://` path."""
        bucket, _, name = path.removeprefix("gs://").partition("/")
        held = self.world.storage.read(bucket, name)
        return held[0] if held else b""

    def forget(self) -> None:
        """Drop what a season would fill the memory with, once it is of no use.

        That are answers and messages, which only tests look at; what reads have cached; state by
        its age, as the bucket's rule does; and the bytes of data after some days: their
        descriptions stay.
        """
        self._collect()
        world, settings = self.world, self.world.runtime.settings
        world.answers.clear()
        world.publisher.published.clear()
        world.warehouse.forget_views()
        old = self._now() - STATE_KEPT_FOR
        world.storage.delete_before(settings.state_bucket, old, PASSING)
        world.storage.empty_before(settings.data_bucket, self._now() - DATA_KEPT_FOR)

    def _now(self) -> datetime:
        return self.world.clock.now()

    def _lateness(self, game_id: str) -> timedelta:
        """How long after its end a game's data is published."""
        if self._real:
            return self._real.lateness(self.world.slate.by_id[game_id])
        return self.faults.late * self.chance.share("late", game_id)

    def _answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """What a source answers now; nothing useful where this scrape is to fail."""
        if self._source_fault:
            return self._source_fault
        # A source has a clock of its own, which an instance's wrong one does not change.
        clock = self.world.clock
        now = clock.now() - clock.error
        if self._real:
            return self._real.answer(path, params, now, self.sources.answer)
        return self.sources.answer(path, params, now)

    def _deliver(self, delivery: Delivery, do: Callable[[], int]) -> int:
        """Deliver one message, and check the invariants afterwards.

        Raises:
            InvariantError: a rule is broken.
            OrchestrationError: the function answered 500, which nothing that is injected excuses.
        """
        self.events += 1
        now = self._now()
        if any(outage.covers(delivery.function, now) for outage in self.faults.outages):
            self.refused += 1
            return REFUSED
        about = f"{delivery.function} {_digest(delivery.message)} try {delivery.attempt}"
        self._port_faults.begin(about)
        self._source_fault = self._failing_source(delivery, about)
        with self._skewed(about):
            status = do()
        self._check(delivery, status)
        self._port_faults.begin("")
        self.invariants.after_event(self._now())
        return status

    def _check(self, delivery: Delivery, status: int) -> None:
        """Count a delivery that was not answered, and report an answer that is a bug."""
        if status == NO_ANSWER:
            self.refused += 1
        if status == UNEXPECTED:
            error = self.world.replies[-1][2]["error"]
            raise OrchestrationError(
                f"{delivery.function} failed with {error} at {self._now()} (seed "
                f"{self.chance.seed}) on {delivery.message.body}"
            )

    def _failing_source(self, delivery: Delivery, about: str) -> Answer | None:
        if delivery.function != "scraper_runner" or not self.faults.source:
            return None
        scraper = str(delivery.message.body.get("scraper"))
        for rate in self.faults.source:
            (kind,) = rate.kinds  # a rate of sources has one
            if self._happens(rate.share, f"source {kind}", scraper, about):
                return GARBAGE if kind == "garbage" else Answer(HTTPStatus(int(kind)), {}, b"no")
        return None

    @contextmanager
    def _skewed(self, about: str) -> Iterator[None]:
        """Let the clock be wrong for one delivery, where that is drawn."""
        if not self._happens(self.faults.clock, "clock", "is off", about):
            yield
            return
        clock = self.world.clock
        clock.error = CLOCK_ERROR_MAX * (2 * self.chance.share("off", about) - 1)
        try:
            yield
        finally:
            clock.error = timedelta(0)

    def _arrivals(self, delivery: Delivery) -> Iterable[datetime]:
        """When a delivery arrives: never, late or twice where that is drawn."""
        if not self.faults.in_transit:
            return (delivery.due,)
        function, attempt, due = delivery.function, delivery.attempt, delivery.due
        about = self._number(f"{function} {_digest(delivery.message)} try {attempt}")
        if attempt == 1 and self._happens(self.faults.drop, "drop", function, about):
            return ()
        if attempt == 1 and self._happens(self.faults.delay, "delay", function, about):
            due += self.faults.delay_by * self.chance.share("delayed", about)
        if self._happens(self.faults.reorder, "reorder", function, about):
            due += OVERTAKEN_DELAY_MAX * self.chance.share("overtaken", about)
        if attempt > DUPLICATED_ATTEMPTS_MAX:
            return (due,)
        if not self._happens(self.faults.duplicate, "duplicate", function, about):
            return (due,)
        return (due, due + DUPLICATE_DELAY_MAX * self.chance.share("again", about))

    def _number(self, about: str) -> str:
        """Tell messages of the same content apart, such as an event that cleanup sends again."""
        self._queued[about] += 1
        return f"{about} #{self._queued[about]}"

    def _happens(self, share: float, kind: str, point: str, about: str) -> bool:
        return self.chance.happens(share, kind, point, about, self._now())

    def _note_message(self, message: Published) -> None:
        topic = self.world.runtime.topology.delivery.dead_letter_topic
        self.dead_letters += message.topic == topic

    def _note_object(self, stored: StoredObject) -> None:
        if stored.bucket == self.world.runtime.settings.data_bucket:
            self.invariants.finalized(stored)
        elif stored.name.startswith(SWITCHES):
            self._note_switch(stored)

    def _note_switch(self, stored: StoredObject) -> None:
        held, _ = self.world.storage.read(stored.bucket, stored.name) or (b"{}", 0)
        scraper = stored.name.removeprefix(SWITCHES).removesuffix(".json")
        to = json.loads(held).get("to", "")
        was = next((last for _, name, last in reversed(self.switches) if name == scraper), "")
        if to != was:
            self.switches.append((self._now(), scraper, to))


def _reach(runtime: Runtime) -> int:
    """Days of the past that some workflow may look at."""
    spans = (f.span_hours for f in runtime.workflows.values() if isinstance(f, CatchUp))
    return max([SCHEDULE_DAYS_BACK, *(int(span // 24) + 2 + OUTAGE_NIGHTS_MAX for span in spans)])


def _digest(message: Published) -> str:
    return f"{crc32(identity(message.body).encode()):08x}"
