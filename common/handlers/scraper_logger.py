"""Logs every finalized object: one row a version, written from the object's own labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from common import ids
from common.handlers.object_event import check_bucket, completed
from common.messages.envelope import Event
from common.messages.labels import Labels
from common.messages.models import ObjectEvent
from common.runtime import Runtime
from common.state import names
from common.state.claims import claimed
from common.state.own_objects import own_labels

if TYPE_CHECKING:  # annotations only
    from common.cloud.ports import Row


TABLE = "scraper_execution_log"
UPLOADED = "UPLOADED"
"""Outcome of an object that no task of this system wrote."""
UPLOAD = "upload"
"""What its row has in place of a scraper's name, by which success rates are counted."""


def write_log(runtime: Runtime, event: Event, found: ObjectEvent) -> Mapping[str, object]:
    """Write the log row of an object version.

    Raises:
        BadInputError: another bucket's object.
    """
    del event
    check_bucket(found, runtime.settings.data_bucket)
    found = completed(found, runtime.storage)
    own = runtime.threads.submit(own_labels, runtime.state, runtime.threads, found)
    log_id = ids.log_id(found.bucket, found.name, found.generation)
    with claimed(runtime.state, names.log_key(log_id)) as claim:
        if claim is None:
            return {"result": "already logged", "object": found.name}
        row = _row(runtime, found, own.result(), log_id)
        runtime.warehouse.append(TABLE, [row], job_key=f"log-{log_id}", look_first=claim.takeover)
        return {"result": "logged", "object": found.name, "outcome": row["outcome"]}


def _row(runtime: Runtime, found: ObjectEvent, labels: Labels | None, log_id: str) -> Row:
    values = _ours(labels) if labels else _uploaded(runtime, found)
    return {
        **values,
        "execution_id": log_id,  # the user's table calls the id of its own row so
        "gcs_path": f"gs://{found.bucket}/{found.name}",
        "object_generation": found.generation,
        "object_bytes": found.size,
        "logged_at": runtime.clock.now(),
    }


def _ours(labels: Labels) -> Row:
    return {
        "triggered_at": labels.started_at,
        "scraper_name": labels.scraper,
        "status": labels.status,
        "duration_seconds": labels.duration_seconds,
        "records_processed": labels.records,
        "error_message": labels.error_message,
        "outcome": labels.outcome,
        "workflow_name": labels.workflow_name,
        "workflow_execution_id": labels.execution_id,
        "decision_id": labels.decision_id,
        "task_id": labels.task_id,
        "slot": labels.slot,
        "target_date": labels.target_date,
        "game_id": labels.game_id,
        "error_class": labels.error_class,
        "http_status": labels.http_status,
    }


def _uploaded(runtime: Runtime, found: ObjectEvent) -> Row:
    """A user's upload, under a name of its own: it counts for no scraper, whatever its folder."""
    return {
        # Never later than its event: the local stack's storage runs ahead of the virtual clock.
        "triggered_at": min(found.time_created or runtime.clock.now(), runtime.clock.now()),
        "scraper_name": UPLOAD,
        "status": "SUCCESS",
        "outcome": UPLOADED,
    }
