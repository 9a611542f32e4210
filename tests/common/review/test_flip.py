"""The smallest change of the facts that would have led to another action."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from common.decisions.decide import decide
from common.decisions.history import UNLOGGED, Run
from common.review.flip import flips
from common.state.pauses import Pause
from tests.kit.situations import (
    BOXES,
    DAY,
    WHOLE_DATE,
    WORKFLOWS,
    et,
    failure,
    game,
    played,
    situation,
    success,
)

INJURY = ("nbac_injury_report", DAY, None)
PLAYED = [played(number, home=3 * home) for number, home in enumerate("ABCDE", 1)]


def told(workflow: str, when: str, games: Iterable[Game] | None = (), **facts: Any) -> list[str]:
    """Return the flips of a workflow's decision."""
    found, flow = situation(when, games, **facts), WORKFLOWS[workflow]
    return flips(workflow, flow, found, decide(workflow, flow, found))


@pytest.mark.parametrize(
    ("workflow", "when", "facts", "said"),
    [
        ("betting_lines", "2025-11-12 08:00", {}, "it had been 13:00"),
        ("betting_lines", "2025-11-12 13:00", {}, "it had been 12:00"),
        (
            "injury_discovery",
            "2025-11-12 13:00",
            {"attempts": {INJURY: success("2025-11-12 12:00")}},
            "nbac_injury_report of 2025-11-12 had not been found",
        ),
        (
            "injury_discovery",
            "2025-11-12 13:00",
            {},
            "nbac_injury_report of 2025-11-12 had been found",
        ),
        (
            "injury_discovery",
            "2025-11-12 13:00",
            {"runs": (Run("injury_discovery", et("2025-11-12 12:00"), DAY),)},
            "the run of 12:00 had ended",
        ),
    ],
)
def test_one_fact_is_named(workflow: str, when: str, facts: dict[str, Any], said: str) -> None:
    """Of a SKIP and of a RUN alike, the change that suffices is there in words."""
    assert said in told(workflow, when, [game()], **facts)


def test_no_slot_before_the_last_attempt_is_named() -> None:
    """What is known at 15:00 of a run of 13:00 was not known at 12:00."""
    tried = {INJURY: failure("2025-11-12 13:00")}
    said = told("injury_discovery", "2025-11-12 14:00", [game()], attempts=tried)
    assert said
    assert not any("had been 13:00" in one or "had been 10:00" in one for one in said)


def test_facts_that_are_equal_are_said_once() -> None:
    """Five games that are over are one line, with four of their names."""
    (line, *_) = told("betting_lines", "2025-11-12 23:00", PLAYED)
    assert line == "one of MIL@AAA, MIL@BBB, MIL@CCC, MIL@DDD … (5) had not been over"


def test_without_a_game_a_made_up_one_is_tried() -> None:
    """On a day without games a listed one would have been reason to run."""
    assert told("betting_lines", "2025-11-12 17:00") == [
        "a game had been listed for 19:00 of 2025-11-12"
    ]


def test_a_slot_of_the_next_day_is_named_with_its_date() -> None:
    """A backoff that ends at night is over at the first tick of the morning."""
    keys = [*((name, DAY, PLAYED[0].game_id) for name in BOXES), (WHOLE_DATE, DAY, None)]
    tries = dict.fromkeys(keys, failure("2025-11-13 22:00", 2))
    said = told("late_game_catch_up", "2025-11-13 23:00", PLAYED[:1], attempts=tries)
    assert said == ["it had been 2025-11-14 06:00"]


def test_two_facts_are_named_where_one_does_not_suffice() -> None:
    """Found already and after the band: both would have to be otherwise."""
    attempts = {INJURY: success("2025-11-12 14:00")}
    (said,) = told("injury_discovery", "2025-11-12 23:00", [game()], attempts=attempts)
    assert said == ("it had been 20:00 and nbac_injury_report of 2025-11-12 had not been found")


def test_a_late_tick_and_a_stale_schedule_are_facts() -> None:
    """A tick on time, and a fresh schedule, are among what would have helped."""
    late = {"now": et("2025-11-12 15:00"), "slot": et("2025-11-12 13:00")}
    assert "the tick had come on time" in told(
        "betting_lines", "2025-11-12 13:00", [game()], **late
    )
    lost = {"stale": True, "attempts": {}}
    assert "a game had been listed for 14:00 of 2025-11-12" in told(
        "injury_discovery", "2025-11-12 12:00", **lost
    )


def test_nothing_is_made_up_where_nothing_was_read() -> None:
    """Without a history no change of it is tried, and no decision fails."""
    assert told("betting_lines", "2025-11-12 13:00", [game()], history=None) == []


def test_the_decision_itself_is_left_as_it_is() -> None:
    """A flip is another situation; the given one is unchanged."""
    found, flow = situation("2025-11-12 08:00", [game()]), WORKFLOWS["betting_lines"]
    before = decide("betting_lines", flow, found)
    flips("betting_lines", flow, found, before)
    assert decide("betting_lines", flow, found) == before
    assert found.slot == et("2025-11-12 08:00")
    assert found.calendar == {DAY: (game(),)}
    assert found.now - found.slot < timedelta(minutes=1)


PAUSE = Pause(by="ana", since=et("2025-11-12 08:00"), why="")
COMING = [game(number, home=3 * home) for number, home in enumerate("ABCDE", 1)]
RAN = Run("injury_discovery", et("2025-11-12 12:00"), DAY)
HELD_UP = success("2025-11-12 12:00", late=et("2025-11-12 13:00"))
GOT = {
    key: success("2025-11-12 22:00")
    for key in [(WHOLE_DATE, DAY, None)]
    + [(name, DAY, PLAYED[0].game_id) for name in BOXES if name != "nbac_play_by_play"]
}
"""All of the first game but its play-by-play."""
NOT_LISTED = "no game had been listed on 2025-11-12"


@pytest.mark.parametrize(
    ("workflow", "when", "games", "facts", "said"),
    [
        (
            "betting_lines",
            "2025-11-12 13:00",
            [game()],
            {"pauses": {"betting_lines": PAUSE}},
            ["the workflow had not been paused"],
        ),
        (
            "injury_discovery",
            "2025-11-12 13:00",
            [game()],
            {"runs": (replace(RAN, status=UNLOGGED),)},
            ["the run of 12:00 had ended"],
        ),
        # Two runs would have to have ended, which is no small change.
        (
            "injury_discovery",
            "2025-11-12 13:00",
            [game()],
            {"runs": (RAN, replace(RAN, slot=et("2025-11-12 11:00")))},
            [],
        ),
        (
            "injury_discovery",
            "2025-11-12 14:00",
            [game()],
            {"attempts": {INJURY: HELD_UP}},
            [
                "nbac_injury_report of 2025-11-12 had not been found",
                "nbac_injury_report of 2025-11-12 had not been asked for",
            ],
        ),
        (
            "post_game_window_2",
            "2025-11-12 23:00",
            PLAYED[:1],
            {},
            [NOT_LISTED, "MIL@AAA had not been over", "it had been 22:00"],
        ),
        ("post_game_window_2", "2025-11-12 23:00", PLAYED[:3], {}, ["it had been 22:00"]),
        ("post_game_window_2", "2025-11-12 23:00", COMING, {}, ["it had been 22:00"]),
        ("late_game_catch_up", "2025-11-13 14:00", PLAYED[:2], {}, ["it had been 06:00"]),
        (
            "late_game_catch_up",
            "2025-11-12 14:00",
            [played(1, "2025-11-11 19:00")],
            {"stale": True},
            [
                "the schedule had been fresh",
                "a game had been listed for 16:00 of 2025-11-12",
                "a game of 2025-11-12 had been over",
            ],
        ),
        (
            "post_game_window_2",
            "2025-11-12 23:00",
            PLAYED[:1],
            {"attempts": GOT},
            [
                "nbac_play_by_play of 0022500001 had been found",
                NOT_LISTED,
                "MIL@AAA had not been over",
                "it had been 2025-11-13 06:00",
            ],
        ),
        (
            "betting_lines",
            "2025-11-12 23:00",
            PLAYED[:4],
            {},
            [
                "one of MIL@AAA, MIL@BBB, MIL@CCC, MIL@DDD had not been over",
                "it had been 18:00",
            ],
        ),
        (
            "late_game_catch_up",
            "2025-11-20 14:00",
            PLAYED[:1],
            {},
            ["it had been 2025-11-21 07:00 and a game of 2025-11-20 had been over"],
        ),
        (
            "betting_lines",
            "2025-11-12 23:00",
            [game()],
            {},
            ["MIL@CHA had not been over", "it had been 18:00"],
        ),
    ],
)
def test_the_smallest_changes_are_all_that_is_said(
    workflow: str, when: str, games: list[Game], facts: dict[str, Any], said: list[str]
) -> None:
    """The nearest of several slots, and two facts only where none alone suffices."""
    assert told(workflow, when, games, **facts) == said
