"""The stored inputs of a decision: their form, their size, and the way back to a situation."""

import json
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest

from common.decisions.history import Attempts, History, Run
from common.decisions.recording import decide_recorded
from common.decisions.situation import Situation
from common.state.pauses import Pause
from tests.kit.recorded_decisions import again, recorded, restored
from tests.kit.situations import (
    BOXES,
    DAY,
    WORKFLOWS,
    collected,
    et,
    failure,
    game,
    played,
    situation,
    success,
)

BYTES_MAX = 4096
BOXES_LEFT = [name for name in WORKFLOWS["post_game_window_2"].scrapers if name in BOXES[1:]]


def test_inputs_are_stored_in_their_form() -> None:
    """Games are stored by date, equal attempts in one entry, and instants as seconds."""
    games = [played(1), played(2), played(3, postponed=True)]
    attempts = {
        (BOXES[0], games[0].game_date, one.game_id): success("2025-11-12 22:30") for one in games
    }
    run = Run("post_game_window_1", et("2025-11-12 22:15"), games[0].game_date, ("0022500002", "x"))
    text, _ = recorded(
        "post_game_window_2", situation("2025-11-12 23:00", games, attempts=attempts, runs=(run,))
    )
    assert json.loads(text) == {
        "form": 1,
        "config": "abc",
        "games": {
            "2025-11-12": [
                ["0022500001", "MIL", "CHA", -14400, 3, 1],
                ["0022500002", "MIL", "CHA", -14400, 3, 1],
            ]
        },
        "tries": [[BOXES[0], "2025-11-12", -1800, 1, -1800, [0]]],
        "runs": [["post_game_window_1", -2700, "2025-11-12", [1], None]],
        "targets": [[BOXES_LEFT, ["0022500001"]]],
    }


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"stale": True}, {"stale": True}),
        ({"has_file": False}, {"no_file": True}),
        ({"boards": (DAY,)}, {"boards": ["2025-11-12"]}),
        ({"cause": "the log cannot be read"}, {"cause": "the log cannot be read"}),
        ({"history": None}, {"unread": ["history"]}),
        ({"calendar": None}, {"unread": ["calendar"]}),
        ({"collect_since": DAY}, {"since": "2025-11-12"}),
        (
            {"pauses": {"betting_lines": Pause(by="ann", since=et("2025-11-12 12:00"))}},
            {"paused": {"by": "ann", "since": "2025-11-12T17:00:00Z", "why": ""}},
        ),
    ],
)
def test_what_is_unusual_of_a_situation_is_stored_under_its_name(
    changes: dict[str, Any], held: dict[str, Any]
) -> None:
    """What is as usual is left out, so that most rows stay small."""
    text, _ = recorded("betting_lines", situation("2025-11-12 13:00", [game()], **changes))
    found = json.loads(text)
    names = {"stale", "no_file", "boards", "cause", "unread", "since", "off", "paused"}
    assert {name: found[name] for name in names & found.keys()} == held


def test_scrapers_that_were_left_out_are_stored() -> None:
    """Their source was off."""
    judged = situation("2025-11-12 13:00", [game()])
    flow = WORKFLOWS["betting_lines"]
    made = decide_recorded("betting_lines", flow, judged, off=["oddsa_events"], config="abc")
    assert made.inputs["off"] == ["oddsa_events"]


def test_a_success_between_two_seconds_comes_back() -> None:
    """The start time of a request outside any workflow keeps its fraction of a second."""
    when = et("2025-11-12 07:00") + timedelta(milliseconds=250)
    attempts = {("nbac_schedule_api", when.date(), None): Attempts(when, 0, None)}
    judged = situation("2025-11-12 08:00", [game()], attempts=attempts)
    text, _ = recorded("morning_operations", judged)
    assert restored(text, judged).history == History(attempts)


def test_games_before_collect_since_stay_left() -> None:
    """The limit of a fresh deployment is stored with the decision and read back."""
    one = played(1, "2025-11-11 19:00")
    judged = situation("2025-11-12 12:00", [one], collect_since=date(2025, 11, 12))
    text, made = recorded("late_game_catch_up", judged)
    assert made.action == "SKIP"
    assert restored(text, judged).collect_since == date(2025, 11, 12)
    assert again("late_game_catch_up", text, judged) == made


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("when", ["06:00", "12:00", "20:00", "23:00"])
def test_a_slate_of_15_games_stays_small(name: str, when: str) -> None:
    """The inputs take less than 4 KB in every workflow, even if each game's attempts differ."""
    night = [
        played(number + 20 * back, f"2025-11-{12 - back} {12 + number // 2}:{number % 2 * 30:02d}")
        for back in range(2)
        for number in range(15)
    ]
    attempts = collected(*night[15:], when="2025-11-11 23:00")
    attempts |= {
        (scraper, one.game_date, one.game_id): failure("2025-11-12 19:00", charged=number + 1)
        for scraper in BOXES
        for number, one in enumerate(night[:15])
    }
    text, made = recorded(name, situation(f"2025-11-12 {when}", night, attempts=attempts))
    assert len(text) < BYTES_MAX
    assert made.reason


def test_a_situation_comes_back_whole() -> None:
    """Every field of a situation is stored; a new field must be added to the stored form."""
    kept = {"slot", "now", "cron", "per_game", "calendar", "history", "cause"}
    kept |= {"collect_since", "stale", "boards", "has_file", "pauses"}
    # The scrapers that go by NBA.com's ids are declared in the code, as those of one game are.
    assert {one.name for one in fields(Situation)} == kept | {"rules", "by_nba_id"}
