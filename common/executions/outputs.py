"""What an execution's finished tasks reported, and what a later step takes from their objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, Field

from common.configuration.step import REFRESH
from common.executions.alternatives import lacking
from common.executions.manifest import PlannedStep
from common.executions.result import Result
from common.executions.steps import Outputs
from common.logs import log
from common.messages.models import GAMES_MAX, EventId
from common.state.store import read_object

if TYPE_CHECKING:  # annotations only
    from common.calendar.games import Game
    from common.cloud.ports import Storage


T = TypeVar("T")


class _Event(BaseModel):
    id: EventId


class _Events(BaseModel):
    """What later steps need of an object of `oddsa_events`."""

    records: tuple[_Event, ...] = Field(max_length=GAMES_MAX)


def outputs_for(
    step: PlannedStep, results: Sequence[Result], storage: Storage, bucket: str
) -> Outputs:
    """Read what a step is made from.

    Args:
        step: the one that is to be published.
        results: of the steps before it.
        storage: holds the data bucket.
        bucket: the data bucket.
    """
    wanted = lacking(step, results) if step.instead_of else frozenset()
    if step.instead_of and not wanted:
        return Outputs()
    by_scraper = {result.scraper: result for result in results}
    final = event_ids = None
    if step.games == "final":
        final = _final_games(by_scraper.get(REFRESH), storage, bucket)
    if step.events_from:
        event_ids = _event_ids(by_scraper.get(step.events_from), storage, bucket)
    return Outputs(event_ids=event_ids, final=final, lacking=wanted)


def _final_games(result: Result | None, storage: Storage, bucket: str) -> Mapping[str, Game] | None:
    if result is None or result.outcome != "SUCCESS":
        return None
    from common.calendar.games import parse_schedule_body  # noqa: PLC0415 - few steps ask for it

    schedule = _output(result, parse_schedule_body, storage, bucket)
    if schedule is None:
        return None
    return {game.game_id: game for game in schedule.games if game.is_final}


def _event_ids(result: Result | None, storage: Storage, bucket: str) -> tuple[str, ...] | None:
    if result is None or result.status == "FAILED":
        return None
    events = _output(result, _Events.model_validate_json, storage, bucket)
    return tuple(event.id for event in events.records) if events else None


def _output(result: Result, take: Callable[[bytes], T], storage: Storage, bucket: str) -> T | None:
    """Read what a result's object holds; see `read_object` on `take`.

    None when the object was deleted, overwritten or spoilt since: as if its task had failed.
    """
    taken, stored = read_object(storage, bucket, result.object, take)
    if stored is None or stored.generation == result.generation:
        return taken
    log(
        "WARNING",
        "A task's object was overwritten; the execution goes on as if the task had failed",
        execution_id=result.execution_id,
        task_id=result.task_id,
        object=result.object,
    )
    return None
