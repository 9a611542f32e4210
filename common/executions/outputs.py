"""What an execution's finished tasks reported, and what a later step takes from their objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, Field

from common.configuration.step import BOARD, REFRESH
from common.executions.alternatives import lacking
from common.executions.manifest import PlannedStep
from common.executions.result import Result
from common.executions.steps import Outputs
from common.logs import log
from common.messages.models import GAMES_MAX, EventId, GameTarget, WorkflowDecision
from common.state.store import read_object

if TYPE_CHECKING:  # annotations only
    from concurrent.futures import Executor

    from common.calendar.games import Game
    from common.calendar.owners import Listing
    from common.cloud.ports import Storage


T = TypeVar("T")
WARNINGS_SHOWN_MAX = 3


class _Event(BaseModel):
    id: EventId


class _Events(BaseModel):
    """What later steps need of an object of `oddsa_events`."""

    records: tuple[_Event, ...] = Field(max_length=GAMES_MAX)


@dataclass(frozen=True)
class Objects:
    """Where the objects of tasks are, when (aware) they are read, and what reads them at once."""

    storage: Storage
    bucket: str
    now: datetime
    threads: Executor


def outputs_for(
    step: PlannedStep, decision: WorkflowDecision, results: Sequence[Result], objects: Objects
) -> Outputs:
    """Read what a step is made from.

    Args:
        step: the one that is to be published.
        decision: the one that is executed.
        results: of the steps before it.
        objects: where the results' objects are.
    """
    wanted = lacking(step, results) if step.instead_of else frozenset()
    if step.instead_of and not wanted:
        return Outputs()
    by_scraper = {result.scraper: result for result in results}
    final = event_ids = None
    if step.games == "final":
        final = _final_games(by_scraper, decision, objects)
    if step.events_from:
        event_ids = _event_ids(by_scraper.get(step.events_from), objects)
    return Outputs(event_ids=event_ids, final=final, lacking=wanted)


def _final_games(
    results: Mapping[str, Result], decision: WorkflowDecision, objects: Objects
) -> Mapping[str, Game] | None:
    """Return the final games as the owners that answered have them; None where none did."""
    reading = objects.threads.submit(_listings, results.get(BOARD), objects)
    games = _scheduled(results.get(REFRESH), objects)
    listings = reading.result()
    if games is None and listings is None:
        return None
    from common.calendar.owners import settle  # noqa: PLC0415 - few steps ask for it

    day = decision.target_date
    listed = games if games is not None else [_target(each, day) for each in decision.targets]
    settled, warnings = settle(
        (game for game in listed if game.game_date == day),
        listings or (),
        objects.now,
        is_fresh=games is not None,
    )
    if warnings:
        log(
            "WARNING",
            "Two owners disagree about games; these count as final once they agree, or later",
            reason_code="OWNERS_DISAGREE",
            decision_id=decision.decision_id,
            target_date=day,
            rows=len(warnings),
            error="; ".join(warnings[:WARNINGS_SHOWN_MAX]),
        )
    known = {game.game_id for game in listed}  # what only the other owner lists is no target
    others = (game for game in listed if game.game_date != day)
    found = [game for game in (*others, *settled) if game.is_final and game.game_id in known]
    unlisted = _unlisted(decision, listings or ()) if games is None else []
    return {game.game_id: game for game in (*found, *unlisted)}


def _unlisted(decision: WorkflowDecision, listings: Sequence[Listing]) -> list[Game]:
    """Return the targets that no owner lists: the decision stands, as where no owner answers."""
    teams = {listing.teams for listing in listings}
    lost = [each for each in decision.targets if frozenset((each.away, each.home)) not in teams]
    if lost:
        log(
            "WARNING",
            "Games that are to be collected are on no scoreboard; they are asked for all the same",
            reason_code="OWNERS_DISAGREE",
            decision_id=decision.decision_id,
            target_date=decision.target_date,
            rows=len(lost),
            error=", ".join(f"{each.game_id} {each.away}@{each.home}" for each in lost),
        )
    return [_target(each, decision.target_date) for each in lost]


def _scheduled(result: Result | None, objects: Objects) -> Sequence[Game] | None:
    if result is None or result.outcome != "SUCCESS":
        return None
    from common.calendar.games import parse_schedule_body  # noqa: PLC0415 - few steps ask for it

    schedule = _output(result, parse_schedule_body, objects)
    return schedule.games if schedule else None


def _listings(result: Result | None, objects: Objects) -> Sequence[Listing] | None:
    if result is None or result.outcome != "SUCCESS":
        return None
    from common.scrapers.espn.listing import read_listings  # noqa: PLC0415 - few steps ask for it

    return _output(result, read_listings, objects)


def _target(target: GameTarget, day: date) -> Game:
    """Make a game of a target, of which nothing but its teams is known."""
    from common.calendar.games import SCHEDULED, Game, season_of  # noqa: PLC0415 - as above

    return Game(
        game_id=target.game_id,
        game_date=day,
        away=target.away,
        home=target.home,
        tipoff=None,
        status=SCHEDULED,
        has_score=False,
        postponed=False,
        season=season_of(day),
    )


def _event_ids(result: Result | None, objects: Objects) -> tuple[str, ...] | None:
    if result is None or result.status == "FAILED":
        return None
    events = _output(result, _Events.model_validate_json, objects)
    return tuple(event.id for event in events.records) if events else None


def _output(result: Result, take: Callable[[bytes], T], objects: Objects) -> T | None:
    """Read what a result's object holds; see `read_object` on `take`.

    None when the object was deleted, overwritten or spoilt since: as if its task had failed.
    """
    taken, generation = read_object(objects.storage, objects.bucket, result.object, take)
    if generation in (0, result.generation):
        return taken
    log(
        "WARNING",
        "A task's object was overwritten; the execution goes on as if the task had failed",
        execution_id=result.execution_id,
        task_id=result.task_id,
        object=result.object,
    )
    return None
