"""What a decision was made from is kept, small, and judged again the same."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendar.games import Game
from common.calendar.slots import slots_on
from common.configuration.workflows import Workflow
from common.decisions.decide import decide
from common.decisions.history import NEVER, History, Key, Run, Tries, add_try
from common.decisions.recording import _WatchedHistory, decide_recorded, situation_from
from common.decisions.situation import Decision, Situation
from local.fake_sources.slate import load
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
    success,
    ticks,
)

LIMIT = 4096
BOXES_LEFT = [name for name in WORKFLOWS["post_game_window_2"].scrapers if name in BOXES[1:]]
Stored = tuple[str, Decision]


def recorded(
    name: str, judged: Situation, flow: Workflow | None = None, *, forced: bool = False
) -> Stored:
    """A decision's inputs as the column holds them, and the decision without them."""
    made = decide_recorded(name, flow or WORKFLOWS[name], judged, forced=forced, config="abc")
    text = json.dumps(made.inputs, separators=(",", ":"))
    return text, replace(made, inputs={})


def again(
    name: str, text: str, judged: Situation, flow: Workflow | None = None, *, forced: bool = False
) -> Decision:
    """The decision that the stored inputs give."""
    stored = situation_from(
        json.loads(text), judged.slot, judged.now, cron=TICKS, per_game=PER_GAME
    )
    return decide(name, flow or WORKFLOWS[name], stored, forced=forced)


@FEW
@given(ticks(), st.timedeltas(timedelta(minutes=-5), timedelta(hours=2)))
def test_any_decision_is_made_again(tick: tuple[str, Workflow, Situation], late: timedelta) -> None:
    """Whatever the slate and the history, the stored inputs give the same decision."""
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
    """An ABORT is made again with its cause."""
    judged = replace(situation("2025-11-12 07:00"), **{"cause": "NotFound: 404", **changes})
    text, made = recorded(name, judged)
    assert again(name, text, judged) == made


def nights(day: date, games: tuple[Game, ...]) -> Iterator[tuple[str, Situation, Stored]]:
    """A day's ticks as they come, each with the history that those before it left behind."""
    tries: dict[Key, Tries] = {}
    runs: list[Run] = []
    for slot in (s for back in (2, 1, 0) for s in slots_on(TICKS, day - timedelta(days=back))):
        judged = situation(slot, games, history=History(dict(tries), tuple(runs)))
        for name in WORKFLOWS:
            text, made = recorded(name, judged)
            yield name, judged, (text, made)
            if made.action == "RUN":
                runs.append(Run(name, slot, made.target_date, made.game_ids, "failed"))
                for key in _keys(made):
                    # Every third attempt fails, so that windows and catch-up have work.
                    won = (len(str(key)) + slot.hour) % 3 > 0
                    tries[key] = add_try(tries.get(key, NEVER), slot, succeeded=won)


def _keys(made: Decision) -> Iterator[Key]:
    for name in made.scrapers:
        if name in PER_GAME:
            yield from (
                (name, made.target_date, t.game_id) for t in made.targets if name in t.scrapers
            )
        else:
            yield name, made.target_date, None


@pytest.mark.parametrize("day", ["2024-11-03", "2024-12-25", "2025-04-13"])
def test_the_recorded_season_is_judged_again(day: str) -> None:
    """Every decision of three days, with attempts that fail, comes out of its inputs the same."""
    games = tuple(
        one for one in real_season() if abs((one.game_date - date.fromisoformat(day)).days) < 7
    )
    actions = set()
    for name, judged, (text, made) in nights(date.fromisoformat(day), games):
        assert again(name, text, judged) == made
        actions.add(made.action)
    assert {"RUN", "SKIP"} <= actions


@pytest.mark.parametrize("now", ["2025-11-13 06:00", "2025-11-13 07:00", "2025-11-13 08:00"])
@pytest.mark.parametrize("name", WORKFLOWS)
def test_runs_of_all_kinds_are_judged_again(name: str, now: str) -> None:
    """Under way or over, of this workflow or another's, for games that are looked at or not."""
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
    tries = collected(one) | {(BOXES[0], one.game_date, other.game_id): failure("2025-11-13 00:30")}
    judged = situation(now, [one, other, off, game(4, "2025-11-13 12:00")], tries=tries, runs=runs)
    text, made = recorded(name, judged)
    assert again(name, text, judged) == made


def test_the_shipped_slate_is_judged_again() -> None:
    """Every decision of three days, with attempts that fail, comes out of its inputs the same."""
    games = load(ROOT / "config" / "slates" / "2025-11.json").games
    for name, judged, (text, made) in nights(date(2025, 11, 13), games):
        assert again(name, text, judged) == made


def test_what_is_kept_has_its_form() -> None:
    """Games by date, like attempts in one entry, runs and targets; instants as seconds."""
    games = [played(1), played(2), played(3, postponed=True)]
    tries = {
        (BOXES[0], games[0].game_date, one.game_id): success("2025-11-12 22:30") for one in games
    }
    run = Run("post_game_window_1", et("2025-11-12 22:15"), games[0].game_date, ("0022500002", "x"))
    text, _ = recorded(
        "post_game_window_2", situation("2025-11-12 23:00", games, tries=tries, runs=(run,))
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


def test_only_the_runs_that_were_asked_for_are_kept() -> None:
    """The catch-up asks for its own runs for its games; what others ran, and when, is not kept."""
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
    """Three hours late it runs when forced, and only then; its inputs give the same."""
    judged = situation("2025-11-12 14:00", [game(1, "2025-11-12 22:00")])
    judged = replace(judged, now=judged.slot + timedelta(hours=3))
    for forced, action in ((True, "RUN"), (False, "SKIP")):
        text, made = recorded("betting_lines", judged, forced=forced)
        assert made.action == action
        assert again("betting_lines", text, judged, forced=forced) == made
    assert decide_recorded("betting_lines", WORKFLOWS["betting_lines"], judged).action == "SKIP"


def test_a_success_between_two_seconds_comes_back() -> None:
    """A request outside any workflow counts from its start, which is no slot."""
    when = et("2025-11-12 07:00") + timedelta(milliseconds=250)
    tries = {("nbac_schedule_api", when.date(), None): Tries(when, 0, None)}
    judged = situation("2025-11-12 08:00", [game()], tries=tries)
    text, _ = recorded("morning_operations", judged)
    stored = situation_from(
        json.loads(text), judged.slot, judged.now, cron=TICKS, per_game=PER_GAME
    )
    assert stored.history == History(tries)


def test_games_before_collect_since_stay_left() -> None:
    """A fresh deployment's limit is kept with the decision."""
    one = played(1, "2025-11-11 19:00")
    judged = situation("2025-11-12 12:00", [one], collect_since=date(2025, 11, 12))
    text, made = recorded("late_game_catch_up", judged)
    assert made.action == "SKIP"
    stored = situation_from(
        json.loads(text), judged.slot, judged.now, cron=TICKS, per_game=PER_GAME
    )
    assert stored.collect_since == date(2025, 11, 12)
    assert again("late_game_catch_up", text, judged) == made


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("when", ["06:00", "12:00", "20:00", "23:00"])
def test_a_slate_of_15_games_stays_small(name: str, when: str) -> None:
    """Below 4 KB in every workflow, with attempts that differ from game to game."""
    night = [
        played(number + 20 * back, f"2025-11-{12 - back} {12 + number // 2}:{number % 2 * 30:02d}")
        for back in range(2)
        for number in range(15)
    ]
    tries = collected(*night[15:], when="2025-11-11 23:00")
    tries |= {
        (scraper, one.game_date, one.game_id): failure("2025-11-12 19:00", tried=number + 1)
        for scraper in BOXES
        for number, one in enumerate(night[:15])
    }
    text, made = recorded(name, situation(f"2025-11-12 {when}", night, tries=tries))
    assert len(text) < LIMIT
    assert made.reason


def test_only_what_was_looked_at_is_kept() -> None:
    """A window outside its time looks at nothing; a night's window at its own night only."""
    games = [played(1, "2025-11-11 19:00"), played(2, "2025-11-12 19:00"), game(3)]
    lines = {("oddsa_events", date(2025, 11, 12), None): failure("2025-11-12 13:00")}
    tries = collected(*games) | lines
    idle, _ = recorded("post_game_window_2", situation("2025-11-12 15:00", games, tries=tries))
    assert json.loads(idle) == {"form": 1, "config": "abc"}
    busy, _ = recorded("post_game_window_2", situation("2025-11-12 23:00", games, tries=tries))
    kept = json.loads(busy)
    assert list(kept["games"]) == ["2025-11-12"]
    assert {entry[0] for entry in kept["tries"]} == {*BOXES, WHOLE_DATE}


def test_a_run_that_was_forced_again_counts_twice() -> None:
    """The backoff after two runs in one slot is that of two, from the stored inputs as well."""
    one = played(1, "2025-11-11 19:00")
    ran = Run("late_game_catch_up", et("2025-11-12 07:00"), one.game_date, (one.game_id,), "failed")
    twin = replace(ran)
    judged = situation("2025-11-12 08:00", [one], runs=(ran, twin))
    text, made = recorded("late_game_catch_up", judged)
    assert made.reason_code == "BACKOFF"
    assert again("late_game_catch_up", text, judged) == made


def test_whatever_a_history_answers_is_noted() -> None:
    """A question added to the history must be noted too, or a decision could not be made again."""
    asked = {name for name in vars(History) if not name.startswith("_")} - {"tries", "runs"}
    assert asked <= set(vars(_WatchedHistory))


def test_a_situation_comes_back_whole() -> None:
    """A field added to the situation must be kept too."""
    kept = {"slot", "now", "cron", "per_game", "calendar", "history", "cause"}
    kept |= {"collect_since", "stale"}
    assert {one.name for one in fields(Situation)} == kept | {"rules"}
