"""The lineage is read back by OpenLineage's own classes."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    error_message_run,
    parent_run,
)
from openlineage.client.serde import Serde

from common import ids
from common.eastern import EASTERN
from local.traces.audit import Audit, audit_of_day
from local.traces.lineage import PRODUCER, to_events
from tests.kit.operated import gone_wrong
from tests.kit.placed import row
from tests.kit.world import DAY, NOON

PROJECT = "nba-props-platform"


@pytest.fixture(scope="module")
def audit() -> Audit:
    """A date on which three scrapers failed."""
    return audit_of_day(gone_wrong().runtime, DAY)


@pytest.fixture(scope="module")
def events(audit: Audit) -> list[dict[str, Any]]:
    """Its events, as a reader of the file gets them."""
    return [json.loads(json.dumps(event)) for event in to_events(audit, PROJECT)]


def build(event: dict[str, Any]) -> RunEvent:
    """Make OpenLineage's own event with the same contents."""
    run, job = event["run"], event["job"]
    facets: dict[str, Any] = {}
    for name, held in run.get("facets", {}).items():
        if name == "parent":
            above = parent_run.Run(held["run"]["runId"])
            facets[name] = parent_run.ParentRunFacet(above, parent_run.Job(**held["job"]))
        else:
            kept = ("message", "programmingLanguage")
            facets[name] = error_message_run.ErrorMessageRunFacet(**{k: held[k] for k in kept})
    outputs = [
        OutputDataset(
            one["namespace"],
            one["name"],
            facets={
                "version": dataset_version_dataset.DatasetVersionDatasetFacet(
                    one["facets"]["version"]["datasetVersion"]
                )
            },
        )
        for one in event["outputs"]
    ]
    return RunEvent(
        eventType=RunState(event["eventType"]),
        eventTime=event["eventTime"],
        run=Run(run["runId"], facets),
        job=Job(job["namespace"], job["name"]),
        producer=event["producer"],
        inputs=[],
        outputs=outputs,
    )


def comparable(event: dict[str, Any]) -> dict[str, Any]:
    """Leave out empty parts, which mean nothing, and who made a facet."""

    def kept(held: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in held.items()
            if value not in ({}, [], None) and name not in ("_producer", "producer")
        }

    found: dict[str, Any] = json.loads(json.dumps(event), object_hook=kept)
    return found


def test_every_event_is_one_of_openlineage_s(events: list[dict[str, Any]]) -> None:
    """Its own classes take each, and write the same, with the same schemas."""
    assert len(events) > 150
    for event in events:
        assert comparable(json.loads(Serde.to_json(build(event)))) == comparable(event)
        assert event["producer"] == PRODUCER


def test_each_run_starts_once_and_ends_once(audit: Audit, events: list[dict[str, Any]]) -> None:
    """Executions and tasks; failed ones end with FAIL and what went wrong."""
    ends = Counter(event["eventType"] for event in events)
    failed = sum(row["status"] == "FAILED" for row in audit.scrapes)
    broken = sum(row["status"] == "failed" for row in audit.executions.values())
    assert failed > 20
    assert ends["START"] == len(audit.scrapes) + len(audit.executions)
    assert ends["FAIL"] == failed + broken
    assert ends["COMPLETE"] == ends["START"] - ends["FAIL"]
    assert all(
        event["run"]["facets"]["errorMessage"]["message"]
        for event in events
        if event["eventType"] == "FAIL"
    )


def test_an_object_is_a_version_that_a_task_wrote(events: list[dict[str, Any]]) -> None:
    """Bucket, name and generation; the task belongs to its workflow's run."""
    event = next(
        one
        for one in events
        if one["eventType"] == "COMPLETE" and one["job"]["name"].endswith(".nbac_boxscore")
    )
    (written,) = event["outputs"]
    assert written["namespace"] == "gs://nba-scraped-data"
    assert written["name"].startswith("nbac-boxscore/2025-11-1")
    assert int(written["facets"]["version"]["datasetVersion"]) > 0
    parent = event["run"]["facets"]["parent"]
    assert parent["job"] == {"namespace": PROJECT, "name": event["job"]["name"].split(".")[0]}
    assert parent["run"]["runId"] in {one["run"]["runId"] for one in events}


EXECUTION = row(
    "workflow_executions",
    execution_id="e",
    decision_id="d",
    workflow_name="betting_lines",
    execution_time=NOON,
    finished_at=NOON + timedelta(seconds=9),
    duration_seconds=2.5,
    status="completed",
    outcome="COMPLETED",
)
SCRAPE = row(
    "scraper_execution_log",
    execution_id="l",
    task_id="t",
    decision_id="d",
    workflow_name="betting_lines",
    scraper_name="oddsa_events",
    triggered_at=NOON,
    duration_seconds=2.5,
    status="SUCCESS",
    outcome="SUCCESS",
    gcs_path="gs://b/a/b.json",
    object_generation=7,
)


def ended(table: str, changes: Mapping[str, Any]) -> tuple[dict[str, Any], str, float, str]:
    """Return the last event of a row, its kind, how long after the first, and its error."""
    rows = (
        ({"d": {**EXECUTION, **changes}}, []) if table == "run" else ({}, [{**SCRAPE, **changes}])
    )
    begun, last = to_events(Audit([], *rows), "p")
    assert (begun["eventType"], begun["outputs"]) == ("START", [])
    assert begun["eventTime"] == "2025-11-12T17:45:00+00:00"
    error = last["run"].get("facets", {}).get("errorMessage", {"message": ""})
    seconds = datetime.fromisoformat(last["eventTime"]) - NOON
    return last, last["eventType"], seconds.total_seconds(), error["message"]


@pytest.mark.parametrize(
    ("table", "changes", "kind", "seconds", "error"),
    [
        ("run", {}, "COMPLETE", 9, ""),
        ("run", {"finished_at": None}, "COMPLETE", 2.5, ""),
        ("run", {"finished_at": None, "duration_seconds": None}, "COMPLETE", 0, ""),
        ("run", {"finished_at": NOON - timedelta(seconds=1)}, "COMPLETE", 0, ""),
        ("run", {"execution_time": NOON.astimezone(EASTERN)}, "COMPLETE", 9, ""),
        ("run", {"status": "failed", "error_message": "why"}, "FAIL", 9, "why"),
        ("run", {"status": "failed", "outcome": "PARTIAL"}, "FAIL", 9, "PARTIAL"),
        ("run", {"status": "ended", "outcome": "GIVEN_UP"}, "FAIL", 9, "GIVEN_UP"),
        ("scrape", {}, "COMPLETE", 2.5, ""),
        ("scrape", {"duration_seconds": None}, "COMPLETE", 0, ""),
        ("scrape", {"triggered_at": NOON.astimezone(EASTERN)}, "COMPLETE", 2.5, ""),
        ("scrape", {"status": "FAILED", "error_message": "why"}, "FAIL", 2.5, "why"),
        ("scrape", {"status": "FAILED", "outcome": "BLOCKED"}, "FAIL", 2.5, "BLOCKED"),
        ("scrape", {"status": "NOT_READY", "outcome": "NOT_READY"}, "FAIL", 2.5, "NOT_READY"),
    ],
)
def test_each_end_has_its_time_and_its_reason(
    table: str, changes: Mapping[str, Any], kind: str, seconds: float, error: str
) -> None:
    """In UTC, never before its beginning; what did not complete says why, in one word at least."""
    assert ended(table, changes)[1:] == (kind, seconds, error)


@pytest.mark.parametrize("status", ["SUCCESS", "FAILED"])
@pytest.mark.parametrize(
    ("changes", "job"),
    [
        ({}, "betting_lines.oddsa_events"),
        ({"decision_id": None}, "oddsa_events"),
        ({"workflow_name": None}, "oddsa_events"),
    ],
)
def test_a_task_names_its_run_and_its_object(
    status: str, changes: Mapping[str, Any], job: str
) -> None:
    """Where a decision asked for it; what failed has an object and a run as well."""
    event, *_ = ended("scrape", {"status": status, **changes})
    assert event["job"] == {"namespace": "p", "name": job}
    parent = event["run"].get("facets", {}).get("parent", {}).get("run")
    assert parent == (None if changes else {"runId": ids.execution_id("d")})
    (written,) = event["outputs"]
    assert (written["namespace"], written["name"]) == ("gs://b", "a/b.json")
    assert written["facets"]["version"]["datasetVersion"] == "7"
