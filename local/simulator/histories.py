"""Searches many short histories with faults, a random week of a season for each seed."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path

from common.configuration.topology import load_topology
from common.settings import Settings
from local.fake_sources.season import load_season
from local.simulator.chance import Chance, Fired
from local.simulator.fault_spec import SERVICES
from local.simulator.run import BrokenError, Outcome, SimulateOptions, run
from local.simulator.shrink import shrink

OUTAGE_HOURS_MAX = 12
"""After more than 16 hours a message has used up its attempts and is rightly a dead letter."""


@dataclass(frozen=True)
class Search:
    """What to search; with `outages` every other week has an outage, too."""

    schedule: Path
    faults: str
    days: int
    outages: bool = False

    def week(self, seed: int) -> SimulateOptions:
        """Choose the history of a seed: it begins on any date of the season."""
        first, last = _range(self.schedule)
        offset = int(Chance(seed).share("week") * ((last - first).days + 1))
        begin = first + timedelta(days=offset)
        end = begin + timedelta(days=self.days - 1)
        parts = (self.faults, self._outage(seed, begin) if self.outages else "")
        return SimulateOptions(self.schedule, begin, end, seed, ",".join(filter(None, parts)))

    def _outage(self, seed: int, begin: date) -> str:
        """Draw an outage of one function or service; half of the seeds have none."""
        chance = Chance(seed)
        if chance.share("outage") < 1 / 2:
            return ""
        topology = load_topology(Settings().topology_file)
        known = sorted({*SERVICES, *(found.function for found in topology.subscriptions)})
        day = begin + timedelta(days=chance.pick(range(self.days), "day"))
        hour = chance.pick(range(24), "hour")
        span = chance.pick(range(1, OUTAGE_HOURS_MAX + 1), "span")
        return f"outage={chance.pick(known, 'out')}:{day}T{hour:02d}:00/{span}h"


@dataclass(frozen=True)
class Lived:
    """How the history of one seed ended.

    Attributes:
        seed: of the history.
        first: its first date.
        wrong: what went wrong; empty when every rule held.
        kinds: the kinds of what went wrong, in order, such as `InvariantError: R6` or `lacks`.
        fired: the faults that happened.
        events: deliveries.
    """

    seed: int
    first: date
    wrong: str
    kinds: tuple[str, ...]
    fired: tuple[Fired, ...]
    events: int


@cache
def _range(schedule: Path) -> tuple[date, date]:
    days = [game.game_date for game in load_season(schedule).slate.games]
    return min(days), max(days)


def live(search: Search, seed: int) -> Lived:
    """Simulate the history of a seed."""
    return _lived(search.week(seed))


def _lived(options: SimulateOptions) -> Lived:
    try:
        found = run(options)
    except BrokenError as error:
        kind = str(error).partition(" at ")[0]
        return Lived(options.seed, options.first, str(error), (kind,), error.fired, 0)
    wrong = list(_wrong(found))
    kinds = tuple(kind for kind, _ in wrong)
    texts = "; ".join(text for _, text in wrong)
    return Lived(options.seed, options.first, texts, kinds, found.fired, found.events)


def _wrong(found: Outcome) -> Iterator[tuple[str, str]]:
    """List what is missing or there twice at the end, each with its kind."""
    if found.dead_letters:
        yield "dead letters", f"{found.dead_letters} messages ended as dead letters"
    for game in found.games:
        if game.missing:
            yield "lacks", f"game {game.game.game_id} lacks {', '.join(game.missing)}"
        if game.twice:
            yield "twice", f"game {game.game.game_id} has {', '.join(game.twice)} twice"


def shrunk(options: SimulateOptions, fired: Sequence[Fired]) -> list[Fired]:
    """Find the fewest of a history's faults with which it breaks the same rule first.

    The list is empty when the rule breaks without any drawn fault.
    """
    first = next(iter(_lived(options).kinds), None)

    def fails(part: Sequence[Fired]) -> bool:
        only = frozenset(fault.key for fault in part)
        return first in _lived(replace(options, only=only)).kinds

    return [] if fails(()) else shrink(fired, fails)


def live_all(
    search: Search, seeds: Sequence[int], report: Callable[[Lived, int, float], None]
) -> list[Lived]:
    """Simulate the histories of many seeds on all cores.

    Args:
        search: what to search.
        seeds: one a history.
        report: called after each history with its end, the number so far, and seconds.

    Returns:
        The histories in which a rule was broken.
    """
    began, failed = time.monotonic(), []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, lived in enumerate(pool.map(partial(live, search), seeds), 1):
            report(lived, number, time.monotonic() - began)
            if lived.wrong:
                failed.append(lived)
    return failed


def tally(fired: Sequence[Fired]) -> Counter[str]:
    """Count the faults by kind, and crashes by their named point."""
    return Counter(f"{f.kind} {f.point}" if f.kind == "crash" else f.kind for f in fired)
