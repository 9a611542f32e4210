"""Every branch of every kind has its reason code, target date and next check."""

from datetime import timedelta
from typing import Any

import pytest

from common.calendar.games import Game
from common.decisions.decide import decide
from common.decisions.history import Attempts, Key, Run
from tests.kit.situations import (
    BOXES,
    DAY,
    WORKFLOWS,
    collected,
    et,
    failure,
    game,
    situation,
    success,
)
from tests.kit.situations import played as final

BEFORE = DAY - timedelta(days=1)
REPORT: Key = ("nbac_injury_report", DAY, None)
PLAYED = final()
LATE = final(2, "2025-11-11 22:30")
FAILED = {(name, BEFORE, LATE.game_id): failure("2025-11-12 07:30") for name in BOXES}


def lines(when: str) -> dict[Key, Attempts]:
    """Return a success of every betting-lines scraper in a slot of the day."""
    return {(name, DAY, None): success(when) for name in WORKFLOWS["betting_lines"].scrapers}


def morning(when: str) -> dict[Key, Attempts]:
    """Return a success of both morning scrapers in a slot of the day."""
    return {(name, DAY, None): success(when) for name in WORKFLOWS["morning_operations"].scrapers}


def run(name: str, when: str, *games: Game) -> tuple[Run, ...]:
    """Return one run of a workflow that has not ended."""
    return (Run(name, et(when), DAY, tuple(one.game_id for one in games)),)


CAUGHT_UP = run("late_game_catch_up", "2025-11-12 07:30", LATE)

MORNING = [
    ("07:00", {"games": []}, "OFF_DAY", DAY, "08:00"),
    ("07:00", {"attempts": morning("2025-11-12 06:00")}, "DONE", DAY, "2025-11-13 06:00"),
    ("07:00", {"runs": run("morning_operations", "2025-11-12 06:00")}, "IN_FLIGHT", DAY, "08:00"),
    ("11:00", {}, "MISSED_WINDOW", DAY, "2025-11-13 06:00"),
    ("07:00", {}, "IN_WINDOW", DAY, None),
]
LINES = [
    ("13:00", {"games": []}, "NO_GAMES", DAY, "14:00"),
    ("13:00", {"games": [game(1, None)]}, "TIME_TBD", DAY, "14:00"),
    ("20:00", {}, "AFTER_LAST_TIPOFF", DAY, "21:00"),
    ("07:00", {"games": [game(1, "2025-11-12 12:00")]}, "OUTSIDE_HOURS", DAY, "08:00"),
    ("10:00", {}, "TOO_EARLY", DAY, "13:00"),
    ("06:00", {"games": [game(1, "2025-11-12 13:00")]}, "TOO_EARLY", DAY, "08:00"),
    ("23:00", {"games": [game(1, "2025-11-12 23:45")]}, "READY", DAY, None),
    ("14:00", {"attempts": lines("2025-11-12 13:00")}, "RAN_THIS_PERIOD", DAY, "15:00"),
    ("14:00", {"attempts": lines("2025-11-12 14:00")}, "RAN_THIS_PERIOD", DAY, "16:00"),
    ("18:35", {}, "MISSED_WINDOW", DAY, None),
    ("14:00", {}, "READY", DAY, None),
]
INJURIES = [
    ("13:00", {"games": []}, "NO_GAMES", DAY, "14:00"),
    (
        "13:00",
        {"attempts": {REPORT: success("2025-11-12 12:00")}},
        "FOUND",
        DAY,
        "2025-11-13 11:00",
    ),
    ("09:00", {}, "TOO_EARLY", DAY, "11:00"),
    (
        "19:00",
        {"attempts": {REPORT: failure("2025-11-12 18:00", 8)}},
        "BUDGET_SPENT",
        DAY,
        "2025-11-13 11:00",
    ),
    ("21:00", {}, "NOT_FOUND", DAY, "2025-11-13 11:00"),
    ("13:00", {"attempts": {REPORT: failure("2025-11-12 12:30")}}, "TOO_SOON", DAY, "14:00"),
    ("20:00", {}, "NOT_FOUND_YET", DAY, None),
]
NIGHT = [
    ("15:00", {}, "OUTSIDE_WINDOW", DAY, "23:00"),
    ("23:00", {"games": []}, "NO_GAMES", DAY, "2025-11-13 06:00"),
    ("23:00", {"games": [game(1, "2025-11-12 22:00")]}, "NOTHING_FINAL", DAY, "2025-11-13 06:00"),
    (
        "23:00",
        {"games": [PLAYED], "attempts": collected(PLAYED)},
        "ALL_COLLECTED",
        DAY,
        "2025-11-13 06:00",
    ),
    (
        "23:00",
        {"games": [PLAYED], "runs": run("mine", "2025-11-12 22:00", PLAYED)},
        "IN_FLIGHT",
        DAY,
        "2025-11-13 06:00",
    ),
    ("23:00", {"games": [PLAYED]}, "READY", DAY, None),
]
CATCH_UP = [
    ("08:00", {"games": []}, "NOTHING_MISSING", DAY, "09:00"),
    ("08:00", {"games": [LATE], "runs": CAUGHT_UP}, "NOTHING_MISSING", DAY, "09:00"),
    ("08:00", {"games": [LATE], "attempts": FAILED}, "BACKOFF", DAY, "09:00"),
    ("08:00", {"games": [LATE]}, "READY", BEFORE, None),
]
ANY_KIND = [
    ("14:00", {"now": et("2025-11-12 15:01")}, "SLOT_EXPIRED", DAY, "16:00"),
    ("14:00", {"history": None}, "HISTORY_UNAVAILABLE", DAY, None),
    ("14:00", {"games": None}, "SCHEDULE_UNAVAILABLE", DAY, None),
    ("14:00", {"games": [], "stale": True}, "SCHEDULE_STALE", DAY, None),
]
CASES = [
    pytest.param(name, now, given, answer, id=f"{name}-{answer[0]}-{number}")
    for name, cases in {
        "morning_operations": MORNING,
        "betting_lines": [*LINES, *ANY_KIND],
        "injury_discovery": INJURIES,
        "post_game_window_2": NIGHT,
        "late_game_catch_up": CATCH_UP,
    }.items()
    for number, (now, given, *answer) in enumerate(cases)
]


@pytest.mark.parametrize(("name", "now", "given", "answer"), CASES)
def test_r4_each_answer_names_its_date_and_the_next_look(
    name: str, now: str, given: dict[str, Any], answer: list[Any]
) -> None:
    """Each branch of each kind has its reason code, target date and next check."""
    code, target, following = answer
    judged = situation(f"{DAY} {now}", **{"games": [game()], **given})
    made = decide(name, WORKFLOWS[name], judged)
    again = following and et(following if " " in following else f"{DAY} {following}")
    assert (made.reason_code, made.target_date, made.next_check) == (code, target, again)
