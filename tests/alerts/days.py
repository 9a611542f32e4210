"""Days that the real handlers live through in memory, and an emulated BigQuery that holds them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from common.cloud.tables import NAMES
from common.cloud.warehouse import BigQueryWarehouse, make_client
from common.eastern import at
from common.logs import silent
from local.fake_sources.slate import Slate
from local.records.sql import run_sql
from local.scheduler import ticks_of
from local.simulator.run import SimulateOptions, live_day, make_simulation
from local.simulator.world import World
from local.stack.bigquery import BigQueryServer, create_tables, start_bigquery
from local.stack.config import DEFAULT_SLATE
from local.stack.views import create_views
from tests.kit.situations import WORKFLOWS

PROJECT, DATASET = "nba-props-platform", "nba_orchestration"
DAY = date(2025, 11, 12)
FIRST = DAY - timedelta(days=1)
Rows = dict[str, list[dict[str, Any]]]


def lived(schedule: Path = DEFAULT_SLATE, first: date = FIRST, days: int = 2) -> Rows:
    """Live through some days on which nothing fails; returns the five tables."""
    last = first + timedelta(days=days - 1)
    simulation = make_simulation(SimulateOptions(schedule, first, last))
    with silent():
        for number in range(days):
            live_day(simulation, first + timedelta(days=number))
    return tables(simulation.world)


def postponed(season: Slate, day: date) -> Rows:
    """Live through two days; at 16:00 ET of the first all its games are postponed.

    Returns:
        The five tables.
    """
    moved = Slate(tuple(replace(game, postponed=True) for game in season.games), season.season)
    world = World(season, at(day, time(0)))
    topology = world.runtime.topology
    with silent():
        for tick in chain(ticks_of(topology, day), ticks_of(topology, day + timedelta(days=1))):
            world.settle(tick.instant)
            world.clock.move(tick.instant)
            if tick.instant >= at(day, time(16)):
                world.slate = moved
            world.publisher.publish(tick.topic, tick.body(topology), {})
        world.settle()
    return tables(world)


def tables(world: World) -> Rows:
    """Return a world's five tables."""
    return {name: [dict(row) for row in rows] for name, rows in world.rows.items()}


class Emulator:
    """An emulated BigQuery with the five tables and the views, whose clock and rows the tests set.

    To create the views takes it a second and their first queries another one, so that there is one
    dataset, whose rows change. A test does not change the rows that it has given.

    Args:
        server: on which nothing was created.
        clock: the file of its clock.
    """

    def __init__(self, server: BigQueryServer, clock: Path) -> None:
        self.server, self.endpoint, self.clock = server, server.endpoint, clock
        self._client = make_client(PROJECT, self.endpoint)
        self._held: Rows = {name: [] for name in NAMES}
        create_tables(self.endpoint, PROJECT, DATASET)
        create_views(self.endpoint, PROJECT, DATASET, WORKFLOWS)

    def query(self, rows: Rows, sql: str, now: datetime) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run a statement on some rows at an instant; returns its columns and rows."""
        self._hold(rows)
        hold_clock(self.clock, now)
        return run_sql(self.endpoint, PROJECT, sql)

    def warehouse(self, rows: Rows, now: datetime) -> BigQueryWarehouse:
        """Return the deployed port, which reads these rows at an instant, until others are held."""
        self._hold(rows)
        hold_clock(self.clock, now)
        return BigQueryWarehouse(PROJECT, DATASET, self.endpoint)

    def _hold(self, rows: Rows) -> None:
        for name in NAMES:
            if rows[name] is self._held[name]:
                continue
            path = f"{PROJECT}.{DATASET}.{name}"
            run_sql(self.endpoint, PROJECT, f"DELETE FROM `{path}` WHERE TRUE")
            # Streamed, which takes the emulator 0.1 s; the warehouse's INSERTs would take it 5 s.
            plain = json.loads(json.dumps(rows[name], default=lambda value: value.isoformat()))
            if plain:
                assert self._client.insert_rows_json(path, plain) == []
            self._held = self._held | {name: rows[name]}


def hold_clock(file: Path, instant: datetime) -> None:
    """Stop a virtual clock at an instant: it flows from a wall time that is hours away."""
    wall = (datetime.now(UTC) + timedelta(hours=12)).timestamp()
    file.write_text(json.dumps({"virtual": instant.astimezone(UTC).isoformat(), "wall": wall}))


@contextmanager
def emulated(folder: Path) -> Iterator[Emulator]:
    """Run an emulated BigQuery whose clock and log are in a folder."""
    clock = folder / "clock.json"
    hold_clock(clock, datetime.combine(DAY, time(), UTC))
    server = start_bigquery(PROJECT, folder / "bigquery.log", clock_file=clock)
    try:
        yield Emulator(server, clock)
    finally:
        server.stop()
