"""How a simulation is made of its options, and what its outcome takes from where."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common.configuration.left_out import alone
from common.errors import BadInputError, OrchestrationError
from common.logs import log
from local.fake_sources.season import unknown
from local.scheduler import Tick
from local.simulator import run, season_findings
from local.simulator.chance import Fired
from local.simulator.run import SimulateOptions, live_day, make_simulation
from tests.kit.seasons import season_of, write_season

FIRST = date(2031, 12, 21)
LAST = FIRST + timedelta(days=1)
DAYS: Mapping[date, Sequence[str]] = {
    FIRST: ["19:00"],
    LAST: ["20:00", "001 21:00", "TBD"],
    LAST + timedelta(days=1): ["19:30"],
}
THEN = datetime(2031, 12, 22, 5, tzinfo=UTC)
FIRED = [Fired("drop", "a", "b", THEN)]
Make = Callable[..., SimulateOptions]


@pytest.fixture
def options(tmp_path: Path) -> Make:
    """Return a function that makes options for two days of a season of three."""

    def make(days: Mapping[date, Sequence[str]] = DAYS, **given: Any) -> SimulateOptions:
        file = write_season(tmp_path / "season.json", season_of(days))
        return SimulateOptions(file, FIRST, LAST, **given)

    return make


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have simulations without ticks and rules; note what each is asked at the end of its days."""
    asked: list[Any] = []
    rules = SimpleNamespace(
        asked=asked,
        unfinished=0,
        day_over=lambda day, **_: asked.append(day),
        at_rest=lambda: asked.append("at rest"),
    )

    def made(given: SimulateOptions) -> Any:
        simulation = make_simulation(given)
        monkeypatch.setattr(simulation, "invariants", rules)
        monkeypatch.setattr(simulation, "forget", lambda: asked.append("forget"))
        monkeypatch.setattr(simulation.world, "settle", lambda *by: asked.append(("settle", *by)))
        monkeypatch.setattr(simulation, "cover", lambda games: [*map(covered, games)])
        simulation.events, simulation.refused, simulation.dead_letters = 7, 5, 3
        simulation.chance.fired.extend(FIRED)
        simulation.switches.append((THEN, "a", "x"))
        return simulation

    def covered(game: Any) -> Any:
        lacks = {"no_lines": (), "missing": (), "twice": ()}
        return SimpleNamespace(game=game, complete=game.tipoff, **lacks)

    monkeypatch.setattr(run, "make_simulation", made)
    monkeypatch.setattr(run, "ticks_of", lambda *_: ())
    return rules


def test_games_after_the_last_date_are_listed_and_not_played(options: Make) -> None:
    """Those of the date itself are played; what was only listed before stays so."""
    found = make_simulation(options()).sources.season
    played = [game.game_date for game in found.slate.games]
    assert played == [FIRST, LAST, LAST]
    whole = make_simulation(replace(options(), last=LAST + timedelta(days=1))).sources.season
    assert whole.listed_only
    later = [unknown(game) for game in whole.slate.games if game.game_date > LAST]
    assert found.listed_only == (*whole.listed_only, *later)


def test_a_schedule_of_preseason_games_alone_is_one(options: Make) -> None:
    """One without any game is refused."""
    assert make_simulation(options({FIRST: ["001 19:00"]})).world.slate.by_id == {}
    with pytest.raises(BadInputError, match=r"lists no game; NBA\.com's schedule always does$"):
        make_simulation(options({}))


def test_dates_the_wrong_way_round_are_refused(options: Make) -> None:
    """The error says what to do."""
    with pytest.raises(BadInputError, match=f"^--to {FIRST} is before --from {LAST}; swap them$"):
        make_simulation(replace(options(), first=LAST, last=FIRST))


def test_without_alternatives_each_workflow_is_alone(
    options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scraper stands in for another, and no other owner for the schedule."""
    monkeypatch.setattr(run, "SeasonReader", lambda *given: given)
    own, both = (
        make_simulation(options(alternatives=given)).world.runtime for given in (False, True)
    )
    assert own.configured == {name: alone(flow) for name, flow in both.configured.items()}
    assert own.configured != both.configured
    assert own.season == (own.storage, own.settings.data_bucket)


def test_an_outcome_has_each_figure_of_its_simulation(
    options: Make, still: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, faults and switches; the findings of its tables; its seconds, to a hundredth."""
    looks = iter([100.0, 200.0, 201.5, 203.25, 104.126])
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    given: list[Any] = []

    def findings(name: str) -> Callable[..., list[str]]:
        return lambda *found: given.append((name, *found)) or [name]

    for name in ("missed_windows", "needless_runs"):
        monkeypatch.setattr(season_findings, name, findings(name))
    told: list[run.Progress] = []
    found = run.run(options(), told.append)
    assert [(each.events, each.seconds) for each in told] == [(7, 1.5), (7, 3.25)]
    assert (found.events, found.refused, found.dead_letters, found.days) == (7, 5, 3, 2)
    assert found.wall_seconds == 4.13
    assert found.fired == tuple(FIRED)
    assert found.switches == ((THEN, "a", "x"),)
    assert (found.missed_windows, found.needless_runs) == (("missed_windows",), ("needless_runs",))
    assert [each[0] for each in given] == ["missed_windows", "needless_runs"]
    assert given[0][1] is given[1][1] is found.tables
    assert {*given[1][2]} == {FIRST, LAST}
    # A game without a time yet is not played.
    assert [each.game.game_date for each in found.games] == [FIRST, LAST]
    assert {*given[1][3]} == {each.game.game_id for each in found.games}
    midnight = datetime(2031, 12, 22, 5, tzinfo=UTC)
    assert still.asked[:4] == [("settle", midnight), "forget", FIRST, "at rest"]


def test_what_is_on_its_way_after_the_last_day_is_waited_for(
    options: Make, still: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the work is never done, the world settles once more, and is held to its rules."""
    monkeypatch.setattr(run, "TAIL_DAYS_MAX", 1)
    still.unfinished = 1
    assert run.run(options(faults="drop=1%")).days == 3
    assert still.asked[-2:] == [("settle",), "at rest"]
    assert still.asked.count("at rest") == 1


@pytest.mark.usefixtures("still")
def test_a_simulation_logs_nothing(
    options: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A season of log lines would hide its findings; memory is collected once a day."""
    days: list[int] = []

    def ticks(*_: object) -> tuple[()]:
        log("WARNING", "a line")
        return ()

    monkeypatch.setattr(run, "ticks_of", ticks)
    monkeypatch.setattr(gc, "collect", days.append)
    run.run(options())
    assert capsys.readouterr() == ("", "")
    assert days == [0, 0]


@pytest.mark.usefixtures("still")
def test_a_broken_rule_has_the_faults_until_then(
    options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text has the class of what was raised."""

    def break_one(*_: object) -> None:
        raise OrchestrationError("R6 at noon")

    monkeypatch.setattr(run, "ticks_of", break_one)
    with pytest.raises(run.BrokenError, match=r"^OrchestrationError: R6 at noon$") as caught:
        run.run(options())
    assert caught.value.fired == tuple(FIRED)


def test_a_tick_is_published_as_the_scheduler_does(
    options: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its instant, after what was due before; its body is the job's, without attributes."""
    made = make_simulation(options())
    topology = made.world.runtime.topology
    job = next(job for job in topology.jobs if job.topic == "tick-cleanup-processor")
    tick = Tick(THEN - timedelta(hours=9), job.name, job.topic)
    monkeypatch.setattr(run, "ticks_of", lambda *_: [tick])
    monkeypatch.setattr(made, "forget", lambda: None)
    asked: list[Any] = []
    rules = SimpleNamespace(
        day_over=lambda *_, as_planned, **__: asked.append(as_planned), at_rest=lambda: None
    )
    monkeypatch.setattr(made, "invariants", rules)
    made.world.around = lambda *_: 200
    live_day(made, FIRST)
    (published,) = made.world.publisher.published
    assert (published.topic, published.body) == (tick.topic, tick.body(topology))
    assert published.attributes == {}
    assert published.publish_time == tick.instant
    assert asked == [True]  # also on a first day, where no game came before it
