"""A decision, and the situation it is made in: plain data, no clients, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from common.calendar.games import Calendar, Game
from common.calendar.slots import Cron, judged_at, next_slot
from common.configuration.workflows import REFRESH, Workflow
from common.decisions.history import History
from common.eastern import at, eastern, eastern_date
from common.messages.models import GameTarget

GAME_LENGTH = timedelta(hours=2, minutes=30)
"""A game that tipped off this long ago is taken for finished; its final state is then asked for."""

Action = Literal["RUN", "SKIP", "ABORT"]
Alert = Literal["NONE", "INFO", "WARNING", "ERROR"]


@dataclass(frozen=True)
class Rule:
    """A rule as one decision met it: what it asks, whether it held, and the facts it saw."""

    asks: str
    held: bool
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Situation:
    """Everything that decides.

    Attributes:
        slot: the scheduled instant being judged.
        now: the real instant; used for what a person reads.
        cron: when the controller ticks.
        calendar: games by Eastern date; None when the schedule could not be read.
        history: None when it could not be read.
        cause: why one of them could not be read.
        per_game: names of the scrapers that run once a game.
        collect_since: games before it are not caught up.
        stale: the schedule is too old to be believed when it lists no game (X13).
        rules: where the rules that a decision meets are noted, in order; None does not note them.
    """

    slot: datetime
    now: datetime
    cron: Cron
    calendar: Calendar | None
    history: History | None
    per_game: frozenset[str] = frozenset()
    cause: str = ""
    collect_since: date | None = None
    stale: bool = False
    rules: list[Rule] | None = field(default=None, compare=False, repr=False)

    def holds(self, asks: str, answer: object, **facts: object) -> bool:
        """Whether the answer is true; noted with the facts where someone wants to know why."""
        if self.rules is not None:
            self.rules.append(Rule(asks, bool(answer), facts))
        return bool(answer)

    @cached_property
    def judged(self) -> datetime:
        """The instant conditions are judged at: the slot itself for a tick on time."""
        return judged_at(self.slot, self.now)

    @cached_property
    def day(self) -> date:
        """The Eastern date of the slot."""
        return eastern_date(self.slot)

    def games_on(self, day: date) -> tuple[Game, ...]:
        """The games of a date that will be or were played; empty when there are none."""
        assert self.calendar is not None
        return tuple(game for game in self.calendar.get(day, ()) if not game.postponed)

    def next_tick(self) -> datetime:
        """The controller's next slot after now."""
        return next_slot(self.cron, max(self.slot, self.now))

    def next_at(self, clock: time) -> datetime:
        """The next instant later than now at which the Eastern clock shows a wall time."""
        today = eastern_date(self.now)
        moments = (at(today + timedelta(days=ahead), clock) for ahead in range(3))
        return next(moment for moment in moments if moment > self.now)

    def ahead(self, moment: datetime) -> datetime:
        """The moment, or the next slot where a late tick has already passed it (scenario D16)."""
        return moment if moment > self.now else self.next_tick()

    def is_over(self, game: Game) -> bool:
        """Whether a game is final, or so long past its tip-off that it should be."""
        if game.is_final:
            return True
        return game.tipoff is not None and self.judged >= game.tipoff + GAME_LENGTH


@dataclass(frozen=True)
class Decision:
    """What to do with one workflow in one slot; times are aware UTC.

    `inputs` is what `decisions/recording.py` keeps of the situation; empty otherwise.
    """

    action: Action
    reason_code: str
    reason: str
    target_date: date
    alert_level: Alert = "NONE"
    next_check: datetime | None = None
    scrapers: tuple[str, ...] = ()
    targets: tuple[GameTarget, ...] = ()
    game_ids: tuple[str, ...] = ()
    inputs: Mapping[str, object] = field(default_factory=dict)


def skip(
    code: str,
    reason: str,
    target_date: date,
    next_check: datetime,
    *,
    alert: Alert = "NONE",
) -> Decision:
    """A SKIP."""
    return Decision("SKIP", code, reason, target_date, alert, next_check)


def with_dependencies(flow: Workflow, wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted scrapers and what their steps need from earlier ones, in the steps' order."""
    need = set(wanted)
    for step in reversed(flow.steps):
        if need.intersection(step.scrapers):
            if step.events_from and need.intersection(step.scrapers):
                need.add(step.events_from)
            if step.games == "final":
                need.add(REFRESH)
    return tuple(name for name in flow.scrapers if name in need)


def wall(instant: datetime) -> str:
    """An instant as a person reads it: `20:00` Eastern."""
    return f"{eastern(instant):%H:%M}"


def hours(span: timedelta) -> str:
    """A span in hours with at most one decimal: `5.5h`, `6h`; one that is over counts as none."""
    return f"{round(max(span, timedelta(0)) / timedelta(hours=1), 1):g}h"


def count(number: int, noun: str) -> str:
    """`1 game`, `12 games`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
