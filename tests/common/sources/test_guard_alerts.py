"""What the guard of one task stores and tells of its scrape."""

import json
from dataclasses import replace

import pytest

from common.sources.errors import RefusedError, Verdict
from common.sources.health import ALERTS, SourceEvent, recent
from common.sources.outcomes import AskedSource, Scraped, empty, without_answer
from common.sources.quota import Credits, Usage
from common.sources.routes import PRIMARY
from local.simulator.world import ManualClock
from tests.common.sources.test_guard import TARGET, answered, before, guard
from tests.kit.state import NOON


@pytest.mark.parametrize(
    ("scraped", "error"),
    [
        (empty(TARGET, "NO_DATA", "nothing there"), "nothing there"),
        (without_answer(TARGET, RefusedError("no such query", 400)), "no such query"),
    ],
)
def test_an_alert_says_why(
    scraped: Scraped, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the failure's text, or by the reason for which there is no record."""
    asked = (AskedSource("espn_site", PRIMARY, "site.api.espn.com", scraped.verdict),)
    task = guard(ManualClock(NOON))
    task.settle(replace(scraped, asked=asked), (), "SOURCE_CHANGED")
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert {name: line[name] for name in line if "/" not in name} == {
        "severity": "ERROR",
        "message": ALERTS["SOURCE_CHANGED"],
        "reason_code": "SOURCE_CHANGED",
        "scraper": "espn_scoreboard",
        "host": "site.api.espn.com",
        "outcome": scraped.outcome,
        "error": error,
        "target_date": "2025-11-12",
        "task_id": task.task_id,
    }


def test_an_incident_is_that_of_the_events_before_and_of_the_day_that_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Data that the task itself has brought end it for the next one; midnight may lie in a task."""
    clock = ManualClock(NOON)
    scraped, task = answered(("espn_site", PRIMARY, "changed")), guard(clock)
    for hours, new in ((0, ()), (0, before(("ok", PRIMARY))), (6.9, ()), (0.2, ())):
        clock.sleep(hours * 3600)
        task.settle(scraped, new, "SOURCE_CHANGED")
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_events_of_two_tasks_at_one_instant_are_two() -> None:
    """Eight characters of their ids tell them apart."""
    event = SourceEvent(NOON, "failed", PRIMARY, "-", "x")
    first = guard(ManualClock(NOON))
    second = replace(first, task_id=first.task_id.replace("2c3d", "2c3e"))
    for task in (first, first, second):
        task.settle(answered(), (event,), None)
    assert recent(first.state, "espn_scoreboard", NOON) == (event, event)


def test_each_route_that_was_asked_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """It has an event but where it brought the data; the first that brought none is blamed."""
    shown: list[tuple[str, Verdict]] = [("r", "ok"), (PRIMARY, "failed"), ("route-1", "changed")]
    scraped, task = answered(*(("a", *each) for each in shown)), guard(ManualClock(NOON))
    found = task.new_events(scraped)
    assert [(one.route, one.verdict) for one in found] == shown[1:]
    assert task.code(scraped, found) == "SOURCE_CHANGED"
    task.settle(scraped, (), "CIRCUIT_OPEN")
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["host"] == f"{PRIMARY}.host"


@pytest.mark.parametrize(
    ("sources", "is_kept"),
    [(["odds_api"], True), (["espn_site", "odds_api"], True), (["espn_site"], False)],
)
def test_credits_are_kept_where_the_odds_api_was_asked(
    sources: list[str], capsys: pytest.CaptureFixture[str], *, is_kept: bool
) -> None:
    """Whatever else was; they are logged by their names, and events by the scraper's."""
    task = guard(ManualClock(NOON))
    task.source.usage = usage = Usage(7, 3, 1, NOON)
    event = SourceEvent(NOON, "failed", PRIMARY, "-", "x")
    task.settle(answered(*((name, PRIMARY, "ok") for name in sources)), (event,), None)
    assert recent(task.state, "espn_scoreboard", NOON) == (event,)
    assert Credits(task.state).read()[0] == (usage if is_kept else None)
    lines = map(json.loads, capsys.readouterr().err.splitlines())
    line = {
        "severity": "INFO",
        "message": "The Odds API reported its credits",
        "scraper": "espn_scoreboard",
        "quota_remaining": 7,
        "quota_used": 3,
        "quota_last": 1,
    }
    assert [*lines] == [line] * is_kept
