"""The runs of a date: what each came to, and how far the open ones are."""

from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from common.eastern import at
from common.errors import BadInputError
from common.look.runs import ID_CHARACTERS, Run, find_run, runs_on
from tests.kit.operated import day_gone_wrong, forced_ahead, gone_wrong
from tests.kit.world import DAY, tick


def test_every_run_of_a_date_says_what_it_came_to() -> None:
    """The runs are in order of time; a run with failed tasks is PARTIAL or FAILED."""
    found = runs_on(gone_wrong().runtime, DAY)
    slots = [run.decision["slot"] for run in found]
    assert slots == sorted(slots)
    states = {(run.decision["workflow_name"], run.state) for run in found}
    assert ("betting_lines", "COMPLETED") in states
    assert ("referee_discovery", "FAILED") in states
    assert ("post_game_window_2", "PARTIAL") in states


def test_a_run_counts_its_tasks() -> None:
    """The window's failed tasks are the two of each of its nine games."""
    found = [run for run in runs_on(gone_wrong().runtime, DAY) if run.state == "PARTIAL"]
    assert found[-1].progress == "12 of 30 tasks, 18 failed"


def test_a_date_without_decisions_has_no_run() -> None:
    """Nothing is read of executions that no decision can have."""
    assert runs_on(gone_wrong().runtime, date(2025, 11, 20)) == []


def test_an_open_run_says_how_far_it_is() -> None:
    """Not started while there is no manifest; then its step, and how many tasks have reported."""
    world = day_gone_wrong(at(DAY, time(5, 50)))
    tick(world, "tick-master-controller", at(DAY, time(6)))
    world.deliver(world.take())
    run = runs_on(world.runtime, DAY)[0]
    assert (run.state, run.progress) == ("not started", "its message was not handled yet")
    world.deliver(world.take())
    run = runs_on(world.runtime, DAY)[0]
    assert (run.state, run.progress) == ("under way", "step 1, 0 of 2 tasks reported")


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        (None, "step 1, 1 of 2 tasks reported"),
        (0, "step 1, 1 of 2 tasks reported"),
        (1, "step 2, 2 of 5 tasks reported"),
    ],
)
def test_an_open_run_is_at_the_last_step_that_it_reached(reached: int | None, said: str) -> None:
    """Its tasks are those of that step alone."""
    tasks = [SimpleNamespace(requests=range(number)) for number in (2, 5)]
    going = SimpleNamespace(
        step_reached=lambda: reached,
        tasks_of=tasks.__getitem__,
        silent=[range(1), range(3)].__getitem__,
    )
    assert Run({}, None, cast("Any", going)).progress == said


def test_a_run_is_found_by_the_beginning_of_its_id() -> None:
    """The id that a table shows names the run, as does the decision's."""
    place = gone_wrong().runtime
    wanted = runs_on(place, DAY)[0]
    for one in (wanted.execution_id, wanted.decision["decision_id"]):
        assert find_run(place, one[:ID_CHARACTERS], DAY).execution_id == wanted.execution_id
        assert find_run(place, one).execution_id == wanted.execution_id


@pytest.mark.parametrize(
    ("beginning", "day", "said"),
    [
        ("", None, "begin so; give more of the id"),
        ("nope", None, "no run 'nope' from 2025-11-05 to now; give its --date"),
        ("nope", DAY, "no run 'nope' on 2025-11-12; see: python -m local runs"),
    ],
)
def test_an_unknown_or_ambiguous_run_is_refused(
    beginning: str, day: date | None, said: str
) -> None:
    """The error says how to name it."""
    with pytest.raises(BadInputError, match=said):
        find_run(gone_wrong().runtime, beginning, day)


def test_a_run_of_a_date_may_have_been_decided_on_the_next() -> None:
    """The tick of 23:00 is handled at midnight; its run is one of its slot's date."""
    world = day_gone_wrong(at(DAY, time(22, 30)))
    tick(world, "tick-master-controller", at(DAY, time(23)))
    late = at(date(2025, 11, 13), time())
    world.clock.move(late)
    world.deliver(world.take())
    last = runs_on(world.runtime, DAY)[-1].decision
    assert (last["slot"], last["decision_time"]) == (at(DAY, time(23)), late)


def test_a_run_that_was_decided_just_now_is_found_by_its_id() -> None:
    """Without its date too, in the very minute of its decision."""
    world = day_gone_wrong(at(DAY, time(5, 50)))
    tick(world, "tick-master-controller", at(DAY, time(6)))
    world.deliver(world.take())
    wanted = runs_on(world.runtime, DAY)[0]
    assert find_run(world.runtime, wanted.execution_id).execution_id == wanted.execution_id


def test_a_run_of_a_slot_to_come_that_was_forced_has_ended_once_it_has() -> None:
    """Its row is of the evening before its slot; by its id it is found without a date."""
    place = forced_ahead().runtime
    found = runs_on(place, DAY + timedelta(days=1))
    assert {run.decision["workflow_name"]: run.state for run in found} == {
        "late_game_catch_up": "PARTIAL",
        "morning_operations": "COMPLETED",
        "post_game_window_3": "PARTIAL",
    }
    for run in found:
        assert find_run(place, run.execution_id[:ID_CHARACTERS]).ended == run.ended
        assert run.began is not None
        assert run.began < place.clock.now() < run.decision["slot"]
