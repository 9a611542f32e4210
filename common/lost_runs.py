"""RUN decisions without a finished execution: which link they stopped at, and how it is healed."""

from datetime import datetime, timedelta

from common import ids
from common.errors import ConflictError
from common.execution import TOPIC as REQUESTS
from common.execution import read_manifest, results_of, step_tasks
from common.labels import Labels
from common.master_controller import publish_decision
from common.messages import ScraperRequest
from common.ports import Row
from common.runtime import Runtime
from common.state import read_once
from common.steps import Manifest
from common.tries import count_try

GRACE = timedelta(minutes=20)
"""Longer than a claim's lease: a run this young may be held by a live delivery."""
TASK_LOST_AFTER = timedelta(minutes=60)
"""A task silent for this long is written off as failed, and the execution goes on."""
LOOK_BACK = timedelta(days=8)
COLUMNS = ("decision_id", "workflow_name", "slot", "decision_time")


def heal_runs(
    runtime: Runtime, now: datetime, republished: list[str], quarantined: list[str]
) -> None:
    """Send again what each unfinished RUN waits for; both lists are added to."""
    for row in _unfinished(runtime, now):
        execution_id = ids.execution_id(row["decision_id"])
        manifest = read_manifest(runtime, execution_id)
        if manifest is not None:
            _heal_tasks(runtime, manifest, now, republished)
        elif not count_try(runtime, f"decisions/{row['decision_id']}"):
            quarantined.append(f"decision {row['decision_id']}")
        elif _republish_decision(runtime, row):
            republished.append(f"decision {row['decision_id']}")


def _unfinished(runtime: Runtime, now: datetime) -> list[Row]:
    since, until = now - LOOK_BACK, now + timedelta(days=1)
    runs = runtime.warehouse.select(
        "workflow_decisions", COLUMNS, since=since, until=until, where={"action": "RUN"}
    )
    waiting = [row for row in runs if now - row["decision_time"] > GRACE]
    if not waiting:
        return []
    ended = runtime.warehouse.select(
        "workflow_executions", ("decision_id",), since=since, until=until
    )
    done = {row["decision_id"] for row in ended}
    return [row for row in waiting if row["decision_id"] not in done]


def _republish_decision(runtime: Runtime, row: Row) -> bool:
    """Publish the decision as stored in its slot's batch; False when the batch is gone."""
    bucket, prefix = runtime.settings.state_bucket, f"decided/{ids.stamp(row['slot'])}"
    for stored in runtime.storage.list(bucket, prefix):
        batch = read_once(runtime, stored.name)
        for entry in batch["decisions"] if batch else ():
            if entry["message"]["decision_id"] == row["decision_id"]:
                publish_decision(runtime, entry)
                return True
    return False


def _heal_tasks(
    runtime: Runtime, manifest: Manifest, now: datetime, republished: list[str]
) -> None:
    """Ask again for silent tasks of the current step; write the long silent ones off."""
    for number in range(len(manifest.steps)):
        tasks = step_tasks(runtime, manifest, number)
        if tasks is None:
            return
        reported = {result.task_id for result in results_of(runtime, manifest, number)}
        for request in tasks.requests:
            assert request.execution is not None
            task_id = request.execution.task_id
            if task_id in reported:
                continue
            if count_try(runtime, f"tasks/{task_id}"):
                runtime.publisher.publish(REQUESTS, request.body(), {"scraper": request.scraper})
                republished.append(f"task {task_id}")
            elif now - manifest.started > TASK_LOST_AFTER:
                write_off(runtime, manifest, request, now)


def write_off(runtime: Runtime, manifest: Manifest, request: ScraperRequest, now: datetime) -> None:
    """Write the `failed/` object of a task that never reported; its event does the rest."""
    execution = request.execution
    assert execution is not None
    labels = Labels(
        task_id=execution.task_id,
        scraper=request.scraper,
        status="FAILED",
        outcome="FAILED",
        records=0,
        started_at=now,
        duration_seconds=0,
        target_date=manifest.decision.target_date,
        game_id=request.game.game_id if request.game else None,
        execution_id=execution.execution_id,
        decision_id=execution.decision_id,
        workflow_name=execution.workflow_name,
        step=execution.step,
        slot=execution.slot,
        error_class="TaskLost",
        error_message="The task never reported; look for its claim and its dead letter",
    )
    folder = request.scraper.replace("_", "-")
    name = f"failed/{folder}/{labels.target_date}/lost-{execution.task_id}.json"
    try:
        runtime.storage.create(
            runtime.settings.data_bucket,
            name,
            labels.model_dump_json().encode(),
            metadata=labels.metadata(),
            custom_time=now,
        )
    except ConflictError:
        return
