"""A deployment that answers requests for scrapes one by one, and a schedule made by hand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from common import ids
from common.calendar.games import Game
from common.calendar.season import Season, by_date
from common.cloud.ports import Message, Row
from common.runtime import Runtime
from local.simulator.world import ManualClock, World
from tests.kit.situations import et
from tests.kit.world import slate

AFTERNOON = et("2025-11-13 14:00")
"""When catch-up and the sources are done with the day before."""


class Desk:
    """Answers a request every few seconds, in the order in which they came.

    Args:
        every: the seconds from one answer to the next.
        outcomes: of the scrapers; one that is not named gets no row.
        ahead: by how much the clock that writes the rows is ahead of the caller's.
    """

    def __init__(
        self, every: float, outcomes: Mapping[str, str], ahead: timedelta = timedelta(0)
    ) -> None:
        self.clock = ManualClock(AFTERNOON)
        self.most = 0
        self._every, self._outcomes, self._ahead = timedelta(seconds=every), outcomes, ahead
        self._due = AFTERNOON + self._every
        self._open: dict[str, str] = {}
        self._asked = 0

    @property
    def place(self) -> Runtime:
        """The deployment as the commands are given it."""
        held = SimpleNamespace(clock=self.clock, publisher=self, warehouse=self)
        return cast("Runtime", held)

    def publish_all(self, _: str, messages: Sequence[Message]) -> list[str]:
        """Take requests."""
        names = [f"{self._asked + number}" for number in range(len(messages))]
        self._asked += len(messages)
        for name, (body, _attributes) in zip(names, messages, strict=True):
            self._open[ids.request_id(name)] = body["scraper"]
        self.most = max(self.most, len(self._open))
        return names

    def select(self, _: str, _columns: Sequence[str], **asked: Any) -> list[Row]:
        """Return the row that has come since the last look, of those asked for."""
        now = self.clock.now()
        task, scraper = next(iter(self._open.items()), ("", ""))
        outcome = self._outcomes.get(scraper)
        began = AFTERNOON + self._ahead
        seen = asked["since"] <= began < asked["until"] and task in asked["where"]["task_id"]
        if outcome is None or now < self._due or not seen:
            return []
        del self._open[task]
        self._due = now + self._every
        return [{"task_id": task, "outcome": outcome, "error_message": None, "gcs_path": "gs://"}]


def scheduled(*games: Game) -> Runtime:
    """Return a place whose schedule has these games, and where nothing has run."""
    season = Season(by_date(games), AFTERNOON, "a schedule")
    reader = cast("Any", SimpleNamespace(read=lambda _: season))
    return World(slate(), AFTERNOON).runtime.but(season=reader)
