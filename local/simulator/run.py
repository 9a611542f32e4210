"""Runs the whole system over a range of dates on a virtual clock, and tells what came of it."""

import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any

from common.calendar.games import Game
from common.configuration.topology import load_topology
from common.eastern import at
from common.errors import BadInputError, OrchestrationError
from common.logs import silent
from common.settings import Settings
from local.fake_sources.season import SeasonFile, load_season, unknown
from local.records.tables import Tables, write_tables
from local.scheduler import ticks_of
from local.simulator import coverage as told
from local.simulator.chance import Fired
from local.simulator.coverage import Collected, GameCoverage, wanted_of
from local.simulator.fault_spec import parse_faults
from local.simulator.simulation import Simulation

TAIL_DAYS = 3
"""After the last game date the run goes on until its work is done, at most this long (72 h)."""
RECENT = timedelta(days=TAIL_DAYS + 3)


@dataclass(frozen=True)
class SimulateOptions:
    """What to simulate.

    Attributes:
        schedule: NBA.com's scheduleLeagueV2, or a slate of ours.
        first: first Eastern date.
        last: last game date.
        seed: of everything random.
        faults: as `local.simulator.fault_spec` reads them.
        workflows: another workflow file.
        only: keys of the faults that may happen (`local.simulator.chance.Fired.key`); None is all.
    """

    schedule: Path
    first: date
    last: date
    seed: int = 0
    faults: str = ""
    workflows: Path | None = None
    only: frozenset[tuple[str, str, str]] | None = None


class BrokenError(OrchestrationError):
    """A history that broke a rule, and the faults that had happened by then."""

    code = "BROKEN_HISTORY"

    def __init__(self, error: OrchestrationError, fired: tuple[Fired, ...]) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.fired = fired


@dataclass(frozen=True)
class Progress:
    """A finished date."""

    day: date
    number: int
    total: int
    events: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """A finished simulation; `days` have been lived through."""

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


Report = Callable[[Progress], None]


def run(options: SimulateOptions, report: Report = lambda _: None) -> Outcome:
    """Simulate a range of dates.

    Args:
        options: what to simulate.
        report: told after every date.

    Raises:
        BadInputError: a file, date or fault that cannot be.
        BrokenError: a rule is broken; names rule, rows, seed and instant.
    """
    began = time.monotonic()
    world = make_world(options)
    try:
        with silent(), _no_collections():
            days = _live(world, options, report)
    except OrchestrationError as error:
        raise BrokenError(error, tuple(world.chance.fired)) from error
    return _gather(world, options, days, time.monotonic() - began)


def make_world(options: SimulateOptions) -> Simulation:
    """The world at midnight of the first date."""
    if options.last < options.first:
        raise BadInputError(f"--to {options.last} is before --from {options.first}; swap them")
    faults = parse_faults(options.faults, load_topology(Settings().topology_file))
    season = load_season(options.schedule)
    if not (season.slate.games or season.listed_only):
        raise BadInputError(f"{options.schedule} lists no game; NBA.com's schedule always does")
    season = _until(season, options.last)
    flows: dict[str, Any] = {"workflows_file": options.workflows} if options.workflows else {}
    return Simulation(season, options.first, faults, options.seed, options.only, **flows)


def _until(season: SeasonFile, last: date) -> SeasonFile:
    """The season ends with the last date that is simulated; later games are only listed."""
    kept = tuple(game for game in season.slate.games if game.game_date <= last)
    later = tuple(unknown(game) for game in season.slate.games if game.game_date > last)
    listed = (*season.listed_only, *later)
    return replace(season, slate=replace(season.slate, games=kept), listed_only=listed)


def _live(world: Simulation, options: SimulateOptions, report: Report) -> int:
    """Live through the dates, and those after the last one until the work is done."""
    began = time.monotonic()
    planned = (options.last - options.first).days + 1
    for number in range(planned + TAIL_DAYS):
        if number >= planned and _is_done(world, options):
            return number
        day = options.first + timedelta(days=number)
        live_day(world, day)
        report(Progress(day, number + 1, planned, world.events, time.monotonic() - began))
    world.settle()  # what is late is no finding
    world.invariants.at_rest()
    return planned + TAIL_DAYS


@contextmanager
def _no_collections() -> Iterator[None]:
    """Collect no garbage: a year leaves some 50 MB of it, and looking for it takes seconds."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def live_day(world: Simulation, day: date) -> None:
    """Publish a date's ticks at their instants and deliver all that is due by midnight."""
    topology = world.runtime.topology
    for tick in ticks_of(topology, day):
        world.settle(tick.instant)
        world.clock.move(tick.instant)
        world.publisher.publish(tick.topic, tick.body(topology), {})
    midnight = at(day + timedelta(days=1), wall_time())
    world.settle(midnight)
    world.clock.move(midnight)
    world.forget()
    first_day = day == world.first_day
    as_planned = not world.faults.change_decisions and not (first_day and world.has_past)
    world.invariants.day_over(
        day,
        as_planned=as_planned,
        held_up=world.faults.hold_up,
        ticks_lost=world.faults.lose_ticks,
    )
    # What was lost, or dead-lettered in an outage, is missed by a later sweep.
    if not world.queue and not world.faults.lose_ticks:
        world.invariants.at_rest()


def _is_done(world: Simulation, options: SimulateOptions) -> bool:
    if world.queue or world.invariants.unfinished:
        return False
    since = options.last - RECENT
    games = [game for game in _played(world, options) if game.game_date >= since]
    return all(found.complete for found in _cover(world, games))


def _played(world: Simulation, options: SimulateOptions) -> list[Game]:
    """The games that are played in the range."""
    games = world.slate.by_id.values()
    return [g for g in games if g.tipoff is not None and g.game_date >= options.first]


def _cover(world: Simulation, games: list[Game]) -> list[GameCoverage]:
    wanted = wanted_of(world.runtime.workflows, world.runtime.per_game)
    collected = Collected(world.rows["scraper_execution_log"], world.read_path)
    return [collected.cover(game, wanted) for game in games]


def _gather(world: Simulation, options: SimulateOptions, days: int, seconds: float) -> Outcome:
    covered = _cover(world, _played(world, options))
    by_id = {found.game.game_id: found for found in covered}
    played_on = {game.game_date: game for game in world.slate.by_id.values()}
    return Outcome(
        options=options,
        tables=world.rows,
        games=tuple(covered),
        lacking=tuple(_lacking(world, found) for found in covered if _lacks(found)),
        missed_windows=tuple(told.missed_windows(world.rows)),
        needless_runs=tuple(told.needless_runs(world.rows, played_on, by_id)),
        events=world.events,
        refused=world.refused,
        dead_letters=world.dead_letters,
        days=days,
        wall_seconds=round(seconds, 2),
        fired=tuple(world.chance.fired),
    )


def _lacks(found: GameCoverage) -> bool:
    return bool(found.no_lines or found.missing or found.twice)


def _lacking(world: Simulation, found: GameCoverage) -> dict[str, str]:
    game, why = found.game, []
    if found.no_lines:
        reasons = told.why_no_lines(world.rows, world.runtime.workflows, game.game_date)
        why.append(f"no lines before tip-off ({reasons})")
    if found.missing:
        why.append(told.why_missing(world.rows, game, found.missing))
    if found.twice:
        why.append(f"collected more than once: {', '.join(found.twice)}")
    names = f"{game.away}@{game.home}"
    return {
        "game_id": game.game_id,
        "date": f"{game.game_date}",
        "game": names,
        "why": "; ".join(why),
    }


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """The content of `summary.json`."""
    options, decisions = outcome.options, outcome.tables["workflow_decisions"]
    return {
        "from": f"{options.first}",
        "to": f"{options.last}",
        "days": outcome.days,
        "seed": options.seed,
        "faults": options.faults,
        "games": len(outcome.games),
        "games_with_lines_before_tipoff": sum(not g.no_lines for g in outcome.games),
        "games_with_every_post_game_scraper": sum(not g.missing for g in outcome.games),
        "missed_windows": len(outcome.missed_windows),
        "runs_on_days_without_need": len(outcome.needless_runs),
        "duplicate_collections": sum(len(g.twice) for g in outcome.games),
        "decisions": {
            "by_action": dict(sorted(Counter(d["action"] for d in decisions).items())),
            "by_reason_code": dict(sorted(Counter(d["reason_code"] for d in decisions).items())),
        },
        "rows": {name: len(rows) for name, rows in outcome.tables.items()},
        "events": outcome.events,
        "refused_deliveries": outcome.refused,
        "dead_letters": outcome.dead_letters,
        "faults_that_happened": dict(sorted(Counter(f.kind for f in outcome.fired).items())),
        "wall_seconds": outcome.wall_seconds,
        "lists": {
            "lacking_games": list(outcome.lacking),
            "missed_windows": list(outcome.missed_windows),
            "runs_on_days_without_need": list(outcome.needless_runs),
        },
    }


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Write the five tables and the summary."""
    write_tables(outcome.tables, folder)
    (folder / "summary.json").write_text(json.dumps(summary_of(outcome), indent=2) + "\n")


def print_progress(progress: Progress) -> None:
    """One line on standard error."""
    beyond = progress.number - progress.total
    of = f"{beyond} after the last" if beyond > 0 else f"day {progress.number} of {progress.total}"
    print(
        f"{progress.day}  {of}  {progress.events} events  {progress.seconds:.1f} s", file=sys.stderr
    )


def print_summary(outcome: Outcome, folder: Path) -> None:
    """The figures of `summary.json`, without its lists."""
    for name, value in summary_of(outcome).items():
        if not isinstance(value, dict):
            print(f"{name.replace('_', ' ')}: {value}")
    print(f"Tables written to {folder}")
