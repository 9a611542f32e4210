"""Executions and tasks as OpenLineage events: which run wrote which objects.

https://openlineage.io/docs/spec/object-model: a job is a workflow or a scraper of it, a run is an
execution or a task, a dataset is an object of the data bucket.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from common import ids
from common.cloud.ports import Row
from local.traces.audit import Audit

PRODUCER = "https://cloud.google.com/nba-orchestration"
"""Who wrote the events, as a URI (the root of our derived ids)."""
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
PARENT_SCHEMA = "https://openlineage.io/spec/facets/1-2-0/ParentRunFacet.json#/$defs/ParentRunFacet"
ERROR_SCHEMA = (
    "https://openlineage.io/spec/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
)
VERSION_SCHEMA = (
    "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json"
    "#/$defs/DatasetVersionDatasetFacet"
)
Event = dict[str, Any]


def to_events(audit: Audit, namespace: str) -> Iterator[Event]:
    """Yield a START and a closing event for each execution and each task, in order of rows.

    Args:
        audit: the rows.
        namespace: of the jobs: the Google Cloud project.
    """
    for row in audit.executions.values():
        begin = row["execution_time"]
        end = row["finished_at"] or begin + timedelta(seconds=row["duration_seconds"] or 0)
        failed = row["error_message"] or row["outcome"] if row["status"] != "completed" else None
        job, run = _job(namespace, row["workflow_name"]), {"runId": row["execution_id"]}
        yield from _both(job, run, (begin, max(begin, end)), failed, [])
    for row in audit.scrapes:
        yield from _of_scrape(row, namespace)


def _of_scrape(row: Row, namespace: str) -> Iterator[Event]:
    begin = row["triggered_at"]
    end = begin + timedelta(seconds=row["duration_seconds"] or 0)
    failed = row["error_message"] or row["outcome"] if row["status"] != "SUCCESS" else None
    run: Event = {"runId": row["task_id"]}
    name = row["scraper_name"]
    if row["workflow_name"] and row["decision_id"]:
        name = f"{row['workflow_name']}.{name}"
        above = {"runId": ids.execution_id(row["decision_id"])}
        parent = {"run": above, "job": _job(namespace, row["workflow_name"])}
        run["facets"] = {"parent": {**_facet(PARENT_SCHEMA), **parent}}
    yield from _both(_job(namespace, name), run, (begin, end), failed, [_object(row)])


def _both(
    job: Event,
    run: Event,
    times: tuple[datetime, datetime],
    failed: str | None,
    outputs: list[Event],
) -> Iterator[Event]:
    begin, end = times
    yield _event("START", begin, job, run, [])
    if failed is None:
        yield _event("COMPLETE", end, job, run, outputs)
        return
    error = {**_facet(ERROR_SCHEMA), "message": failed, "programmingLanguage": "python"}
    told = {**run, "facets": {**run.get("facets", {}), "errorMessage": error}}
    yield _event("FAIL", end, job, told, outputs)


def _event(kind: str, when: datetime, job: Event, run: Event, outputs: list[Event]) -> Event:
    return {
        "eventType": kind,
        "eventTime": when.astimezone(UTC).isoformat(),
        "run": run,
        "job": job,
        "inputs": [],
        "outputs": outputs,
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
    }


def _job(namespace: str, name: str) -> Event:
    return {"namespace": namespace, "name": name}


def _facet(schema: str) -> Event:
    return {"_producer": PRODUCER, "_schemaURL": schema}


def _object(row: Row) -> Event:
    """Return the dataset of an object, whose version is its generation."""
    bucket, _, name = row["gcs_path"].removeprefix("gs://").partition("/")
    version = {**_facet(VERSION_SCHEMA), "datasetVersion": str(row["object_generation"])}
    return {"namespace": f"gs://{bucket}", "name": name, "facets": {"version": version}}
