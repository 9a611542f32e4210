"""The world of a simulated season: sources that follow the clock, faults, and invariants."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from zlib import crc32

from common.cloud.ports import StoredObject
from common.configuration.workflows import CatchUp
from common.decisions.kinds.catch_up import OUTAGE_NIGHTS_MAX
from common.eastern import at
from common.errors import OrchestrationError
from local.fake_sources.answers import Answer
from local.fake_sources.season import BACK, SeasonFile, Sources
from local.simulator.chance import Chance
from local.simulator.fault_spec import Faults
from local.simulator.faulty_ports import Crash, Delivered, FaultyPort, LateWarehouse, identity
from local.simulator.invariants import Invariants
from local.simulator.memory import Published
from local.simulator.world import Delivery, World

REFUSED, UNEXPECTED = 503, 500
PAGE = Answer(HTTPStatus.OK, {"Content-Type": "text/html"}, b"<html>We are redecorating</html>")
OVERTAKEN = timedelta(seconds=5)
"""A delivery that others overtake comes up to this late."""
AGAIN = timedelta(minutes=2)
"""The second delivery of a message comes up to this long after the first."""
TWICE = 3
"""Of a message's deliveries so many may come twice: each comes again by itself while it fails, and
twice each of a hundred would be more than the world can hold."""
OFF = timedelta(seconds=90)
"""An instance's clock is at most this far from the others'."""


class Simulation(World):
    """The system in memory with a season's sources; checks the invariants after every event."""

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
        self._delivered = Delivered()
        self._queued: Counter[str] = Counter()
        super().__init__(season.slate, at(start, time()), collect_since=start, **settings)
        self.first_day = start
        self.has_past = any(game.game_date < start for game in season.slate.games)
        """Games before the first date, of which the plan thinks as collected."""
        self.sources = Sources(season, self.late, self._reach())
        self.invariants = Invariants(self.runtime, self.rows, seed)
        self.events = 0
        self.refused = 0
        self.dead_letters = 0
        self._source_fault: Answer | None = None

    def _install(self) -> None:
        if self.faults.bigquery:
            self.warehouse = LateWarehouse(self.clock)
        super()._install()
        if not self.faults.in_ports:
            return
        for name, service in (("storage",) * 2, ("warehouse", "bigquery"), ("publisher", "pubsub")):
            self.runtime.__dict__[name] = FaultyPort(
                inner=self.runtime.__dict__[name],
                service=service,
                faults=self.faults,
                chance=self.chance,
                delivered=self._delivered,
                clock=self.clock,
            )

    def _reach(self) -> int:
        """Days of the past that some workflow may look at."""
        spans = (f.span_hours for f in self.runtime.workflows.values() if isinstance(f, CatchUp))
        return max([BACK, *(int(span // 24) + 2 + OUTAGE_NIGHTS_MAX for span in spans)])

    def late(self, game_id: str) -> timedelta:
        """How long after its end a game's data is published."""
        return self.faults.late * self.chance.share("late", game_id)

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """What a source answers now; nothing useful where this scrape is to fail."""
        if self._source_fault:
            return self._source_fault
        # A source has a clock of its own, which an instance's wrong one does not change.
        return self.sources.answer(path, params, self.clock.now() - self.clock.error)

    def deliver(self, delivery: Delivery) -> int:
        """Deliver one message, and hold the tables to the rules afterwards.

        Raises:
            InvariantError: a rule is broken.
            OrchestrationError: the function failed as nothing here may (it answered 500).
        """
        self.events += 1
        now = self.clock.now()
        if any(outage.covers(delivery.function, now) for outage in self.faults.outages):
            return self._refuse(delivery)
        about = f"{delivery.function} {_digest(delivery.message)} try {delivery.attempt}"
        self._delivered.begin(about)
        self._source_fault = self._failing_source(delivery, about)
        try:
            with self._skewed(about):
                found = super().deliver(delivery)
        except Crash:
            found = self._refuse(delivery)
        if found == UNEXPECTED:
            error = self.replies[-1][2]["error"]
            raise OrchestrationError(
                f"{delivery.function} failed with {error} at {self.clock.now()} (seed "
                f"{self.chance.seed}) on {delivery.message.body}"
            )
        self._delivered.begin("")
        self.invariants.after_event(self.clock.now())
        return found

    def _refuse(self, delivery: Delivery) -> int:
        """What Pub/Sub makes of a function that does not answer."""
        self.refused += 1
        self._again(delivery)
        return REFUSED

    def _failing_source(self, delivery: Delivery, about: str) -> Answer | None:
        if delivery.function != "scraper_runner" or not self.faults.source:
            return None
        scraper = str(delivery.message.body.get("scraper"))
        for rate in self.faults.source:
            kind = self.chance.pick(rate.kinds, "source", about)
            if self._happens(rate.share, f"source {kind}", scraper, about):
                return PAGE if kind == "garbage" else Answer(HTTPStatus(int(kind)), {}, b"no")
        return None

    @contextmanager
    def _skewed(self, about: str) -> Iterator[None]:
        """One delivery on an instance whose clock is wrong."""
        if not self._happens(self.faults.clock, "clock", "is off", about):
            yield
            return
        self.clock.error = OFF * (2 * self.chance.share("off", about) - 1)
        try:
            yield
        finally:
            self.clock.error = timedelta(0)

    def _happens(self, share: float, kind: str, point: str, about: str) -> bool:
        return self.chance.happens(share, kind, point, about, self.clock.now())

    def read_path(self, path: str) -> bytes:
        """The content of a `gs://` path."""
        bucket, _, name = path.removeprefix("gs://").partition("/")
        held = self.storage.read(bucket, name)
        return held[0] if held else b""

    def forget(self) -> None:
        """Drop what only tests look at: neither Pub/Sub nor a function keeps it."""
        self.answers.clear()
        self.publisher.published.clear()

    def _published(self, message: Published) -> None:
        self.dead_letters += message.topic == self.runtime.topology.delivery.dead_letter_topic
        super()._published(message)

    def _finalized(self, stored: StoredObject) -> None:
        if stored.bucket == self.runtime.settings.data_bucket:
            self.invariants.finalized(stored)
        super()._finalized(stored)

    def _queue(self, function: str, message: Published, due: datetime, attempt: int = 1) -> None:
        """Queue a delivery, never, late or twice where the faults say so."""
        if not self.faults.in_transit:
            super()._queue(function, message, due, attempt)
            return
        about = self._number(f"{function} {_digest(message)} try {attempt}")
        if attempt == 1 and self._happens(self.faults.drop, "drop", function, about):
            return
        if attempt == 1 and self._happens(self.faults.delay, "delay", function, about):
            due += self.faults.delay_by * self.chance.share("delayed", about)
        if self._happens(self.faults.reorder, "reorder", function, about):
            due += OVERTAKEN * self.chance.share("overtaken", about)
        super()._queue(function, message, due, attempt)
        if attempt <= TWICE and self._happens(self.faults.duplicate, "duplicate", function, about):
            again = due + AGAIN * self.chance.share("again", about)
            super()._queue(function, message, again, attempt)

    def _number(self, about: str) -> str:
        """Tell messages of the same content apart, such as an event that cleanup sends again."""
        self._queued[about] += 1
        return f"{about} #{self._queued[about]}"


def _digest(message: Published) -> str:
    return f"{crc32(identity(message.body).encode()):08x}"
