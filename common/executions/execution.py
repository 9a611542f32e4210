"""The fan-out and fan-in of an execution: steps published, results gathered, the row written.

State, all created once: `executions/<id>/manifest.json`, and a step's `tasks.json` and
`results/<task id>`, whose metadata carries the labels, so that one listing tells everything.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel, Field

from common import ids
from common.calendar.games import parse_schedule_body
from common.cloud.ports import Row
from common.errors import BadInputError
from common.executions.steps import Manifest, Outputs, StepTasks, tasks_of
from common.logs import log
from common.messages.labels import Labels
from common.messages.models import MAX_GAMES, EventId, Message, ObjectEvent, ScraperRequest
from common.runtime import Runtime
from common.state.claims import claimed
from common.state.reading import read_as, unless_spoilt
from common.state.store import read_once, write_once

T = TypeVar("T")
TABLE = "workflow_executions"
TOPIC = "scraper-requests"
_FIRST_ERRORS = 3


class Result(Labels):
    """One finished task: its object's labels, and where the object and its log row are."""

    log_id: str
    object: str
    generation: int


class _Tasks(Message):
    requests: tuple[ScraperRequest, ...]
    blocked: tuple[str, ...] = Field(())
    not_ready: tuple[str, ...] = Field(())


class _Event(BaseModel):
    id: EventId


class _Events(BaseModel):
    """What later steps need of an object of `oddsa_events`."""

    records: tuple[_Event, ...] = Field(max_length=MAX_GAMES)


def manifest_name(execution_id: str) -> str:
    """Name of an execution's manifest in the state bucket."""
    return f"executions/{execution_id}/manifest.json"


def start_claim(execution_id: str) -> str:
    """The claim of starting an execution."""
    return f"workflow_executor/{execution_id}"


def step_claim(execution_id: str, number: int) -> str:
    """The claim of completing a step."""
    return f"execution_tracker/{execution_id}/{number}"


def check_known(runtime: Runtime, workflow_name: str, scrapers: Sequence[str]) -> None:
    """Refuse what this deployment's configuration does not know.

    Raises:
        BadInputError: the workflow or a scraper is not known here.
    """
    flow = runtime.workflows.get(workflow_name)
    if flow is None:
        raise BadInputError(
            f"WorkflowDecision.workflow_name: {workflow_name!r} is not configured; known "
            f"are {', '.join(runtime.workflows)}"
        )
    unknown = set(scrapers) - set(flow.scrapers)
    if unknown:
        raise BadInputError(
            f"WorkflowDecision.scrapers: {', '.join(sorted(unknown))} not in the steps of "
            f"{workflow_name}; known are {', '.join(flow.scrapers)}"
        )


def read_manifest(runtime: Runtime, execution_id: str) -> Manifest | None:
    """An execution's manifest; None when it was never started."""
    held = read_once(runtime, manifest_name(execution_id))
    return Manifest.model_validate(held) if held else None


def publish_step(
    runtime: Runtime, manifest: Manifest, number: int, outputs: Outputs | None = None
) -> int:
    """Publish the requests of a step, as first computed; returns how many."""
    tasks = tasks_of(manifest, number, outputs or Outputs())
    held = write_once(runtime, _tasks_name(manifest, number), _as_state(tasks))
    requests = _Tasks.model_validate(held).requests
    for request in requests:
        publish_request(runtime, request)
    return len(requests)


def publish_request(runtime: Runtime, request: ScraperRequest) -> None:
    """Publish one task's request."""
    runtime.publisher.publish(TOPIC, request.body(), {"scraper": request.scraper})


def step_tasks(runtime: Runtime, manifest: Manifest, number: int) -> _Tasks | None:
    """The requests of a step; None when it was not published yet."""
    held = read_once(runtime, _tasks_name(manifest, number))
    return _Tasks.model_validate(held) if held else None


def readable_manifest(runtime: Runtime, execution_id: str) -> Manifest | None:
    """An execution's manifest; None also when it was spoilt: a run must end all the same."""
    bucket, name = runtime.settings.state_bucket, manifest_name(execution_id)
    return unless_spoilt(lambda: read_manifest(runtime, execution_id), bucket, name)


def readable_tasks(runtime: Runtime, manifest: Manifest, number: int) -> _Tasks | None:
    """The requests of a step; None also when they were spoilt, for the same reason."""
    bucket, name = runtime.settings.state_bucket, _tasks_name(manifest, number)
    return unless_spoilt(lambda: step_tasks(runtime, manifest, number), bucket, name)


def results_of(runtime: Runtime, manifest: Manifest, number: int) -> list[Result]:
    """The tasks of a step that have reported."""
    prefix = f"executions/{manifest.execution_id}/steps/{number}/results/"
    listed = runtime.storage.list(runtime.settings.state_bucket, prefix)
    return [Result.model_validate(dict(stored.metadata)) for stored in listed]


def record_result(runtime: Runtime, found: ObjectEvent, labels: Labels) -> Result:
    """Keep a task's result; the first object of a task counts."""
    result = Result(
        **labels.model_dump(),
        log_id=ids.log_id(found.bucket, found.name, found.generation),
        object=found.name,
        generation=found.generation,
    )
    name = f"executions/{labels.execution_id}/steps/{labels.step}/results/{labels.task_id}"
    write_once(runtime, name, {"object": found.name}, metadata=result.metadata())
    return result


def advance(runtime: Runtime, manifest: Manifest, number: int, *, look_first: bool) -> str:
    """Go on after step `number`: the next step that has tasks, or the finished row."""
    results = [*_results_up_to(runtime, manifest, number)]
    for following in range(number + 1, len(manifest.steps)):
        outputs = _outputs(runtime, manifest, following, results)
        if publish_step(runtime, manifest, following, outputs):
            return f"step {following}"
    _finish(runtime, manifest, results, look_first=look_first)
    return "finished"


def _results_up_to(runtime: Runtime, manifest: Manifest, number: int) -> Iterator[Result]:
    for step in range(number + 1):
        yield from results_of(runtime, manifest, step)


def _outputs(runtime: Runtime, manifest: Manifest, number: int, results: list[Result]) -> Outputs:
    step = manifest.steps[number]
    by_scraper = {result.scraper: result for result in results}
    final = event_ids = None
    if step.games == "final":
        final = _final_games(runtime, by_scraper.get("nbac_schedule_api"))
    if step.events_from:
        event_ids = _event_ids(runtime, by_scraper.get(step.events_from))
    return Outputs(event_ids=event_ids, final=final)


def _final_games(runtime: Runtime, result: Result | None) -> frozenset[str] | None:
    if result is None or result.outcome != "SUCCESS":
        return None
    schedule = _output(runtime, result, parse_schedule_body)
    if schedule is None:
        return None
    return frozenset(game.game_id for game in schedule.games if game.is_final)


def _event_ids(runtime: Runtime, result: Result | None) -> tuple[str, ...] | None:
    if result is None or result.status == "FAILED":
        return None
    events = _output(runtime, result, _Events.model_validate_json)
    return tuple(event.id for event in events.records) if events else None


def _output(runtime: Runtime, result: Result, take: Callable[[bytes], T]) -> T | None:
    """What a result's object holds; see `read_as` on `take`.

    None when someone has deleted, overwritten or spoilt it since: as if its task had failed.
    """
    taken, stored = read_as(runtime, runtime.settings.data_bucket, result.object, take)
    if stored is None or stored.generation == result.generation:
        return taken
    log(
        "WARNING",
        "A task's object was overwritten: it counts as failed",
        execution_id=result.execution_id,
        task_id=result.task_id,
        object=result.object,
    )
    return None


def give_up(runtime: Runtime, manifest: Manifest, claim_key: str, why: str) -> bool:
    """End an execution that cannot go on with a failed row; False when its claim says it did.

    Raises:
        ClaimBusyError: a delivery is at it after all.
    """
    with claimed(runtime, claim_key) as claim:
        if claim is None:
            return False
        results = [*_results_up_to(runtime, manifest, len(manifest.steps) - 1)]
        _finish(runtime, manifest, results, look_first=True, lost=(why,))
        return True


def _finish(
    runtime: Runtime,
    manifest: Manifest,
    results: list[Result],
    *,
    look_first: bool,
    lost: Sequence[str] = (),
) -> None:
    blocked = list(lost)
    for number in range(len(manifest.steps)):
        tasks = readable_tasks(runtime, manifest, number)
        blocked += tasks.blocked if tasks else ()
    row = _row(runtime, manifest, results, blocked)
    key = f"execution-{manifest.execution_id}"
    runtime.warehouse.append(TABLE, [row], job_key=key, look_first=look_first)


def _row(runtime: Runtime, manifest: Manifest, results: list[Result], blocked: list[str]) -> Row:
    decision = manifest.decision
    failed = [result for result in results if result.status == "FAILED"]
    now = runtime.clock.now()
    errors = [f"{r.scraper} {r.game_id or r.target_date}: {r.error_message}" for r in failed]
    return {
        "execution_id": manifest.execution_id,
        "execution_time": manifest.started,
        "workflow_name": decision.workflow_name,
        "decision_id": decision.decision_id,
        "scrapers_requested": list(decision.scrapers),
        "scrapers_triggered": len(results),
        "scrapers_succeeded": len(results) - len(failed),
        "scrapers_failed": len(failed),
        "scraper_execution_ids": sorted(result.log_id for result in results),
        "status": "failed" if failed or blocked else "completed",
        "duration_seconds": (now - manifest.started).total_seconds(),
        "error_message": _first(blocked + errors),
        "outcome": outcome_of(len(results), len(failed), len(blocked)),
        "slot": decision.slot,
        "target_date": decision.target_date,
        "game_ids": [target.game_id for target in decision.targets],
        "finished_at": now,
    }


def outcome_of(tasks: int, failed: int, blocked: int) -> str:
    """COMPLETED, PARTIAL, FAILED, or NOTHING_READY when there was nothing to ask for."""
    if failed == tasks and failed + blocked:
        return "FAILED"
    if failed or blocked:
        return "PARTIAL"
    return "COMPLETED" if tasks else "NOTHING_READY"


def _first(errors: list[str]) -> str | None:
    if not errors:
        return None
    more = len(errors) - _FIRST_ERRORS
    shown = "; ".join(errors[:_FIRST_ERRORS])
    return f"{shown}; and {more} more" if more > 0 else shown


def _tasks_name(manifest: Manifest, number: int) -> str:
    return f"executions/{manifest.execution_id}/steps/{number}/tasks.json"


def _as_state(tasks: StepTasks) -> dict[str, object]:
    return _Tasks(requests=tasks.requests, blocked=tasks.blocked, not_ready=tasks.not_ready).body()
