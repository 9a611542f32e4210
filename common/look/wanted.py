"""What the workflows are to collect of a date and of each of its games, and by when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from common.calendar.games import Game
from common.configuration.workflows import (
    CatchUp,
    DailyWindow,
    Discovery,
    PostGame,
    PreGame,
    Workflow,
)
from common.decisions.lateness import due_at
from common.decisions.situation import GAME_LENGTH
from common.eastern import at

Moment = Literal["before", "after", "date"]
LATE_MIN = timedelta(hours=1)
"""How long after it is due a datum without a `fresh_by` is late: another slot has begun by then."""


@dataclass(frozen=True)
class Wanted:
    """One datum of each game, or of a whole date.

    Attributes:
        scraper: the scraper that a step names.
        line: the scraper and those that may stand in for it.
        moment: `before` each game (lines), `after` it (box scores), or of the `date` alone.
        per_game: whether a task collects one game.
        flows: the workflows that collect it, by name.
    """

    scraper: str
    line: tuple[str, ...]
    moment: Moment
    per_game: bool
    flows: Mapping[str, Workflow]

    def due(self, day: date, game: Game | None = None) -> datetime | None:
        """Return when the datum is expected (aware UTC); None where the game's time is not known.

        Lines are due by their `fresh_by`, else at the tip-off, data of a finished game in the first
        window after its end, a publication when it usually appears.
        """
        if self.moment == "date":
            return min(_published(flow, day) for flow in self.flows.values())
        if game is None or game.tipoff is None:
            return None
        if self.moment == "before":
            return self._limit(game) or game.tipoff
        over = game.tipoff + GAME_LENGTH
        windows = (when for flow in self.flows.values() for when in _windows(flow, day))
        return min((when for when in windows if when >= over), default=over)

    def late_after(self, day: date, game: Game | None = None) -> datetime | None:
        """Return after when the datum is late (aware): its `fresh_by`, else `LATE_MIN` later."""
        due = self.due(day, game)
        patience = timedelta() if self.moment == "before" else LATE_MIN
        return self._limit(game) or (due + patience if due else None)

    def _limit(self, game: Game | None) -> datetime | None:
        limits = (flow.fresh_by(self.scraper) for flow in self.flows.values())
        limit = next(filter(None, limits), None)
        return due_at(limit, game.tipoff) if limit and game and game.tipoff else None


def wanted_of(flows: Mapping[str, Workflow], per_game: frozenset[str]) -> list[Wanted]:
    """List what workflows are to collect, in the order of the workflows' steps."""
    found: dict[tuple[Moment, str], dict[str, Workflow]] = {}
    for name, flow in flows.items():
        for moment, scraper in _data_of(flow):
            found.setdefault((moment, scraper), {})[name] = flow
    return [
        Wanted(scraper, _line(scraper, held), moment, scraper in per_game, held)
        for (moment, scraper), held in found.items()
    ]


def _data_of(flow: Workflow) -> Iterator[tuple[Moment, str]]:
    """Yield the data of a workflow, without what only leads to other data."""
    feeders = {step.events_from for step in flow.steps}
    for step in flow.steps:
        for scraper in step.scrapers:
            match flow:
                case PreGame() if scraper not in feeders:
                    yield "before", scraper
                case PostGame() | CatchUp() if step.games == "final":
                    yield "after", scraper
                case Discovery() | DailyWindow():
                    yield "date", scraper


def _line(scraper: str, flows: Mapping[str, Workflow]) -> tuple[str, ...]:
    names = (name for flow in flows.values() for name in flow.standing_for(scraper))
    return tuple(dict.fromkeys(names))


def _published(flow: Workflow, day: date) -> datetime:
    assert isinstance(flow, Discovery | DailyWindow)
    return at(day, flow.published if isinstance(flow, Discovery) else flow.end)


def _windows(flow: Workflow, day: date) -> Iterator[datetime]:
    """Yield the instants at which a workflow first looks at the games of a date."""
    if isinstance(flow, PostGame):
        yield at(day + timedelta(days=flow.games_of == "yesterday"), flow.at)
    if isinstance(flow, CatchUp):
        yield at(day + timedelta(days=1), flow.after)
