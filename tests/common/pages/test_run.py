"""A run's page measures from its decision to the last thing known of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from common.cloud.ports import Row
from common.look.run_life import RunLife, Step, Task
from common.look.runs import Run
from common.pages.documents import iso, of_life
from common.pages.run import RunPage
from tests.kit.placed import row
from tests.kit.situations import et

MADE, NOW = et("2025-11-12 23:00"), et("2025-11-13 01:00")
MINUTE = timedelta(minutes=1)
ROW = {"execution_time": MADE + MINUTE, "finished_at": MADE + 2 * MINUTE}


def page(ended: Row | None, *logged: datetime) -> RunPage:
    """Return the page of a run with tasks whose rows were made then, and one without."""
    tasks = [
        Task("a", "g", {"triggered_at": MADE, "duration_seconds": 60, "logged_at": at}, True)  # noqa: FBT003 - a record
        for at in logged
    ]
    tasks.append(Task("b", "g", None, False))  # noqa: FBT003 - a record
    made = {"decision_time": MADE, "slot": MADE, "decision_id": "d", "workflow_name": "f"}
    made["forced"] = False
    return RunPage(NOW, RunLife(Run(made, ended), None, (Step(1, (), tuple(tasks)),)))


@pytest.mark.parametrize(
    ("ended", "logged", "until"),
    [
        (None, (), NOW),
        (None, (NOW + MINUTE,), NOW + MINUTE),
        (ROW, (), MADE + 2 * MINUTE),
        (ROW, (MADE, MADE + 3 * MINUTE), MADE + 3 * MINUTE),
        ({**ROW, "finished_at": None}, (), MADE + MINUTE),
        ({**ROW, "finished_at": MADE - MINUTE}, (), MADE),  # by the clock of another machine
    ],
)
def test_it_is_drawn_up_to_the_last_thing_known(
    ended: Row | None, logged: tuple[datetime, ...], until: datetime
) -> None:
    """Its end, or now while it has none, or a row that came later."""
    span = page(ended, *logged).span
    assert (span.begin, span.end) == (MADE, until)


@pytest.mark.parametrize("minutes", [(5, 9), (9, 5)])
def test_the_last_thing_known_may_be_of_any_step(minutes: tuple[int, int]) -> None:
    """A row of an earlier step may be made later than those of the next."""
    first, second = (page(ROW, MADE + number * MINUTE) for number in minutes)
    life = replace(first.life, steps=(*first.life.steps, *second.life.steps))
    assert replace(first, life=life).span.end == MADE + 9 * MINUTE


def test_a_run_of_the_evening_is_of_its_own_date() -> None:
    """In UTC it is the next day already; decided after midnight, it is of its slot's date."""
    found = page(None)
    assert f"{found.day}" == "2025-11-12"
    late = {**found.life.run.decision, "decision_time": MADE + 90 * MINUTE}
    life = replace(found.life, run=Run(late, None))
    assert f"{replace(found, life=life).day}" == "2025-11-12"


@pytest.mark.parametrize(("late", "said"), [(0.25, "0.2 s"), (3, "3.0 s"), (-1, "0.0 s")])
def test_a_row_is_made_after_its_scrape(late: float, said: str) -> None:
    """Where a clock is behind, at once; without a row there is nothing to say."""
    at = MADE + MINUTE + timedelta(seconds=late)
    first, second = page(None, at).life.steps[0].tasks
    assert (RunPage.until_logged(first), RunPage.until_logged(second)) == (said, "")


def test_times_are_told_from_the_decision_on() -> None:
    """With a sign, never a negative one, and nothing where there is none."""
    found = page(None)
    assert [found.after(each) for each in (MADE + 90 * MINUTE, MADE - MINUTE, None)] == [
        *("+5400.0 s", "+0.0 s", "")
    ]


def test_a_run_that_started_late_is_told_from_its_decision_on() -> None:
    """How long its message waited is part of its time."""
    made = {"decision_time": MADE, "slot": MADE, "decision_id": "d", "forced": False}
    late = RunPage(NOW, RunLife(Run(made, ROW), MADE + MINUTE, ()))
    assert (late.after(MADE + MINUTE), late.span.begin) == ("+60.0 s", MADE)


def test_times_of_a_forced_run_are_told_from_its_start_on() -> None:
    """The time of its decision is its slot's; before it has started there is nothing to say."""
    made = {"decision_time": NOW, "slot": NOW, "decision_id": "d", "forced": True}
    started = RunPage(NOW, RunLife(Run(made, ROW), MADE, ()))
    assert started.after(MADE + MINUTE) == "+60.0 s"
    assert (started.span.begin, started.span.end) == (MADE, MADE + 2 * MINUTE)
    known = {**row("workflow_decisions"), **made, "workflow_name": "f", "target_date": NOW.date()}
    ended = {**row("workflow_executions", status="failed"), **ROW}
    told = of_life(RunLife(Run(known, ended), MADE, ()))
    assert (told["decided"], told["started"], told["slot"]) == (None, iso(MADE), iso(NOW))
    assert told["finished"] == iso(MADE + 2 * MINUTE)
    waiting = RunPage(NOW, RunLife(Run(made, None), None, ()))
    assert (waiting.after(MADE), waiting.span.begin, waiting.span.end) == ("", NOW, NOW)
