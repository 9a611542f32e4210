"""A decision and the situation it is made in: plain data without clients or a clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from common.calendar.games import Calendar, Game
from common.calendar.slots import Cron, judged_at, next_slot
from common.configuration.step import REFRESH
from common.configuration.workflows import Workflow
from common.decisions.history import Attempts, History
from common.eastern import at, eastern, eastern_date
from common.messages.models import GameTarget

if TYPE_CHECKING:  # annotations only
    from common.state.pauses import Pause

GAME_LENGTH = timedelta(hours=2, minutes=30)
"""How long after its tip-off a game counts as over if the schedule does not yet call it final. The
run fetches the schedule again and collects only games that are final in it."""

Action = Literal["RUN", "SKIP", "ABORT"]
Alert = Literal["NONE", "INFO", "WARNING", "ERROR"]


@dataclass(frozen=True)
class Rule:
    """One rule as a decision evaluated it: its condition, whether it held, and its facts."""

    asks: str
    held: bool
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Situation:
    """Everything that a decision depends on.

    Attributes:
        slot: the scheduled instant that is decided; aware UTC.
        now: the real instant, aware UTC; reasons and next checks are computed from it.
        cron: when the controller ticks.
        calendar: games by Eastern date; None when the schedule could not be read.
        history: past attempts and runs; None when they could not be read.
        by_nba_id: names of those that ask for a game by NBA.com's id.
        cause: the error that prevented reading the calendar or the history.
        per_game: names of the scrapers that run once per game.
        collect_since: the catch-up ignores games of earlier Eastern dates.
        stale: the schedule is too old to be trusted when it lists no game (X13).
        boards: the dates whose games are as another owner has them, because the schedule could not
            be refreshed.
        has_file: whether any season file was ever read; without one games have the other's ids.
        pauses: the workflows that an operator has paused, by name.
        rules: the list to which evaluated rules are appended, in order; None records no rules.
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
    boards: tuple[date, ...] = ()
    has_file: bool = True
    by_nba_id: frozenset[str] = frozenset()
    pauses: Mapping[str, "Pause"] = field(default_factory=dict)
    rules: list[Rule] | None = field(default=None, compare=False, repr=False)

    def check(self, asks: str, answer: object, **facts: object) -> bool:
        """Return whether a rule holds, and append it to `rules` when the caller collects them.

        Args:
            asks: the condition in words, as `python -m local decide --explain` prints it.
            answer: the value whose truth is the result.
            facts: what the condition was computed from.
        """
        if self.rules is not None:
            self.rules.append(Rule(asks, bool(answer), facts))
        return bool(answer)

    @cached_property
    def judged(self) -> datetime:
        """Return the instant conditions are evaluated at: the slot for a tick on time, else now."""
        return judged_at(self.slot, self.now)

    @cached_property
    def day(self) -> date:
        """Return the Eastern date of the slot."""
        return eastern_date(self.slot)

    def games_on(self, day: date) -> tuple[Game, ...]:
        """Return the games of an Eastern date without the postponed ones."""
        assert self.calendar is not None
        return tuple(game for game in self.calendar.get(day, ()) if not game.postponed)

    def next_tick(self) -> datetime:
        """Return the controller's next slot after both this slot and now."""
        return next_slot(self.cron, max(self.slot, self.now))

    def next_at(self, clock: time) -> datetime:
        """Return the next instant after now at which an Eastern clock shows a wall time."""
        today = eastern_date(self.now)
        moments = (at(today + timedelta(days=ahead), clock) for ahead in range(3))
        return next(moment for moment in moments if moment > self.now)

    def ahead(self, moment: datetime) -> datetime:
        """Return the moment, or the next slot if now is already past it (scenario D16)."""
        return moment if moment > self.now else self.next_tick()

    def attempts(
        self, flow: Workflow, scraper: str, day: date, game_id: str | None = None
    ) -> Attempts:
        """Return the attempts of a workflow's scraper; a success of an alternative counts as its.

        Args:
            flow: the workflow, which names the alternatives.
            scraper: a scraper of its steps.
            day: the Eastern date that the data is about.
            game_id: the game; None for a scraper of the whole date.
        """
        assert self.history is not None
        made = [self.history.of(name, day, game_id) for name in flow.standing_for(scraper)]
        if len(made) == 1:
            return made[0]
        found = max((each.succeeded for each in made if each.succeeded), default=None)
        late = max((each.late for each in made if each.late), default=None)
        return made[0]._replace(succeeded=found, late=late)

    def is_over(self, game: Game) -> bool:
        """Return whether a game is final, or tipped off at least `GAME_LENGTH` ago."""
        if game.is_final:
            return True
        return game.tipoff is not None and self.judged >= game.tipoff + GAME_LENGTH


@dataclass(frozen=True)
class Decision:
    """What to do with one workflow in one slot.

    Attributes:
        action: RUN, SKIP or ABORT.
        reason_code: the reason as a constant such as `READY`, for queries and alerts.
        reason: the reason as a sentence.
        target_date: the Eastern date the decision is about.
        alert_level: how urgent the decision is for an operator.
        next_check: for a SKIP, when to look again; aware UTC, later than now.
        scrapers: for a RUN, the scrapers to run, in the order of the workflow's steps.
        targets: for a RUN of finished games, each game with the scrapers it lacks.
        game_ids: the games a RUN is about.
        inputs: what the decision was made from (`common/decisions/inputs.py`); empty unless it was
            recorded.
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
    """Return a SKIP."""
    return Decision("SKIP", code, reason, target_date, alert, next_check)


def with_dependencies(flow: Workflow, wanted: Iterable[str]) -> tuple[str, ...]:
    """Add what the wanted scrapers need from earlier steps; return all in the steps' order."""
    need = set(wanted)
    for step in reversed(flow.steps):
        if need.intersection(step.scrapers):
            if step.events_from and need.intersection(step.scrapers):
                need.add(step.events_from)
            if step.games == "final":
                need.add(REFRESH)
    return tuple(name for name in flow.scrapers if name in need)


def wall(instant: datetime) -> str:
    """Format an instant as an Eastern wall time such as `20:00`."""
    return f"{eastern(instant):%H:%M}"


def hours(span: timedelta) -> str:
    """Format a span in hours with at most one decimal, such as `5.5h`; a negative one is `0h`."""
    return f"{round(max(span, timedelta(0)) / timedelta(hours=1), 1):g}h"


def count(number: int, noun: str) -> str:
    """Format a number with its noun: `1 game`, `12 games`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
