"""What a workflow planned, decided and ran shows on its lane, and above all what did not run."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.calendar.games import FINAL
from common.decisions.situation import GAME_LENGTH
from common.ids import execution_id
from common.look.runs import Run
from common.pages.axis import Axis
from common.pages.lanes import GAP, Mark, game_marks, lanes, not_run
from tests.kit.world import DAY, slate

AXIS = Axis(date(2025, 11, 12))
NOON = datetime(2025, 11, 12, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN_ID = "4bb3ac77-0d6f-4f5a-8b8d-3f7f5b3b7d10"


def planned(when: datetime, name: str = "betting_lines") -> dict[str, Any]:
    """Make a row of the plan."""
    return {"workflow_name": name, "expected_run_time": when, "reason": "r"}


def decided(when: datetime, action: str, name: str = "betting_lines") -> dict[str, Any]:
    """Make the row of a decision that came a little late."""
    about = {"workflow_name": name, "slot": when, "decision_time": when + timedelta(minutes=7)}
    return {**about, "decision_id": f"{when:%H}-{action}", "action": action, "reason": "because"}


def test_a_planned_run_that_did_not_happen_cannot_be_overlooked() -> None:
    """It is neither one that ran, nor one still to come, nor another workflow's."""
    plan = [planned(NOON), planned(NOON + HOUR), planned(NOON + 3 * HOUR), planned(NOON, "other")]
    made = [decided(NOON, "RUN"), decided(NOON + HOUR, "SKIP"), decided(NOON, "ABORT", "other")]
    now = NOON + 2 * HOUR
    assert not_run(now, plan, made) == [plan[1], plan[3]]
    assert not_run(NOON + HOUR, plan[1:2], []) == []
    drawn = {
        lane.name: [mark.kind for mark in lane.marks] for lane in lanes(AXIS, now, plan, made, [])
    }
    assert drawn["betting_lines"][:3] == ["plan", "plan missed", "plan"]
    assert drawn["other"] == ["plan missed", "decision abort"]
    assert [mark.text for mark in lanes(AXIS, now, plan[:2], made, [])[0].marks[:2]] == [
        "planned for 12:00 ET",
        "planned for 13:00 ET, did not run",
    ]


def test_a_decision_is_drawn_at_its_slot_and_a_run_when_it_ran() -> None:
    """Both may come much later than they were due."""
    late = decided(NOON, "RUN") | {"decision_time": NOON + HOUR, "decision_id": RUN_ID}
    row = {"execution_time": NOON + 2 * HOUR, "finished_at": NOON + 3 * HOUR, "outcome": None}
    row |= {"status": "success", "scrapers_triggered": 1, "scrapers_succeeded": 1}
    runs = [Run(late, row | {"scrapers_failed": 0}), Run(late, None)]
    ((tick, ended, going),) = (
        lane.marks for lane in lanes(AXIS, NOON + 4 * HOUR, [], [late], runs)
    )
    assert tick == Mark(
        "decision run", AXIS.x(NOON), 0, "12:00 ET RUN: because", leads="decision", name=RUN_ID
    )
    assert ended.text == "14:00:00 ET success: 1 of 1 tasks"
    assert (ended.kind, ended.leads, ended.name) == ("run success", "run", execution_id(RUN_ID))
    assert (ended.x, ended.width) == AXIS.bar(NOON + 2 * HOUR, NOON + 3 * HOUR)
    assert (going.x, going.width) == AXIS.bar(NOON + HOUR, NOON + 4 * HOUR)


def test_an_open_run_of_a_slot_to_come_is_drawn_at_now() -> None:
    """The time of its decision, which was forced, is its slot's."""
    ahead = decided(NOON, "RUN") | {"decision_time": NOON + HOUR, "decision_id": RUN_ID}
    ((_, going),) = (lane.marks for lane in lanes(AXIS, NOON, [], [ahead], [Run(ahead, None)]))
    assert (going.x, going.width) == AXIS.bar(NOON, NOON, least=8)


def test_a_run_is_drawn_by_what_it_came_to() -> None:
    """A finished one spans its time and shows its status; an open one reaches until now."""
    decision = decided(NOON, "RUN") | {"decision_id": RUN_ID}
    row = {
        "execution_time": NOON,
        "finished_at": NOON + HOUR,
        "status": "failed",
        "outcome": "PARTIAL",
        "scrapers_triggered": 3,
        "scrapers_succeeded": 2,
        "scrapers_failed": 1,
    }
    now = NOON + 2 * HOUR
    (lane,) = lanes(AXIS, now, [], [decision], [Run(decision, row), Run(decision, None)])
    _, ended, going = lane.marks
    assert (ended.kind, going.kind) == ("run partial", "run open")
    assert "2 of 3 tasks, 1 failed" in ended.text
    assert going.x + going.width == AXIS.x(now)
    assert ended.width == AXIS.x(NOON + HOUR) - AXIS.x(NOON)
    (lane,) = lanes(AXIS, now, [], [decision], [Run(decision, row | {"finished_at": None})])
    assert (lane.marks[1].x, lane.marks[1].width) == (ended.x, 8)


def test_games_at_the_same_time_do_not_cover_each_other() -> None:
    """Each game has a place of its own, and a row is used again once its game is over."""
    games = slate().on(DAY)
    marks = game_marks(AXIS, games)
    assert len(marks) == len(games) > max(mark.row for mark in marks) + 1
    for number, mark in enumerate(marks):
        for other in marks[:number]:
            assert mark.row != other.row or mark.x >= other.x + other.width


def test_a_row_that_is_used_again_leaves_the_rows_below_it_as_they_are() -> None:
    """The game below is not over: the next one needs a row of its own."""
    tips = (NOON, NOON + 1.5 * HOUR, NOON + 3 * HOUR, NOON + 3.5 * HOUR)
    games = [replace(game, tipoff=tip) for game, tip in zip(slate().on(DAY), tips, strict=False)]
    assert [mark.row for mark in game_marks(AXIS, games)] == [0, 1, 0, 2]


def test_a_row_is_free_again_a_gap_after_its_game() -> None:
    """At a distance of exactly four units, and not before."""
    first, second = (replace(game, tipoff=NOON) for game in slate().on(DAY)[:2])
    end = AXIS.bar(NOON, NOON + GAME_LENGTH)
    near = next(
        NOON + timedelta(seconds=number)
        for number in range(60 * 60 * 5)
        if AXIS.x(NOON + timedelta(seconds=number)) == round(sum(end) + GAP, 1)
    )
    before = near - timedelta(minutes=1)
    rows = [
        [mark.row for mark in game_marks(AXIS, [first, replace(second, tipoff=tip)])]
        for tip in (near, before)
    ]
    assert rows == [[0, 0], [0, 1]]


def test_a_workflow_has_a_lane_for_its_plan_or_its_decisions() -> None:
    """In the order of the names."""
    found = lanes(AXIS, NOON, [planned(NOON, "b")], [decided(NOON, "SKIP", "a")], [])
    assert [(lane.name, len(lane.marks)) for lane in found] == [("a", 1), ("b", 1)]


def test_a_game_s_mark_says_when_it_begins_and_whether_it_is_over() -> None:
    """It leads to its page; one without a time has no place."""
    first, second, third = (replace(game, tipoff=NOON) for game in slate().on(DAY)[:3])
    over = replace(second, status=FINAL, has_score=True)
    x, width = AXIS.bar(NOON, NOON + GAME_LENGTH)
    named = [f"{game.away}@{game.home}" for game in (first, over)]
    assert game_marks(AXIS, [replace(third, tipoff=None), first, over]) == [
        Mark("game", x, width, f"{named[0]}, tip-off 12:00 ET", named[0], "game", first.game_id),
        Mark(
            *("game final", x, width, f"{named[1]}, tip-off 12:00 ET, final", named[1], "game"),
            *(over.game_id, 1),
        ),
    ]
