"""The locked plan: the decision core run over a day's ticks in the nominal world (rule R2).

Nominal: things are published when the configuration says so, games last 2 h 30, scrapes succeed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from common.calendar.games import SCHEDULED, Calendar, Game
from common.calendar.slots import Cron, slots_on
from common.configuration.workflows import Discovery, PostGame, PreGame, Workflow
from common.decisions.decide import decide
from common.decisions.history import NEVER, History, Key, Tries, add_try
from common.decisions.situation import Decision, Situation, count
from common.eastern import at, eastern_date

DAYS_BEFORE = 1
"""Days replayed before the planned one: what they collect, the planned day need not."""
NEAR = range(-7, 2)
"""Dates, counted from the planned one, that its decisions can look at."""


@dataclass(frozen=True)
class PlannedRun:
    """One row of the plan."""

    workflow: str
    slot: datetime
    reason: str
    decision: Decision


def plan_day(
    workflows: Mapping[str, Workflow],
    calendar: Calendar,
    day: date,
    *,
    cron: Cron,
    per_game: frozenset[str],
    collect_since: date | None = None,
) -> list[PlannedRun]:
    """The runs of an Eastern date in the nominal world, in order of time.

    Args:
        workflows: enabled ones by name.
        calendar: games by date; their recorded states are not looked at.
        day: the date to plan.
        cron: the controller's.
        per_game: names of the scrapers that run once a game.
        collect_since: games before it are not caught up.
    """
    nominal = dict(_near(calendar, day))
    before = day - timedelta(days=DAYS_BEFORE)
    judged = nominal_decisions(
        workflows, nominal, before, day, cron=cron, per_game=per_game, collect_since=collect_since
    )
    return [
        PlannedRun(name, slot, _reason(workflows[name], decision, nominal), decision)
        for name, slot, decision in judged
        if decision.action == "RUN" and eastern_date(slot) == day
    ]


def nominal_decisions(
    workflows: Mapping[str, Workflow],
    calendar: Calendar,
    first: date,
    last: date,
    *,
    cron: Cron,
    per_game: frozenset[str],
    collect_since: date | None = None,
) -> Iterator[tuple[str, datetime, Decision]]:
    """Every decision of the nominal world from one Eastern date to another, in order of time.

    Nothing has run before the first one: begin `DAYS_BEFORE` earlier than what matters.

    Yields:
        workflow, slot, decision.
    """
    unplayed = {day: tuple(map(_unplayed, games)) for day, games in calendar.items()}
    tries: dict[Key, Tries] = {}
    for number in range((last - first).days + 1):
        for slot in slots_on(cron, first + timedelta(days=number)):
            situation = Situation(
                slot, slot, cron, unplayed, History(tries), per_game, "", collect_since
            )
            for name, flow in workflows.items():
                decision = decide(name, flow, situation)
                yield name, slot, decision
                if decision.action == "RUN":
                    _succeed(tries, flow, decision, slot)


def _near(calendar: Calendar, day: date) -> Iterator[tuple[date, tuple[Game, ...]]]:
    """The only dates that the planned day's decisions can look at."""
    for offset in NEAR:
        near = day + timedelta(days=offset)
        if near in calendar:
            yield near, calendar[near]


def _unplayed(game: Game) -> Game:
    return replace(game, status=SCHEDULED, has_score=False)


def _succeed(tries: dict[Key, Tries], flow: Workflow, decision: Decision, slot: datetime) -> None:
    """Record what a run leaves behind in the nominal world."""
    per_game = {name for target in decision.targets for name in target.scrapers}
    found = not isinstance(flow, Discovery) or slot >= at(decision.target_date, flow.published)
    keys: list[Key] = [
        (name, decision.target_date, None) for name in decision.scrapers if name not in per_game
    ]
    keys += [
        (name, decision.target_date, target.game_id)
        for target in decision.targets
        for name in target.scrapers
    ]
    for key in keys:
        tries[key] = add_try(tries.get(key, NEVER), slot, succeeded=found)


def _reason(flow: Workflow, decision: Decision, calendar: Calendar) -> str:
    """Why a run is planned, in the seed's words: `Pre-game betting lines (12 games today)`."""
    if isinstance(flow, PreGame | Discovery):
        games = [game for game in calendar.get(decision.target_date, ()) if not game.postponed]
        return f"{flow.title} ({count(len(games), 'game')} today)"
    if isinstance(flow, PostGame) or decision.targets:
        games_of = f"{count(len(decision.targets), 'game')} of {decision.target_date}"
        return f"{flow.title} ({games_of})"
    return flow.title
