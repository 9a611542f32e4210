"""The locked plan: the decision core applied to a day's ticks in the nominal world (rule R2).

In the nominal world reports are published when the configuration says, games last 2 h 30 min, and
every scrape succeeds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from common.calendar.games import SCHEDULED, Calendar, Game
from common.calendar.slots import Cron, slots_on
from common.configuration.workflows import Discovery, PostGame, PreGame, Workflow
from common.decisions.ahead import decided_ahead
from common.decisions.history import History
from common.decisions.situation import Decision, Situation, count
from common.eastern import at, eastern_date

LEAD_IN_DAYS = 1
"""How many earlier days are decided before the planned one, so that their games are collected."""
NEAR_DAYS = range(-7, 2)
"""Days from the planned date whose games its decisions can depend on."""


@dataclass(frozen=True)
class PlannedRun:
    """One run of the plan; `slot` is aware UTC."""

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
    """Return the runs of an Eastern date in the nominal world, in order of time.

    Args:
        workflows: the enabled workflows by name.
        calendar: games by date; their recorded states are ignored.
        day: the date to plan.
        cron: when the controller ticks.
        per_game: names of the scrapers that run once per game.
        collect_since: the catch-up ignores games of earlier dates.
    """
    nominal = dict(_near(calendar, day))
    before = day - timedelta(days=LEAD_IN_DAYS)
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
    """Yield every decision of the nominal world between two Eastern dates, in order of time.

    The history is empty before the first date: begin `LEAD_IN_DAYS` before the first date whose
    decisions are used.

    Yields:
        Workflow name, slot and decision.
    """
    unplayed = {day: tuple(map(_unplayed, games)) for day, games in calendar.items()}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    slots = [slot for day in days for slot in slots_on(cron, day)]
    start = at(first, time())
    nothing = Situation(start, start, cron, unplayed, History(), per_game, "", collect_since)
    yield from decided_ahead(workflows, nothing, slots, _is_published)


def _near(calendar: Calendar, day: date) -> Iterator[tuple[date, tuple[Game, ...]]]:
    """Yield the dates of the calendar that the planned day's decisions can depend on."""
    for offset in NEAR_DAYS:
        near = day + timedelta(days=offset)
        if near in calendar:
            yield near, calendar[near]


def _unplayed(game: Game) -> Game:
    """Return the game as it was before its tip-off."""
    return replace(game, status=SCHEDULED, has_score=False)


def _is_published(flow: Workflow, made: Decision, slot: datetime) -> bool:
    """Whether a run finds its data: every scrape succeeds once the data is published."""
    return not isinstance(flow, Discovery) or slot >= at(made.target_date, flow.published)


def _reason(flow: Workflow, decision: Decision, calendar: Calendar) -> str:
    """Return why a run is planned, such as `Pre-game betting lines (12 games today)`."""
    if isinstance(flow, PreGame | Discovery):
        games = [game for game in calendar.get(decision.target_date, ()) if not game.postponed]
        return f"{flow.title} ({count(len(games), 'game')} today)"
    if isinstance(flow, PostGame) or decision.targets:
        games_of = f"{count(len(decision.targets), 'game')} of {decision.target_date}"
        return f"{flow.title} ({games_of})"
    return flow.title
