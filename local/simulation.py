"""The world of a simulated season: sources that follow the clock, faults, and invariants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from http import HTTPStatus

from common.eastern import at
from common.errors import OrchestrationError
from common.kinds.catch_up import NIGHTS_LOST
from common.memory import Published
from common.ports import StoredObject
from common.workflows import CatchUp
from local.faults import Faults
from local.invariants import Invariants
from local.source.answers import Answer
from local.sources import BACK, SeasonFile, Sources
from local.world import Delivery, World

REFUSED, UNEXPECTED = 503, 500
DOWN = Answer(HTTPStatus.SERVICE_UNAVAILABLE, {}, b"down for a while")
OVERTAKEN = timedelta(seconds=5)
"""A delivery that others overtake comes up to this late."""
AGAIN = timedelta(minutes=2)
"""The second delivery of a message comes up to this long after the first."""


@dataclass(frozen=True)
class Chance:
    """Draws that depend on the seed and on what they are about, never on the order of asking."""

    seed: int

    def share(self, *about: object) -> float:
        """A number from 0 to below 1."""
        text = "\x1f".join(map(str, (self.seed, *about)))
        return int.from_bytes(sha256(text.encode()).digest()[:6]) / 2**48


class Simulation(World):
    """The system in memory with a season's sources; checks the invariants after every event."""

    def __init__(
        self, season: SeasonFile, start: date, faults: Faults, seed: int, **settings: object
    ) -> None:
        super().__init__(season.slate, at(start, time()), collect_since=start, **settings)
        self.first_day = start
        self.has_past = any(game.game_date < start for game in season.slate.games)
        """Games before the first date, of which the plan thinks as collected."""
        self.faults = faults
        self.chance = Chance(seed)
        self.sources = Sources(season, self.late, self._reach())
        self.invariants = Invariants(self.runtime, self.rows, seed)
        self.events = 0
        self.refused = 0
        self.dead_letters = 0
        self._source_is_down = False

    def _reach(self) -> int:
        """Days of the past that some workflow may look at."""
        spans = (f.span_hours for f in self.runtime.workflows.values() if isinstance(f, CatchUp))
        return max([BACK, *(int(span // 24) + 2 + NIGHTS_LOST for span in spans)])

    def late(self, game_id: str) -> timedelta:
        """How long after its end a game's data is published."""
        return self.faults.late * self.chance.share("late", game_id)

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """What a source answers now; nothing useful where this scrape is to fail."""
        if self._source_is_down:
            return DOWN
        return self.sources.answer(path, params, self.clock.now())

    def deliver(self, delivery: Delivery) -> int:
        """Deliver one message, and hold the tables to the rules afterwards.

        Raises:
            InvariantError: a rule is broken.
            OrchestrationError: the function failed as nothing here may (it answered 500).
        """
        self.events += 1
        if any(o.covers(delivery.function, self.clock.now()) for o in self.faults.outages):
            self.refused += 1
            self._again(delivery)
            return REFUSED
        scrapes = delivery.function == "scraper_runner"
        share = self.faults.source if scrapes else 0.0
        self._source_is_down = self._happens(share, "source", delivery.message.message_id)
        found = super().deliver(delivery)
        if found == UNEXPECTED:
            error = self.replies[-1][2]["error"]
            raise OrchestrationError(
                f"{delivery.function} failed with {error} at {self.clock.now()} (seed "
                f"{self.chance.seed}) on {delivery.message.body}"
            )
        self.invariants.after_event(self.clock.now())
        return found

    def _happens(self, share: float, *about: object) -> bool:
        return share > 0 and self.chance.share(*about) < share

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
        """Queue a delivery, late or twice where the faults say so."""
        about = (function, message.message_id, attempt)
        if self._happens(self.faults.reorder, "reorder", *about):
            due += OVERTAKEN * self.chance.share("overtaken", *about)
        super()._queue(function, message, due, attempt)
        if self._happens(self.faults.duplicate, "duplicate", *about):
            again = due + AGAIN * self.chance.share("again", *about)
            super()._queue(function, message, again, attempt)
