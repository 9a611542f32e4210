"""What alternatives are asked for, what they made good, and when a switch to them is logged."""

import json
from typing import Any

import pytest

from common import ids
from common.executions.alternatives import lacking, not_made_good, note_switches
from common.executions.manifest import Manifest, PlannedStep, manifest_of, planned_steps
from common.executions.result import Result
from common.executions.row import finished_row
from common.executions.steps import Outputs, plan_step
from common.messages.labels import Outcome
from common.messages.models import GameTarget, WorkflowDecision
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory import MemoryStorage
from local.simulator.world import ManualClock
from tests.kit.situations import DAY, PER_GAME, WORKFLOWS, et
from tests.kit.state import new_state

SLOT = et("2025-11-12 23:00")
ONE, TWO = "0022500001", "0022500002"
FIRST, OTHER, OF_DATE = "nbac_boxscore", "espn_boxscore", "nbac_player_boxscore"
INSTEAD = PlannedStep(scrapers=(OTHER,), games="final", instead_of=(FIRST,))
STEP = PlannedStep(scrapers=(FIRST,), games="final", alternatives={FIRST: (OTHER,)})


def result(scraper: str, outcome: Outcome, game_id: str | None = ONE) -> Result:
    """Return the result of a task."""
    failed = outcome not in ("SUCCESS", "NO_DATA", "NOT_READY")
    return Result(
        task_id=ids.task_id("execution", 0, scraper, str(game_id)),
        scraper=scraper,
        status="FAILED" if failed else "SUCCESS",
        outcome=outcome,
        records=2 if outcome == "SUCCESS" else 0,
        started_at=SLOT,
        duration_seconds=1,
        target_date=DAY,
        game_id=game_id,
        error_message="refused" if failed else None,
        log_id=f"{scraper}-{game_id}",
        object="an-object",
        generation=1,
    )


def manifest() -> Manifest:
    """Return the manifest of two games that lack their box scores."""
    flow = WORKFLOWS["post_game_window_2"]
    targets = tuple(
        GameTarget(game_id=game_id, away="MIL", home="CHA", scrapers=(FIRST,))
        for game_id in (ONE, TWO)
    )
    decision = WorkflowDecision(
        decision_id=ids.decision_id("post_game_window_2", SLOT),
        workflow_name="post_game_window_2",
        action="RUN",
        slot=SLOT,
        decision_time=SLOT,
        target_date=DAY,
        scrapers=("nbac_schedule_api", FIRST),
        targets=targets,
    )
    return manifest_of(decision, flow, per_game=sorted(PER_GAME), per_event=(), started=SLOT)


@pytest.mark.parametrize("outcome", ["BLOCKED", "FAILED", "TIMEOUT", "CONTRACT", "MISMATCH"])
def test_what_failed_is_asked_of_the_alternative(outcome: Outcome) -> None:
    """A game whose scraper failed in any way is lacking; one that it brought is not."""
    assert lacking(INSTEAD, [result(FIRST, outcome), result(FIRST, "SUCCESS", TWO)]) == {ONE}


def test_a_failure_of_another_scraper_is_not_what_an_alternative_is_for() -> None:
    """Only the scrapers before it count, and only their failures."""
    elsewhere = [result(OF_DATE, "FAILED", None), result(FIRST, "FAILED"), result(FIRST, "NO_DATA")]
    assert lacking(INSTEAD, elsewhere) == frozenset()


def test_the_second_alternative_is_asked_for_what_the_first_did_not_bring(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What any scraper before it brought is there, and what it brings itself makes all good."""
    third = "nbac_team_boxscore"
    step = PlannedStep(scrapers=(FIRST,), alternatives={FIRST: (OTHER, third)})
    last = PlannedStep(scrapers=(third,), instead_of=(FIRST, OTHER))
    failed = [result(FIRST, "BLOCKED"), result(FIRST, "BLOCKED", TWO), result(OTHER, "BLOCKED")]
    assert lacking(last, [*failed, result(OTHER, "SUCCESS", TWO)]) == {ONE}
    made = manifest().model_copy(update={"steps": (step,)})
    brought = [result(OTHER, "SUCCESS", TWO), result(third, "SUCCESS")]
    assert not_made_good(made, [*failed, *brought]) == []
    assert not_made_good(made, [result(third, "FAILED"), result(OTHER, "SUCCESS")]) == []
    note_switches(new_state(), step, [result(FIRST, "BLOCKED")] * 3)
    assert f"{OTHER} is asked until" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("BLOCKED", None, {ONE}),
        (None, "BLOCKED", {ONE}),
        ("BLOCKED", "FAILED", {ONE}),
        ("BLOCKED", "NO_DATA", set()),
        ("SUCCESS", "BLOCKED", set()),
        (None, None, set()),
    ],
)
def test_either_of_two_before_an_alternative_counts(
    first: Outcome | None, second: Outcome | None, left: set[str]
) -> None:
    """What one of them failed to bring is lacking, unless another one has answered for it."""
    told = [result(who, how) for who, how in ((FIRST, first), (OTHER, second)) if how]
    last = PlannedStep(scrapers=("nbac_team_boxscore",), instead_of=(FIRST, OTHER))
    assert lacking(last, told) == left
    assert lacking(last, told[::-1]) == left


@pytest.mark.parametrize("outcome", ["SUCCESS", "NO_DATA", "NOT_READY"])
def test_an_answer_leaves_nothing_to_an_alternative(outcome: Outcome) -> None:
    """A source that answered, if only that there is nothing yet, is not replaced."""
    assert lacking(INSTEAD, [result(FIRST, outcome)]) == frozenset()


def test_its_step_asks_for_what_is_lacking_only() -> None:
    """The alternative's step has one task for each lacking game, and no other."""
    made = manifest()
    number = next(n for n, step in enumerate(made.steps) if step.instead_of == (FIRST,))
    assert plan_step(made, number, Outputs()).requests == ()
    found = plan_step(made, number, Outputs(lacking=frozenset({TWO}))).requests
    assert [(r.scraper, r.game.game_id if r.game else None) for r in found] == [(OTHER, TWO)]


def test_a_whole_date_is_asked_for_as_a_whole() -> None:
    """Where a scraper of the whole date failed, its alternative is asked for the date."""
    made = manifest()
    steps = (PlannedStep(scrapers=("espn_roster",), instead_of=("nbac_player_list",)),)
    found = plan_step(
        made.model_copy(update={"steps": steps}), 0, Outputs(lacking=frozenset({None}))
    ).requests
    assert [(r.scraper, r.target_date, r.game) for r in found] == [("espn_roster", DAY, None)]


def test_an_execution_is_complete_with_the_data_of_either() -> None:
    """A failed task whose game an alternative brought is counted, and fails nothing."""
    results = [result(FIRST, "BLOCKED"), result(FIRST, "SUCCESS", TWO), result(OTHER, "SUCCESS")]
    row = finished_row(manifest(), results, (), SLOT)
    assert not_made_good(manifest(), results) == []
    assert (row["status"], row["outcome"], row["error_message"]) == ("completed", "COMPLETED", None)
    counts = (row["scrapers_triggered"], row["scrapers_succeeded"], row["scrapers_failed"])
    assert counts == (3, 2, 1)


def test_what_an_alternative_fails_to_bring_is_made_good_by_the_first() -> None:
    """Either answer will do for the game; that of a scraper of something else will not."""
    made = manifest()
    assert not_made_good(made, [result(OTHER, "BLOCKED"), result(FIRST, "SUCCESS")]) == []
    astray = [result("nbac_play_by_play", "BLOCKED"), result(FIRST, "SUCCESS")]
    assert not_made_good(made, astray) == astray[:1]


def test_an_alternative_that_finds_that_there_is_nothing_makes_it_good() -> None:
    """ESPN answered that a game has none: the failure of NBA.com's is no gap any more."""
    results = [result(FIRST, "BLOCKED"), result(OTHER, "NO_DATA")]
    assert not_made_good(manifest(), results) == []
    assert finished_row(manifest(), results, (), SLOT)["status"] == "completed"


def test_owners_of_one_step_stand_in_for_each_other() -> None:
    """Where one of two scrapers that are asked at once fails, the other's answer will do."""
    steps = [PlannedStep(scrapers=(FIRST, OTHER), alternatives={FIRST: (OTHER,), OTHER: (FIRST,)})]
    both = manifest().model_copy(update={"steps": tuple(planned_steps(steps, {FIRST, OTHER}))})
    assert len(both.steps) == 1
    for one, other in ((FIRST, OTHER), (OTHER, FIRST)):
        assert not_made_good(both, [result(one, "BLOCKED"), result(other, "SUCCESS")]) == []
    failed = [result(FIRST, "BLOCKED"), result(OTHER, "BLOCKED")]
    assert not_made_good(both, failed) == failed


@pytest.mark.parametrize("outcome", ["BLOCKED", "NOT_READY"])
def test_an_execution_fails_when_neither_brings_the_data(outcome: Outcome) -> None:
    """A game that the alternative does not bring either fails the execution, by name."""
    results = [result(FIRST, "BLOCKED"), result(OTHER, outcome)]
    row = finished_row(manifest(), results, (), SLOT)
    assert row["status"] == "failed"
    assert f"{FIRST} {ONE}: refused" in row["error_message"]


def test_the_switch_and_the_return_are_logged_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    """However often an alternative is asked, the first time and the return are logged."""
    state = new_state()
    first = result(FIRST, "BLOCKED").model_copy(update={"error_message": "why"})
    blocked, back = [first, *[result(FIRST, "BLOCKED")] * 2], [result(FIRST, "SUCCESS")]
    for results in (back, blocked, blocked, [result(FIRST, "NOT_READY")], back, back, blocked):
        note_switches(state, STEP, results)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    codes = [line["reason_code"] for line in lines]
    assert codes == ["SOURCE_SWITCHED", "SOURCE_RETURNED", "SOURCE_SWITCHED"]
    assert {(line["severity"], line["scraper"]) for line in lines} == {("WARNING", FIRST)}
    assert [line["message"] for line in lines[:2]] == [
        f"A scraper brings nothing that it is asked for; {OTHER} is asked until it is back",
        f"A scraper brings data again; {OTHER} is not asked in its place any more",
    ]
    assert [line.get("error") for line in lines] == ["why", None, "why"]


def test_a_single_late_game_is_no_switch(capsys: pytest.CaptureFixture[str]) -> None:
    """Failures count over runs until the scraper brings something; three in a row are a switch."""
    state, late, back = new_state(), [result(FIRST, "FAILED")], [result(FIRST, "SUCCESS", TWO)]
    for results in (late, late, back, late, late, back):
        note_switches(state, STEP, results)
    assert capsys.readouterr().err == ""
    for _ in range(3):
        note_switches(state, STEP, late)
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line["reason_code"] == "SOURCE_SWITCHED"


def test_a_scraper_that_fails_for_some_games_only_is_not_replaced(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """While a scraper brings anything, the alternative fills gaps, and no switch is logged."""
    note_switches(new_state(), STEP, [result(FIRST, "BLOCKED"), result(FIRST, "SUCCESS", TWO)])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("others", "switched"),
    [
        ([result(OF_DATE, "FAILED", None)] * 3, False),
        ([result(FIRST, "NOT_READY", TWO)] * 3, False),
        ([result(FIRST, "BLOCKED", TWO)], True),
        ([result(FIRST, "BLOCKED", TWO), result(FIRST, "NO_DATA")], True),
        ([result(FIRST, "BLOCKED", TWO), result(FIRST, "SUCCESS")], False),
    ],
    ids=["of another scraper", "not ready", "of itself", "beside no data", "beside data"],
)
def test_only_failures_of_the_scraper_itself_count(
    capsys: pytest.CaptureFixture[str], others: list[Result], *, switched: bool
) -> None:
    """Two failures are no switch, whatever else the step brought; a third one is."""
    note_switches(new_state(), STEP, [result(FIRST, "BLOCKED"), result(FIRST, "BLOCKED"), *others])
    assert ("SOURCE_SWITCHED" in capsys.readouterr().err) == switched


def test_an_execution_that_is_noted_again_counts_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A step is completed again by another delivery; three executions that fail are a switch."""
    state = new_state()
    runs = [
        [result(FIRST, "FAILED").model_copy(update={"execution_id": ids.execution_id(name)})]
        for name in "abc"
    ]
    for failed in (runs[0], runs[0], runs[0], runs[1]):
        note_switches(state, STEP, failed)
    assert capsys.readouterr().err == ""
    note_switches(state, STEP, runs[2])
    assert "SOURCE_SWITCHED" in capsys.readouterr().err


def test_what_needs_no_note_is_not_written_again() -> None:
    """Data of a scraper that had never failed, and that had been back already, cost one read."""
    written: list[str] = []

    def note(call: Call, do: Do) -> Any:
        if call.writes:
            written.append(f"{call.name} {call.subject}")
        return do()

    state = new_state(intercepted(MemoryStorage(ManualClock(SLOT)), note))
    note_switches(state, STEP, [result(FIRST, "SUCCESS")])
    assert written == []
    note_switches(state, STEP, [result(FIRST, "FAILED")])
    for _ in range(2):
        note_switches(state, STEP, [result(FIRST, "SUCCESS")])
    name = "switches/nbac_boxscore.json"
    assert written == [f"create {name}", f"replace {name}"]


def test_of_what_is_neither_data_nor_failure_nothing_is_noted() -> None:
    """A source without data says nothing of the scraper."""
    state = new_state()
    note_switches(state, STEP, [result(FIRST, "NO_DATA"), result("nbac_play_by_play", "FAILED")])
    assert [*state.list("")] == []
