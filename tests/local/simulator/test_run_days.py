"""What each day of a simulation is held to, whatever its faults, and when it is over."""

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common.eastern import EASTERN
from local.records.coverage import GameCoverage
from local.simulator import run
from local.simulator.run import SimulateOptions, live_day, make_simulation
from tests.kit.seasons import season_of, write_season

FIRST, LAST = date(2031, 12, 21), date(2031, 12, 22)
DAYS = {
    FIRST - timedelta(days=1): ["19:00"],
    FIRST: ["19:00"],
    LAST: ["19:00"],
    LAST + timedelta(days=1): ["19:00"],
}


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SimulateOptions]:
    """Return a function that makes options for two days in which no tick comes."""
    monkeypatch.setattr(run, "ticks_of", lambda *_: ())
    file = write_season(tmp_path / "season.json", season_of(DAYS))

    def make(faults: str = "", **given: Any) -> SimulateOptions:
        return SimulateOptions(file, FIRST, LAST, faults=faults, **given)

    return make


class Rules:
    """Invariants that note what they are asked."""

    unfinished = 0

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def day_over(self, day: date, **given: bool) -> None:
        """Note it."""
        self.asked.append((day, *(name for name, value in given.items() if value)))

    def at_rest(self) -> None:
        """Note it."""
        self.asked.append("at rest")


PLAN, HELD, LOST, REST = "as_planned", "held_up", "ticks_lost", "at rest"


@pytest.mark.parametrize(
    ("faults", "held_to"),
    [
        ("", (PLAN, REST)),
        ("duplicate=1%", (PLAN, REST)),
        ("late=1h", (REST,)),
        ("crash=1%", (HELD, REST)),
        ("delay=1%", (HELD, REST)),
        ("drop=1%", (HELD, LOST)),
        (f"outage=scraper_runner:{FIRST}T06:00/1h", (HELD, LOST)),
    ],
)
def test_a_day_is_held_to_what_its_faults_leave(
    options: Callable[..., SimulateOptions], faults: str, held_to: tuple[str, ...]
) -> None:
    """The plan, its ticks by midnight, all of its ticks, and what must hold at rest."""
    made, rules = make_simulation(options(faults)), Rules()
    made.invariants = rules  # type: ignore[assignment] # notes alone
    live_day(made, LAST)
    expected = tuple(name for name in held_to if name != REST)
    assert rules.asked == [(LAST, *expected), *([REST] if REST in held_to else [])]
    assert made.world.clock.now() == datetime(2031, 12, 23, tzinfo=EASTERN)


def test_a_first_day_with_a_past_is_not_as_planned(
    options: Callable[..., SimulateOptions],
) -> None:
    """The plan takes the games before it as collected; work that waits is not at rest."""
    made, rules = make_simulation(options()), Rules()
    made.invariants = rules  # type: ignore[assignment] # notes alone
    live_day(made, FIRST)
    world = made.world
    world.transport.arrivals = lambda sent: [sent.due + timedelta(days=9)]
    world.publisher.publish("tick-cleanup-processor", {}, {})
    live_day(made, LAST)
    assert rules.asked == [(FIRST,), "at rest", (LAST, "as_planned")]


def covered_by(
    cover: Callable[[list[Any]], list[GameCoverage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let simulations be held to no rule, and find of their games what a function says."""

    def simulation(given: SimulateOptions) -> Any:
        made = make_simulation(given)
        made.invariants = Rules()  # type: ignore[assignment] # notes alone
        monkeypatch.setattr(made, "cover", cover)
        return made

    monkeypatch.setattr(run, "make_simulation", simulation)


def test_a_simulation_ends_with_its_last_game(
    options: Callable[..., SimulateOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only games of the simulated dates are asked for; the days behind the last are reported."""
    asked: list[list[date]] = []

    def cover(games: list[Any]) -> list[GameCoverage]:
        asked.append([game.game_date for game in games])
        done = games[0].tipoff if len(asked) > 1 else None
        return [GameCoverage(game, (), (), (), done) for game in games]

    covered_by(cover, monkeypatch)
    told: list[run.Progress] = []
    outcome = run.run(options(), told.append)
    assert [(each.day, each.number, each.total) for each in told] == [
        (FIRST, 1, 2),
        (LAST, 2, 2),
        (LAST + timedelta(days=1), 3, 2),
    ]
    assert outcome.days == 3
    assert asked == [[FIRST, LAST]] * 3


def test_garbage_is_collected_again_once_a_simulation_is_over(
    options: Callable[..., SimulateOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it lasts that is done once a day; also one that breaks a rule leaves it as it was."""
    given, on = options(), list[bool]()

    def no_ticks(*_: object) -> tuple[()]:
        on.append(gc.isenabled())
        return ()

    monkeypatch.setattr(run, "ticks_of", no_ticks)
    assert gc.isenabled()
    with pytest.raises(run.BrokenError, match="has 0 of 18 slots"):
        run.run(given)
    assert gc.isenabled()
    assert {*on} == {False}


def test_the_games_that_lack_something_are_told_with_all_of_it(
    options: Callable[..., SimulateOptions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lines, what was never collected, and what was collected twice; a whole one is not told."""

    def cover(games: list[Any]) -> list[GameCoverage]:
        when = games[0].tipoff
        return [
            GameCoverage(games[0], ("l",), ("a",), ("b", "c"), when),
            GameCoverage(games[1], (), (), (), when),
        ]

    covered_by(cover, monkeypatch)
    outcome = run.run(options())
    (told,) = outcome.lacking
    first = outcome.games[0].game
    assert told == {
        "game_id": first.game_id,
        "date": f"{FIRST}",
        "game": f"{first.away}@{first.home}",
        "why": "no lines before tip-off (no decision was made that day); a: never requested; "
        "collected more than once: b, c",
    }


def ended_after(
    monkeypatch: pytest.MonkeyPatch, given: SimulateOptions, waits: str, *, covers: bool = True
) -> int:
    """Return how many days are simulated where something still waits until the fourth."""

    def simulation(options: SimulateOptions) -> Any:
        made, rules = make_simulation(options), Rules()
        made.invariants = rules  # type: ignore[assignment] # notes alone
        rules.unfinished = int(waits == "a row")

        def cover(games: list[Any]) -> list[GameCoverage]:
            return [
                GameCoverage(game, (), (), (), game.tipoff if covers else None) for game in games
            ]

        def day_over(*_: object, **__: object) -> None:
            if made.world.clock.now() >= datetime(2031, 12, 25, tzinfo=EASTERN):
                rules.unfinished = 0

        monkeypatch.setattr(made, "cover", cover)
        monkeypatch.setattr(rules, "day_over", day_over)
        made.world.around = lambda *_: 200
        due = datetime(2031, 12, 24, 12, tzinfo=EASTERN)
        made.world.transport.arrivals = lambda _: [due]
        if waits == "a delivery":
            made.world.publisher.publish("tick-cleanup-processor", {}, {})
        return made

    monkeypatch.setattr(run, "make_simulation", simulation)
    return run.run(given).days


@pytest.mark.parametrize(("waits", "days"), [("", 2), ("a row", 4), ("a delivery", 4)])
def test_a_simulation_goes_on_while_something_is_on_its_way(
    options: Callable[..., SimulateOptions],
    monkeypatch: pytest.MonkeyPatch,
    waits: str,
    days: int,
) -> None:
    """A delivery, or a row that is not written yet; each by itself."""
    assert ended_after(monkeypatch, options(), waits) == days


@pytest.mark.parametrize(("older", "is_awaited"), [(0, True), (1, False)])
def test_an_old_game_without_its_data_holds_nothing_up(
    options: Callable[..., SimulateOptions],
    monkeypatch: pytest.MonkeyPatch,
    older: int,
    *,
    is_awaited: bool,
) -> None:
    """As old as is allowed is not too old."""
    last = LAST + run.UNFINISHED_AGE_MAX + timedelta(days=1 + older)
    given = replace(options(), last=last)
    planned = (last - FIRST).days + 1
    days = ended_after(monkeypatch, given, "", covers=False)
    assert days == planned + (3 if is_awaited else 0)
