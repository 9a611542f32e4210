"""What a game day asks of Google Cloud at many times the games, counted in the simulator.

The games of the night of 12 November 2025 are repeated under ids of their own; everything else is
as deployed. docs/scale.md holds the figures against the limits of docs/limits.md.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from common.calendar.games import Game
from common.errors import BadInputError
from common.logs import silent
from common.settings import ROOT
from local.fake_sources import slate as slates
from local.fake_sources.season import SeasonFile
from local.fake_sources.slate import Slate
from local.simulator.fault_spec import Faults
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory_publisher import Published
from local.simulator.run import live_day
from local.simulator.simulation import Simulation

SLATE = ROOT / "config" / "slates" / "2025-11.json"
DAY = date(2025, 11, 12)
REQUESTS = "scraper-requests"


@dataclass
class Load:
    """What one game day and the morning after it asked for.

    Attributes:
        data_bucket: whose objects count together, as `data`.
        tasks: scraper requests by the hour in which they were published.
        inserts: INSERT jobs by table.
        written: objects written, by the first part of their names.
        listed: the most objects that one listing answered, by the first part of its prefix.
        rewritten: writes of the one object that is written most, by the first part of its name.
        largest: bytes of the largest message by topic, and of the largest row by table.
        seconds: of this machine's processor, the sources' share included.
    """

    data_bucket: str
    tasks: Counter[datetime] = field(default_factory=Counter)
    inserts: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    rewritten: Counter[str] = field(default_factory=Counter)
    largest: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    _names: Counter[str] = field(default_factory=Counter)

    def storage(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Count a call of the storage port, and carry it out."""
        kind = "data" if call.args[0] == self.data_bucket else call.subject.split("/")[0]
        if call.name == "list":
            found = list(do())
            self.listed[kind] = max(self.listed[kind], len(found))
            return iter(found)
        if call.writes:
            self.written[kind] += 1
            self._names[call.subject] += 1
            self.rewritten[kind] = max(self.rewritten[kind], self._names[call.subject])
        return do()

    def warehouse(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - any answer
        """Count a call of the warehouse port, and carry it out."""
        if call.name == "append":
            table, rows = call.args[:2]
            self.inserts[table] += 1
            self._size(table, (json.dumps(row, default=str) for row in rows))
        return do()

    def message(self, message: Published, now: datetime) -> None:
        """Count a message."""
        self.tasks[now.replace(minute=0, second=0, microsecond=0)] += message.topic == REQUESTS
        self._size(message.topic, [message.data])

    def _size(self, kind: str, held: Iterator[str] | Sequence[bytes]) -> None:
        self.largest[kind] = max(self.largest[kind], *map(len, held))


def many_games(factor: int) -> SeasonFile:
    """Repeat the games of the night so many times, under ids of their own."""
    slate = slates.load(SLATE)
    games = [game for game in slate.games if game.game_date == DAY]
    numbered = enumerate(game for _ in range(factor) for game in games)
    return SeasonFile(
        Slate(tuple(_as(number, game) for number, game in numbered), slate.season), ()
    )


def _as(number: int, game: Game) -> Game:
    return replace(game, game_id=f"{game.game_id[:5]}{number + 1:05}")


def count_load(factor: int) -> Load:
    """Live the game day and the next one with so many times its games."""
    simulation = Simulation(many_games(factor), DAY, Faults(), seed=0)
    world = simulation.world
    load = Load(world.runtime.settings.data_bucket)
    world.publisher.listeners.append(lambda message: load.message(message, world.clock.now()))
    world.runtime = world.runtime.but(
        storage=intercepted(world.runtime.storage, load.storage),
        warehouse=intercepted(world.runtime.warehouse, load.warehouse),
    )
    began = time.process_time()
    with silent():
        for number in range(2):
            live_day(simulation, DAY + timedelta(days=number))
    load.seconds = time.process_time() - began
    return load


def figures(load: Load) -> dict[str, int]:
    """Name what docs/scale.md shows of a load."""
    return {
        "scraper tasks a day": load.tasks.total(),
        "scraper tasks in the busiest hour": max(load.tasks.values()),
        **_named("INSERT jobs of `{}`", load.inserts),
        **_named("objects written in `{}/`", load.written),
        **_named("objects in the longest listing of `{}/`", load.listed),
        **_named("writes of the busiest object of `{}/`", load.rewritten),
        **_named("bytes of the largest `{}`", load.largest),
    }


def _named(text: str, counted: Counter[str]) -> dict[str, int]:
    return {text.format(name): number for name, number in sorted(counted.items()) if number > 1}


def table(loads: Mapping[int, Load]) -> str:
    """Write the loads by their factor, side by side, as Markdown."""
    columns = [figures(load) for load in loads.values()]
    names = list(dict.fromkeys(name for column in columns for name in column))
    heads = (f"{factor} x 12 games" for factor in loads)
    lines = [["Counted", *heads], ["---", *["---:"] * len(loads)]]
    lines += [[name, *(f"{column.get(name, 0):,}" for column in columns)] for name in names]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def factors(text: str) -> list[int]:
    """Read `1,10`.

    Raises:
        BadInputError: it is no list of whole numbers from 1 on.
    """
    parts = text.split(",")
    if not all(part.isdecimal() and int(part) for part in parts):
        raise BadInputError(f"--scale {text!r}: write whole numbers with commas, such as 1,10")
    return [int(part) for part in parts]
