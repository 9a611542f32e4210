"""A delivery's lines belong to the trace of its decision, or of its request."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from common.entry.tracing import ids_of, trace_of
from common.ids import execution_id
from common.messages.models import (
    ExecutionRef,
    Message,
    ObjectEvent,
    ScraperRequest,
    Tick,
    WorkflowDecision,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"
DECISION, EXECUTION, TASK = (f"{n}a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f" for n in (0, 1, 2))
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
RUN = ExecutionRef(
    execution_id=EXECUTION,
    decision_id=DECISION,
    workflow_name="betting_lines",
    step=0,
    task_id=TASK,
    slot=NOON,
)
OURS = {"decision_id": DECISION, "execution_id": EXECUTION, "task_id": TASK}


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}, TRACE),
        ({"Traceparent": f"00-{TRACE.upper()}-00f067aa0ba902b7-01"}, TRACE),
        ({"X-Cloud-Trace-Context": f"{TRACE}/67667974448284343;o=1"}, TRACE),
        ({"X-Cloud-Trace-Context": TRACE}, TRACE),
        ({"traceparent": "00-1-2-01", "X-Cloud-Trace-Context": TRACE}, TRACE),
        ({"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"}, ""),
        ({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01\n"}, ""),
        ({"X-Cloud-Trace-Context": f"{TRACE}x"}, ""),
        ({}, ""),
    ],
)
def test_a_request_has_the_trace_of_its_header(headers: dict[str, str], trace: str) -> None:
    """W3C's header first; what is no trace, such as all zeros, is none."""
    assert trace_of(headers) == trace


def found(**fields: Any) -> ObjectEvent:
    """The event of an object with some metadata."""
    return ObjectEvent(bucket="nba-scraped-data", name="a.json", generation=1, metadata=fields)


@pytest.mark.parametrize(
    ("message", "ids"),
    [
        (Tick(), {}),
        (
            WorkflowDecision(
                decision_id=DECISION,
                workflow_name="betting_lines",
                action="RUN",
                slot=NOON,
                decision_time=NOON,
                target_date=date(2025, 11, 12),
            ),
            {
                "decision_id": DECISION,
                "execution_id": execution_id(DECISION),
                "workflow": "betting_lines",
            },
        ),
        (
            ScraperRequest(scraper="oddsa_events", execution=RUN),
            {**OURS, "workflow": "betting_lines", "scraper": "oddsa_events"},
        ),
        (ScraperRequest(scraper="oddsa_events"), {"workflow": None, "scraper": "oddsa_events"}),
        (found(**OURS, workflow_name="betting_lines"), {**OURS, "workflow": "betting_lines"}),
        (found(decision_id="x", task_id=TASK.upper(), workflow_name="<b>"), {}),
        (found(), {}),
    ],
    ids=["tick", "decision", "task", "plain", "object", "foreign", "upload"],
)
def test_a_message_names_what_its_lines_are_about(message: Message, ids: dict[str, str]) -> None:
    """A foreign object's metadata are believed in our form only."""
    assert ids_of(message) == ids
