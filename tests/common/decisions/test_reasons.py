"""What a decision says beside its kind's own words: who paused it, and whose games it is about."""

from datetime import timedelta

import pytest

from common.decisions.decide import decide
from common.decisions.situation import Rule
from common.state.pauses import Pause
from tests.kit.situations import DAY, WORKFLOWS, et, game, situation

SINCE = et("2025-11-11 23:45")
BY_ANN = Pause(by="ann", since=SINCE, why="no credits")
READY = "Ready: 1 game today, 5.5h until first game"


@pytest.mark.parametrize(
    ("when", "else_"),
    [
        ("2025-11-12 13:30", f"RUN: {READY}"),
        ("2025-11-12 07:00", "SKIP: Outside hours (08:00-23:00)"),
    ],
)
@pytest.mark.parametrize(("why", "said"), [("no credits", ": no credits"), ("", "")])
def test_a_paused_workflow_says_by_whom_since_when_and_what_else_it_would_do(
    when: str, else_: str, why: str, said: str
) -> None:
    """It is a SKIP of level INFO until the next tick, and asks for nothing."""
    tips = "2025-11-12 12:30" if "SKIP" in else_ else "2025-11-12 19:00"
    held = {"betting_lines": Pause(by="ann", since=SINCE, why=why)}
    judged = situation(when, [game(tip=tips)], pauses=held)
    made = decide("betting_lines", WORKFLOWS["betting_lines"], judged)
    assert (made.action, made.reason_code, made.alert_level) == ("SKIP", "PAUSED", "INFO")
    assert made.reason == f"Paused by ann since 2025-11-11 23:45{said}; else {else_}"
    assert (made.target_date, made.next_check) == (DAY, judged.next_tick())
    assert (made.scrapers, made.targets) == ((), ())


def test_the_pause_of_another_workflow_is_none() -> None:
    """Each has its own."""
    judged = situation("2025-11-12 13:30", [game()], pauses={"morning_operations": BY_ANN})
    made = decide("betting_lines", WORKFLOWS["betting_lines"], judged)
    assert (made.action, made.reason) == ("RUN", READY)


def test_a_long_reason_of_a_paused_workflow_is_cut() -> None:
    """The table's readers see 500 characters."""
    held = {"betting_lines": Pause(by="a" * 200, since=SINCE, why="w" * 200)}
    judged = situation("2025-11-12 13:30", None, cause="c" * 400, pauses=held)
    assert len(decide("betting_lines", WORKFLOWS["betting_lines"], judged).reason) == 500


def test_a_pause_is_the_last_rule_that_is_explained() -> None:
    """What would have been decided comes first; who paused it, and since when, are its facts."""
    rules: list[Rule] = []
    judged = situation("2025-11-12 13:30", [game()], pauses={"betting_lines": BY_ANN}, rules=rules)
    decide("betting_lines", WORKFLOWS["betting_lines"], judged)
    facts = {"by": "ann", "since": SINCE}
    assert rules[-1] == Rule("an operator has paused it", True, facts)  # noqa: FBT003 - a record
    assert len(rules) > 1


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({}, "READY", ""),
        (
            {"has_file": False},
            "NO_SEASON_FILE",
            "; no season file was ever read: games and their ids are ESPN's",
        ),
        ({"boards": (DAY,)}, "READY", "; as ESPN lists them, the schedule is old"),
        ({"boards": (DAY - timedelta(days=1),)}, "READY", ""),
    ],
)
def test_a_run_says_whose_games_it_is_about(
    changes: dict[str, object], code: str, said: str
) -> None:
    """Where no season file was ever read, or ESPN's scoreboard of its date is newer."""
    judged = situation("2025-11-12 13:30", [game()], **changes)
    made = decide("betting_lines", WORKFLOWS["betting_lines"], judged)
    assert (made.action, made.reason_code, made.reason) == ("RUN", code, f"{READY}{said}")
    assert made.scrapers == WORKFLOWS["betting_lines"].scrapers


@pytest.mark.parametrize("changes", [{"has_file": False}, {"boards": (DAY,)}])
@pytest.mark.parametrize(
    ("name", "when", "action"),
    [
        ("morning_operations", "2025-11-12 06:00", "RUN"),
        ("betting_lines", "2025-11-12 07:00", "SKIP"),
    ],
)
def test_whose_games_they_are_is_told_of_a_run_about_games_alone(
    changes: dict[str, object], name: str, when: str, action: str
) -> None:
    """What runs each day needs none, and a SKIP collects none."""
    given, plain = situation(when, [game()], **changes), situation(when, [game()])
    made = decide(name, WORKFLOWS[name], given)
    assert made == decide(name, WORKFLOWS[name], plain)
    assert made.action == action
