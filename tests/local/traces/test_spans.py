"""The five tables are the trace: whoever makes it, its ids and times are the rows'."""

from dataclasses import replace
from datetime import timedelta

import pytest

from common import ids
from common.cloud.ports import Row
from local.traces.audit import Audit, audit_of_day, audit_of_run
from local.traces.spans import Span, spans_of
from tests.kit.operated import gone_wrong
from tests.kit.world import DAY


@pytest.fixture(scope="module")
def audit() -> Audit:
    """A date on which three scrapers failed."""
    return audit_of_day(gone_wrong().runtime, DAY)


@pytest.fixture(scope="module")
def spans(audit: Audit) -> list[Span]:
    """Its spans."""
    return [*spans_of(audit)]


def named(spans: list[Span], name: str) -> list[Span]:
    """The spans of a name."""
    return [span for span in spans if span.name == name]


def test_each_row_is_one_span(audit: Audit, spans: list[Span]) -> None:
    """Decisions that ran nothing as well; the ids of all are different."""
    rows = len(audit.decisions) + len(audit.executions) + len(audit.scrapes)
    assert rows > 250
    assert len({(span.trace, span.id) for span in spans}) == len(spans) == rows


def test_a_run_is_one_trace_from_decision_to_tasks(spans: list[Span]) -> None:
    """The execution is below its decision, and its tasks below the execution."""
    (execution,) = named(spans, "execute post_game_window_2")
    trace = [span for span in spans if span.trace == execution.trace]
    by_id = {span.id: span for span in trace}
    assert by_id[execution.parent].name == "decide post_game_window_2"
    assert by_id[execution.parent].parent == ""
    tasks = [span for span in trace if span.name.startswith("scrape ")]
    assert {span.parent for span in tasks} == {execution.id}
    assert len(tasks) == execution.attributes["nba.scrapers_triggered"] == 30
    assert all(execution.begin <= task.begin <= task.end <= execution.end for task in tasks)


def test_what_failed_has_its_error(spans: list[Span]) -> None:
    """With what the source answered, at the task and at the execution."""
    (execution,) = named(spans, "execute post_game_window_2")
    assert execution.attributes["nba.outcome"] == "PARTIAL"
    failed = named(spans, "scrape nbac_play_by_play")
    assert failed
    assert all(span.error for span in failed)
    assert "503" in failed[0].error
    assert all(span.error == "" for span in named(spans, "scrape nbac_boxscore"))


def test_the_ids_are_those_of_the_live_lines(audit: Audit, spans: list[Span]) -> None:
    """So that a trace that was made a year later shows what was logged then."""
    row = next(row for row in audit.scrapes if row["decision_id"])
    (span,) = (one for one in spans if one.attributes.get("nba.task_id") == row["task_id"])
    assert span.trace == ids.trace_id(row["decision_id"])
    assert span.id == ids.span_id(row["task_id"])


def test_a_scrape_that_no_decision_asked_for_is_a_trace_of_its_own(spans: list[Span]) -> None:
    """Such as the scheduled refresh of the schedule."""
    plain = [span for span in spans if not span.parent and span.name.startswith("scrape ")]
    assert {span.name for span in plain} >= {"scrape nbac_schedule_api"}
    assert all(span.trace.startswith(span.id) for span in plain)


def test_without_its_execution_a_task_is_below_its_decision(audit: Audit) -> None:
    """BigQuery keeps executions for 90 days, and last year's trace must not fall apart."""
    spans = [*spans_of(replace(audit, executions={}))]
    roots = {span.id for span in spans if not span.parent}
    tasks = [span for span in spans if span.parent]
    assert tasks
    assert {span.parent for span in tasks} <= roots


def test_a_second_object_of_a_task_has_a_span_of_its_own(audit: Audit) -> None:
    """The first keeps the task's."""
    row = next(row for row in audit.scrapes if row["decision_id"])
    again: Row = {**row, "execution_id": "99999999-0a1b-4c3d-8e5f-0a1b2c3d4e5f"}
    first, second = spans_of(replace(audit, decisions=[], executions={}, scrapes=[row, again]))
    assert first.id == ids.span_id(row["task_id"])
    assert second.id == "999999990a1b4c3d"


def test_a_run_alone_is_the_same_as_on_its_date(audit: Audit, spans: list[Span]) -> None:
    """Named by the beginning of its execution's id."""
    execution = next(iter(audit.executions.values()))
    alone = [*spans_of(audit_of_run(gone_wrong().runtime, execution["execution_id"][:8]))]
    trace = ids.trace_id(execution["decision_id"])
    assert alone == [span for span in spans if span.trace == trace]


def test_times_and_ends(audit: Audit) -> None:
    """An execution without an end has its duration's; a decision begins at its slot."""
    row = {**next(iter(audit.executions.values())), "finished_at": None, "duration_seconds": 2.5}
    decision = audit.decisions[0]
    first, second = spans_of(Audit([decision], {row["decision_id"]: row}, []))
    assert (first.begin, first.end) == (decision["slot"], decision["decision_time"])
    assert second.end - second.begin == timedelta(seconds=2.5)
