"""Runs the whole system over a range of dates on a virtual clock, and gathers its outcome."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any

from common.calendar.games import Game
from common.calendar.season import SeasonReader
from common.configuration.left_out import alone
from common.configuration.topology import load_topology
from common.eastern import at
from common.errors import BadInputError, OrchestrationError
from common.logs import silent
from common.settings import Settings
from local.fake_sources.season import SeasonFile, load_season, unknown
from local.fake_sources.slate import refuse_far
from local.records.coverage import GameCoverage
from local.records.tables import Tables
from local.scheduler import ticks_of
from local.simulator import season_findings
from local.simulator.chance import Fired
from local.simulator.fault_spec import parse_faults
from local.simulator.simulation import Simulation
from local.simulator.world import World

A_YEAR = timedelta(days=365)
"""A summer without games is simulated; what is farther from every game is a mistyped year."""
TAIL_DAYS_MAX = 3
"""After the last game date the run goes on until its work is done, at most this long (72 h)."""
UNFINISHED_AGE_MAX = timedelta(days=TAIL_DAYS_MAX + 3)
"""Games of this long before the last date are looked at to see whether the work is done."""


@dataclass(frozen=True)
class SimulateOptions:
    """What to simulate.

    Attributes:
        schedule: file of NBA.com's scheduleLeagueV2, or a slate of ours.
        first: first Eastern date.
        last: last game date.
        seed: seed of all that is drawn.
        faults: text that `local.simulator.fault_spec` reads.
        workflows: workflow file, if not the default one.
        only: keys of the faults that may happen (`local.simulator.chance.Fired.key`); None is all.
        alternatives: whether other owners may stand in for a scraper.
    """

    schedule: Path
    first: date
    last: date
    seed: int = 0
    faults: str = ""
    workflows: Path | None = None
    only: frozenset[tuple[str, str, str]] | None = None
    alternatives: bool = True


class BrokenError(OrchestrationError):
    """A history broke a rule; `fired` are the faults that had happened by then."""

    code = "BROKEN_HISTORY"

    def __init__(self, error: OrchestrationError, fired: tuple[Fired, ...]) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.fired = fired


@dataclass(frozen=True)
class Progress:
    """A finished date, for a report on the way."""

    day: date
    number: int
    total: int
    events: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """The outcome of a finished simulation of `days` days."""

    options: SimulateOptions
    tables: Tables
    games: tuple[GameCoverage, ...]
    lacking: tuple[Mapping[str, str], ...]
    missed_windows: tuple[str, ...]
    needless_runs: tuple[str, ...]
    events: int
    refused: int
    dead_letters: int
    days: int
    wall_seconds: float
    fired: tuple[Fired, ...] = ()
    switches: tuple[tuple[datetime, str, str], ...] = ()


Report = Callable[[Progress], None]


def run(options: SimulateOptions, report: Report = lambda _: None) -> Outcome:
    """Simulate a range of dates.

    Args:
        options: what to simulate.
        report: called after every date.

    Raises:
        BadInputError: a file, date or fault is wrong.
        BrokenError: a rule is broken; it names rule, rows, seed and instant.
    """
    began = time.monotonic()
    simulation = make_simulation(options)
    try:
        with silent(), _no_collections():
            days = _live(simulation, options, report)
    except OrchestrationError as error:
        raise BrokenError(error, tuple(simulation.chance.fired)) from error
    return _gather(simulation, options, days, time.monotonic() - began)


def make_simulation(options: SimulateOptions) -> Simulation:
    """Make the simulation, at midnight of its first date."""
    if options.last < options.first:
        raise BadInputError(f"--to {options.last} is before --from {options.first}; swap them")
    faults = parse_faults(options.faults, load_topology(Settings().topology_file))
    season = load_season(options.schedule)
    if not (season.slate.games or season.listed_only):
        raise BadInputError(f"{options.schedule} lists no game; NBA.com's schedule always does")
    listed = [game.game_date for game in season.slate.games]
    refuse_far(options.schedule, listed, options.first, options.last, far=A_YEAR)
    season = _until(season, options.last)
    flows: dict[str, Any] = {"workflows_file": options.workflows} if options.workflows else {}
    made = Simulation(season, options.first, faults, options.seed, options.only, **flows)
    return made if options.alternatives else without_alternatives(made)


def without_alternatives(simulation: Simulation) -> Simulation:
    """Let no other owner stand in for a scraper or for the schedule."""
    world = simulation.world
    runtime = world.runtime
    world.runtime = runtime.but(
        configured={name: alone(flow) for name, flow in runtime.configured.items()},
        season=SeasonReader(world.storage, runtime.settings.data_bucket),
    )
    return simulation


def _until(season: SeasonFile, last: date) -> SeasonFile:
    """End the season with the last date that is simulated; later games are only listed."""
    kept = tuple(game for game in season.slate.games if game.game_date <= last)
    later = tuple(unknown(game) for game in season.slate.games if game.game_date > last)
    listed = (*season.listed_only, *later)
    return replace(season, slate=replace(season.slate, games=kept), listed_only=listed)


def _live(simulation: Simulation, options: SimulateOptions, report: Report) -> int:
    """Simulate the dates, and the days after the last one until the work is done."""
    began = time.monotonic()
    planned = (options.last - options.first).days + 1
    for number in range(planned + TAIL_DAYS_MAX):
        if number >= planned and _is_done(simulation, options):
            return number
        day = options.first + timedelta(days=number)
        live_day(simulation, day)
        gc.collect(0)
        report(Progress(day, number + 1, planned, simulation.events, time.monotonic() - began))
    simulation.world.settle()  # what is still on its way is late, not lost
    simulation.invariants.at_rest()
    return planned + TAIL_DAYS_MAX


@contextmanager
def _no_collections() -> Iterator[None]:
    """Switch the garbage collector off; `_live` collects what each day leaves, and no more."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def live_day(simulation: Simulation, day: date) -> None:
    """Publish a date's ticks at their instants and deliver all that is due by midnight."""
    world, midnight = simulation.world, at(day + timedelta(days=1), wall_time())
    topology = world.runtime.topology
    for tick in ticks_of(topology, day):
        world.settle(tick.instant)
        world.clock.move(tick.instant)
        world.publisher.publish(tick.topic, tick.body(topology), {})
    world.settle(midnight)
    world.clock.move(midnight)
    simulation.forget()
    first_day = day == simulation.first_day
    as_planned = not simulation.faults.change_decisions and not (first_day and simulation.has_past)
    simulation.invariants.day_over(
        day,
        as_planned=as_planned,
        held_up=simulation.faults.hold_up,
        ticks_lost=simulation.faults.lose_ticks,
    )
    # What was lost, or dead-lettered in an outage, is found only by a later sweep.
    if not world.queue and not simulation.faults.lose_ticks:
        simulation.invariants.at_rest()


def _is_done(simulation: Simulation, options: SimulateOptions) -> bool:
    if simulation.world.queue or simulation.invariants.unfinished:
        return False
    since = options.last - UNFINISHED_AGE_MAX
    games = [game for game in _played(simulation, options) if game.game_date >= since]
    return all(found.complete for found in simulation.cover(games))


def _played(simulation: Simulation, options: SimulateOptions) -> list[Game]:
    """The games that are played from the first date on."""
    games = simulation.world.slate.by_id.values()
    return [g for g in games if g.tipoff is not None and g.game_date >= options.first]


def _gather(simulation: Simulation, options: SimulateOptions, days: int, seconds: float) -> Outcome:
    world, covered = simulation.world, simulation.cover(_played(simulation, options))
    by_id = {found.game.game_id: found for found in covered}
    played_on = {game.game_date: game for game in world.slate.by_id.values()}
    return Outcome(
        options=options,
        tables=world.rows,
        games=tuple(covered),
        lacking=tuple(_lacking(world, found) for found in covered if _lacks(found)),
        missed_windows=tuple(season_findings.missed_windows(world.rows)),
        needless_runs=tuple(season_findings.needless_runs(world.rows, played_on, by_id)),
        events=simulation.events,
        refused=simulation.refused,
        dead_letters=simulation.dead_letters,
        days=days,
        wall_seconds=round(seconds, 2),
        fired=tuple(simulation.chance.fired),
        switches=tuple(simulation.switches),
    )


def _lacks(found: GameCoverage) -> bool:
    return bool(found.no_lines or found.missing or found.twice)


def _lacking(world: World, found: GameCoverage) -> dict[str, str]:
    game, why = found.game, []
    if found.no_lines:
        reasons = season_findings.why_no_lines(world.rows, world.runtime.workflows, game.game_date)
        why.append(f"no lines before tip-off ({reasons})")
    if found.missing:
        why.append(season_findings.why_missing(world.rows, game, found.missing))
    if found.twice:
        why.append(f"collected more than once: {', '.join(found.twice)}")
    names = f"{game.away}@{game.home}"
    return {
        "game_id": game.game_id,
        "date": f"{game.game_date}",
        "game": names,
        "why": "; ".join(why),
    }
