"""A decision's stored inputs are the situation that it was made in, with all that it knew."""

import json
from datetime import date

from common.decisions.recording import decide_recorded
from common.review.stored_inputs import situation_from
from common.state.pauses import Pause
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
