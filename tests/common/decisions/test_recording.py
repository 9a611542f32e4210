"""A decision is recorded with what it was made from, and its inputs give the same decision."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar.games import Game
from common.calendar.slots import slots_on
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NO_ATTEMPTS, Attempts, History, Key, Run, add_attempt
from common.decisions.recording import WatchedHistory, decide_recorded
from common.decisions.situation import Decision, Situation
from local.fake_sources.slate import load
from tests.kit.recorded_decisions import Stored, again, recorded
from tests.kit.situations import (
    BOXES,
    FEW,
    PER_GAME,
    ROOT,
    TICKS,
    WHOLE_DATE,
    WORKFLOWS,
    collected,
    et,
    failure,
    game,
    played,
    real_season,
    situation,
    ticks,
)


@FEW
@given(ticks(), st.timedeltas(timedelta(minutes=-5), timedelta(hours=2)))
def test_any_decision_is_made_again(tick: tuple[str, Workflow, Situation], late: timedelta) -> None:
    """For any slate and history the stored inputs give the same decision."""
    name, flow, judged = tick
    judged = replace(judged, now=judged.slot + late, collect_since=date(2025, 11, 11))
    forced = late > timedelta(hours=1)
    text, made = recorded(name, judged, flow, forced=forced)
    assert made == decide(name, flow, judged, forced=forced)
    assert again(name, text, judged, flow, forced=forced) == made


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize(
    "changes",
    [{"calendar": None}, {"history": None}, {"stale": True}, {"cause": "x" * 300}],
    ids=lambda changes: next(iter(changes)),
)
def test_d5_what_could_not_be_read_is_kept_as_such(name: str, changes: Any) -> None:
    """An ABORT for an unreadable schedule or history is made again with its cause."""
    judged = replace(situation("2025-11-12 07:00"), **{"cause": "NotFound: 404", **changes})
    text, made = recorded(name, judged)
    assert again(name, text, judged) == made


def nights(day: date, games: tuple[Game, ...]) -> Iterator[tuple[str, Situation, Stored]]:
    """Yield the decisions of three days' ticks, each with the history of the earlier ones."""
    attempts: dict[Key, Attempts] = {}
    runs: list[Run] = []
    for slot in (s for back in (2, 1, 0) for s in slots_on(TICKS, day - timedelta(days=back))):
        judged = situation(slot, games, history=History(dict(attempts), tuple(runs)))
        for name in WORKFLOWS:
            text, made = recorded(name, judged)
            yield name, judged, (text, made)
            if made.action == "RUN":
                runs.append(Run(name, slot, made.target_date, made.game_ids, "failed"))
                for key in _keys(made):
                    # Every third attempt fails, so that windows and catch-up have work.
                    won = (len(str(key)) + slot.hour) % 3 > 0
                    attempts[key] = add_attempt(attempts.get(key, NO_ATTEMPTS), slot, succeeded=won)


def _keys(made: Decision) -> Iterator[Key]:
    for name in made.scrapers:
        if name in PER_GAME:
            yield from (
                (name, made.target_date, t.game_id) for t in made.targets if name in t.scrapers
            )
        else:
            yield name, made.target_date, None


def assert_made_again(day: date, games: tuple[Game, ...]) -> None:
    """Assert that all decisions of a day and the two before it come out of their inputs again."""
    ran: set[str] = set()
    for name, judged, (text, made) in nights(day, games):
        assert again(name, text, judged) == made
        if made.action == "RUN" and made.game_ids:
            ran.add(name)
    assert {"betting_lines", "post_game_window_2"} <= ran


@pytest.mark.parametrize("day", ["2024-11-03", "2024-12-25", "2025-04-13"])
def test_the_recorded_season_is_judged_again(day: str) -> None:
    """Every decision of three days of the season is made again the same, failures included."""
    games = tuple(
        one for one in real_season() if abs((one.game_date - date.fromisoformat(day)).days) < 7
    )
    assert_made_again(date.fromisoformat(day), games)


@pytest.mark.parametrize("now", ["2025-11-13 06:00", "2025-11-13 07:00", "2025-11-13 08:00"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_runs_of_all_kinds_are_judged_again(name: str, now: str) -> None:
    """Open and ended runs, of this workflow and another, are stored and read back."""
    one, other, off = played(1), played(2, "2025-11-12 22:30"), played(3, postponed=True)
    ids = (one.game_id, "0022599999")
    runs = tuple(
        Run(workflow, et(when), one.game_date, games, status)
        for workflow in (name, "post_game_window_2")
        for when, games, status in (
            ("2025-11-13 05:00", ids, "completed"),
            ("2025-11-13 05:30", ids, None),
            ("2025-11-13 00:30", (other.game_id,), "unlogged"),
        )
    )
    attempts = collected(one) | {
        (BOXES[0], one.game_date, other.game_id): failure("2025-11-13 00:30")
    }
    judged = situation(
        now, [one, other, off, game(4, "2025-11-13 12:00")], attempts=attempts, runs=runs
    )
    text, made = recorded(name, judged)
    assert again(name, text, judged) == made


def test_the_shipped_slate_is_judged_again() -> None:
    """Every decision of the shipped slate's three days is made again the same."""
    games = load(ROOT / "config" / "slates" / "2025-11.json").games
    assert_made_again(date(2025, 11, 13), games)


def test_a_run_under_way_is_recorded() -> None:
    """A run that a decision waits for is stored, and the decision made again waits for it too."""
    run = Run("morning_operations", et("2025-11-12 06:00"), date(2025, 11, 12))
    judged = situation("2025-11-12 07:00", [game()], runs=(run,))
    text, made = recorded("morning_operations", judged)
    assert made.reason_code == "IN_FLIGHT"
    assert json.loads(text)["runs"] == [["morning_operations", -3600, "2025-11-12", [], None]]
    assert again("morning_operations", text, judged) == made


def test_only_the_runs_that_were_asked_for_are_kept() -> None:
    """The catch-up stores its own runs for its games, not those of other workflows or games."""
    one, gone = played(1, "2025-11-11 19:00"), played(2, "2025-11-11 19:00", postponed=True)
    catch_up, window = "late_game_catch_up", "post_game_window_2"
    ran = [(catch_up, one), (window, one), (catch_up, gone)]
    runs = tuple(
        Run(name, et("2025-11-12 07:00"), each.game_date, (each.game_id,), "completed")
        for name, each in ran
    )
    text, _ = recorded(catch_up, situation("2025-11-12 12:00", [one, gone], runs=runs))
    assert json.loads(text)["runs"] == [[catch_up, -18000, "2025-11-11", [0], "completed"]]


def test_d2_a_forced_decision_is_kept_as_forced() -> None:
    """A tick three hours late runs only when forced, and so does the decision made again."""
    judged = situation("2025-11-12 14:00", [game(1, "2025-11-12 22:00")])
    judged = replace(judged, now=judged.slot + timedelta(hours=3))
    for forced, action in ((True, "RUN"), (False, "SKIP")):
        text, made = recorded("betting_lines", judged, forced=forced)
        assert made.action == action
        assert again("betting_lines", text, judged, forced=forced) == made
    assert decide_recorded("betting_lines", WORKFLOWS["betting_lines"], judged).action == "SKIP"


def test_only_what_was_looked_at_is_kept() -> None:
    """A window outside its hours stores nothing; a night's window stores only its own night."""
    games = [played(1, "2025-11-11 19:00"), played(2, "2025-11-12 19:00"), game(3)]
    lines = {("oddsa_events", date(2025, 11, 12), None): failure("2025-11-12 13:00")}
    attempts = collected(*games) | lines
    idle, _ = recorded(
        "post_game_window_2", situation("2025-11-12 15:00", games, attempts=attempts)
    )
    assert json.loads(idle) == {"form": 1, "config": "abc"}
    busy, _ = recorded(
        "post_game_window_2", situation("2025-11-12 23:00", games, attempts=attempts)
    )
    kept = json.loads(busy)
    assert list(kept["games"]) == ["2025-11-12"]
    assert {entry[0] for entry in kept["tries"]} == {*BOXES, WHOLE_DATE}


def test_a_run_that_was_forced_again_counts_twice() -> None:
    """Two runs in one slot count twice for the backoff, also when read back from the inputs."""
    one = played(1, "2025-11-11 19:00")
    ran = Run("late_game_catch_up", et("2025-11-12 07:00"), one.game_date, (one.game_id,), "failed")
    twin = replace(ran)
    judged = situation("2025-11-12 08:00", [one], runs=(ran, twin))
    text, made = recorded("late_game_catch_up", judged)
    assert made.reason_code == "BACKOFF"
    assert again("late_game_catch_up", text, judged) == made


def test_every_question_to_a_history_is_noted() -> None:
    """The recording overrides each public method of a history, so that no answer is lost."""
    methods = inspect.getmembers(History, inspect.isfunction)
    questions = {name: method for name, method in methods if not name.startswith("_")}
    assert {"of", "in_flight", "games_in_flight", "runs_for"} <= questions.keys()
    for name, method in questions.items():
        assert getattr(WatchedHistory, name) is not method
