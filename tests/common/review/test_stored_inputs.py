"""A decision's stored inputs are the situation that it was made in, with all that it knew."""

import json
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from common.decisions.history import Attempts, Run
from common.decisions.recording import decide_recorded
from common.eastern import EASTERN
from common.review.stored_inputs import flow_then, situation_from, situation_of
from common.state.pauses import Pause
from tests.kit.placed import placed, row
from tests.kit.situations import DAY, PER_GAME, TICKS, WORKFLOWS, et, game, situation

NAME = "late_game_catch_up"


def test_what_is_known_besides_games_and_history_comes_back() -> None:
    """Each fact has another value than its default, and is there again."""
    pause = Pause(by="ana", since=et("2025-11-12 08:00"), why="season test")
    known = {
        "per_game": PER_GAME,
        "collect_since": date(2025, 11, 1),
        "stale": True,
        "boards": (DAY,),
        "has_file": False,
        "by_nba_id": frozenset({"nbac_boxscore"}),
        "pauses": {NAME: pause},
    }
    held = situation("2025-11-13 09:00", [game()], **known)
    made = decide_recorded(NAME, WORKFLOWS[NAME], held, config="abc")
    again = situation_from(
        json.loads(json.dumps(made.inputs)),
        held.slot,
        held.now,
        cron=TICKS,
        per_game=PER_GAME,
        by_nba_id=held.by_nba_id,
        workflow=NAME,
    )
    assert {name: getattr(again, name) for name in known} == known
    assert (again.slot, again.now, again.cron) == (held.slot, held.now, TICKS)


def test_an_unread_schedule_comes_back_with_its_cause() -> None:
    """Without one nothing is known of games, and the error says why."""
    held = situation("2025-11-13 09:00", None, cause="TransientError: down")
    made = decide_recorded(NAME, WORKFLOWS[NAME], held, config="abc")
    again = situation_from(made.inputs, held.slot, held.now, cron=TICKS, per_game=PER_GAME)
    assert (again.calendar, again.cause) == (None, "TransientError: down")


SLOT = et("2025-11-12 13:00")
HOUR = timedelta(hours=1)
GAMES = {"2025-11-12": [["1", "MIL", "CHA", 3600, 1, 0], ["2", "BOS", "LAL", None, 3, 1]]}
NEXT = {"2025-11-13": [["3", "MIL", "LAL", 90000, 1, 0]]}
PAUSED = {"by": "ana", "since": "2025-11-12T13:00:00Z", "why": ""}


@pytest.mark.parametrize(
    ("inputs", "name", "value"),
    [
        ({}, "calendar", {}),
        ({"unread": ["calendar"]}, "calendar", None),
        ({"unread": ["calendar"]}, "history.runs", ()),
        ({"unread": ["history"]}, "history", None),
        ({"unread": ["history"]}, "calendar", {}),
        ({"cause": "down"}, "cause", "down"),
        ({}, "cause", ""),
        ({"since": "2025-11-01"}, "collect_since", date(2025, 11, 1)),
        ({}, "collect_since", None),
        ({"stale": True}, "stale", True),
        ({}, "stale", False),
        ({"boards": ["2025-11-12"]}, "boards", (DAY,)),
        ({"games": GAMES}, "boards", ()),
        ({"no_file": True}, "has_file", False),
        ({}, "has_file", True),
        ({}, "pauses", {}),
        ({"paused": PAUSED}, "pauses", {"w": Pause.model_validate(PAUSED)}),
        (
            {"runs": [["b", -60, "2025-11-11", [], None]]},
            "history.runs",
            (Run("b", SLOT - timedelta(minutes=1), date(2025, 11, 11), (), None),),
        ),
        (
            {"games": GAMES | NEXT, "runs": [["b", 0, "2025-11-12", [2, 1, 0], "ended"]]},
            "history.runs",
            (Run("b", SLOT, DAY, ("3", "2", "1"), "ended"),),
        ),
        (
            {"tries": [["a", "2025-11-11", None, 2, -3600, [None]]]},
            "history.attempts",
            {("a", date(2025, 11, 11), None): Attempts(None, 2, SLOT - HOUR)},
        ),
        (
            {"games": GAMES, "tries": [["a", "2025-11-12", 0, 1, 0, [0, 1, "9"], 3600]]},
            "history.attempts",
            {("a", DAY, each): Attempts(SLOT, 1, SLOT, SLOT + HOUR) for each in "129"},
        ),
    ],
)
def test_each_fact_is_read_as_it_is_stored(
    inputs: dict[str, Any], name: str, value: object
) -> None:
    """Those that are left out have their defaults; instants are seconds from the slot."""
    found: Any = situation_from(inputs, SLOT, SLOT, cron=TICKS, per_game=PER_GAME, workflow="w")
    for part in name.split("."):
        found = getattr(found, part)
    assert found == value


def test_a_game_is_read_as_it_is_stored() -> None:
    """Without a tip-off where none was known; a score where there was one, final or not."""
    found = situation_from({"games": GAMES}, SLOT, SLOT, cron=TICKS, per_game=PER_GAME)
    assert found.calendar is not None
    first, second = found.calendar[DAY]
    assert (first.game_id, first.away, first.home, first.game_date) == ("1", "MIL", "CHA", DAY)
    assert (first.tipoff, first.status, first.has_score) == (SLOT + HOUR, 1, False)
    assert (second.tipoff, second.status, second.has_score) == (None, 3, True)
    assert not first.postponed
    odd = {"2025-11-12": [["1", "MIL", "CHA", 0, 3, 0]]}
    found = situation_from({"games": odd}, SLOT, SLOT, cron=TICKS, per_game=PER_GAME)
    assert found.calendar is not None
    (over,) = found.calendar[DAY]
    assert (over.tipoff, over.status, over.has_score) == (SLOT, 3, False)


def test_a_row_is_judged_by_its_slot_and_its_time() -> None:
    """In UTC, with the deployment's cron and scrapers, and the pause of its own workflow."""
    place, _ = placed(SLOT)
    held = row("workflow_decisions", workflow_name="w", slot=SLOT.astimezone(EASTERN))
    held = {**held, "decision_time": (SLOT + HOUR).astimezone(EASTERN)}
    found = situation_of(place, held, {"paused": PAUSED})
    assert (found.slot, found.now) == (SLOT, SLOT + HOUR)
    assert (found.slot.tzinfo, found.now.tzinfo) == (UTC, UTC)
    assert (found.per_game, found.by_nba_id) == (place.per_game, place.by_nba_id)
    assert found.cron == place.cron("tick-master-controller")
    assert [*found.pauses] == ["w"]


def test_a_workflow_is_that_of_then() -> None:
    """Without what was off; as it is where nothing was."""
    flow = WORKFLOWS[NAME]
    assert flow_then(flow, {}) == flow
    assert "nbac_play_by_play" in flow.scrapers
    assert "nbac_play_by_play" not in flow_then(flow, {"off": ["nbac_play_by_play"]}).scrapers
