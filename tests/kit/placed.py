"""A deployment that has just the rows and games a test gives it; nothing is lived for it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, cast

from common.calendar.games import Game
from common.calendar.season import SeasonReader
from common.cloud.ports import Row
from common.cloud.tables import table
from common.runtime import Runtime
from local.simulator.ports.memory import MemoryWarehouse
from local.simulator.world import ManualClock
from tests.kit.weekend import nothing


def row(name: str, **columns: Any) -> Row:
    """Return a row with these columns; the others are null, and arrays without items."""
    fields = table(name).fields
    return {f.name: [] if f.mode == "REPEATED" else None for f in fields} | columns


class Asked(MemoryWarehouse):
    """Remembers which tables were asked; rows come in no order, as BigQuery's do."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def select(self, table_name: str, columns: Sequence[str], **asked: Any) -> list[Row]:
        """Return the rows of a table."""
        self.asked.append(table_name)
        rows = super().select(table_name, columns, **asked)
        return Random(len(rows)).sample(rows, len(rows))


def placed(
    now: datetime,
    games: Mapping[date, tuple[Game, ...]] | None = None,
    **rows: Sequence[Row],
) -> tuple[Runtime, Asked]:
    """Return a deployment at an instant, and its warehouse.

    Args:
        now: by its clock.
        games: its schedule.
        rows: of the tables, by their names.
    """
    warehouse = Asked()
    for name, held in rows.items():
        for each in held:
            warehouse.adopt(name, each)
    season = SimpleNamespace(read=lambda _: SimpleNamespace(calendar=games or {}))
    place = nothing().runtime.but(
        warehouse=warehouse, clock=ManualClock(now), season=cast("SeasonReader", season)
    )
    return place, warehouse
