"""The lineage is read back by OpenLineage's own classes."""

import json
from collections import Counter
from typing import Any

import pytest
from openlineage.client.event_v2 import Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    error_message_run,
    parent_run,
)
from openlineage.client.serde import Serde

from local.traces.audit import Audit, audit_of_day
from local.traces.lineage import PRODUCER, to_events
from tests.kit.operated import gone_wrong
from tests.kit.world import DAY

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
