"""How long the console takes for each page with a season of rows, and what its queries read.

A day is lived through on memory ports, and its rows are copied to each of the days before it. What
is measured is our own work: in the cloud a page waits for its queries as well.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from common.cloud.ports import Row
from common.cloud.tables import NAMES, table
from common.handlers.console import Words, answer
from common.logs import silent
from common.runtime import Runtime
from local.bench.seasons import floor
from local.simulator.ports.intercepted import Call, Do, intercepted
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.run import SimulateOptions, live_day, make_simulation
from local.stack.config import DEFAULT_SLATE

DAY = date(2025, 11, 12)
SEASON_DAYS = 240
REPEATS = 20
IDS = ("decision_id", "execution_id", "plan_id", "cleanup_id", "workflow_execution_id", "task_id")


def measure_pages(days: int = SEASON_DAYS, repeats: int = REPEATS) -> dict[str, Any]:
    """Measure every kind of page.

    Returns:
        `rows` of the season and their `bytes`, the floor's milliseconds, the machine's `load`, and
        by page the `median` and `p95` in milliseconds, the `selects`, and the `bytes` of their
        columns and partitions; what Health's views read is not among them.
    """
    runtime, rows = make_season(days)
    pages, floors = {}, []
    for name, (path, words) in _addresses(runtime).items():
        read = Read(rows)
        place = runtime.but(warehouse=intercepted(runtime.warehouse, read.around))
        assert answer(place, path, words)[1] == 200  # noqa: PLR2004 - of HTTP
        floors.append(floor())
        times = sorted(_milliseconds(runtime, path, words) for _ in range(repeats))
        pages[name] = {
            "median": round(median(times), 1),
            "p95": round(times[ceil(0.95 * repeats) - 1], 1),
            "selects": read.selects,
            "bytes": read.bytes,
        }
    every = [row for held in rows.values() for row in held]
    return {
        "rows": len(every),
        "bytes": sum(bytes_of(row.values()) for row in every),
        "floor_ms": round(1000 * median(floors), 2),
        "load": round(os.getloadavg()[0], 1),
        "pages": pages,
    }


def _milliseconds(runtime: Runtime, path: str, words: Words) -> float:
    began = time.perf_counter()
    answer(runtime, path, words)
    return 1000 * (time.perf_counter() - began)


def make_season(days: int) -> tuple[Runtime, Mapping[str, list[Row]]]:
    """Live through a day and copy its rows to the days of a season before it."""
    simulation = make_simulation(SimulateOptions(DEFAULT_SLATE, DAY, DAY))
    with silent():
        live_day(simulation, DAY)
    world = simulation.world
    warehouse = MemoryWarehouse()
    rows: dict[str, list[Row]] = {name: [] for name in NAMES}
    for name in NAMES:
        for row in world.rows[name]:
            for number in range(days):
                rows[name].append(_moved(row, number))
        for row in rows[name]:
            warehouse.adopt(name, row)
    return world.runtime.but(warehouse=warehouse), rows


def _moved(row: Row, days: int) -> Row:
    """Copy a row to an earlier day, with ids of its own."""
    if not days:
        return row
    span = timedelta(days=days)
    moved: dict[str, Any] = {
        name: value - span if isinstance(value, date) else value for name, value in row.items()
    }
    for name in IDS:
        if moved.get(name):
            moved[name] = f"{moved[name][:-4]}{days:04d}"
    return moved


def _addresses(runtime: Runtime) -> dict[str, tuple[str, Words]]:
    """Return the path of each kind of page, and the parameters behind it."""
    held = json.loads(answer(runtime, f"/day/{DAY}.json", {})[0])
    run = next(one for one in held["runs"] if one["workflow"] == "post_game_window_2")
    task = held["tasks"][run["execution_id"]][0]
    return {
        "today": ("/", {}),
        "day": (f"/day/{DAY}", {}),
        "date": (f"/date/{DAY}", {}),
        "game": (f"/game/{DAY}/{held['games'][0]['game_id']}", {}),
        "decision": (f"/decision/{DAY}/{run['decision_id']}", {}),
        "run": (f"/run/{DAY}/{run['execution_id']}", {}),
        "object": (f"/object/{DAY}", {"path": task["gcs_path"]}),
        "season": ("/season", {}),
        "health": ("/health", {}),
    }


class Read:
    """Adds up what the selects of a page read, as BigQuery counts it: columns of partitions."""

    def __init__(self, rows: Mapping[str, list[Row]]) -> None:
        self._rows = rows
        self.selects = 0
        self.bytes = 0

    def around(self, call: Call, do: Do) -> Any:  # noqa: ANN401 - whatever the port returns
        """Count a call and carry it out."""
        self.selects += 1
        if call.name == "select":
            columns = {*call.args[1], *(call.named.get("where") or {})}
            held = self._within(call.args[0], call.named["since"], call.named["until"])
            self.bytes += sum(bytes_of(row[name] for name in columns) for row in held)
        return do()

    def _within(self, name: str, since: datetime, until: datetime) -> Iterator[Row]:
        """Yield the rows of the partitions that a select touches."""
        shape = table(name)
        first, last = (_day(bound) for bound in shape.bounds(since, until))
        return (
            row for row in self._rows[name] if first <= _day(row[shape.partition_column]) <= last
        )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def bytes_of(values: Iterable[object]) -> int:
    """Add up sizes: https://cloud.google.com/bigquery/pricing#data."""
    return sum(_size(value) for value in values)


def _size(value: object) -> int:
    match value:
        case None:
            return 0
        case str():
            return 2 + len(value.encode())
        case bool():
            return 1
        case list() | tuple():
            return bytes_of(value)
    return 8
