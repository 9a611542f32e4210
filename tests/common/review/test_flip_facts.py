"""Each fact is tried alone: what a sentence says was otherwise is what is changed, and no more."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from common.calendar.games import FINAL, SCHEDULED, Game
from common.calendar.slots import parse_cron
from common.decisions.history import NO_ATTEMPTS, UNLOGGED, Attempts, Run
from common.decisions.situation import Decision, Situation
from common.messages.models import GameTarget
from common.review import flip
from common.state.pauses import Pause
from tests.kit.situations import BOXES, DAY, WHOLE_DATE, WORKFLOWS, et, game, played, situation

NOON, LATER = et("2025-11-12 12:00"), et("2025-11-12 14:00")
YESTERDAY = DAY - timedelta(days=1)
FINAL_ONE, LIVE_ONE = played(1, "2025-11-12 08:00"), game(2, "2025-11-12 08:30", status=2)
COMING = (game(3, "2025-11-12 19:00"), game(4, "2025-11-12 20:00"))
GAMES = {
    one.game_id: replace(one, home=home)
    for one, home in zip((FINAL_ONE, LIVE_ONE, *COMING), ("AAA", "BBB", "CCC", "DDD"), strict=True)
} | {"0022500005": played(5, "2025-11-11 19:00", home="EEE")}
A, B, C = ("a", YESTERDAY, None), ("b", DAY, "0022500001"), ("c", DAY, None)
EARLY = et("2025-11-12 05:00")
TRIES = {
    A: Attempts(EARLY, 2, EARLY, EARLY),
    B: Attempts(None, 3, EARLY),
    C: Attempts(EARLY, 0, None),
}
RUNS = (
    Run("w", EARLY, DAY),
    Run("w", EARLY, DAY, status="completed"),
    Run("w", et("2025-11-12 04:00"), DAY, status=UNLOGGED),
)
TARGETS = tuple(
    GameTarget(game_id=f"002250000{number}", away="MIL", home="EEE", scrapers=BOXES[:most])
    for number, most in ((5, 2), (6, 1))
)
MADE = Decision("RUN", "READY", "Why", YESTERDAY, scrapers=(BOXES[0], WHOLE_DATE), targets=TARGETS)
HELD = situation(
    "2025-11-12 12:00",
    GAMES.values(),
    attempts=TRIES,
    runs=RUNS,
    cron=parse_cron("0 6,12,23 * * *"),
    now=NOON + timedelta(minutes=20),
    stale=True,
    pauses={"w": Pause(by="ana", since=EARLY, why="")},
)
FOUND = Attempts(succeeded=NOON)


def at(when: str) -> dict[object, object]:
    """Return what is changed for another slot: the tick is on time there."""
    return {"slot": et(when), "now": et(when)}


def to_come(number: int) -> dict[object, object]:
    """Return a game that was over as one that is to come."""
    was = GAMES[f"002250000{number}"]
    changed = {"status": SCHEDULED, "has_score": False, "tipoff": LATER}
    return {was.game_id: replace(was, **changed)}


def over(number: int) -> dict[object, object]:
    """Return a game that was to come as one that is over."""
    was = GAMES[f"002250000{number}"]
    return {was.game_id: replace(was, status=FINAL, has_score=True)}


EACH = [(WHOLE_DATE, YESTERDAY, None), *((n, YESTERDAY, "0022500005") for n in BOXES[:2])]
EACH += [(BOXES[0], YESTERDAY, "0022500006")]
TRIED: dict[str, tuple[int, dict[Any, object]]] = {
    "the workflow had not been paused": (1, {"pauses": {}}),
    "the tick had come on time": (1, {"now": NOON}),
    "the schedule had been fresh": (1, {"stale": False}),
    "the run of 05:00 had ended": (1, {0: replace(RUNS[0], status="ended")}),
    "the run of 04:00 had ended": (1, {2: replace(RUNS[2], status="ended")}),
    "a of 2025-11-11 had not been found": (1, {A: Attempts(None, 2, EARLY, None)}),
    "a of 2025-11-11 had been asked for once less": (1, {A: TRIES[A]._replace(charged=1)}),
    "a of 2025-11-11 had not been asked for": (1, {A: NO_ATTEMPTS}),
    "b of 0022500001 had been asked for once less": (1, {B: TRIES[B]._replace(charged=2)}),
    "b of 0022500001 had not been asked for": (1, {B: NO_ATTEMPTS}),
    "c of 2025-11-12 had not been found": (1, {C: TRIES[C]._replace(succeeded=None)}),
    f"{WHOLE_DATE} of 2025-11-11 had been found": (1, {EACH[0]: FOUND}),
    f"{BOXES[0]} of 0022500005 had been found": (1, {EACH[1]: FOUND}),
    f"{BOXES[1]} of 0022500005 had been found": (1, {EACH[2]: FOUND}),
    f"{BOXES[0]} of 0022500006 had been found": (1, {EACH[3]: FOUND}),
    "all 4 results had been found": (4, dict.fromkeys(EACH, FOUND)),
    "no game had been listed on 2025-11-11": (1, {"0022500005": None}),
    "MIL@EEE had not been over": (1, to_come(5)),
    "no game had been listed on 2025-11-12": (4, dict.fromkeys([*GAMES][:4])),
    "MIL@CCC had been over": (1, over(3)),
    "MIL@DDD had been over": (1, over(4)),
    "2 games of 2025-11-12 had been over": (2, over(3) | over(4)),
    "MIL@AAA had not been over": (1, to_come(1)),
    "MIL@BBB had not been over": (1, to_come(2)),
    "2 games of 2025-11-12 had not been over": (2, to_come(1) | to_come(2)),
    "it had been 06:00": (1, at("2025-11-12 06:00")),
    "it had been 23:00": (1, at("2025-11-12 23:00")),
    "it had been 2025-11-13 06:00": (1, at("2025-11-13 06:00")),
    "it had been 2025-11-13 12:00": (1, at("2025-11-13 12:00")),
    "it had been 2025-11-13 23:00": (1, at("2025-11-13 23:00")),
}
"""Each sentence in the order of being tried, with how many facts are changed, and which."""


def said_where(
    monkeypatch: pytest.MonkeyPatch, turns: Callable[[int], bool], held: Situation = HELD
) -> tuple[list[str], list[Situation]]:
    """Return what is said, and what was tried, where some of the tries alone lead to a SKIP."""
    asked: list[Situation] = []

    def decided(_name: str, _flow: object, changed: Situation, *, forced: bool) -> Decision:
        assert forced
        asked.append(changed)
        return replace(MADE, action="SKIP" if turns(len(asked) - 1) else "RUN")

    monkeypatch.setattr(flip, "decide", decided)
    return flip.flips("w", WORKFLOWS["betting_lines"], held, MADE, forced=True), asked


def tried(monkeypatch: pytest.MonkeyPatch, held: Situation = HELD) -> dict[str, Situation]:
    """Return the situation of each sentence that is about one change or one group of equal ones."""
    found: dict[str, Situation] = {}
    for number in count():
        said, asked = said_where(monkeypatch, number.__eq__, held)
        if not said or " and " in said[0]:
            return found
        found[said[0]] = asked[number]
    raise AssertionError


def facts(of: Situation) -> dict[object, object]:
    """Return every fact of a situation by a name of its own."""
    assert of.calendar is not None
    assert of.history is not None
    own = {one.name: getattr(of, one.name) for one in fields(of)}
    games = {one.game_id: one for listed in of.calendar.values() for one in listed}
    del own["calendar"], own["history"]
    return {**own, **games, **of.history.attempts, **dict(enumerate(of.history.runs))}


def test_each_sentence_changes_the_facts_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pauses, tick, schedule, runs, attempts, results, games and slots, in this order."""
    found, before = tried(monkeypatch), facts(HELD)
    assert [*found] == [*TRIED]
    for said, (_, wanted) in TRIED.items():
        after = facts(found[said])
        changed = {
            name: after.get(name)
            for name in {**before, **after}
            if after.get(name) != before.get(name)
        }
        assert changed == wanted, said


@pytest.mark.parametrize(("number", "said"), [*enumerate(TRIED)])
def test_what_changes_the_fewest_facts_is_said(
    monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    """Held against a group of two games: fewer facts win, as many are said beside it."""
    group = "2 games of 2025-11-12 had been over"
    told, _ = said_where(monkeypatch, {number, [*TRIED].index(group)}.__contains__)
    few = TRIED[said][0]
    assert {*told} == {*[said] * (few <= 2), *[group] * (few >= 2)}


def test_where_no_game_is_listed_one_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the date that is decided about: two hours after the slot, and one that is over."""
    held = situation("2025-11-12 12:00", (), cron=HELD.cron, now=HELD.now)
    found = tried(monkeypatch, held)
    names = [said for said in found if "a game" in said]
    assert names == [
        "a game had been listed for 14:00 of 2025-11-11",
        "a game of 2025-11-11 had been over",
    ]
    (coming,), (ended,) = (_listed(found[name], YESTERDAY) for name in names)
    assert (coming.game_date, coming.season) == (YESTERDAY, "2025-26")
    assert (coming.tipoff, coming.status, coming.is_final) == (LATER, SCHEDULED, False)
    assert (ended.tipoff, ended.is_final) == (LATER - timedelta(days=1), True)


def test_two_results_are_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each alone would have left it a RUN, both are named by their number."""
    made = replace(MADE, scrapers=("x", "y"), targets=())

    def decided(_name: str, _flow: object, changed: Situation, **_: object) -> Decision:
        known = changed.history.attempts if changed.history else {}
        return replace(made, action="SKIP" if len(known) > 1 else "RUN")

    monkeypatch.setattr(flip, "decide", decided)
    found = flip.flips("w", WORKFLOWS["betting_lines"], situation("2025-11-12 12:00", ()), made)
    assert found == ["all 2 results had been found"]


def _listed(of: Situation, day: date) -> tuple[Game, ...]:
    assert of.calendar is not None
    return of.calendar[day]


@pytest.mark.parametrize(("made", "again"), [("SKIP", "ABORT"), ("ABORT", "SKIP")])
def test_whether_it_runs_is_what_counts(
    monkeypatch: pytest.MonkeyPatch, made: Any, again: Any
) -> None:
    """A SKIP in the place of an ABORT, or the other way round, would not have run either."""
    monkeypatch.setattr(flip, "decide", lambda *_, **__: replace(MADE, action=again))
    found = flip.flips("w", WORKFLOWS["betting_lines"], HELD, replace(MADE, action=made))
    assert found == []
