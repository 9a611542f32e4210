"""The catch-up collects finished games that every window missed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from common.decisions.history import Attempts, Run
from common.decisions.kinds.catch_up import decide
from common.decisions.situation import Decision
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
)

FLOW: Any = WORKFLOWS["late_game_catch_up"]
LATE = played(1, "2025-11-12 22:30")


def judge(now: str, *games: Any, **given: Any) -> Decision:
    """Decide the catch-up at an Eastern time."""
    return decide(FLOW, "late_game_catch_up", situation(now, games, **given))


def failed(when: str, charged: int) -> dict[Any, Attempts]:
    """Return that many failures of every scraper of the late game, the last one in a slot."""
    return {(name, DAY, LATE.game_id): failure(when, charged) for name in BOXES}


def test_s4_a_game_that_every_window_missed_is_caught_up() -> None:
    """A missed game is collected for its own date from 07:00 of the next day."""
    made = judge("2025-11-13 07:00", LATE)
    assert (made.action, made.target_date, made.game_ids) == ("RUN", DAY, (LATE.game_id,))
    assert made.reason == "Catching up 1 game of 2025-11-12 without data"


@pytest.mark.parametrize("now", ["2025-11-12 23:00", "2025-11-13 06:00"])
def test_the_windows_have_their_turn_first(now: str) -> None:
    """Before 07:00 of the next day the catch-up leaves the night to the windows."""
    assert judge(now, LATE).reason_code == "NOTHING_MISSING"


def test_s4_the_reach_is_72_hours_from_the_end() -> None:
    """A game is given up 72 hours after its end, not earlier."""
    assert judge("2025-11-16 01:00", LATE, slot=et("2025-11-16 01:00")).action == "RUN"
    assert judge("2025-11-16 02:00", LATE, slot=et("2025-11-16 02:00")).action == "SKIP"


def runs_in(*slots: str) -> tuple[Run, ...]:
    """Return ended runs of the catch-up for the late game."""
    name = "late_game_catch_up"
    return tuple(Run(name, et(slot), DAY, (LATE.game_id,), "failed") for slot in slots)


def test_s4_an_outage_does_not_use_up_the_72_hours() -> None:
    """A game already tried before an outage is tried after it, and given up in the end."""
    before = runs_in("2025-11-13 07:00", "2025-11-13 13:00")
    assert judge("2025-11-16 06:00", LATE, runs=before).action == "RUN"
    after = runs_in("2025-11-16 06:00", "2025-11-16 15:00", "2025-11-17 06:00", "2025-11-17 15:00")
    assert judge("2025-11-18 06:00", LATE, runs=before + after).reason_code == "NOTHING_MISSING"


def test_s4_a_game_looked_at_all_along_is_given_up_for_good() -> None:
    """A game that was tried for 72 hours stays given up, however long ago its last run was."""
    runs = runs_in(
        *(f"2025-11-{day} {hour}:00" for day in (13, 14, 15) for hour in ("07", "15", "22"))
    )
    for now in ("2025-11-16 06:00", "2025-11-16 22:00", "2025-11-17 22:00", "2025-11-18 22:00"):
        assert judge(now, LATE, runs=runs).reason_code == "NOTHING_MISSING"


def test_s4_a_pause_counts_as_20_hours_at_most() -> None:
    """A pause counts as 8 h of backoff plus 12 h at most, so a longer outage costs no more."""
    before = runs_in("2025-11-13 07:00", "2025-11-13 13:00", "2025-11-14 11:00", "2025-11-15 09:00")
    assert judge("2025-11-16 07:00", LATE, runs=before).action == "RUN"


@pytest.mark.parametrize(
    ("now", "action"), [("2025-11-18 07:00", "RUN"), ("2025-11-19 07:00", "SKIP")]
)
def test_s4_an_outage_of_up_to_two_nights_more_than_the_span_is_survived(
    now: str, action: str
) -> None:
    """A game tried once before an outage is tried again six days later, but not seven."""
    assert judge(now, LATE, runs=runs_in("2025-11-13 07:00")).action == action


def test_d13_a_game_without_a_time_is_caught_up_once_final() -> None:
    """A game without a tip-off time is collected only once the schedule calls it final."""
    assert judge("2025-11-13 08:00", played(1, None)).action == "RUN"
    assert judge("2025-11-13 08:00", game(1, None)).reason_code == "NOTHING_MISSING"


def test_a_game_of_the_night_that_is_not_over_is_left() -> None:
    """A game listed under the night but tipping off in the morning waits until it is over."""
    early = game(1, "2025-11-13 07:30", game_date=DAY)
    assert judge("2025-11-13 09:00", early).reason_code == "NOTHING_MISSING"
    assert judge("2025-11-13 10:00", early).action == "RUN"


def test_games_of_several_nights_wait_together() -> None:
    """The reason counts the games of all nights that wait for their backoff."""
    younger = played(2, "2025-11-13 19:00")
    attempts = failed("2025-11-14 07:00", 4) | {
        (name, younger.game_date, younger.game_id): failure("2025-11-14 07:00", 4) for name in BOXES
    }
    made = judge("2025-11-14 08:00", LATE, younger, attempts=attempts)
    assert made.reason == "2 games without data, waiting to try again"


@pytest.mark.parametrize(("charged", "wait"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (50, 8)])
def test_s4_backoff_grows_with_the_attempts(charged: int, wait: int) -> None:
    """After the k-th failed attempt a game waits 1, 2, 4, then always 8 hours."""
    last = et("2025-11-13 08:00")
    before = last + timedelta(hours=wait - 1)
    due = last + timedelta(hours=wait)
    attempts = failed("2025-11-13 08:00", charged)
    waiting = decide(FLOW, "mine", situation(before, [LATE], attempts=attempts))
    assert (waiting.action, waiting.alert_level) == ("SKIP", "INFO")
    assert decide(FLOW, "mine", situation(due, [LATE], attempts=attempts)).action == "RUN"


def test_s4_a_day_of_data_45_hours_late_is_met() -> None:
    """Over hourly ticks, a source 45 h late is still asked after it has the data."""
    over = et("2025-11-13 01:00")
    attempts: dict[Any, Attempts] = {}
    charged = 0
    for hour in range(7, 72):
        slot = et("2025-11-13 00:00") + timedelta(hours=hour)
        made = decide(FLOW, "mine", situation(slot, [LATE], attempts=attempts, slot=slot))
        if made.action == "RUN":
            charged += 1
            if slot >= over + timedelta(hours=45):
                break
            attempts = {key: Attempts(None, charged, slot) for key in failed("2025-11-13 08:00", 1)}
    else:
        pytest.fail("no attempt after 45 h")
    assert charged < 12


def test_the_oldest_night_comes_first() -> None:
    """One decision collects the oldest night (R4); the next tick collects the next night."""
    older = played(2, "2025-11-11 19:00")
    first = judge("2025-11-13 07:00", LATE, older)
    assert first.target_date == date(2025, 11, 11)
    then = judge("2025-11-13 08:00", LATE, older, attempts=collected(older))
    assert then.target_date == DAY


def test_a_night_in_backoff_does_not_hold_up_the_next() -> None:
    """A younger night is collected while the older one waits for its backoff."""
    younger = played(2, "2025-11-13 19:00")
    attempts = failed("2025-11-14 07:00", 4)
    made = judge("2025-11-14 08:00", LATE, younger, attempts=attempts)
    assert made.target_date == date(2025, 11, 13)


def test_nothing_missing() -> None:
    """The decision is a SKIP without an alert when all games are collected."""
    made = judge("2025-11-13 08:00", LATE, attempts=collected(LATE, when="2025-11-13 06:00"))
    assert (made.reason_code, made.alert_level) == ("NOTHING_MISSING", "NONE")


@pytest.mark.parametrize(("since", "action"), [("2025-11-12", "RUN"), ("2025-11-13", "SKIP")])
def test_games_before_collect_since_are_left(since: str, action: str) -> None:
    """Games before `collect_since` are ignored, so a fresh deployment skips the past season."""
    made = judge("2025-11-13 08:00", LATE, collect_since=date.fromisoformat(since))
    assert made.action == action


def test_s5_a_postponed_game_is_not_missing() -> None:
    """A postponed game was not played on its date and is not collected."""
    made = judge("2025-11-13 08:00", played(1, postponed=True))
    assert made.reason_code == "NOTHING_MISSING"


def test_a_game_that_a_run_is_collecting_is_left_alone() -> None:
    """A game is not collected while another workflow's run for it is under way."""
    run = Run("post_game_window_3", et("2025-11-13 06:00"), DAY, (LATE.game_id,))
    for instant in ("2025-11-13 07:00", "2025-11-13 12:00"):
        assert judge(instant, LATE, runs=(run,)).action == "SKIP"
    ended = (replace(run, status="failed"),)
    assert judge("2025-11-13 12:00", LATE, runs=ended).action == "RUN"


def test_p2_a_run_that_found_the_game_not_ready_backs_off_too() -> None:
    """A game that is never called final has no attempts, so its runs count for the backoff."""
    stuck = played(1, "2025-11-12 22:30", status=2)
    runs = tuple(
        Run(
            "late_game_catch_up",
            et(f"2025-11-13 {hour:02d}:00"),
            DAY,
            (stuck.game_id,),
            "completed",
        )
        for hour in (7, 8, 10)
    )
    assert judge("2025-11-13 11:00", stuck, runs=runs).reason_code == "BACKOFF"
    assert judge("2025-11-13 14:00", stuck, runs=runs).action == "RUN"
